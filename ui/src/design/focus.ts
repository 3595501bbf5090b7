/** What comes and goes over the window, and takes the keyboard with it. */
const PASSING = '.floating, .dialog, .tooltip';
const FOCUSABLE = 'button:enabled, input:enabled, a[href], [tabindex]';

let last: HTMLElement | null = null;

/** Remembers where the keyboard was, outside of what comes and goes. */
export function followFocus(): () => void {
  const remember = ({ target }: FocusEvent) => {
    if (target instanceof HTMLElement && target.closest(PASSING) === null) last = target;
  };
  document.addEventListener('focusin', remember);
  return () => document.removeEventListener('focusin', remember);
}

/** Where the keyboard is, or was before something came. */
export function placeOfFocus(): HTMLElement | null {
  const { activeElement } = document;
  const inPassing = activeElement?.closest(PASSING) ?? null;
  return activeElement instanceof HTMLElement && !inPassing && activeElement !== document.body
    ? activeElement
    : last;
}

/** Gives the keyboard back to a place that is still there. */
export function returnFocus(place: HTMLElement | null): void {
  if (place?.isConnected) place.focus();
}

/** Moves the keyboard to the next area of the window, or the one before, and round. */
export function focusNextArea(direction: 1 | -1): void {
  const areas = [...document.querySelectorAll<HTMLElement>('[data-area]')].filter((area) => firstIn(area));
  const at = areas.findIndex((area) => area.contains(document.activeElement));
  const next = at < 0 ? (direction === 1 ? 0 : areas.length - 1) : at + direction;
  const area = areas[(next + areas.length) % areas.length];
  if (area) firstIn(area)?.focus();
}

function firstIn(area: HTMLElement): HTMLElement | null {
  const all = [...area.querySelectorAll<HTMLElement>(FOCUSABLE)];
  return all.find((element) => element.tabIndex >= 0 && element.checkVisibility()) ?? null;
}
