import type { Page } from 'playwright-core';

import { settled } from './browser';

/** A screen: a scene of the fake engine, and what is done there first. */
export interface Screen {
  readonly name: string;
  /** The query of the fake engine's scene. */
  readonly query: string;
  readonly prepare?: (page: Page) => Promise<void>;
  /** Whether it is looked at in every size, with large text and in German. */
  readonly main?: true;
  /** Where the window itself is small. */
  readonly size?: { readonly width: number; readonly height: number };
}

export const scene = (name: string, more = ''): string => `frozen&scene=${name}${more}`;

export const plain = (name: string, more = ''): Screen => ({
  name: name + more.replace(/[&=]/g, '-'),
  query: scene(name, more),
});

export function pressing(name: string, query: string, ...keys: string[]): Screen {
  return {
    name,
    query,
    prepare: async (page) => {
      for (const key of keys) await page.keyboard.press(key);
      await settled(page);
    },
  };
}

/** Chooses an entry of the menu or the popover of a button. */
function choosing(name: string, query: string, button: string, ...entries: string[]): Screen {
  return {
    name,
    query,
    prepare: async (page) => {
      await page.locator(button).first().press('Enter');
      for (const entry of entries) await page.locator(entry).first().click();
      await settled(page);
    },
  };
}

const settingsTabs = ['devices', 'look', 'keys', 'room', 'network', 'privacy'];
const settingsIn = (where: 'dialog' | 'panel'): Screen[] =>
  settingsTabs.map((tab, index) =>
    pressing(
      `settings-${where}-${tab}`,
      where === 'dialog' ? scene('home') : scene('call'),
      's',
      ...(index === 0 || where === 'dialog' ? [] : ['Tab', 'Tab']),
      ...Array.from({ length: index }, () => (where === 'dialog' ? 'ArrowDown' : 'ArrowRight')),
    ),
  );

const call = scene('call');

export const screens: readonly Screen[] = [
  { ...plain('home'), main: true },
  plain('home-empty'),
  { ...plain('home-nearby'), main: true },
  choosing('new-room', scene('home'), 'button.new'),
  {
    name: 'link-fault',
    query: scene('home'),
    prepare: async (page) => {
      await page.locator('form.join input').fill('https://example.org/nowhere');
      await page.keyboard.press('Enter');
    },
  },
  { ...plain('lobby'), main: true },
  plain('lobby-camera-off'),
  plain('lobby-camera-busy'),
  plain('lobby-no-devices'),
  plain('joining'),
  plain('waiting'),
  plain('alone'),
  { ...plain('call', '&people=1'), main: true },
  plain('call', '&people=2'),
  { ...plain('call'), main: true },
  plain('call', '&people=9'),
  plain('call', '&host=no'),
  plain('connecting'),
  plain('reconnecting'),
  plain('cameras-off'),
  plain('muted'),
  plain('muted-talking'),
  plain('poor'),
  { ...plain('screen'), main: true },
  { ...plain('sharing'), main: true },
  plain('sharing-begins'),
  plain('knocks'),
  plain('server-away'),
  plain('device-lost'),
  plain('link-in-call'),
  plain('left'),
  plain('kicked'),
  plain('locked'),
  plain('full'),
  plain('not-admitted'),
  plain('unreachable'),
  plain('crashed'),
  plain('version'),
  plain('broken'),
  pressing('layout-speaker', call, 'g'),
  { ...pressing('layout-side-by-side', call, 'g', 'g'), main: true },
  pressing('layout-side-by-side-two', scene('call', '&people=1'), 'g', 'g'),
  pressing('layout-side-by-side-screen', scene('screen'), 'g', 'g'),
  pressing('statistics', call, 't'),
  pressing('statistics-nine', scene('poor', '&people=9'), 't'),
  { ...pressing('compact', call, 'w'), size: { width: 360, height: 260 } },
  { ...pressing('people', call, 'p'), main: true },
  pressing('people-knocks', scene('knocks'), 'p'),
  pressing('people-guest', scene('call', '&host=no'), 'p'),
  { ...pressing('shortcuts', call, '?'), main: true },
  { ...pressing('share-picker', call, 'd'), main: true },
  pressing('invite', call, 'i'),
  choosing('microphone-menu', call, '[role="toolbar"] .choose'),
  choosing('camera-menu', call, '.pair:nth-child(2) .choose'),
  choosing(
    'camera-menu-opening',
    scene('switching'),
    '.pair:nth-child(2) .choose',
    '[role="menuitemcheckbox"]:nth-of-type(3)',
  ),
  choosing('more-menu', call, '[role="toolbar"] .more'),
  choosing('tile-menu', call, '[data-tile]'),
  choosing('verify', call, '[data-tile]', '.floating .row:nth-of-type(3)'),
  ...settingsIn('dialog').map((screen, index) => (index === 0 ? { ...screen, main: true as const } : screen)),
  ...settingsIn('panel').map((screen, index) => (index === 0 ? { ...screen, main: true as const } : screen)),
  pressing(
    'settings-keys-not-global',
    scene('no-global-keys'),
    's',
    'Tab',
    'Tab',
    'ArrowRight',
    'ArrowRight',
  ),
  {
    name: 'settings-camera-fails',
    query: scene('camera-fails'),
    prepare: async (page) => {
      await page.keyboard.press('s');
      await page.getByRole('radio', { name: 'Integrated Camera' }).click();
      await page.locator('.fault').first().waitFor();
    },
  },
];
