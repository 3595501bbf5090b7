import type { Engine } from '../engine/engine';
import type { HostCommand, ParticipantId } from '../protocol';
import { words } from '../words/words.svelte';
import type { Dialogs } from './dialog.svelte';
import type { EngineState } from './engine-state.svelte';
import type { HandlersOf, HostingIntent } from './intents';
import type { Toasts } from './toasts.svelte';

/** Who may be here, and who they are. */
export class Hosting {
  coHosts = $state.raw<readonly ParticipantId[]>([]);

  constructor(
    private readonly engine: Engine,
    private readonly state: EngineState,
    private readonly dialogs: Dialogs,
    private readonly toasts: Toasts,
  ) {}

  readonly does: HandlersOf<HostingIntent> = {
    verify: ({ participant }) => this.dialogs.show({ type: 'verify', participant }),
    askRemove: ({ participant }) => this.dialogs.show({ type: 'remove', participant }),
    askHandOver: ({ participant }) => this.dialogs.show({ type: 'handOver', participant }),
    confirmIdentity: ({ participant }) => {
      this.engine.dispatch({ type: 'confirmIdentity', participant });
      this.dialogs.close();
    },
    coHost: ({ participant, coHost }) => {
      const others = this.coHosts.filter((id) => id !== participant);
      this.coHosts = coHost ? [...others, participant] : others;
      this.#govern({ type: 'nameCoHosts', participants: [...this.coHosts] });
    },
    admitNext: () => {
      const next = this.state.snapshot?.waiting.find(({ knock }) => knock !== null);
      if (next) this.#govern({ type: 'admit', participant: next.id });
      else this.toasts.show(words.t.panel.nobodyWaits);
    },
    toggleLock: () => {
      const governance = this.state.snapshot?.governance;
      if (!governance) return;
      if (governance.office === 'guest' || governance.office === 'coHost') {
        this.toasts.show(words.t.panel.hostOnly);
        return;
      }
      const lock = governance.lock === 'locked' ? 'unlocked' : 'locked';
      this.#govern({ type: 'setLock', lock });
    },
    govern: ({ command }) => this.#govern(command),
  };

  #govern(command: HostCommand): void {
    this.dialogs.close();
    this.engine.dispatch({ type: 'govern', command });
  }
}
