import type { GuestSocketEvent } from './core';

/** How long a connection may take to come up. */
const CONNECT_MS = 5_000;
/** What may wait to be written; a socket that falls behind further is given up and opened anew. */
const MAX_WAITING_BYTES = 1024 * 1024;

/** The WebSocket to the room server. */
export class Signalling {
  readonly #socket: WebSocket;
  readonly #timer: number;
  #over = false;
  #heard: number | null = null;

  constructor(
    url: string,
    private readonly tell: (event: GuestSocketEvent) => void,
  ) {
    this.#socket = new WebSocket(url);
    this.#timer = window.setTimeout(() => this.giveUp(), CONNECT_MS);
    this.#socket.onopen = () => {
      clearTimeout(this.#timer);
      this.#heard = performance.now();
      if (!this.#over) this.tell({ type: 'opened' });
    };
    this.#socket.onmessage = ({ data }: MessageEvent<unknown>) => {
      this.#heard = performance.now();
      if (!this.#over && typeof data === 'string') this.tell({ type: 'message', text: data });
    };
    this.#socket.onclose = () => this.giveUp();
    // Of a network that was left a socket learns late or never; links can't be repaired without the server.
    window.addEventListener('online', this.giveUp);
  }

  /** When something came last, by the page's clock; `null` before it is open. */
  get heard(): number | null {
    return this.#heard;
  }

  send(text: string): void {
    if (this.#socket.readyState !== WebSocket.OPEN) return;
    if (this.#socket.bufferedAmount > MAX_WAITING_BYTES) this.giveUp();
    else this.#socket.send(text);
  }

  /** Closes it once what was sent is written; nothing more is told of it. */
  close(): void {
    this.#over = true;
    this.#end();
  }

  readonly giveUp = (): void => {
    if (this.#over) return;
    this.#over = true;
    this.#end();
    this.tell({ type: 'closed' });
  };

  #end(): void {
    clearTimeout(this.#timer);
    window.removeEventListener('online', this.giveUp);
    this.#socket.close();
  }
}
