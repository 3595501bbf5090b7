import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { Signalling } from '../src/engine/browser/signalling';
import { type Sight, Watchdog } from '../src/engine/browser/watchdog';

const S = 1_000;

/** A page that is asked once a second, and when it gave its socket up. */
class Page {
  readonly gaveUp: number[] = [];
  readonly #watchdog = new Watchdog();
  #now = 0;
  #time = 1_700_000_000 * S;
  heard: number | null = 0;

  /** So many seconds; a socket that is given up is back at once, and says nothing more. */
  live(seconds: number, sight: Partial<Sight> = {}) {
    for (let second = 0; second < seconds; second++) {
      this.#now += S;
      this.#look(S, sight);
    }
  }

  /** The computer sleeps: its clock stands, the time goes on. */
  sleep(seconds: number, sight: Partial<Sight> = {}) {
    this.#look(seconds * S, sight);
  }

  hear() {
    this.heard = this.#now;
  }

  #look(passed: number, sight: Partial<Sight>) {
    this.#time += passed;
    const [now, time, heard] = [this.#now, this.#time, this.heard];
    if (!this.#watchdog.look({ now, time, heard, isRepairing: false, isHidden: false, ...sight })) return;
    this.gaveUp.push(now / S);
    this.hear();
  }
}

const repairing = { isRepairing: true };

describe('a guest’s socket', () => {
  it('may say nothing for hours while all is well', () => {
    const page = new Page();
    page.live(3 * 3_600);
    expect(page.gaveUp).toEqual([]);
  });

  it('that doesn’t answer while a link is repaired is given up', () => {
    const page = new Page();
    page.live(100);
    page.live(3, repairing);
    expect(page.gaveUp).toEqual([103]);
  });

  it('that answers is kept, until it is silent too', () => {
    const page = new Page();
    page.live(100);
    page.live(1, repairing);
    page.hear();
    page.live(4, repairing);
    expect(page.gaveUp).toEqual([]);
    page.live(1, repairing);
    expect(page.gaveUp).toEqual([106]);
  });

  it('is given up ever less often while it does not help', () => {
    const page = new Page();
    page.live(100);
    page.live(300, repairing);
    expect(page.gaveUp).toEqual([103, 118, 148, 208, 328]);
    page.live(1);
    page.live(50, repairing);
    expect(page.gaveUp.slice(5)).toEqual([404, 419, 449]);
  });

  it('is not given up twice in fifteen seconds, be it for links that break anew', () => {
    const page = new Page();
    page.live(100);
    for (let times = 0; times < 30; times++) {
      page.live(7, repairing);
      page.live(1);
    }
    const gaps = page.gaveUp.slice(1).map((at, index) => at - (page.gaveUp[index] ?? 0));
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(15);
    expect(page.gaveUp.length).toBeGreaterThan(5);
  });

  it('is given up when the computer has slept, though its clock stood', () => {
    const page = new Page();
    page.live(10);
    page.sleep(14);
    expect(page.gaveUp).toEqual([]);
    page.sleep(600);
    expect(page.gaveUp).toEqual([10]);
    page.live(60);
    expect(page.gaveUp).toHaveLength(1);
  });

  it('is kept in a page that nobody sees, which browsers let act once a minute', () => {
    const page = new Page();
    const hidden = { isHidden: true };
    for (let minute = 0; minute < 10; minute++) page.sleep(60, hidden);
    expect(page.gaveUp).toEqual([]);
    page.sleep(90, hidden);
    expect(page.gaveUp).toHaveLength(1);
  });

  it('that is not there yet has its own time', () => {
    const page = new Page();
    page.heard = null;
    page.live(30, repairing);
    page.sleep(600);
    expect(page.gaveUp).toEqual([]);
  });
});

describe('the socket to the room server', () => {
  const sockets: FakeSocket[] = [];

  class FakeSocket {
    onopen?: () => void;
    onmessage?: (message: { data: unknown }) => void;
    onclose?: () => void;
    isClosed = false;
    constructor() {
      sockets.push(this);
    }
    close() {
      this.isClosed = true;
    }
  }

  beforeEach(() => {
    vi.useFakeTimers();
    vi.stubGlobal('window', Object.assign(new EventTarget(), { setTimeout }));
    vi.stubGlobal('WebSocket', FakeSocket);
  });
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.useRealTimers();
  });

  it('knows when it was heard last, and says once that it was given up', () => {
    const told: string[] = [];
    const signalling = new Signalling('', ({ type }) => told.push(type));
    const [socket] = sockets;
    expect(signalling.heard).toBeNull();
    vi.advanceTimersByTime(100);
    socket?.onopen?.();
    expect(signalling.heard).toBe(performance.now());
    vi.advanceTimersByTime(7_000);
    expect(signalling.heard).toBe(performance.now() - 7_000);
    socket?.onmessage?.({ data: '{}' });
    expect(signalling.heard).toBe(performance.now());
    signalling.giveUp();
    signalling.giveUp();
    socket?.onclose?.();
    expect(told).toEqual(['opened', 'message', 'closed']);
    expect(socket?.isClosed).toBe(true);
  });
});
