import type { App } from './app.svelte';
import { focusNextArea } from '../design/focus';
import { combinationOf } from './key-combination';
import { actionOf, type Place } from './shortcuts';

/** Where keys go by themselves. */
const TYPING = 'input, textarea, [role="menu"], [role="listbox"]';

/** Does what keys mean, while the window has them. */
export function followKeys(app: App): () => void {
  const down = (event: KeyboardEvent) => pressed(app, event);
  const up = (event: KeyboardEvent) => released(app, event);
  window.addEventListener('keydown', down);
  window.addEventListener('keyup', up);
  return () => {
    window.removeEventListener('keydown', down);
    window.removeEventListener('keyup', up);
  };
}

function pressed(app: App, event: KeyboardEvent): void {
  if (event.key === 'F6') {
    event.preventDefault();
    focusNextArea(event.shiftKey ? -1 : 1);
    return;
  }
  if (globalKey(app, event, 'pressed')) return;
  const typing = event.target instanceof HTMLElement && event.target.closest(TYPING) !== null;
  const { key, ctrlKey, altKey, metaKey, repeat } = event;
  const press = { key, ctrlKey, altKey, metaKey, repeat, typing };
  const action = actionOf(press, placeOf(app), app.state.settings.letterShortcuts);
  // A dialog has the keyboard to itself, and closes by Escape on its own. So does what floats over the stage.
  if (!action || app.dialogs.open || event.defaultPrevented) return;
  event.preventDefault();
  app.act(action);
}

function released(app: App, event: KeyboardEvent): void {
  globalKey(app, event, 'released');
}

/** Where the system has no keys for other windows, they work in this one. */
function globalKey(app: App, event: KeyboardEvent, state: 'pressed' | 'released'): boolean {
  const { mute, pushToTalk } = app.state.settings.globalKeys;
  if (app.keeping.globalKeysError === null || event.repeat) return false;
  // The first of the keys to be let go ends it, so that a modifier does too.
  if (state === 'released' && pushToTalk?.split('+').some((part) => event.code.startsWith(part))) {
    app.devices.pressed({ key: 'pushToTalk', state });
    return true;
  }
  const combination = combinationOf(event);
  if (combination === null || state === 'released') return false;
  if (combination !== mute && combination !== pushToTalk) return false;
  event.preventDefault();
  app.devices.pressed({ key: combination === mute ? 'mute' : 'pushToTalk', state });
  return true;
}

function placeOf(app: App): Place {
  if (app.state.inCall) return 'call';
  return app.state.snapshot === null && app.entrance.lobby !== null ? 'lobby' : 'elsewhere';
}
