import type { Attachment } from 'svelte/attachments';

/** Lets arrows, Home and End move among the buttons of a toolbar. */
export const arrowKeys: Attachment<HTMLElement> = (toolbar) => {
  function pressed(event: KeyboardEvent) {
    const buttons = [...toolbar.querySelectorAll<HTMLElement>('button:enabled')];
    const at = buttons.findIndex((button) => button === document.activeElement);
    if (at < 0) return;
    const next = nextOf(event.key, at, buttons.length);
    if (next === null) return;
    event.preventDefault();
    buttons[next]?.focus();
  }
  toolbar.addEventListener('keydown', pressed);
  return () => toolbar.removeEventListener('keydown', pressed);
};

function nextOf(key: string, at: number, count: number): number | null {
  switch (key) {
    case 'ArrowRight':
      return (at + 1) % count;
    case 'ArrowLeft':
      return (at + count - 1) % count;
    case 'Home':
      return 0;
    case 'End':
      return count - 1;
    default:
      return null;
  }
}
