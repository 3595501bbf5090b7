import { describe, expect, it } from 'vitest';

import { endedView } from '../src/between/view';
import { WINDOW_ABILITIES } from '../src/engine/abilities';
import { SETTINGS } from '../src/engine/fake/memory';
import { idOf, knocking, person } from '../src/engine/fake/people';
import { roomOf, withIntent } from '../src/engine/fake/room';
import { NOTHING_SHARED, type Sharing } from '../src/engine/screens';
import { whenOf } from '../src/home/view';
import { groupsOfFive, peopleView, verifyView } from '../src/panel/view';
import type { EndReason, RoomSnapshot } from '../src/protocol';
import { initialsOf } from '../src/stage/face';
import { Speaking } from '../src/stage/speaking';
import { type StageContext, stageView } from '../src/stage/view';
import { en } from '../src/words/en';

const request = {
  link: '',
  name: 'Robin',
  password: null,
  camera: 'pattern',
  microphone: 'tone',
  speaker: null,
  muted: false,
  soundProcessing: SETTINGS.soundProcessing,
};

function room(people = 3): RoomSnapshot {
  return roomOf(
    { name: 'call', people, host: true, place: 'window', device: 'computer', frozen: true },
    { type: 'joined' },
    request,
  );
}

const context: StageContext = {
  abilities: WINDOW_ABILITIES,
  limitsShown: true,
  someone: 'Someone',
  you: 'You',
  levels: { own: 0.2, others: new Map() },
  figures: new Map(),
  settings: SETTINGS,
  layout: 'grid',
  pinned: null,
  activeSpeaker: null,
  speaks: () => false,
  reconnectingSeconds: () => 4,
  statistics: false,
  mutedButTalking: false,
  sharing: NOTHING_SHARED,
};

describe('the stage', () => {
  it('says when nobody else is here', () => {
    expect(stageView(room(0), context).alone).toBe(true);
    expect(stageView(room(1), context).alone).toBe(false);
  });

  it('shows who is pinned large and first', () => {
    const view = stageView(room(), { ...context, pinned: `camera:${idOf(2)}` });
    expect(view.layout).toBe('speaker');
    expect(view.tiles[0]?.participant).toBe(idOf(2));
  });

  it('shows who speaks large only in the speaker layout', () => {
    const speaking = { ...context, activeSpeaker: idOf(1) };
    expect(stageView(room(), speaking).layout).toBe('grid');
    const view = stageView(room(), { ...speaking, layout: 'speaker' });
    expect(view.tiles[0]?.participant).toBe(idOf(1));
  });

  it('shows a shared screen beside its person’s face', () => {
    const shared = room();
    const [first, ...others] = shared.others;
    if (!first) throw new Error('nobody is there');
    const sharing = { ...first, media: { ...first.media, screen: 'live' as const } };
    const view = stageView({ ...shared, others: [sharing, ...others] }, context);
    expect(view.tiles.map(({ kind }) => kind)).toEqual(['screen', 'camera', 'camera', 'camera']);
  });

  it('stands side by side when that was chosen, whoever is pinned', () => {
    const sideBySide = { ...context, layout: 'sideBySide' as const, activeSpeaker: idOf(2) };
    const view = stageView(room(), sideBySide);
    expect(view.layout).toBe('sideBySide');
    expect(view.tiles[0]?.participant).toBe(idOf(2));
    const pinned = stageView(room(), { ...sideBySide, pinned: `camera:${idOf(1)}` });
    expect([pinned.layout, pinned.tiles[0]?.participant]).toEqual(['sideBySide', idOf(1)]);
  });

  it('tells a screen that is to be shared from one that is', () => {
    const screen = { choice: 'monitor:1', kind: 'monitor' as const, name: 'Screen' };
    const shown = (sharing: Sharing) => stageView(room(), { ...context, sharing }).bar.sharing;
    expect(shown(NOTHING_SHARED)).toBe('off');
    expect(shown({ active: null, requested: screen })).toBe('opening');
    expect(shown({ active: screen, requested: null })).toBe('on');
  });

  it('marks nobody muted or poor while the link to them is down', () => {
    const lost = { ...person(0), link: 'reconnecting' as const };
    lost.media.microphone = 'muted';
    const [tile] = stageView({ ...room(), others: [lost] }, context).tiles;
    expect(tile).toMatchObject({ muted: false, quality: 'good', reconnectingSeconds: 4 });
  });

  it('tells a camera that is asked for from one that works', () => {
    const call = room();
    const opening = {
      ...call,
      me: { ...call.me, camera: { active: null, fault: null, requested: 'pattern' } },
    };
    expect(stageView(call, context).bar.camera).toBe('on');
    expect(stageView(opening, context).bar.camera).toBe('opening');
    expect(stageView(withIntent(call, { type: 'selectCamera', camera: null }), context).bar.camera).toBe(
      'off',
    );
  });
});

