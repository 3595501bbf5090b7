/** Keys that work in other windows too: combinations as `Control+Shift+KeyM`, which the system is asked for. */

const MODIFIERS = ['Control', 'Alt', 'Shift', 'Meta'] as const;
const MODIFIER_CODES = /^(Control|Alt|Shift|Meta|OS)(Left|Right)?$/;
/** Keys that nobody types: they may stand alone. */
const ALONE = /^(F([1-9]|1\d|2[0-4])|Pause|ScrollLock|Insert|MediaPlayPause)$/;

interface Press {
  readonly code: string;
  readonly ctrlKey: boolean;
  readonly altKey: boolean;
  readonly shiftKey: boolean;
  readonly metaKey: boolean;
}

/** The combination of a press; `null` while only modifiers are held, and for keys that are typed with. */
export function combinationOf(press: Press): string | null {
  if (press.code === '' || MODIFIER_CODES.test(press.code)) return null;
  const { ctrlKey, altKey, shiftKey, metaKey, code } = press;
  const held = [ctrlKey, altKey, shiftKey, metaKey];
  const typed = !ctrlKey && !altKey && !metaKey;
  if (typed && !ALONE.test(code)) return null;
  return [...MODIFIERS.filter((_, index) => held[index]), code].join('+');
}

/** As it stands on the keyboard: `Ctrl + Shift + M`, with the language's name of Control. */
export function shownCombination(combination: string, control: string): string {
  const parts = combination.split('+').map((part) => {
    if (part === 'Control') return control;
    return part.replace(/^(Key|Digit|Numpad|Arrow)(?=.)/, '');
  });
  return parts.join(' + ');
}
