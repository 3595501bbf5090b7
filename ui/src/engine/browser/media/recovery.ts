import type { DeviceChoice } from '../../../protocol';
import { DEFAULT_CHOICE, type CaptureKind, type OpenDevice } from './capture';
import { deviceFaultOf } from './faults';
import { permissionOf } from './permission';

/** What is found for a device that was lost. */
export interface RecoveryEnds {
  /** It is there again. */
  found(track: MediaStreamTrack): void;
  /** Until then there is this one. */
  replaced(track: MediaStreamTrack): void;
  isReplaced(): boolean;
  /** The page may not have it any more: it is not looked for. */
  forbidden(): void;
}

/** How long until it is tried, and from one try to the next: not all that ends is pulled out, and listed anew later. */
const TRIES_AFTER_MS: Record<CaptureKind, readonly number[]> = {
  camera: [1_000, 2_000, 7_000],
  // Somebody may be speaking.
  microphone: [0, 1_000, 2_000, 7_000],
};
/** What worked for this long before it was lost is tried as often as the first time. */
const WORKED_MS = 10_000;

/** One loss, which ends when it is over or another device was asked for. */
interface Loss {
  readonly device: DeviceChoice;
}

/**
 * Looks for a camera or a microphone that was lost. Until it is back any other microphone takes its place, but no other
 * camera: pulling one out may be meant.
 */
export class Recovery {
  #loss: Loss | null = null;
  #tries = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #turn: Promise<void> = Promise.resolve();

  constructor(
    private readonly kind: CaptureKind,
    private readonly open: OpenDevice,
    private readonly ends: RecoveryEnds,
  ) {}

  get isLooking(): boolean {
    return this.#loss !== null;
  }

  /** This was lost, or what took its place, after it had worked for so long. */
  begin(device: DeviceChoice, workedMs: number): void {
    if (workedMs >= WORKED_MS) this.#tries = 0;
    this.#loss ??= { device };
    this.#tryLater();
  }

  /** Devices came or went. */
  look(present: (choice: DeviceChoice) => boolean): void {
    if (this.#loss && present(this.#loss.device)) this.#retrieve();
    if (present(DEFAULT_CHOICE)) this.#replace();
  }

  /** Another device was asked for, and came. */
  forget(): void {
    this.#end();
    this.#tries = 0;
  }

  #end(): void {
    this.#loss = null;
    clearTimeout(this.#timer);
  }

  #tryLater(): void {
    const wait = TRIES_AFTER_MS[this.kind][this.#tries];
    clearTimeout(this.#timer);
    if (wait === undefined || this.#loss === null) return;
    this.#tries += 1;
    this.#timer = setTimeout(() => {
      this.#retrieve();
      this.#replace();
      void this.#turn.then(() => this.#tryLater());
    }, wait);
  }

  #retrieve(): void {
    const loss = this.#loss;
    if (loss === null) return;
    const isWanted = () => loss === this.#loss;
    this.#openInTurn(loss.device, isWanted, (track) => {
      this.#end();
      this.ends.found(track);
    });
  }

  #replace(): void {
    const loss = this.#loss;
    if (loss === null || this.kind === 'camera' || loss.device === DEFAULT_CHOICE) return;
    const isWanted = () => loss === this.#loss && !this.ends.isReplaced();
    this.#openInTurn(DEFAULT_CHOICE, isWanted, (track) => this.ends.replaced(track));
  }

  /** Nobody is asked for a device out of the blue. */
  #openInTurn(device: DeviceChoice, isWanted: () => boolean, take: (track: MediaStreamTrack) => void): void {
    this.#turn = this.#turn.then(async () => {
      if (!isWanted()) return;
      try {
        const permission = await permissionOf(this.kind);
        if (permission === 'denied') throw new DOMException('not any more', 'NotAllowedError');
        // Whoever has switched a camera off meanwhile doesn't want to see its light.
        if (permission === 'prompt' || !isWanted()) return;
        const track = await this.open(device);
        if (isWanted()) take(track);
        else track.stop();
      } catch (error) {
        if (!isWanted() || deviceFaultOf(error) !== 'permissionDenied') return;
        this.#end();
        this.ends.forbidden();
      }
    });
  }
}
