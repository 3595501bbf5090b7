import init, { Guest } from '../../../wasm/guest';
import wasm from '../../../wasm/guest_bg.wasm?url';
import type { ParticipantId, RoomSnapshot } from '../../protocol';
import type { Result } from '../engine';
import type { GuestDeed, GuestEvent, GuestOptions, StartError } from './core';

/** The longest time a browser's timer takes. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** What becomes of a conference. */
export interface ConferenceEnds {
  /** Throws nothing. */
  perform(deed: GuestDeed): void;
  /** After all that followed from something was done. */
  changed(snapshot: RoomSnapshot): void;
}

/** Loads the conference's code, once. */
export function loadConference(): Promise<unknown> {
  loading ??= init({ module_or_path: wasm }).catch((fault: unknown) => {
    // The network may be back when it is asked for again.
    loading = undefined;
    throw fault;
  });
  return loading;
}

let loading: Promise<unknown> | undefined;

/** The app's own conference, compiled for browsers: it decides everything, and this does it. */
export class Conference {
  readonly #guest: Guest;
  readonly #began = performance.now();
  #ends: ConferenceEnds | null = null;
  #carryingOut = false;
  #timer: number | undefined;

  private constructor(guest: Guest) {
    this.#guest = guest;
  }

  static async start(options: GuestOptions): Promise<Result<Conference, StartError>> {
    try {
      await loadConference();
    } catch {
      return { ok: false, error: 'failed' };
    }
    try {
      return { ok: true, value: new Conference(new Guest(JSON.stringify(options), Date.now())) };
    } catch (error) {
      return { ok: false, error: startErrorOf(error) };
    }
  }

  /** Begins: nothing is done before. */
  run(ends: ConferenceEnds): void {
    this.#ends = ends;
    this.#carryOut();
  }

  handle(event: GuestEvent): void {
    if (!this.#ends) return;
    this.#guest.handle(JSON.stringify(event), this.#running, Date.now());
    this.#carryOut();
  }

  /** A sealed message came on a link's control channel. */
  control(peer: ParticipantId, generation: number, bytes: Uint8Array): void {
    if (!this.#ends) return;
    this.#guest.control(peer, generation, bytes, this.#running, Date.now());
    this.#carryOut();
  }

  get signallingUrl(): string {
    return this.#guest.signalling_url();
  }

  get identity(): string {
    return this.#guest.identity();
  }

  get knownDevices(): string {
    return this.#guest.known_devices();
  }

  /** Ends it: nothing is done any more. */
  end(): void {
    this.#ends = null;
    clearTimeout(this.#timer);
  }

  get #running(): number {
    return performance.now() - this.#began;
  }

  /** What is done may lead to something at once, which is then done after it. */
  #carryOut(): void {
    if (this.#carryingOut) return;
    this.#carryingOut = true;
    for (let deed = this.#guest.poll(); deed !== undefined && this.#ends; deed = this.#guest.poll()) {
      // The conference's own words.
      this.#ends.perform(JSON.parse(deed) as GuestDeed);
    }
    this.#carryingOut = false;
    this.#ends?.changed(JSON.parse(this.#guest.snapshot()) as RoomSnapshot);
    this.#wait();
  }

  #wait(): void {
    clearTimeout(this.#timer);
    if (!this.#ends) return;
    const now = this.#running;
    const deadline = this.#guest.deadline(now, Date.now());
    if (deadline === undefined) return;
    const wait = Math.min(Math.max(deadline - now, 0), LONGEST_TIMER_MS);
    this.#timer = window.setTimeout(() => this.handle({ type: 'tick' }), wait);
  }
}

function startErrorOf(error: unknown): StartError {
  switch (error) {
    case 'damagedLink':
    case 'invalidPassword':
    case 'identity':
      return error;
    default:
      return 'failed';
  }
}
