/** Nothing heard for this long is an interruption. */
const SILENCE_MS = 3_000;
/** How long a link may take to come up. */
const CONNECT_MS = 15_000;
/** A handshake that has not ended this long after there was a path has died. */
const HANDSHAKE_MS = 5_000;
/** An interruption this long is the end. */
const MAX_INTERRUPTION_MS = 30_000;

export type Transition = 'connected' | 'interrupted' | 'failed';
export type Transport = 'connecting' | 'connected' | 'disconnected' | 'failed';

type State =
  | { type: 'negotiating' }
  | { type: 'connecting'; giveUp: number }
  | { type: 'up' }
  | { type: 'interrupted'; since: number }
  | { type: 'failed' };

/** Whether a link is up. Pure: time, in milliseconds, comes from outside. The app's links go by the same rules. */
export class Liveness {
  #state: State = { type: 'negotiating' };
  #transport: Transport = 'connecting';
  #isControlOpen = false;
  #heard = -Infinity;

  /** Both descriptions are applied. */
  negotiated(now: number): void {
    if (this.#state.type === 'negotiating') this.#state = { type: 'connecting', giveUp: now + CONNECT_MS };
  }

  /** ICE has found a path. */
  pathFound(now: number): void {
    if (this.#state.type !== 'connecting') return;
    this.#state = { type: 'connecting', giveUp: Math.min(this.#state.giveUp, now + HANDSHAKE_MS) };
  }

  transport(transport: Transport): void {
    this.#transport = transport;
  }

  controlOpened(): void {
    this.#isControlOpen = true;
  }

  /** Something has arrived. */
  heard(now: number): void {
    this.#heard = now;
  }

  /** What has changed by `now`. */
  poll(now: number): Transition | null {
    const state = this.#state;
    if (state.type === 'failed') return null;
    if (this.#transport === 'failed') return this.#become({ type: 'failed' }, 'failed');
    switch (state.type) {
      case 'negotiating':
      case 'connecting':
        if (this.#transport === 'connected' && this.#isControlOpen) {
          this.#heard = now;
          return this.#become({ type: 'up' }, 'connected');
        }
        if (state.type === 'connecting' && state.giveUp <= now)
          return this.#become({ type: 'failed' }, 'failed');
        return null;
      case 'up':
        if (this.#transport === 'disconnected' || this.#heard + SILENCE_MS <= now)
          return this.#become({ type: 'interrupted', since: now }, 'interrupted');
        return null;
      case 'interrupted':
        if (this.#transport !== 'disconnected' && this.#heard > state.since)
          return this.#become({ type: 'up' }, 'connected');
        if (state.since + MAX_INTERRUPTION_MS <= now) return this.#become({ type: 'failed' }, 'failed');
        return null;
    }
  }

  #become(state: State, transition: Transition): Transition {
    this.#state = state;
    return transition;
  }
}
