/** Every key that does something: the handler and the list that `?` shows both read this table. */

export type ShortcutAction =
  'toggleMicrophone' | 'toggleCamera' | 'settings' | 'invite' | 'people' | 'escape' | 'help';

export interface Shortcut {
  readonly key: string;
  readonly action: ShortcutAction;
  /** Keys of a call do nothing on other screens. */
  readonly where: 'call' | 'everywhere';
}

export const shortcuts: readonly Shortcut[] = [
  { key: 'm', action: 'toggleMicrophone', where: 'call' },
  { key: 'v', action: 'toggleCamera', where: 'call' },
  { key: 'i', action: 'invite', where: 'call' },
  { key: 'p', action: 'people', where: 'call' },
  { key: 's', action: 'settings', where: 'everywhere' },
  { key: '?', action: 'help', where: 'everywhere' },
  { key: 'Escape', action: 'escape', where: 'everywhere' },
];

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
export function actionOf(press: KeyPress, inCall: boolean): ShortcutAction | null {
  if (press.ctrlKey || press.altKey || press.metaKey || press.repeat) return null;
  if (press.typing && press.key !== 'Escape') return null;
  const key = press.key.length === 1 ? press.key.toLowerCase() : press.key;
  const found = shortcuts.find((shortcut) => shortcut.key === key);
  if (!found || (found.where === 'call' && !inCall)) return null;
  return found.action;
}

/** The key of an action, as a tooltip names it. */
export function keyOf(action: ShortcutAction): string {
  const key = shortcuts.find((shortcut) => shortcut.action === action)?.key ?? '';
  return key.length === 1 ? key.toUpperCase() : key;
}
