import type { App } from './app.svelte';
import { focusNextArea } from '../design/focus';
import { combinationOf } from './key-combination';
import { actionOf, type Place } from './shortcuts';

/** Where keys go by themselves. */
const TYPING = 'input, textarea, [role="menu"], [role="listbox"]';

/** Does what keys mean, while the window has them. */
export function followKeys(app: App): () => void {
  const talking = new TalkKey(app);
  const down = (event: KeyboardEvent) => void (talking.pressed(event) || pressed(app, event));
  const up = (event: KeyboardEvent) => talking.released(event);
  const away = () => talking.end();
  window.addEventListener('keydown', down);
  window.addEventListener('keyup', up);
  window.addEventListener('blur', away);
  return () => {
    window.removeEventListener('keydown', down);
    window.removeEventListener('keyup', up);
    window.removeEventListener('blur', away);
  };
}

function pressed(app: App, event: KeyboardEvent): void {
  if (event.key === 'F6') {
    event.preventDefault();
    focusNextArea(event.shiftKey ? -1 : 1);
    return;
  }
  const typing = event.target instanceof HTMLElement && event.target.closest(TYPING) !== null;
  const { key, ctrlKey, altKey, metaKey, repeat } = event;
  const press = { key, ctrlKey, altKey, metaKey, repeat, typing };
  const action = actionOf(press, placeOf(app), app.state.settings.letterShortcuts, app.abilities);
  // A dialog has the keyboard to itself, and closes by Escape on its own. So does what floats over the stage.
  if (!action || app.dialogs.open || event.defaultPrevented) return;
  event.preventDefault();
  app.act(action);
}

/** Where the system has no keys for other windows, they work in this one. */
class TalkKey {
  #held = false;

  constructor(private readonly app: App) {}

  /** Whether the press was of one of them. */
  pressed(event: KeyboardEvent): boolean {
    const { mute, pushToTalk } = this.app.state.settings.globalKeys;
    const combination = combinationOf(event);
    if (this.app.keeping.globalKeysError === null || combination === null) return false;
    if (combination !== mute && combination !== pushToTalk) return false;
    event.preventDefault();
    if (event.repeat) return true;
    this.#held = combination === pushToTalk;
    this.app.devices.pressed({ key: this.#held ? 'pushToTalk' : 'mute', state: 'pressed' });
    return true;
  }

  /** The first of several keys to be let go ends it. */
  released(event: KeyboardEvent): void {
    const keys = this.app.state.settings.globalKeys.pushToTalk?.split('+') ?? [];
    if (keys.some((key) => event.code.startsWith(key))) this.end();
  }

  /** In another window nobody tells that it is let go. */
  end(): void {
    if (!this.#held) return;
    this.#held = false;
    this.app.devices.pressed({ key: 'pushToTalk', state: 'released' });
  }
}

function placeOf(app: App): Place {
  if (app.state.inCall) return 'call';
  const { at } = app.entrance;
  return at === 'lobby' || at === 'door' ? at : 'elsewhere';
}
