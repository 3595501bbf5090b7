import { afterEach, beforeEach, expect, it, vi } from 'vitest';

import { type LinkEnds, Link } from '../src/engine/browser/link/link';
import { LINES } from '../src/engine/browser/link/lines';
import type { LocalMedia } from '../src/engine/browser/media/local';

const local = {
  follow: () => () => undefined,
  trackOf: () => null,
  sizeOf: () => null,
} as unknown as LocalMedia;
const settled = () => new Promise((resolve) => setTimeout(resolve));

/** An end that answers, with the lines of every link. */
class FakeConnection {
  readonly lines = LINES.map((line) => ({
    direction: 'recvonly',
    sender: { track: null },
    receiver: { track: { id: line } },
  }));
  createDataChannel() {
    return { readyState: 'connecting' };
  }
  async setRemoteDescription() {}
  async setLocalDescription() {}
  async createAnswer() {
    return { type: 'answer', sdp: '' };
  }
  getTransceivers() {
    return this.lines;
  }
  close() {}
}

let connection: FakeConnection;

beforeEach(() => {
  connection = new FakeConnection();
  vi.stubGlobal('window', { setInterval: () => 0 });
  vi.stubGlobal('RTCPeerConnection', function open() {
    return connection;
  });
});
afterEach(() => void vi.unstubAllGlobals());

function linkTo(receives: LinkEnds['receives']): Link {
  const ends = { tell: () => undefined, control: () => undefined, receives };
  return new Link('ada', 1, 'answerer', [], local, ends);
}

it('an ICE restart leaves what is played as it is, and a line with another track is played anew', async () => {
  const received: string[] = [];
  const link = linkTo((line, track) => received.push(`${line} ${track.id}`));
  link.applyOffer(1, '', '');
  await settled();
  expect(received).toEqual([]);
  link.proven();
  const all = LINES.map((line) => `${line} ${line}`);
  expect(received).toEqual(all);

  link.applyOffer(2, '', '');
  await settled();
  expect(received).toEqual(all);

  const [first] = connection.lines;
  if (first) first.receiver = { track: { id: 'microphone' } };
  link.applyOffer(3, '', '');
  await settled();
  expect(received).toEqual([...all, 'microphone microphone']);
  link.close();
});

it('a link that is proven before it is negotiated hands out its lines once they are there', async () => {
  const received: string[] = [];
  const link = linkTo((line) => received.push(line));
  link.proven();
  link.applyOffer(1, '', '');
  await settled();
  expect(received).toEqual([...LINES]);
  link.close();
});
