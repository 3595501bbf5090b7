import type { ParticipantId, RoomSnapshot, WaitingParticipant } from '../protocol';
import { words } from '../words/words.svelte';
import type { UiIntent } from './intents';
import type { Toasts } from './toasts.svelte';

/** Tells of everyone who knocks, once, with the answer at hand. */
export class Knocks {
  readonly #told = new Set<ParticipantId>();

  constructor(
    private readonly toasts: Toasts,
    /** Tells whoever looks at another window. */
    private readonly notify: (text: string) => void,
  ) {}

  follow(room: RoomSnapshot | null, listShown: boolean): void {
    const waiting = room?.waiting ?? [];
    for (const { id, knock } of waiting) {
      if (!knock || this.#told.has(id)) continue;
      this.#told.add(id);
      const text = words.t.notices.knocking(knock.name);
      if (!document.hasFocus()) this.notify(text);
      if (listShown) this.toasts.say(text);
      else this.toasts.show(text, 'plain', { text: words.t.panel.admit, intent: admit(id) });
    }
    this.toasts.keep((intent) => !isAnswered(intent, waiting) && !(listShown && isAdmission(intent)));
    if (room === null) this.#told.clear();
  }
}

function admit(participant: ParticipantId): UiIntent {
  return { type: 'govern', command: { type: 'admit', participant } };
}

function isAdmission(intent: UiIntent): boolean {
  return intent.type === 'govern' && intent.command.type === 'admit';
}

function isAnswered(intent: UiIntent, waiting: readonly WaitingParticipant[]): boolean {
  if (intent.type !== 'govern' || intent.command.type !== 'admit') return false;
  const { participant } = intent.command;
  return !waiting.some(({ id }) => id === participant);
}
