import type { ParticipantId, RoomSnapshot } from '../protocol';

/** Since when links are being rebuilt: a snapshot says only that they are. */
export class ReconnectClock {
  #since = new Map<ParticipantId, number>();
  #now = $state(Date.now());

  constructor() {
    setInterval(() => {
      if (this.#since.size > 0) this.#now = Date.now();
    }, 1_000);
  }

  follow(room: RoomSnapshot | null): void {
    const gone = new Set(this.#since.keys());
    for (const { id, link } of room?.others ?? []) {
      if (link !== 'reconnecting') continue;
      gone.delete(id);
      if (this.#since.has(id)) continue;
      this.#now = Date.now();
      this.#since.set(id, this.#now);
    }
    for (const id of gone) this.#since.delete(id);
  }

  seconds(participant: ParticipantId): number {
    const since = this.#since.get(participant) ?? this.#now;
    return Math.max(0, Math.floor((this.#now - since) / 1_000));
  }
}
