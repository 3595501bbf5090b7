import type { DeviceChoice, DeviceFault } from '../../../protocol';
import { DEFAULT_CHOICE } from './capture';
import { deviceFaultOf } from './faults';

/** What becomes of one kind of device. */
export interface DeviceEnds {
  /** The track in use is another one, or none. */
  changed(track: MediaStreamTrack | null): void;
  ready(generation: number): void;
  refused(generation: number, fault: DeviceFault): void;
  fault(device: DeviceChoice, fault: DeviceFault): void;
  recovered(device: DeviceChoice): void;
}

type Open = (choice: DeviceChoice) => Promise<MediaStreamTrack>;

/**
 * The camera or the microphone of a call. The former device goes on until the one that was asked for delivers. One that is
 * pulled out is used again when it is back. Until then any other microphone is, but no other camera: pulling one out may be
 * meant.
 */
export class CaptureDevice {
  #track: MediaStreamTrack | null = null;
  /** What was chosen and came. */
  #choice: DeviceChoice | null = null;
  #generation = 0;
  #lost: DeviceChoice | null = null;

  constructor(
    private readonly kind: 'camera' | 'microphone',
    private readonly open: Open,
    private readonly ends: DeviceEnds,
  ) {}

  get track(): MediaStreamTrack | null {
    return this.#track;
  }

  async select(choice: DeviceChoice | null, generation: number): Promise<void> {
    this.#generation = generation;
    if (choice === null) {
      this.#lost = null;
      this.#choice = null;
      this.#use(null);
      this.ends.ready(generation);
      return;
    }
    let track: MediaStreamTrack;
    try {
      track = await this.open(choice);
    } catch (error) {
      if (generation === this.#generation) this.ends.refused(generation, deviceFaultOf(error));
      return;
    }
    if (generation !== this.#generation) {
      track.stop();
      return;
    }
    this.#choice = choice;
    this.#lost = null;
    this.#use(track);
    this.ends.ready(generation);
  }

  /** Opens what is in use once more, as it is to deliver otherwise. */
  async reopen(): Promise<void> {
    const generation = this.#generation;
    const choice = this.#choice;
    if (choice === null) return;
    const track = await this.open(choice).catch(() => null);
    if (track === null) return;
    if (generation === this.#generation && choice === this.#choice) this.#use(track);
    else track.stop();
  }

  /** Devices came or went. */
  async look(present: (choice: DeviceChoice) => boolean): Promise<void> {
    const lost = this.#lost;
    if (lost === null || !present(lost)) return;
    const generation = this.#generation;
    const track = await this.open(lost).catch(() => null);
    if (track === null) return;
    if (generation !== this.#generation || this.#lost !== lost) {
      track.stop();
      return;
    }
    this.#lost = null;
    this.#use(track);
    this.ends.recovered(lost);
  }

  close(): void {
    this.#generation = -1;
    this.#use(null);
  }

  #use(track: MediaStreamTrack | null): void {
    const former = this.#track;
    this.#track = track;
    if (track) track.onended = () => void this.#ended(track);
    this.ends.changed(track);
    if (former) {
      former.onended = null;
      former.stop();
    }
  }

  async #ended(track: MediaStreamTrack): Promise<void> {
    const choice = this.#choice;
    if (this.#track !== track || choice === null) return;
    this.#lost ??= choice;
    this.#use(null);
    this.ends.fault(choice, 'unplugged');
    if (this.kind === 'camera') return;
    const generation = this.#generation;
    const other = await this.open(DEFAULT_CHOICE).catch(() => null);
    if (other === null) return;
    if (generation === this.#generation && this.#track === null) this.#use(other);
    else other.stop();
  }
}
