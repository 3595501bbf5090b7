import type { ParticipantId, RoomSnapshot } from '../protocol';
import { words } from '../words/words.svelte';

/** Tells once of everyone whose browser has no pictures: nobody waits for theirs, or shows them something, in vain. */
export class Guests {
  readonly #told = new Set<ParticipantId>();

  constructor(private readonly tell: (text: string) => void) {}

  follow(room: RoomSnapshot | null): void {
    if (room === null) this.#told.clear();
    for (const { id, name, client } of room?.others ?? []) {
      if (client !== 'browserWithoutVideo' || name === null || this.#told.has(id)) continue;
      this.#told.add(id);
      this.tell(`${words.t.guest.noVideo(name)}.`);
    }
  }
}
