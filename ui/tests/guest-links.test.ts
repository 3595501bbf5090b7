import { describe, expect, test } from 'vitest';

import { Liveness } from '../src/engine/browser/link/liveness';
import { encodingFor } from '../src/engine/browser/link/sending';
import { answerWithout, offerWithout } from '../src/engine/browser/link/without-video';

const HD = { width: 1280, height: 720 };

describe('a guest sends one encoding a line', () => {
  const of = (width: number, height: number) => encodingFor('camera', { width, height }, HD);

  test('as large as fills the tile of who sees it, in steps', () => {
    expect(of(320, 180)).toMatchObject({ active: true, scaleResolutionDownBy: 4, maxFramerate: 15 });
    expect(of(424, 238)).toMatchObject({ scaleResolutionDownBy: 3, maxFramerate: 30 });
    expect(of(640, 360)).toMatchObject({ scaleResolutionDownBy: 2, maxBitrate: 593_779 });
    expect(of(641, 361).scaleResolutionDownBy).toBe(1.5);
    expect(of(4000, 2000)).toMatchObject({ scaleResolutionDownBy: 1, maxBitrate: 1_800_000 });
  });

  test('nothing to whom it is hidden from', () => {
    expect(of(0, 0).active).toBe(false);
  });

  test('a small picture is not made larger, a large one not sent larger than a call needs it', () => {
    expect(encodingFor('camera', HD, { width: 160, height: 120 }).scaleResolutionDownBy).toBe(1);
    const huge = { width: 3840, height: 2160 };
    expect(encodingFor('camera', huge, huge).scaleResolutionDownBy).toBe(3);
    const upright = { width: 1440, height: 2560 };
    expect(encodingFor('camera', upright, upright).scaleResolutionDownBy).toBe(2);
  });

  test('a screen stays readable in a large tile', () => {
    const screen = { width: 1920, height: 1080 };
    expect(encodingFor('screen', HD, screen)).toMatchObject({ scaleResolutionDownBy: 1.5, maxFramerate: 15 });
    expect(encodingFor('screen', { width: 300, height: 200 }, screen).maxFramerate).toBe(5);
  });
});

describe('a guest notices whether a link is up', () => {
  function up(): Liveness {
    const liveness = new Liveness();
    liveness.negotiated(0);
    liveness.transport('connected');
    expect(liveness.poll(0)).toBeNull();
    liveness.controlOpened();
    expect(liveness.poll(0)).toBe('connected');
    return liveness;
  }

  test('silence interrupts, and any arrival brings it back', () => {
    const liveness = up();
    liveness.heard(1_000);
    expect(liveness.poll(3_900)).toBeNull();
    expect(liveness.poll(4_000)).toBe('interrupted');
    expect(liveness.poll(6_000)).toBeNull();
    liveness.heard(6_500);
    expect(liveness.poll(6_500)).toBe('connected');
  });

  test('a lost path interrupts at once, and a long interruption is the end', () => {
    const liveness = up();
    liveness.transport('disconnected');
    expect(liveness.poll(500)).toBe('interrupted');
    liveness.heard(600);
    expect(liveness.poll(700)).toBeNull();
    expect(liveness.poll(30_500)).toBe('failed');
    expect(liveness.poll(99_000)).toBeNull();
  });

  test('a link that does not come up fails, sooner once there is a path', () => {
    const slow = new Liveness();
    slow.negotiated(0);
    expect(slow.poll(14_999)).toBeNull();
    expect(slow.poll(15_000)).toBe('failed');
    const dead = new Liveness();
    dead.negotiated(0);
    dead.pathFound(500);
    expect(dead.poll(5_500)).toBe('failed');
  });
});

describe('a browser without H.264', () => {
  const transport = (mid: string) => [`a=ice-ufrag:abcd`, `a=fingerprint:sha-256 00:01`, `a=mid:${mid}`];
  const offer = [
    'v=0',
    'a=group:BUNDLE 0 1 2',
    'm=audio 9 UDP/TLS/RTP/SAVPF 109',
    ...transport('0'),
    'a=rtpmap:109 opus/48000/2',
    'm=video 9 UDP/TLS/RTP/SAVPF 120 121',
    ...transport('1'),
    'a=sendrecv',
    'a=rtpmap:120 VP8/90000',
    'a=rtcp-fb:120 nack',
    'a=rtpmap:121 VP9/90000',
    'a=ssrc:1234 cname:x',
    'm=application 9 UDP/DTLS/SCTP webrtc-datachannel',
    ...transport('2'),
    '',
  ].join('\r\n');

  test('offers lines that say H.264 and carry nothing, and leaves the rest as it is', () => {
    const sent = offerWithout(offer).split('\r\n');
    expect(sent).toContain('m=video 9 UDP/TLS/RTP/SAVPF 126');
    expect(sent).toContain('a=rtpmap:126 H264/90000');
    expect(sent).toContain('a=inactive');
    expect(sent.join('\n')).not.toMatch(/VP8|VP9|a=sendrecv|ssrc/);
    expect(sent.filter((line) => line.startsWith('a=fingerprint:'))).toHaveLength(3);
    expect(sent).toContain('a=rtpmap:109 opus/48000/2');
    expect(sent.at(-1)).toBe('');
  });

  test('takes the answer with these lines turned down', () => {
    const taken = answerWithout(offerWithout(offer)).split('\r\n');
    expect(taken).toContain('m=video 0 UDP/TLS/RTP/SAVPF 126');
    expect(taken).toContain('a=group:BUNDLE 0 2');
    expect(taken).toContain('m=audio 9 UDP/TLS/RTP/SAVPF 109');
  });
});
