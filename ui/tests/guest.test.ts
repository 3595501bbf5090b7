import { describe, expect, it } from 'vitest';

import { Guests } from '../src/app/guests';
import { ownClientOf, ownMediaOf, WINDOW_ABILITIES } from '../src/engine/abilities';
import { abilitiesOf } from '../src/engine/fake/abilities';
import { SETTINGS } from '../src/engine/fake/memory';
import { roomOf } from '../src/engine/fake/room';
import { readScene } from '../src/engine/fake/scene';
import { invitedView, isGuest, limitsOf } from '../src/guest/view';
import { readInviteLink } from '../src/links/invite';
import { peopleView } from '../src/panel/view';
import { stageView } from '../src/stage/view';
import type { Words } from '../src/words/en';
import { en } from '../src/words/en';
import { inPage } from '../src/words/in-page';
import { page } from '../src/words/en/page';

const LINK =
  'https://rooms.example.org/j/q83vEjRWeJCrze8SNFZ4kA#1.AAECAwQFBgcICQoLDA0ODw.8PHy8_T19vf4-fr7_P3-_w';
const browser = abilitiesOf(readScene('?place=page'));
const request = { link: '', name: 'Robin', password: null, camera: null, microphone: null, speaker: null };
const call = (name: string) =>
  roomOf(
    readScene(`?place=page&scene=${name}`),
    { type: 'joined' },
    { ...request, muted: false, soundProcessing: SETTINGS.soundProcessing },
  );

function invited(link: string, abilities = browser) {
  const reading = readInviteLink(link);
  if (reading.type === 'empty') throw new Error('there is no link');
  return invitedView(reading, abilities);
}

describe('somebody with a link', () => {
  it('can join in the browser or in the app', () => {
    expect(invited(LINK)).toEqual({
      type: 'whole',
      server: 'rooms.example.org',
      appLink: LINK.replace('https', 'conclave'),
    });
    expect(invited(LINK, { ...browser, openInApp: 'missing' })).toMatchObject({ appLink: null });
  });

  it.each([
    [LINK.split('#')[0] ?? '', 'missingKey'],
    [LINK.replace('#1.', '#2.'), 'version'],
    [LINK.slice(0, -1), 'damaged'],
    [LINK.replace('q83v', 'q'), 'damaged'],
  ])('is told what is the matter with %s', (link, fault) => {
    expect(invited(link)).toEqual({ type: 'fault', fault });
  });
});

describe('a browser', () => {
  it('without https has neither camera nor microphone, and can share where it offers that', () => {
    const insecure = { ...browser, capture: 'insecureContext' } as const;
    expect(ownMediaOf(insecure)).toEqual({ microphone: 'missing', camera: 'missing', screen: 'available' });
    expect(limitsOf(insecure)).toEqual(['insecureContext']);
  });

  it('without H.264 can talk and listen', () => {
    const soundOnly = { ...browser, video: 'none' } as const;
    expect(ownMediaOf(soundOnly)).toEqual({ microphone: 'available', camera: 'missing', screen: 'missing' });
    expect(limitsOf(soundOnly)).toEqual(['noVideo']);
    expect(ownClientOf(soundOnly)).toBe('browserWithoutVideo');
  });

  it('with everything has no limits, and the window is no guest', () => {
    expect(limitsOf(browser)).toEqual([]);
    expect([ownClientOf(browser), ownClientOf(WINDOW_ABILITIES)]).toEqual(['browser', 'app']);
    expect(['app', 'browser', 'browserWithoutVideo', null].map((client) => isGuest(client as never))).toEqual(
      [false, true, true, false],
    );
  });
});

describe('guests in a call', () => {
  const context = {
    someone: 'Someone',
    you: 'You',
    abilities: browser,
    limitsShown: true,
    levels: { own: 0, others: new Map() },
    figures: new Map(),
    settings: SETTINGS,
    layout: 'grid' as const,
    pinned: null,
    activeSpeaker: null,
    speaks: () => false,
    reconnectingSeconds: () => 0,
    statistics: false,
    mutedButTalking: false,
    sharing: { active: null, requested: null },
  };

  it('are known from people with the app, and so is this one', () => {
    const people = peopleView(call('guests'), [], 'Someone', ownClientOf(browser));
    expect(people.people.map(({ client }) => client)).toEqual([
      'app',
      'browser',
      'browserWithoutVideo',
      'browser',
    ]);
    expect(people.me.client).toBe('browser');
  });

  it('whose browser has no pictures are not waited for', () => {
    const pictures = stageView(call('guests'), context).tiles.map(({ picture }) => picture);
    expect(pictures).toEqual(['on', 'on', 'unseen', 'on']);
    const none = { ...context, abilities: { ...browser, video: 'none' as const } };
    const shown = stageView(call('guests'), none).tiles.map(({ picture }) => picture);
    expect(shown).toEqual(['unseen', 'unseen', 'unseen', 'unseen']);
  });

  it('whose browser has no pictures are told of once', () => {
    const told: string[] = [];
    const guests = new Guests((text) => told.push(text));
    const room = call('guests');
    guests.follow({ ...room, others: room.others.map((other) => ({ ...other, name: null })) });
    guests.follow(room);
    guests.follow(room);
    expect(told).toEqual(['Mei Tanaka’s browser can’t show or send video.']);
  });
});

describe('the words of a page', () => {
  const words: Words = inPage(en, page);

  it('speak of no app where there is none, and are otherwise the same', () => {
    expect(words.ended.crashed.body).toContain('This page');
    expect(words.ended.crashed.title).toBe(en.ended.crashed.title);
    expect(words.device.faults.camera.permissionDenied).toContain('allow it');
    expect(words.stage.sharing('Ada')).toBe(en.stage.sharing('Ada'));
  });
});
