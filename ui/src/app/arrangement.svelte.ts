import type { Engine, WindowMode } from '../engine/engine';
import type { Layout } from '../stage/view';
import { words } from '../words/words.svelte';
import type { Dialogs } from './dialog.svelte';
import type { EngineState } from './engine-state.svelte';
import type { ArrangementIntent, HandlersOf, Panel } from './intents';
import type { Toasts } from './toasts.svelte';

const LAYOUTS: readonly Layout[] = ['grid', 'speaker', 'sideBySide'];

/** Where things are in the window, and what is shown of them. */
export class Arrangement {
  panel = $state<Panel | null>(null);
  layout = $state<Layout>('grid');
  pinned = $state<string | null>(null);
  statistics = $state(false);
  windowMode = $state<WindowMode>('normal');
  /** Whether the stage says what can't be done in this browser. */
  limitsShown = $state(true);

  constructor(
    private readonly engine: Engine,
    private readonly state: EngineState,
    private readonly dialogs: Dialogs,
    private readonly toasts: Toasts,
  ) {}

  readonly does: HandlersOf<ArrangementIntent> = {
    layout: ({ layout }) => this.#arrange(layout),
    nextLayout: () => {
      const next = LAYOUTS[(LAYOUTS.indexOf(this.layout) + 1) % LAYOUTS.length] ?? 'grid';
      this.#arrange(next);
      this.toasts.say(words.t.bar[next]);
    },
    pin: ({ key }) => {
      this.pinned = key;
    },
    statistics: () => {
      this.statistics = !this.statistics;
    },
    windowMode: ({ mode }) => this.#enter(this.windowMode === mode ? 'normal' : mode),
    settings: () => {
      if (this.state.inCall) {
        this.panel = this.panel === 'settings' ? null : 'settings';
        return;
      }
      this.dialogs.show({ type: 'settings' });
    },
    panel: ({ panel }) => {
      this.panel = panel;
    },
    hideLimits: () => {
      this.limitsShown = false;
    },
    volume: ({ participant, volume }) => this.engine.dispatch({ type: 'setVolume', participant, volume }),
  };

  /** Closes what is open, from the innermost. */
  escape(): void {
    if (this.panel) this.panel = null;
    else if (this.pinned !== null) this.pinned = null;
    else if (this.windowMode !== 'normal') this.#enter('normal');
  }

  /** Browsers leave the whole screen by keys and gestures of their own. */
  followFullScreen(element: Element | null): void {
    if (element === null && this.windowMode === 'fullScreen') this.windowMode = 'normal';
  }

  /** Nothing of a call outlasts it. */
  clear(): void {
    this.limitsShown = true;
    this.panel = null;
    this.pinned = null;
    if (this.windowMode === 'compact') this.#enter('normal');
  }

  #arrange(layout: Layout): void {
    this.layout = layout;
    this.pinned = null;
  }

  #enter(mode: WindowMode): void {
    this.windowMode = mode;
    this.engine.setWindowMode(mode);
  }
}
