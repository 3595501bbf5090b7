import { beforeEach, describe, expect, it, vi } from 'vitest';

import { DesktopEngine } from '../src/engine/desktop';
import { commands } from '../src/engine/desktop/commands';
import { LINK, SETTINGS } from '../src/engine/fake/memory';
import type { JoinRequest } from '../src/engine/rooms';

vi.mock('../src/engine/desktop/commands');
vi.mock('../src/engine/desktop/no-browser');
vi.mock('../src/engine/desktop/frames/pictures');
vi.mock('../src/engine/desktop/preview', () => ({
  ShellPreview: class {
    settled = () => Promise.resolve();
  },
}));
vi.mock('../src/engine/desktop/settings', () => ({ settingsOf: () => SETTINGS, recentRoomOf: () => null }));

const REQUEST: JoinRequest = {
  link: LINK,
  name: 'Ada',
  password: null,
  camera: null,
  microphone: null,
  speaker: null,
  muted: false,
  soundProcessing: SETTINGS.soundProcessing,
};

/** Something that is asked of the shell, and answered when a test says so. */
function answeredLater<T>(): { promise: Promise<T>; answer: (value: T) => void } {
  let answer: (value: T) => void = () => undefined;
  const promise = new Promise<T>((resolve) => (answer = resolve));
  return { promise, answer };
}

describe('the engine of the window', () => {
  let engine: DesktopEngine;

  beforeEach(async () => {
    vi.resetAllMocks();
    const start = {
      frames: '',
      framesWithoutSocket: '',
      formerPage: 'gone',
      settings: 'found',
      preferences: {},
    };
    vi.mocked(commands.start).mockResolvedValue({ ...start, version: '0', recentRooms: [] } as never);
    vi.mocked(commands.listDevices).mockResolvedValue({ cameras: [], microphones: [], speakers: [] });
    vi.mocked(commands.watchNearbyRooms).mockResolvedValue(undefined as never);
    vi.mocked(commands.recentRooms).mockResolvedValue([]);
    engine = await DesktopEngine.start();
  });

  it('leaves a call that was still being joined when somebody went back', async () => {
    const joining = answeredLater<{ ok: true; value: null }>();
    const order: string[] = [];
    vi.mocked(commands.join).mockImplementation(() => {
      order.push('join');
      return joining.promise.finally(() => order.push('joined')) as never;
    });
    vi.mocked(commands.leave).mockImplementation(() => {
      order.push('leave');
      return Promise.resolve() as never;
    });
    const joined = engine.join(REQUEST);
    await vi.waitFor(() => expect(order).toEqual(['join']));
    const left = engine.leave();
    joining.answer({ ok: true, value: null });
    await Promise.all([joined, left]);
    expect(order).toEqual(['join', 'joined', 'leave']);
  });

  it('does not join at all when somebody went back before the devices were free', async () => {
    vi.mocked(commands.leave).mockResolvedValue(undefined as never);
    const joined = engine.join(REQUEST);
    await engine.leave();
    await joined;
    expect(commands.join).not.toHaveBeenCalled();
  });

  it('asks one thing after the other', async () => {
    const first = answeredLater<{ ok: true; value: null }>();
    vi.mocked(commands.dispatch).mockReturnValueOnce(first.promise as never);
    vi.mocked(commands.dispatch).mockResolvedValueOnce({ ok: true, value: null } as never);
    for (const muted of [false, true]) engine.dispatch({ type: 'muteMicrophone', muted });
    await vi.waitFor(() => expect(commands.dispatch).toHaveBeenCalledOnce());
    first.answer({ ok: true, value: null });
    await vi.waitFor(() => expect(commands.dispatch).toHaveBeenCalledTimes(2));
    expect(vi.mocked(commands.dispatch).mock.calls.map(([intent]) => intent)).toEqual([
      { type: 'muteMicrophone', muted: false },
      { type: 'muteMicrophone', muted: true },
    ]);
  });
});
