/** What a page in a browser can be told to do, and a program's window can't: the page loaded anew would end the call. */

const WRITTEN_IN = 'input, textarea, [contenteditable]';

function reloads({ key, ctrlKey, metaKey }: KeyboardEvent): boolean {
  return key === 'F5' || ((ctrlKey || metaKey) && key.toLowerCase() === 'r');
}

/** A menu that is for text: it is pasted and copied with it. */
function isForText(target: EventTarget | null): boolean {
  const isChosen = window.getSelection()?.isCollapsed === false;
  return isChosen || (target instanceof Element && target.closest(WRITTEN_IN) !== null);
}

/** Takes the browser's menu and keys from the page. */
export function forbidBrowsing(): void {
  window.addEventListener('contextmenu', (event) => {
    if (!isForText(event.target)) event.preventDefault();
  });
  window.addEventListener('keydown', (event) => {
    if (reloads(event)) event.preventDefault();
  });
}
