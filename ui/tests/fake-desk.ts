import { vi } from 'vitest';

import { CaptureDevice } from '../src/engine/browser/media/device';

/** A track as a browser gives it. */
export class FakeTrack {
  readyState = 'live';
  stopped = -Infinity;
  muted = false;
  onended: (() => void) | null = null;
  onmute: (() => void) | null = null;
  onunmute: (() => void) | null = null;
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
  mute(muted: boolean) {
    this.muted = muted;
    if (muted) this.onmute?.();
    else this.onunmute?.();
  }
  getSettings() {
    return { deviceId: this.device };
  }
}

/** What is plugged in, what opening it says, and all that came of it. */
export class Desk {
  readonly plugged = new Set<string>();
  readonly refusals = new Map<string, string>();
  readonly asked: string[] = [];
  readonly opened: FakeTrack[] = [];
  readonly told: string[] = [];
  openingMs = 0;
  /** One device at a time can be open, until so long after it was closed. */
  releasedAfterMs: number | null = null;
  opensMuted = false;
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
    track.muted = this.opensMuted;
    this.opened.push(track);
    return track as unknown as MediaStreamTrack;
  }
}

/** A device in use, and nothing told of it yet. */
export async function using(
  kind: 'camera' | 'microphone',
  choice: string,
  ...others: string[]
): Promise<Desk> {
  const desk = new Desk(kind, ...(choice === 'device' ? [] : [choice]), ...others);
  await desk.device.select(choice, 1);
  await later(60_000);
  for (const list of [desk.told, desk.asked]) list.length = 0;
  return desk;
}

export const later = (ms: number) => vi.advanceTimersByTimeAsync(ms);
