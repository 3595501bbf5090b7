import { type Abilities, type Ability, ownMediaOf } from '../engine/abilities';

/** Every key that does something: the handler and the list that `?` shows both read this table. */

export type ShortcutAction =
  | 'toggleMicrophone'
  | 'toggleCamera'
  | 'toggleSharing'
  | 'nextLayout'
  | 'people'
  | 'invite'
  | 'admitNext'
  | 'toggleLock'
  | 'statistics'
  | 'fullScreen'
  | 'compact'
  | 'settings'
  | 'escape'
  | 'shortcuts';

export interface Shortcut {
  readonly key: string;
  readonly action: ShortcutAction;
  /** Keys of a call do nothing on other screens. */
  readonly where: 'call' | 'callAndLobby' | 'everywhere';
}

const shortcuts: readonly Shortcut[] = [
  { key: 'm', action: 'toggleMicrophone', where: 'callAndLobby' },
  { key: 'v', action: 'toggleCamera', where: 'callAndLobby' },
  { key: 'd', action: 'toggleSharing', where: 'call' },
  { key: 'g', action: 'nextLayout', where: 'call' },
  { key: 'p', action: 'people', where: 'call' },
  { key: 'i', action: 'invite', where: 'call' },
  { key: 'a', action: 'admitNext', where: 'call' },
  { key: 'l', action: 'toggleLock', where: 'call' },
  { key: 't', action: 'statistics', where: 'call' },
  { key: 'f', action: 'fullScreen', where: 'call' },
  { key: 'w', action: 'compact', where: 'call' },
  { key: 's', action: 'settings', where: 'everywhere' },
  { key: '?', action: 'shortcuts', where: 'everywhere' },
  { key: 'Escape', action: 'escape', where: 'everywhere' },
];

/** The keys of what this engine can do. */
export function shortcutsFor(abilities: Abilities): Shortcut[] {
  const { microphone, camera, screen } = ownMediaOf(abilities);
  const needed: Partial<Record<ShortcutAction, Ability>> = {
    toggleMicrophone: microphone,
    toggleCamera: camera,
    toggleSharing: screen,
    fullScreen: abilities.fullScreen,
    compact: abilities.compactWindow,
  };
  return shortcuts.filter(({ action }) => needed[action] !== 'missing');
}

/** Keys that the page and its parts have by themselves; listed with the others. */
export const navigation = ['nextArea', 'arrows', 'menu'] as const;

export type Place = 'call' | 'lobby' | 'elsewhere' | 'door';

interface KeyPress {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly altKey: boolean;
  readonly metaKey: boolean;
  readonly repeat: boolean;
  /** Whether the key goes into a field. */
  readonly typing: boolean;
}

/** What a key does; `null` for nothing of ours. */
export function actionOf(
  press: KeyPress,
  place: Place,
  letters: 'on' | 'off',
  abilities: Abilities,
): ShortcutAction | null {
  if (press.ctrlKey || press.altKey || press.metaKey || press.repeat) return null;
  const isLetter = press.key.length === 1;
  if (isLetter && (press.typing || letters === 'off')) return null;
  const key = isLetter ? press.key.toLowerCase() : press.key;
  const found = shortcutsFor(abilities).find((shortcut) => shortcut.key === key);
  return found && isThere(found.where, place) ? found.action : null;
}

function isThere(where: Shortcut['where'], place: Place): boolean {
  switch (where) {
    case 'everywhere':
      return place !== 'door';
    case 'callAndLobby':
      return place === 'call' || place === 'lobby';
    case 'call':
      return place === 'call';
  }
}

/** The key of an action, as a tooltip names it. */
export function keyOf(action: ShortcutAction): string {
  const key = shortcuts.find((shortcut) => shortcut.action === action)?.key ?? '';
  return key.length === 1 ? key.toUpperCase() : key;
}
