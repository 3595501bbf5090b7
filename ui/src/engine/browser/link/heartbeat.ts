/** How often each end sends a ping. */
const PING_MS = 1_000;
/** How often an end pings that has not heard the other one yet. */
const FIRST_PING_MS = 50;
const MESSAGE_BYTES = 9;
const PING = 0;
const PONG = 1;
/** Pings whose pong is still waited for. */
const MAX_OUTSTANDING = 16;
/** A flood of pings is answered no faster than this. */
const MIN_PONG_MS = 40;

/**
 * Whether the other end is there, and how far away: the exchange of `src-tauri/peer/src/channel/heartbeat.rs`. Each message
 * is a kind and a number of 64 bits.
 */
export class Heartbeat {
  #next = 0n;
  readonly #outstanding = new Map<bigint, number>();
  #lastPong = -Infinity;
  #isHeard = false;
  #timer: number | undefined;

  constructor(
    private readonly channel: RTCDataChannel,
    private readonly onHeard: (first: boolean) => void,
  ) {
    channel.binaryType = 'arraybuffer';
    channel.onopen = () => this.#pingEvery(FIRST_PING_MS);
    channel.onmessage = ({ data }: MessageEvent<unknown>) => this.#hear(data);
  }

  /** To the other end and back; `null` until it was measured. */
  roundTripMs: number | null = null;

  end(): void {
    clearInterval(this.#timer);
  }

  #hear(data: unknown): void {
    const first = !this.#isHeard;
    this.#isHeard = true;
    if (first) this.#pingEvery(PING_MS);
    this.onHeard(first);
    if (!(data instanceof ArrayBuffer) || data.byteLength !== MESSAGE_BYTES) return;
    const message = new DataView(data);
    const number = message.getBigUint64(1);
    const now = performance.now();
    if (message.getUint8(0) === PING && now - this.#lastPong >= MIN_PONG_MS) {
      this.#lastPong = now;
      this.#send(PONG, number);
    }
    if (message.getUint8(0) === PONG) this.#answered(number, now);
  }

  #answered(number: bigint, now: number): void {
    const sent = this.#outstanding.get(number);
    if (sent === undefined) return;
    this.roundTripMs = now - sent;
    // What came before it is given up with it.
    for (const earlier of this.#outstanding.keys()) if (earlier <= number) this.#outstanding.delete(earlier);
  }

  #pingEvery(period: number): void {
    clearInterval(this.#timer);
    this.#timer = window.setInterval(() => this.#ping(), period);
    this.#ping();
  }

  #ping(): void {
    const [oldest] = this.#outstanding.keys();
    if (oldest !== undefined && this.#outstanding.size >= MAX_OUTSTANDING) this.#outstanding.delete(oldest);
    this.#outstanding.set(this.#next, performance.now());
    this.#send(PING, this.#next);
    this.#next += 1n;
  }

  #send(kind: number, number: bigint): void {
    if (this.channel.readyState !== 'open') return;
    const message = new DataView(new ArrayBuffer(MESSAGE_BYTES));
    message.setUint8(0, kind);
    message.setBigUint64(1, number);
    this.channel.send(message.buffer);
  }
}
