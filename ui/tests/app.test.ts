import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { App } from '../src/app/app.svelte';
import { followKeys } from '../src/app/keyboard';
import { FakeEngine } from '../src/engine/fake';
import { LINK } from '../src/engine/fake/memory';
import { readScene } from '../src/engine/fake/scene';

function begin(scene: string): { app: App; engine: FakeEngine } {
  const engine = new FakeEngine(readScene(`?scene=${scene}`));
  return { app: new App(engine), engine };
}

const OTHER_LINK = LINK.replace(':7000', ':7001');

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('window', Object.assign(new EventTarget(), { setInterval, setTimeout }));
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe('push to talk', () => {
  it('is silent again after a tap, however old what is shown is', () => {
    const { app, engine } = begin('muted');
    vi.spyOn(engine, 'dispatch').mockImplementation(() => undefined);
    for (const state of ['pressed', 'released'] as const) app.devices.pressed({ key: 'pushToTalk', state });
    const muted = (value: boolean) => [{ type: 'muteMicrophone', muted: value }];
    expect(vi.mocked(engine.dispatch).mock.calls).toEqual([muted(false), muted(true)]);
  });
});

describe('a talk key of this window alone', () => {
  it('is let go when the window is left', async () => {
    const { app, engine } = begin('no-global-keys');
    await vi.waitFor(() => expect(app.keeping.globalKeysError).not.toBeNull());
    const pressed = vi.spyOn(app.devices, 'pressed');
    followKeys(app);
    const held = (engine.settings.get().globalKeys.pushToTalk ?? '').split('+');
    const modifiers = { ctrlKey: 'Control', altKey: 'Alt', shiftKey: 'Shift', metaKey: 'Meta' };
    const down = Object.entries(modifiers).map(([name, key]) => [name, held.includes(key)] as const);
    const press = { ...Object.fromEntries(down), code: held.at(-1), key: '', repeat: false };
    window.dispatchEvent(Object.assign(new Event('keydown'), press));
    window.dispatchEvent(new Event('blur'));
    expect(pressed.mock.calls.map(([event]) => event.state)).toEqual(['pressed', 'released']);
  });
});

describe('the preview of the settings', () => {
  it('is closed with them, whatever comes in their place', () => {
    const { app, engine } = begin('home');
    const close = vi.spyOn(engine.preview, 'close');
    const open = vi.spyOn(engine.preview, 'open');
    app.emit({ type: 'settings' });
    expect(open).toHaveBeenCalledOnce();
    close.mockClear();
    app.emit({ type: 'askForget', what: 'rooms' });
    expect(close).toHaveBeenCalled();
    app.emit({ type: 'forget', what: 'rooms' });
    expect(open).toHaveBeenCalledOnce();
  });
});

describe('a link that is opened', () => {
  const open = (app: App) => app.emit({ type: 'openLink', text: OTHER_LINK });

  it('leads to its lobby when a call is over', async () => {
    const { app, engine } = begin('left');
    open(app);
    await vi.waitFor(() => expect(app.entrance.lobby).not.toBeNull());
    expect(engine.snapshot.get()).toBeNull();
    expect(app.entrance.lobby?.link).toBe(OTHER_LINK);
  });

  it('asks first while one waits to be let in', () => {
    const { app } = begin('waiting');
    open(app);
    expect(app.dialogs.open).toMatchObject({ type: 'otherRoom', link: OTHER_LINK });
    expect(app.entrance.lobby?.link).not.toBe(OTHER_LINK);
  });
});

describe('a small window', () => {
  it('is large again once there is no call', async () => {
    const { app, engine } = begin('call');
    app.act('compact');
    expect(app.arrangement.windowMode).toBe('compact');
    await engine.leave();
    expect(app.arrangement.windowMode).toBe('normal');
  });
});
