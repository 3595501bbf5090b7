import { describe, expect, it } from 'vitest';

import { changesBetween } from '../src/app/changes';
import { SETTINGS } from '../src/engine/fake/memory';
import { roomOf, withIntent } from '../src/engine/fake/room';
import type { RoomSnapshot } from '../src/protocol';
import { en } from '../src/words/en';

const request = { link: '', name: 'Robin', password: null, camera: null, microphone: null, speaker: null };
const call = roomOf(
  { name: 'call', people: 2, host: true, place: 'window', device: 'computer', frozen: true },
  { type: 'joined' },
  { ...request, muted: false, soundProcessing: SETTINGS.soundProcessing },
);
const told = (before: RoomSnapshot | null, after: RoomSnapshot | null) =>
  changesBetween(before, after, () => 'Ada', en);

describe('what changes in a call', () => {
  it('is told: who shares, and who stopped', () => {
    const [ada, ...others] = call.others;
    if (!ada) throw new Error('nobody is there');
    const sharing = {
      ...call,
      others: [{ ...ada, media: { ...ada.media, screen: 'live' as const } }, ...others],
    };
    expect(told(call, sharing)).toEqual(['Ada shares a screen.']);
    expect(told(sharing, call)).toEqual(['Ada stopped sharing.']);
  });

  it('is told: who runs the room, and its lock', () => {
    const guest = withIntent(call, { type: 'govern', command: { type: 'handOver', participant: 'x' } });
    expect(told(call, guest)).toEqual(['You are not the host any more.']);
    expect(told(guest, call)).toEqual(['You are the host now.']);
    const locked = withIntent(call, { type: 'govern', command: { type: 'setLock', lock: 'locked' } });
    expect(told(call, locked)).toEqual(['The room is locked.']);
  });

  it('is not told of what was so when one came', () => {
    expect(told(null, call)).toEqual([]);
    expect(told({ ...call, phase: { type: 'joining' } }, call)).toEqual([]);
    expect(told(call, call)).toEqual([]);
  });
});
