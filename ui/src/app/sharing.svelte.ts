import type { Engine } from '../engine/engine';
import { ANY_SCREEN, NOTHING_SHARED, type Sharing } from '../engine/screens';
import { words } from '../words/words.svelte';
import type { Dialogs } from './dialog.svelte';
import type { HandlersOf, SharingIntent } from './intents';
import type { Toasts } from './toasts.svelte';

/** What this participant shares, and how it is chosen. */
export class OwnSharing {
  current = $state.raw<Sharing>(NOTHING_SHARED);

  constructor(
    private readonly engine: Engine,
    private readonly dialogs: Dialogs,
    private readonly toasts: Toasts,
  ) {
    engine.sharing.subscribe((sharing) => this.#follow(sharing));
  }

  readonly does: HandlersOf<SharingIntent> = {
    toggleSharing: () => {
      const { active, requested } = this.current;
      if (active ?? requested) this.engine.stopSharing();
      else this.#choose();
    },
    chooseScreen: () => this.#choose(),
    shareScreen: ({ screen }) => {
      this.dialogs.close();
      this.engine.shareScreen(screen);
    },
    stopSharing: () => this.engine.stopSharing(),
  };

  #choose(): void {
    if (this.engine.abilities.screens === 'browser') {
      this.engine.shareScreen(ANY_SCREEN);
      return;
    }
    this.dialogs.show({ type: 'share', found: null });
    void this.engine.listScreens().then((found) => {
      // It may have been closed meanwhile.
      if (this.dialogs.open?.type === 'share') this.dialogs.show({ type: 'share', found });
    });
  }

  #follow(sharing: Sharing): void {
    const former = this.current.active;
    this.current = sharing;
    if (sharing.active && sharing.active.choice !== former?.choice) {
      const { name, kind } = sharing.active;
      this.toasts.say(words.t.sharing.begun(name || words.t.sharing.unnamed[kind]));
    }
    if (!sharing.active && former) this.toasts.say(words.t.sharing.ended);
  }
}
