import type { Page } from 'playwright-core';

import { settled } from './browser';
import { plain, type Screen, scene } from './scenes';

/** Goes on from the page's first screen. */
async function accept(page: Page): Promise<void> {
  await page.locator('.ways button').click();
  await settled(page);
}

const lobby = (name: string): Screen => ({
  name: `page-${name}`,
  query: scene(name, '&place=page'),
  prepare: accept,
});

function tapping(name: string, query: string, ...targets: string[]): Screen {
  return {
    name: `page-${name}`,
    query: scene(query, '&place=page'),
    prepare: async (page) => {
      for (const target of targets) {
        await page.locator(target).first().click();
        await settled(page);
      }
    },
  };
}

const page = (name: string, more = ''): Screen => {
  const screen = plain(name, `&place=page${more}`);
  return { ...screen, name: `page-${name}${more.replace(/[&=]/g, '-')}` };
};

const people = '[role="toolbar"] [aria-expanded]:has(.count)';
const more = '[role="toolbar"] .more';

/** What there is in a browser alone, or looks otherwise there. */
export const guestScreens: readonly Screen[] = [
  { ...page('invited'), main: true },
  page('invited-no-key'),
  page('invited-newer'),
  page('invited-damaged'),
  { ...lobby('lobby'), main: true },
  lobby('lobby-denied'),
  { ...lobby('lobby-insecure'), main: true },
  lobby('lobby-no-video'),
  { ...page('guests'), main: true },
  page('guests', '&people=1'),
  page('screen', '&device=telephone'),
  page('call-insecure'),
  page('call-no-video'),
  page('alone'),
  page('left'),
  page('kicked'),
  page('version'),
  { ...tapping('people', 'guests', people), main: true },
  tapping('people-badge', 'guests', people, 'aside li:nth-child(3) .guest-badge'),
  tapping('more-menu', 'guests', more),
  tapping('tile-menu', 'guests', '[data-tile^="camera"]:nth-of-type(1)'),
  tapping('settings', 'guests&device=telephone', more, '[data-menu-row]:last-of-type'),
];
