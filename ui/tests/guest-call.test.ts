import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { Call, type CallEnds } from '../src/engine/browser/call';
import type { ConferenceEnds } from '../src/engine/browser/conference';
import type { GuestDeed, GuestEvent, GuestOptions } from '../src/engine/browser/core';
import type { VideoPictures } from '../src/engine/browser/pictures';
import type { LinkPhase, RoomSnapshot } from '../src/protocol';

/** A conference that decides nothing: what it is told, and how it has things done. */
const conference = vi.hoisted(() => ({
  told: [] as GuestEvent[],
  ends: null as ConferenceEnds | null,
  signallingUrl: 'wss://rooms.example.org',
  handle(event: GuestEvent) {
    this.told.push(event);
  },
  run(ends: ConferenceEnds) {
    this.ends = ends;
  },
  end() {},
}));
vi.mock('../src/engine/browser/conference', () => ({
  Conference: { start: async () => ({ ok: true, value: conference }) },
}));

const sockets: FakeSocket[] = [];

class FakeSocket {
  onopen?: () => void;
  constructor() {
    sockets.push(this);
  }
  close() {}
}

class FakeAudio {
  async setSinkId(id: string) {
    if (id === 'gone') throw new DOMException('', 'NotFoundError');
  }
}

const nothing = () => undefined;
const later = (ms: number) => vi.advanceTimersByTimeAsync(ms);
const perform = (deed: GuestDeed) => conference.ends?.perform(deed);

function show(link: LinkPhase): void {
  conference.ends?.changed({ others: [{ id: 'bob', link }] } as RoomSnapshot);
}

/** What the conference was told of this, after which it is forgotten. */
function told(type: GuestEvent['type']): GuestEvent[] {
  return conference.told.splice(0).filter((event) => event.type === type);
}

async function join(): Promise<Call> {
  const pictures = { set: nothing, forget: nothing } as unknown as VideoPictures;
  const ends: CallEnds = {
    snapshot: nothing,
    notice: nothing,
    levels: nothing,
    figures: nothing,
    deviceOpened: nothing,
    ended: nothing,
  };
  const options = { muted: false } as GuestOptions;
  const joined = await Call.join(
    options,
    () => 'large',
    pictures,
    ends,
    () => true,
  );
  if (!joined.ok || !joined.value) throw new Error('there is no call');
  return joined.value;
}

let call: Call;

beforeEach(async () => {
  vi.useFakeTimers();
  vi.stubGlobal('window', Object.assign(new EventTarget(), { setTimeout, setInterval }));
  vi.stubGlobal('document', Object.assign(new EventTarget(), { hidden: false }));
  vi.stubGlobal('WebSocket', FakeSocket);
  vi.stubGlobal('HTMLMediaElement', FakeAudio);
  vi.stubGlobal('Audio', FakeAudio);
  sockets.length = 0;
  call = await join();
  told('tick');
});
afterEach(() => {
  call.drop();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

describe('the call of a guest', () => {
  const closed = { type: 'socket', socket: 1, event: { type: 'closed' } };

  it('gives a silent socket up while a link is repaired, and not before', async () => {
    perform({ type: 'openSocket', socket: 1 });
    sockets[0]?.onopen?.();
    show('connected');
    await later(60_000);
    expect(told('socket')).toEqual([{ ...closed, event: { type: 'opened' } }]);
    show('reconnecting');
    await later(4_000);
    expect(told('socket')).toEqual([closed]);
  });

  it('gives its socket up when the computer has slept', async () => {
    perform({ type: 'openSocket', socket: 1 });
    sockets[0]?.onopen?.();
    await later(5_000);
    told('socket');
    vi.setSystemTime(Date.now() + 600_000);
    await later(1_000);
    expect(told('socket')).toEqual([closed]);
  });

  it('goes on by the system’s speaker while the chosen one is away', async () => {
    const speaker = { kind: 'speaker', device: 'device:headset' } as const;
    perform({ type: 'openDevice', ...speaker, generation: 3 });
    await later(0);
    expect(told('deviceReady')).toEqual([{ type: 'deviceReady', kind: 'speaker', generation: 3 }]);
    call.look(() => false);
    await later(0);
    expect(told('deviceFault')).toEqual([{ type: 'deviceFault', ...speaker, fault: 'unplugged' }]);
    call.look(() => true);
    await later(0);
    expect(told('deviceRecovered')).toEqual([{ type: 'deviceRecovered', ...speaker }]);
    perform({ type: 'openDevice', kind: 'speaker', device: 'device:gone', generation: 4 });
    await later(0);
    expect(told('deviceRefused')).toEqual([
      { type: 'deviceRefused', kind: 'speaker', generation: 4, fault: 'notFound' },
    ]);
  });
});
