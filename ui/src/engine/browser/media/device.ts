import type { DeviceChoice, DeviceFault } from '../../../protocol';
import { type CaptureKind, choiceOf, DEFAULT_CHOICE, type OpenDevice } from './capture';
import { deviceFaultOf } from './faults';
import { Flow } from './flow';
import { Recovery } from './recovery';

/** What becomes of one kind of device. */
export interface DeviceEnds {
  /** The track in use is another one, or none. */
  changed(track: MediaStreamTrack | null): void;
  ready(generation: number): void;
  refused(generation: number, fault: DeviceFault): void;
  fault(device: DeviceChoice, fault: DeviceFault): void;
  recovered(device: DeviceChoice): void;
}

/** How often and after what a device is tried for which the former one was closed: systems take a while to let go of one. */
const TRIES = 5;
const TRY_AFTER_MS = 200;

/** A device that was closed for another one. */
interface Former {
  readonly device: DeviceChoice;
  readonly workedMs: number;
}

/**
 * The camera or the microphone of a call. The former device goes on until the one that was asked for delivers, unless the
 * system opens but one, as telephones do with their cameras. One that is lost is used again when it is back.
 */
export class CaptureDevice {
  #track: MediaStreamTrack | null = null;
  #usedSince = 0;
  #flow: Flow | null = null;
  /** The fault was told, and its end is owed. */
  #isStalled = false;
  /** What was chosen and came. */
  #choice: DeviceChoice | null = null;
  #former: Former | null = null;
  #generation = 0;
  readonly #recovery: Recovery;

  constructor(
    private readonly kind: CaptureKind,
    private readonly open: OpenDevice,
    private readonly ends: DeviceEnds,
  ) {
    const ofChoice = (tell: (choice: DeviceChoice) => void) => this.#choice !== null && tell(this.#choice);
    this.#recovery = new Recovery(kind, open, {
      found: (track) => {
        this.#use(track);
        ofChoice((choice) => ends.recovered(choice));
      },
      replaced: (track) => this.#use(track),
      isReplaced: () => this.#track !== null,
      forbidden: () => ofChoice((choice) => ends.fault(choice, 'permissionDenied')),
    });
  }

  get track(): MediaStreamTrack | null {
    return this.#track;
  }

  async select(choice: DeviceChoice | null, generation: number): Promise<void> {
    this.#generation = generation;
    if (choice === null) {
      this.#put(null, null);
      this.ends.ready(generation);
      return;
    }
    const isLatest = () => generation === this.#generation;
    let track: MediaStreamTrack;
    try {
      track = await this.#openInPlace(choice, isLatest);
    } catch (error) {
      if (!isLatest()) return;
      this.ends.refused(generation, deviceFaultOf(error));
      await this.#restore(isLatest);
      return;
    }
    if (!isLatest()) {
      track.stop();
      return;
    }
    this.#put(choice, track);
    this.ends.ready(generation);
  }

  /** Opens what is in use once more, as it is to deliver otherwise. */
  async reopen(): Promise<void> {
    const generation = this.#generation;
    const choice = this.#choice;
    // What is lost is opened as it is to be once it is back.
    if (choice === null || this.#track === null) return;
    const track = await this.open(choice).catch(() => null);
    if (track === null) return;
    if (generation === this.#generation && choice === this.#choice) this.#use(track);
    else track.stop();
  }

  /** Devices came or went. */
  look(present: (choice: DeviceChoice) => boolean): void {
    this.#recovery.look(present);
  }

  close(): void {
    this.#generation = -1;
    this.#put(null, null);
  }

  /** Opens a device, for which the one in use is closed if both can't be open. */
  async #openInPlace(choice: DeviceChoice, isLatest: () => boolean): Promise<MediaStreamTrack> {
    for (let tries = 0; ; tries++) {
      try {
        return await this.open(choice);
      } catch (error) {
        if (tries === TRIES || !isLatest() || deviceFaultOf(error) !== 'busy') throw error;
        this.#giveWay();
        if (this.#former === null) throw error;
        await new Promise((resolve) => setTimeout(resolve, TRY_AFTER_MS));
        if (!isLatest()) throw error;
      }
    }
  }

  #giveWay(): void {
    const track = this.#track;
    if (track?.readyState !== 'live' || this.#choice === null) return;
    this.#former = { device: this.#deviceOf(track, this.#choice), workedMs: this.#workedMs };
    this.#use(null);
  }

  /** Opens what was closed for another one, which could not be had. */
  async #restore(isLatest: () => boolean): Promise<void> {
    const former = this.#former;
    const choice = this.#choice;
    if (former === null || choice === null) return;
    try {
      const track = await this.#openInPlace(former.device, isLatest);
      if (!isLatest()) {
        track.stop();
        return;
      }
      this.#former = null;
      this.#use(track);
    } catch (error) {
      if (!isLatest()) return;
      this.#former = null;
      this.ends.fault(choice, deviceFaultOf(error));
      this.#recovery.begin(former.device, former.workedMs);
    }
  }

  /** What was asked for has come. */
  #put(choice: DeviceChoice | null, track: MediaStreamTrack | null): void {
    this.#choice = choice;
    this.#former = null;
    this.#isStalled = false;
    this.#recovery.forget();
    this.#use(track);
  }

  #use(track: MediaStreamTrack | null): void {
    const former = this.#track;
    this.#track = track;
    this.#usedSince = performance.now();
    this.#flow?.end();
    if (track) track.onended = () => this.#ended(track);
    this.ends.changed(track);
    const ends = { stalled: () => this.#stalled(), flows: () => this.#flows() };
    this.#flow = track && new Flow(track, ends);
    if (former) {
      former.onended = null;
      former.stop();
    }
  }

  #ended(track: MediaStreamTrack): void {
    const choice = this.#choice;
    if (this.#track !== track || choice === null) return;
    const workedMs = this.#workedMs;
    this.#isStalled = false;
    this.#use(null);
    this.ends.fault(choice, 'unplugged');
    this.#recovery.begin(this.#deviceOf(track, choice), workedMs);
  }

  #stalled(): void {
    // Of one that is away it is said already that it delivers nothing.
    if (this.#choice === null || this.#recovery.isLooking) return;
    this.#isStalled = true;
    this.ends.fault(this.#choice, 'stalled');
  }

  #flows(): void {
    if (this.#choice === null || !this.#isStalled) return;
    this.#isStalled = false;
    this.ends.recovered(this.#choice);
  }

  get #workedMs(): number {
    return performance.now() - this.#usedSince;
  }

  /** When the system's camera is pulled out, none that takes its place is to see the person. */
  #deviceOf(track: MediaStreamTrack, choice: DeviceChoice): DeviceChoice {
    const isSystems = this.kind === 'camera' && choice === DEFAULT_CHOICE;
    return isSystems ? choiceOf(track.getSettings().deviceId ?? '') : choice;
  }
}
