import { LINK } from './memory';
import type { Scene } from './scene';

export const OTHER_LINK =
  'https://rooms.example.org/j/q83vEjRWeJCrze8SNFZ4kQ#1.AAECAwQFBgcICQoLDA0ODw.8PHy8_T19vf4-fr7_P3-_w';
const PAGE_LINK = OTHER_LINK.replace('4kQ#', '4kA#');

/** The link of the scene's call. */
export function linkOfCall({ place }: Scene): string {
  return place === 'page' ? PAGE_LINK : LINK;
}

/** The link that the scene begins with; `null` for none. */
export function firstLink({ name, place }: Scene): string | null {
  switch (name) {
    case 'link-in-call':
      return OTHER_LINK;
    case 'invited-no-key':
      return PAGE_LINK.split('#')[0] ?? '';
    case 'invited-newer':
      return PAGE_LINK.replace('#1.', '#2.');
    case 'invited-damaged':
      return PAGE_LINK.slice(0, -1);
    default:
      if (place === 'page') return PAGE_LINK;
      return name.startsWith('lobby') ? LINK : null;
  }
}
