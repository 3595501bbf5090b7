import type { Tone } from '../notices/wording';
import type { UiIntent } from './intents';

const SHOWN_MS = 6_000;
/** What says what is to be done, or went wrong, is read before it goes. */
const TROUBLE_MS = 12_000;
const MOST_SHOWN = 3;

export interface Toast {
  readonly id: number;
  readonly text: string;
  readonly tone: Tone;
  readonly action: { readonly text: string; readonly intent: UiIntent } | null;
}

/** What is said for a while at the bottom of the window, and read out. */
export class Toasts {
  shown = $state.raw<readonly Toast[]>([]);
  /** Read out, but not shown: the screen shows it already. */
  spoken = $state('');
  #next = 0;

  show(text: string, tone: Tone = 'plain', action: Toast['action'] = null): void {
    const id = this.#next++;
    const others = this.shown.filter((toast) => toast.text !== text);
    this.shown = [...others, { id, text, tone, action }].slice(-MOST_SHOWN);
    const long = tone === 'trouble' || action !== null;
    setTimeout(() => this.dismiss(id), long ? TROUBLE_MS : SHOWN_MS);
  }

  say(text: string): void {
    this.spoken = text;
  }

  dismiss(id: number): void {
    this.shown = this.shown.filter((toast) => toast.id !== id);
  }

  /** Takes away those whose action there is nothing left to do for. */
  keep(stillOpen: (intent: UiIntent) => boolean): void {
    this.shown = this.shown.filter(({ action }) => action === null || stillOpen(action.intent));
  }

  clear(): void {
    this.shown = [];
  }
}
