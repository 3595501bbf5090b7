import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { CaptureDevice } from '../src/engine/browser/media/device';

class FakeTrack {
  readyState = 'live';
  stopped = -Infinity;
  onended: (() => void) | null = null;
  constructor(readonly device: string) {}
  stop() {
    if (this.readyState === 'live') this.stopped = performance.now();
    this.readyState = 'ended';
  }
  /** As when it is pulled out, or taken by another program. */
  end() {
    this.stop();
    this.onended?.();
  }
  getSettings() {
    return { deviceId: this.device };
  }
}

/** What is plugged in, what opening it says, and all that came of it. */
class Desk {
  readonly plugged = new Set<string>();
  readonly refusals = new Map<string, string>();
  readonly asked: string[] = [];
  readonly opened: FakeTrack[] = [];
  readonly told: string[] = [];
  openingMs = 0;
  /** One device at a time can be open, until so long after it was closed. */
  releasedAfterMs: number | null = null;
  readonly device: CaptureDevice;

  constructor(kind: 'camera' | 'microphone', ...plugged: string[]) {
    for (const device of plugged) this.plugged.add(device);
    this.device = new CaptureDevice(kind, (choice) => this.#open(choice), {
      changed: (track) => this.told.push(`uses ${(track as FakeTrack | null)?.device ?? 'none'}`),
      ready: (generation) => this.told.push(`ready ${generation}`),
      refused: (generation, fault) => this.told.push(`refused ${generation} ${fault}`),
      fault: (device, fault) => this.told.push(`${device} ${fault}`),
      recovered: (device) => this.told.push(`${device} recovered`),
    });
  }

  get inUse(): FakeTrack {
    return this.device.track as unknown as FakeTrack;
  }

  get live(): string[] {
    return this.opened.filter(({ readyState }) => readyState === 'live').map(({ device }) => device);
  }

  look() {
    this.device.look((choice) => (choice === 'device' ? this.plugged.size > 0 : this.plugged.has(choice)));
  }

  #isHeld(): boolean {
    const { releasedAfterMs } = this;
    if (releasedAfterMs === null) return false;
    return this.opened.some(
      ({ readyState, stopped }) => readyState === 'live' || performance.now() < stopped + releasedAfterMs,
    );
  }

  async #open(choice: string): Promise<MediaStreamTrack> {
    this.asked.push(choice);
    const [first] = this.plugged;
    const device = choice === 'device' ? first : choice;
    if (this.openingMs > 0) await new Promise((resolve) => setTimeout(resolve, this.openingMs));
    const refusal = this.refusals.get(choice);
    if (refusal !== undefined) throw new DOMException('', refusal);
    if (device === undefined || !this.plugged.has(device)) throw new DOMException('', 'NotFoundError');
    if (this.#isHeld()) throw new DOMException('', 'NotReadableError');
    const track = new FakeTrack(device.replace('device:', ''));
    this.opened.push(track);
    return track as unknown as MediaStreamTrack;
  }
}

/** A device in use, and nothing told of it yet. */
async function using(kind: 'camera' | 'microphone', choice: string, ...others: string[]): Promise<Desk> {
  const desk = new Desk(kind, ...(choice === 'device' ? [] : [choice]), ...others);
  await desk.device.select(choice, 1);
  await later(60_000);
  for (const list of [desk.told, desk.asked]) list.length = 0;
  return desk;
}

const later = (ms: number) => vi.advanceTimersByTimeAsync(ms);

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
