import { describe, expect, it } from 'vitest';

import { combinationOf, shownCombination } from '../src/app/key-combination';
import { actionOf, shortcutsFor } from '../src/app/shortcuts';
import { WINDOW_ABILITIES } from '../src/engine/abilities';
import { en } from '../src/words/en';

const press = { key: 'm', ctrlKey: false, altKey: false, metaKey: false, repeat: false, typing: false };

describe('keys', () => {
  it('do what the list says, where they belong', () => {
    expect(actionOf(press, 'call', 'on', WINDOW_ABILITIES)).toBe('toggleMicrophone');
    expect(actionOf({ ...press, key: 'M' }, 'call', 'on', WINDOW_ABILITIES)).toBe('toggleMicrophone');
    expect(actionOf(press, 'lobby', 'on', WINDOW_ABILITIES)).toBe('toggleMicrophone');
    expect(actionOf({ ...press, key: '?' }, 'elsewhere', 'on', WINDOW_ABILITIES)).toBe('shortcuts');
    expect(actionOf(press, 'elsewhere', 'on', WINDOW_ABILITIES)).toBeNull();
    expect(actionOf({ ...press, key: 'd' }, 'lobby', 'on', WINDOW_ABILITIES)).toBeNull();
  });

  it('go to a field while somebody types, and to the system with its keys', () => {
    expect(actionOf({ ...press, typing: true }, 'call', 'on', WINDOW_ABILITIES)).toBeNull();
    expect(actionOf({ ...press, ctrlKey: true }, 'call', 'on', WINDOW_ABILITIES)).toBeNull();
    expect(actionOf({ ...press, repeat: true }, 'call', 'on', WINDOW_ABILITIES)).toBeNull();
    expect(actionOf({ ...press, key: 'Escape', typing: true }, 'call', 'on', WINDOW_ABILITIES)).toBe(
      'escape',
    );
  });

  it('of one letter can be switched off, without locking anybody in', () => {
    expect(actionOf(press, 'call', 'off', WINDOW_ABILITIES)).toBeNull();
    expect(actionOf({ ...press, key: 'Escape' }, 'call', 'off', WINDOW_ABILITIES)).toBe('escape');
  });

  it('do nothing for what an engine can’t do', () => {
    const abilities = { ...WINDOW_ABILITIES, compactWindow: 'missing', capture: 'insecureContext' } as const;
    expect(actionOf({ ...press, key: 'w' }, 'call', 'on', abilities)).toBeNull();
    expect(actionOf(press, 'lobby', 'on', abilities)).toBeNull();
    expect(actionOf({ ...press, key: 'd' }, 'call', 'on', abilities)).toBe('toggleSharing');
    expect(actionOf({ ...press, key: 's' }, 'door', 'on', abilities)).toBeNull();
  });

  it('are each one’s own, and have a name in the list', () => {
    const shortcuts = shortcutsFor(WINDOW_ABILITIES);
    expect(new Set(shortcuts.map(({ key }) => key)).size).toBe(shortcuts.length);
    for (const { action } of shortcuts) expect(en.shortcuts[action], action).toBeTruthy();
  });
});

describe('keys for other windows', () => {
  const key = (code: string, held: string[] = []) => ({
    code,
    ctrlKey: held.includes('ctrl'),
    altKey: held.includes('alt'),
    shiftKey: held.includes('shift'),
    metaKey: false,
  });

  it('are combinations that nobody types', () => {
    expect(combinationOf(key('KeyM', ['shift', 'ctrl']))).toBe('Control+Shift+KeyM');
    expect(combinationOf(key('F9'))).toBe('F9');
    expect(combinationOf(key('KeyM'))).toBeNull();
    expect(combinationOf(key('KeyM', ['shift']))).toBeNull();
  });

  it('are none while only modifiers are held', () => {
    expect(combinationOf(key('ControlLeft', ['ctrl']))).toBeNull();
    expect(combinationOf(key(''))).toBeNull();
  });

  it('are shown as they stand on the keyboard', () => {
    expect(shownCombination('Control+Shift+KeyM', 'Ctrl')).toBe('Ctrl + Shift + M');
    expect(shownCombination('Alt+ArrowUp', 'Ctrl')).toBe('Alt + Up');
  });
});
