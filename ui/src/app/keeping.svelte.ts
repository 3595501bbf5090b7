import type { Engine, GlobalKeysError } from '../engine/engine';
import type { GlobalKeys, Settings } from '../engine/settings';
import { words } from '../words/words.svelte';
import type { Dialogs } from './dialog.svelte';
import type { EngineState } from './engine-state.svelte';
import type { HandlersOf, KeepingIntent } from './intents';
import type { Toasts } from './toasts.svelte';

/** What is remembered, copied and forgotten. */
export class Keeping {
  /** Why keys work in this window alone. */
  globalKeysError = $state<GlobalKeysError | null>(null);

  constructor(
    private readonly engine: Engine,
    private readonly state: EngineState,
    private readonly dialogs: Dialogs,
    private readonly toasts: Toasts,
  ) {
    const { globalKeys } = engine.settings.get();
    if (globalKeys.mute ?? globalKeys.pushToTalk) void this.#setGlobalKeys(globalKeys);
  }

  readonly does: HandlersOf<KeepingIntent> = {
    changeSettings: ({ change }) => this.#change(change),
    forgetRoom: ({ link }) => this.engine.forgetRoom(link),
    askForget: ({ what }) => this.dialogs.show({ type: 'forget', what }),
    forget: ({ what }) => {
      this.dialogs.close();
      if (what === 'rooms') this.engine.forgetAllRooms();
      else this.engine.forgetKnownDevices();
      this.toasts.show(words.t.settings.forgotten[what], 'good');
    },
    copyLink: () => {
      const { link } = this.state;
      if (link !== null) void this.#copy(link, words.t.notices.copied, words.t.notices.copyFailed);
    },
    copyReport: () => {
      const { reportCopied, reportFailed } = words.t.notices;
      this.engine.report().then(
        (report) => this.#copy(report, reportCopied, reportFailed),
        () => this.toasts.show(reportFailed, 'trouble'),
      );
    },
    openDataFolder: () => this.engine.openDataFolder(),
    restart: () => this.engine.restart(),
  };

  #change(change: Partial<Settings>): void {
    this.engine.changeSettings(change);
    if (change.name && this.state.inCall) this.engine.dispatch({ type: 'rename', name: change.name });
    if (change.soundProcessing) this.engine.setSoundProcessing(change.soundProcessing);
    if (change.globalKeys) void this.#setGlobalKeys(change.globalKeys);
    if (change.recentRooms === 'notKept') this.engine.forgetAllRooms();
  }

  async #setGlobalKeys(keys: GlobalKeys): Promise<void> {
    const set = await this.engine.setGlobalKeys(keys);
    this.globalKeysError = set.ok ? null : set.error;
  }

  async #copy(text: string, copied: string, failed: string): Promise<void> {
    try {
      await this.engine.copy(text);
      this.toasts.show(copied, 'good');
    } catch {
      this.toasts.show(failed, 'trouble');
    }
  }
}
