import { describe, expect, it } from 'vitest';

import { isServerAddress, readInviteLink } from '../src/links/invite';

const ROOM = 'q83vEjRWeJCrze8SNFZ4kA';
const SECRET = 'AAECAwQFBgcICQoLDA0ODw';
const HOST = '8PHy8_T19vf4-fr7_P3-_w';
const LINK = `https://rooms.example.org/j/${ROOM}#1.${SECRET}.${HOST}`;

describe('an invite link', () => {
  it.each([
    [LINK, 'rooms.example.org'],
    [`  ${LINK}\n`, 'rooms.example.org'],
    [LINK.replace('https', 'conclave'), 'rooms.example.org'],
    [LINK.replace('https://rooms.example.org', 'http://192.168.1.20:7000'), '192.168.1.20:7000'],
    [LINK.replace('rooms.example.org', '[::1]:7000'), '[::1]:7000'],
  ])('%s is one', (text, server) => {
    expect(readInviteLink(text)).toEqual({ type: 'link', link: text.trim(), server });
  });

  it.each([
    ['', { type: 'empty' }],
    ['   ', { type: 'empty' }],
    ['hello', { type: 'fault', fault: 'server' }],
    ['ftp://rooms.example.org/j/x', { type: 'fault', fault: 'server' }],
    [LINK.replace('rooms.', 'me@rooms.'), { type: 'fault', fault: 'server' }],
    [LINK.replace('/j/', '/k/'), { type: 'fault', fault: 'path' }],
    [LINK.replace('#', '?a=b#'), { type: 'fault', fault: 'path' }],
    [LINK.replace('/j/', '/j/../j/'), { type: 'fault', fault: 'path' }],
    [LINK.replace(ROOM, 'short'), { type: 'fault', fault: 'room' }],
    [LINK.split('#')[0] ?? '', { type: 'fault', fault: 'missingKey' }],
    [LINK.replace('#1.', '#2.'), { type: 'fault', fault: 'version' }],
    [LINK.slice(0, -1), { type: 'fault', fault: 'key' }],
    [`${LINK}.more`, { type: 'fault', fault: 'key' }],
    [LINK.replace(SECRET, '"><script>alert(1)</sc'), { type: 'fault', fault: 'key' }],
    [LINK.replace(SECRET, '$(reboot);`reboot`'), { type: 'fault', fault: 'key' }],
    ['x'.repeat(10_000), { type: 'fault', fault: 'tooLong' }],
  ])('%s is none', (text, reading) => {
    expect(readInviteLink(text)).toEqual(reading);
  });
});

describe('a room server', () => {
  it.each(['https://rooms.example.org', 'http://10.0.0.2:7000/'])('%s is an address', (text) => {
    expect(isServerAddress(text)).toBe(true);
  });

  it.each(['rooms.example.org', 'https://', 'https://x.org/path', 'https://x.org?y', 'wss://x.org'])(
    '%s is none',
    (text) => {
      expect(isServerAddress(text)).toBe(false);
    },
  );
});
