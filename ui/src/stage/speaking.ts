import type { SoundLevels } from '../engine/figures';
import type { ParticipantId } from '../protocol';

/** As loud as somebody who speaks. */
export const SPEAKING_LEVEL = 0.12;
/** A ring stays over the gaps between words. */
const HOLD_MS = 200;
/** Who is shown large changes only when somebody else has gone on for so long. */
const TAKEOVER_MS = 800;

/** Who speaks, by levels that come about ten times a second. */
export class Speaking {
  #lastLoud = new Map<ParticipantId, number>();
  #since = new Map<ParticipantId, number>();
  #active: ParticipantId | null = null;

  /** Takes in the levels of a moment, in milliseconds of any clock that only goes forward. */
  hear(levels: SoundLevels, now: number): void {
    for (const [participant, level] of levels.others) {
      if (level < SPEAKING_LEVEL) continue;
      if (!this.speaks(participant, now)) this.#since.set(participant, now);
      this.#lastLoud.set(participant, now);
    }
    const next = this.#loudest(levels, now);
    if (next !== null) this.#active = next;
  }

  /** Whether somebody speaks, the hold included. */
  speaks(participant: ParticipantId, now: number): boolean {
    const last = this.#lastLoud.get(participant);
    return last !== undefined && now - last <= HOLD_MS;
  }

  /** Who spoke last for long enough; `null` when nobody has. */
  get active(): ParticipantId | null {
    return this.#active;
  }

  forget(participant: ParticipantId): void {
    this.#lastLoud.delete(participant);
    this.#since.delete(participant);
    if (this.#active === participant) this.#active = null;
  }

  #loudest(levels: SoundLevels, now: number): ParticipantId | null {
    let best: { participant: ParticipantId; level: number } | null = null;
    for (const [participant, level] of levels.others) {
      const since = this.#since.get(participant) ?? now;
      const longEnough = this.#active === null || now - since >= TAKEOVER_MS;
      if (!longEnough || !this.speaks(participant, now)) continue;
      if (best === null || level > best.level) best = { participant, level };
    }
    return best?.participant ?? null;
  }
}