describe('the people', () => {
  it('who knock have no name until they say it', () => {
    const waiting = [knocking(0), { id: idOf(60), knock: null }];
    const view = peopleView({ ...room(), waiting }, [], 'Someone', 'app');
    expect(view.knocks.map(({ name }) => name)).toEqual(['Priya Nair', null]);
  });

  it('can be compared with only while their device is proven', () => {
    const call = room(1);
    expect(verifyView(call, idOf(0), 'Someone')?.signs).toHaveLength(7);
    const unproven = { ...call, others: call.others.map((other) => ({ ...other, verified: null })) };
    expect(verifyView(unproven, idOf(0), 'Someone')?.signs).toBeNull();
    expect(verifyView(call, idOf(9), 'Someone')).toBeNull();
  });

  it('read the room code five digits at a time', () => {
    expect(groupsOfFive('123456789012345678901234567890')).toHaveLength(6);
  });

  it('have initials that never cut a character', () => {
    expect(['Ada Lovelace', 'zoë', '👩‍🚀 Sam', '李 小龍', '…'].map(initialsOf)).toEqual([
      'AL',
      'Z',
      'S',
      '李小',
      '·',
    ]);
  });
});

describe('who speaks', () => {
  const levels = (loud: Record<string, number>) => ({ own: 0, others: new Map(Object.entries(loud)) });

  it('is marked over the gaps between words, and no longer', () => {
    const speaking = new Speaking();
    speaking.hear(levels({ a: 0.5 }), 1_000);
    expect(speaking.speaks('a', 1_200)).toBe(true);
    expect(speaking.speaks('a', 1_201)).toBe(false);
  });

  it('is large only after going on for a while', () => {
    const speaking = new Speaking();
    speaking.hear(levels({ a: 0.5 }), 0);
    for (let now = 100; now < 900; now += 100) {
      speaking.hear(levels({ b: 0.6 }), now);
      expect(speaking.active).toBe('a');
    }
    speaking.hear(levels({ b: 0.6 }), 900);
    expect(speaking.active).toBe('b');
  });
});

describe('the end of a call', () => {
  const inWindow = (reason: EndReason) => endedView(reason, 'window', null);

  it('offers no second try to whom it can’t help', () => {
    expect(inWindow({ type: 'removed' }).next).toBeNull();
    expect(inWindow({ type: 'refused', error: 'removed' })).toMatchObject({ kind: 'removed', next: null });
    expect(inWindow({ type: 'refused', error: 'roomFull' })).toMatchObject({
      kind: 'roomFull',
      next: 'again',
    });
    expect(inWindow({ type: 'notAdmitted' }).next).toBe('askAgain');
  });

  it('in a page offers the app, but to whom was put out', () => {
    const link = 'conclave://rooms.example.org/j/x';
    expect(endedView({ type: 'left' }, 'page', link).appLink).toBe(link);
    expect(endedView({ type: 'removed' }, 'page', link).appLink).toBeNull();
  });
});

describe('a visit', () => {
  const now = new Date(2026, 10, 21, 12);

  it('is told by its distance', () => {
    expect(whenOf(new Date(2026, 10, 21, 9, 5), now, en, 'en')).toMatch(/^Today, /);
    expect(whenOf(new Date(2026, 10, 20, 23, 59), now, en, 'en')).toMatch(/^Yesterday, /);
    expect(whenOf(new Date(2026, 10, 17), now, en, 'en')).toBe('Tuesday');
    expect(whenOf(new Date(2026, 8, 1), now, en, 'en')).toContain('2026');
  });
});
