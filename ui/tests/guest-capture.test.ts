import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { Desk, type FakeTrack, later, using } from './fake-desk';

function permission(state: PermissionState) {
  vi.stubGlobal('navigator', { permissions: { query: async () => ({ state }) } });
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

describe('a camera that ended', () => {
  it('is tried three times, though no device came or went', async () => {
    const desk = await using('camera', 'device:desk', 'device:door');
    desk.refusals.set('device:desk', 'NotReadableError');
    desk.inUse.end();
    expect(desk.told).toEqual(['uses none', 'device:desk unplugged']);
    await later(900);
    expect(desk.asked).toEqual([]);
    await later(200);
    expect(desk.asked).toHaveLength(1);
    await later(2_000);
    expect(desk.asked).toHaveLength(2);
    await later(7_000);
    expect(desk.asked).toHaveLength(3);
    await later(60_000);
    expect(desk.asked).toEqual(['device:desk', 'device:desk', 'device:desk']);
  });

  it('is used again as soon as it can be, and at each change of the devices', async () => {
    const desk = await using('camera', 'device:desk');
    desk.inUse.end();
    await later(1_500);
    expect(desk.told.slice(2)).toEqual(['uses desk', 'device:desk recovered']);

    await later(20_000);
    desk.plugged.clear();
    desk.inUse.end();
    await later(60_000);
    desk.plugged.add('device:desk');
    desk.refusals.set('device:desk', 'NotReadableError');
    desk.look();
    await later(0);
    desk.refusals.clear();
    desk.look();
    desk.look();
    await later(0);
    expect(desk.told.slice(-2)).toEqual(['uses desk', 'device:desk recovered']);
    expect(desk.live).toEqual(['desk']);
  });

  it('again and again is not tried for ever', async () => {
    const desk = await using('camera', 'device:desk');
    for (let times = 0; times < 20; times++) {
      (desk.device.track as unknown as FakeTrack | null)?.end();
      await later(8_000);
    }
    expect(desk.asked).toHaveLength(3);
  });

  it('is not looked for once another one was asked for', async () => {
    const desk = await using('camera', 'device:desk', 'device:door');
    desk.inUse.end();
    await desk.device.select('device:door', 2);
    await later(60_000);
    desk.look();
    await later(0);
    expect(desk.live).toEqual(['door']);
    expect(desk.told.at(-1)).toBe('ready 2');
  });

  it('gives way to no other camera, also when the system chose it', async () => {
    const desk = await using('camera', 'device', 'device:desk', 'device:built-in');
    desk.inUse.end();
    desk.plugged.delete('device:desk');
    desk.look();
    await later(60_000);
    expect(desk.live).toEqual([]);
    desk.plugged.add('device:desk');
    desk.look();
    await later(0);
    expect(desk.live).toEqual(['desk']);
    expect(desk.told.at(-1)).toBe('device recovered');
  });

  it.each(['prompt', 'denied'] as const)('is not opened while the permission is %s', async (state) => {
    const desk = await using('camera', 'device:desk');
    permission(state);
    desk.inUse.end();
    await later(60_000);
    desk.look();
    await later(0);
    expect(desk.asked).toEqual([]);
    const forbidden = state === 'denied' ? ['device:desk permissionDenied'] : [];
    expect(desk.told.slice(2)).toEqual(forbidden);
    permission('granted');
    desk.look();
    await later(0);
    expect(desk.live).toEqual(state === 'denied' ? [] : ['desk']);
  });

  it('that the page may not have any more is told of, and not tried again', async () => {
    const desk = await using('camera', 'device:desk');
    desk.refusals.set('device:desk', 'NotAllowedError');
    desk.inUse.end();
    await later(60_000);
    desk.look();
    await later(0);
    expect(desk.told.slice(2)).toEqual(['device:desk permissionDenied']);
    expect(desk.asked).toHaveLength(1);
  });
});

describe('a microphone that ended', () => {
  it('gives way to another one until it is back', async () => {
    const desk = await using('microphone', 'device:headset', 'device:array');
    desk.plugged.delete('device:headset');
    desk.inUse.end();
    await later(0);
    expect(desk.live).toEqual(['array']);
    await later(60_000);
    desk.plugged.add('device:headset');
    desk.look();
    await later(0);
    expect(desk.live).toEqual(['headset']);
    expect(desk.told.slice(-2)).toEqual(['uses headset', 'device:headset recovered']);
  });

  it('gives way to one that comes later, if there was none', async () => {
    const desk = await using('microphone', 'device:headset');
    desk.plugged.clear();
    desk.inUse.end();
    await later(60_000);
    expect(desk.live).toEqual([]);
    desk.plugged.add('device:array');
    desk.look();
    desk.look();
    await later(0);
    expect(desk.live).toEqual(['array']);
    expect(desk.opened).toHaveLength(2);
  });

  it('and was the system’s is the system’s next one', async () => {
    const desk = await using('microphone', 'device', 'device:headset', 'device:array');
    desk.plugged.delete('device:headset');
    desk.inUse.end();
    await later(0);
    expect(desk.live).toEqual(['array']);
    expect(desk.told.at(-1)).toBe('device recovered');

    await later(20_000);
    desk.asked.length = 0;
    desk.plugged.clear();
    desk.inUse.end();
    await later(60_000);
    expect(desk.asked).toHaveLength(4);
    desk.plugged.add('device:headset');
    desk.look();
    await later(0);
    expect(desk.told.slice(-2)).toEqual(['uses headset', 'device recovered']);
  });
});

describe('a device that delivers nothing', () => {
  it('is at fault after a second, and works again without being opened anew', async () => {
    const desk = await using('camera', 'device:desk');
    const track = desk.inUse;
    track.mute(true);
    await later(900);
    expect(desk.told).toEqual([]);
    await later(200);
    track.mute(false);
    track.mute(false);
    track.mute(true);
    await later(500);
    track.mute(false);
    await later(5_000);
    expect(desk.told).toEqual(['device:desk stalled', 'device:desk recovered']);
    expect(desk.inUse).toBe(track);
    expect(desk.asked).toEqual([]);
  });

  it('from the start is at fault, unless that was but a moment', async () => {
    const desk = new Desk('microphone', 'device:array');
    desk.opensMuted = true;
    await desk.device.select('device:array', 1);
    await later(200);
    desk.inUse.mute(false);
    await later(5_000);
    expect(desk.told).toEqual(['uses array', 'ready 1']);
    await desk.device.select('device:array', 2);
    await later(1_100);
    expect(desk.told.at(-1)).toBe('device:array stalled');
  });

  it('is followed no more once another one is used', async () => {
    const desk = await using('camera', 'device:desk', 'device:door');
    const former = desk.inUse;
    former.mute(true);
    await later(2_000);
    await desk.device.select('device:door', 2);
    expect([former.onmute, former.onunmute, former.onended]).toEqual([null, null, null]);
    desk.inUse.mute(true);
    await later(500);
    await desk.device.select('device:desk', 3);
    await later(5_000);
    expect(desk.told).toEqual(['device:desk stalled', 'uses door', 'ready 2', 'uses desk', 'ready 3']);
  });

  it('works again when it is opened anew and delivers', async () => {
    const desk = await using('microphone', 'device:array');
    desk.inUse.mute(true);
    await later(2_000);
    await desk.device.reopen();
    expect(desk.told).toEqual(['device:array stalled', 'uses array', 'device:array recovered']);
  });

  it('in place of one that is lost has no faults of its own', async () => {
    const desk = await using('microphone', 'device:headset', 'device:array');
    desk.plugged.delete('device:headset');
    desk.inUse.end();
    await later(60_000);
    desk.inUse.mute(true);
    await later(5_000);
    desk.inUse.mute(false);
    expect(desk.told).toEqual(['uses none', 'device:headset unplugged', 'uses array']);
  });
});

describe('a telephone that opens one camera at a time', () => {
  async function telephone(): Promise<Desk> {
    const desk = await using('camera', 'device:front', 'device:back');
    desk.releasedAfterMs = 500;
    return desk;
  }

  it('closes the one for the other', async () => {
    const desk = await telephone();
    void desk.device.select('device:back', 2);
    await later(700);
    expect(desk.told).toEqual(['uses none', 'uses back', 'ready 2']);
    expect(desk.live).toEqual(['back']);
    expect(desk.asked).toHaveLength(4);
  });

  it('opens the first one again if the other can’t be had', async () => {
    const desk = await telephone();
    desk.refusals.set('device:back', 'NotReadableError');
    void desk.device.select('device:back', 2);
    await later(5_000);
    expect(desk.told).toEqual(['uses none', 'refused 2 busy', 'uses front']);
    expect(desk.live).toEqual(['front']);
    expect(desk.asked.filter((device) => device === 'device:back')).toHaveLength(6);
    desk.inUse.end();
    await later(2_000);
    expect(desk.told.at(-1)).toBe('device:front recovered');
  });

  it('looks for the first one if neither can be had any more', async () => {
    const desk = await telephone();
    for (const device of ['device:front', 'device:back']) desk.refusals.set(device, 'NotReadableError');
    void desk.device.select('device:back', 2);
    await later(2_300);
    expect(desk.told).toEqual(['uses none', 'refused 2 busy', 'device:front busy']);
    desk.refusals.clear();
    await later(1_500);
    expect(desk.told.slice(-2)).toEqual(['uses front', 'device:front recovered']);
  });

  it('shows the one that was asked for last', async () => {
    const desk = await telephone();
    void desk.device.select('device:back', 2);
    await later(100);
    void desk.device.select('device:front', 3);
    await later(5_000);
    expect(desk.told).toEqual(['uses none', 'uses front', 'ready 3']);
    expect(desk.asked.filter((device) => device === 'device:back')).toHaveLength(1);
    void desk.device.select('device:back', 4);
    await later(100);
    desk.plugged.delete('device:back');
    void desk.device.select('device:back', 5);
    await later(5_000);
    expect(desk.told.slice(3)).toEqual(['uses none', 'refused 5 notFound', 'uses front']);
    void desk.device.select('device:back', 6);
    await desk.device.select(null, 7);
    await later(5_000);
    expect(desk.live).toEqual([]);
  });

  it('closes nothing for a camera that can’t be had for another reason', async () => {
    const desk = await telephone();
    desk.refusals.set('device:back', 'NotAllowedError');
    await desk.device.select('device:back', 2);
    expect(desk.told).toEqual(['refused 2 permissionDenied']);
    expect(desk.live).toEqual(['front']);
  });
});

describe('a device', () => {
  it('that is busy while none is open is refused at once', async () => {
    const desk = new Desk('camera', 'device:desk');
    desk.refusals.set('device:desk', 'NotReadableError');
    await desk.device.select('device:desk', 1);
    expect(desk.told).toEqual(['refused 1 busy']);
    expect(desk.asked).toHaveLength(1);
  });

  it('that is given back while it is looked for stays closed', async () => {
    const desk = await using('microphone', 'device:headset', 'device:array');
    desk.inUse.end();
    desk.device.close();
    await later(60_000);
    expect(desk.live).toEqual([]);
  });

  it('that is switched off while it is found out whether it may be opened is not opened', async () => {
    const desk = await using('camera', 'device:desk');
    desk.inUse.end();
    const query = async () => {
      await desk.device.select(null, 2);
      return { state: 'granted' };
    };
    vi.stubGlobal('navigator', { permissions: { query } });
    await later(60_000);
    expect(desk.asked).toEqual([]);
    expect(desk.told.at(-1)).toBe('ready 2');
  });

  it('that is back too late is closed again', async () => {
    const desk = await using('camera', 'device:desk');
    desk.openingMs = 500;
    desk.inUse.end();
    await later(1_200);
    await desk.device.select(null, 2);
    await later(60_000);
    expect(desk.asked).toHaveLength(1);
    expect(desk.opened).toHaveLength(2);
    expect(desk.live).toEqual([]);
    expect(desk.told.at(-1)).toBe('ready 2');
  });
});
