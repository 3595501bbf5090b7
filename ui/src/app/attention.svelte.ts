import type { SoundLevels } from '../engine/figures';
import type { ParticipantId, RoomSnapshot } from '../protocol';
import { Speaking, SPEAKING_LEVEL } from '../stage/speaking';

/** How long one has to talk while muted until a hint comes. */
const MUTED_TALK_MS = 1_200;

/** Who speaks, and whether this person talks without being heard. */
export class Attention {
  activeSpeaker = $state<ParticipantId | null>(null);
  mutedButTalking = $state(false);
  readonly #speaking = new Speaking();
  #talkingSince: number | null = null;

  hear(levels: SoundLevels, room: RoomSnapshot | null): void {
    const now = performance.now();
    this.#speaking.hear(levels, now);
    this.activeSpeaker = this.#speaking.active;
    const talks = room?.me.microphoneMuted === true && levels.own >= SPEAKING_LEVEL;
    this.#talkingSince = talks ? (this.#talkingSince ?? now) : null;
    this.mutedButTalking = this.#talkingSince !== null && now - this.#talkingSince > MUTED_TALK_MS;
  }

  speaks(participant: ParticipantId): boolean {
    return this.#speaking.speaks(participant, performance.now());
  }

  forget(participant: ParticipantId): void {
    this.#speaking.forget(participant);
  }
}
