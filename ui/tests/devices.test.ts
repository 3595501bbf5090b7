import { describe, expect, it } from 'vitest';

import { DEVICES, NO_DEVICES } from '../src/engine/fake/memory';
import { deviceRows, pickerView } from '../src/lobby/devices';
import { wordingOf } from '../src/notices/wording';
import { isIceServerUrl, isRelay } from '../src/settings/ice-server';
import { en } from '../src/words/en';

describe('a device that was asked for', () => {
  const states = (state: Parameters<typeof deviceRows>[1], failed?: Parameters<typeof deviceRows>[2]) =>
    deviceRows(DEVICES.cameras, state, failed).map((row) => row.state);

  it('is shown beside the one that delivers until it does so itself', () => {
    expect(states({ active: 'device:studio', fault: null, requested: 'device:builtin' })).toEqual([
      'active',
      'opening',
      'idle',
    ]);
    expect(states({ active: 'device:builtin', fault: null, requested: null })).toEqual([
      'idle',
      'active',
      'idle',
    ]);
  });

  it('says why it could not be had, while the old one goes on', () => {
    const failed = { device: 'device:builtin', fault: 'busy' } as const;
    expect(states({ active: 'device:studio', fault: null, requested: null }, failed)).toEqual([
      'active',
      'failed',
      'idle',
    ]);
    const again = { active: 'device:studio', fault: null, requested: 'device:builtin' };
    expect(states(again, failed)).toEqual(['active', 'opening', 'idle']);
  });
});

describe('a picker', () => {
  it('without devices tells whether it was looked for them', () => {
    const nothing = pickerView(NO_DEVICES.state, NO_DEVICES.cameras, 'device:studio', undefined);
    expect(nothing).toEqual({ value: '', options: [], fault: null, list: 'known' });
  });

  it('shows the first device while the chosen one is away', () => {
    expect(pickerView('known', DEVICES.cameras, 'device:gone', undefined).value).toBe('device:studio');
    expect(pickerView('known', DEVICES.cameras, 'pattern', undefined).value).toBe('pattern');
  });
});

describe('a device that is lost', () => {
  const names = (inUse: string | null, device: string | null = 'Headset') => ({
    person: () => '',
    device: () => device,
    inUse: () => inUse,
  });
  const notice = {
    type: 'device',
    kind: 'microphone',
    device: 'device:headset',
    fault: 'unplugged',
  } as const;

  it('is named, with the one that takes its place', () => {
    expect(wordingOf(notice, names('Array'), en)?.text).toBe(
      'Headset was unplugged. Array is used until it is back.',
    );
    expect(wordingOf(notice, names('Headset'), en)?.text).toContain('It is used again');
    const busy = { ...notice, fault: 'busy' } as const;
    expect(wordingOf(busy, names('Array'), en)?.text).toBe('Headset: Used by another app. Array goes on.');
    expect(wordingOf(notice, names(null, null), en)?.text).toContain('Microphone unplugged');
  });
});

describe('an address of a STUN or TURN server', () => {
  it.each(['stun:stun.example.org', 'turn:turn.example.org:3478', 'turns:[2001:db8::1]:443?transport=tcp'])(
    'is %s',
    (url) => expect(isIceServerUrl(url)).toBe(true),
  );

  it.each([
    '',
    'https://example.org',
    'turn:',
    'stun:host?transport=udp',
    'turn:a b',
    'turn:me@host',
    'turn:h:x',
  ])('is not %s', (url) => expect(isIceServerUrl(url)).toBe(false));

  it('tells relays', () => {
    expect([isRelay('turn:h'), isRelay('turns:h'), isRelay('stun:h')]).toEqual([true, true, false]);
  });
});
