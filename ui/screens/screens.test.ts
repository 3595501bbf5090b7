import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

import type { Browser, BrowserContext } from 'playwright-core';
import { afterAll, beforeAll, describe, it } from 'vitest';

import { contextOf, launch, type Look, open, stir, usual } from './browser';
import { type Checked, faultsOf } from './checks';
import { pictures } from './places';
import { guestScreens } from './guest-scenes';
import { type Screen, screens } from './scenes';

const small = { width: 900, height: 600 };
const telephone = { width: 390, height: 844, pointer: 'finger' } as const;
const large = { width: 2560, height: 1440 };

/**
 * Every screen in two sizes, the small one also dark and in German; the main ones also large and dark, very large, and
 * with large text. What is in a browser alone is looked at as a page, light and dark, and on telephones.
 */
const looks: readonly { readonly look: Look; readonly of: readonly Screen[]; readonly checked: Checked }[] = [
  { look: usual, of: screens, checked: 'all' },
  { look: { ...usual, theme: 'dark' }, of: main(), checked: 'all' },
  { look: { ...usual, ...small }, of: screens, checked: 'places' },
  { look: { ...usual, ...large }, of: main(), checked: 'places' },
  { look: { ...usual, text: '200 %' }, of: main(), checked: 'all' },
  { look: { ...usual, ...small, language: 'de', theme: 'dark' }, of: screens, checked: 'all' },
  { look: usual, of: guestScreens, checked: 'all' },
  { look: { ...usual, theme: 'dark' }, of: guestScreens, checked: 'all' },
  { look: { ...usual, ...telephone }, of: guestScreens, checked: 'all' },
  { look: { ...usual, ...telephone, width: 844, height: 390 }, of: guestScreens, checked: 'all' },
  {
    look: { ...usual, ...telephone, width: 360, height: 640, language: 'de' },
    of: main(guestScreens),
    checked: 'all',
  },
];

function main(of = screens): Screen[] {
  return of.filter((screen) => screen.main);
}

const nameOf = ({ width, height, theme, language, text }: Look): string =>
  [`${width}x${height}`, theme, language, ...(text === '100 %' ? [] : ['text-200'])].join('-');

let browser: Browser;
beforeAll(async () => void (browser = await launch()));
afterAll(() => browser.close());

describe.each(looks.map(({ look, of, checked }) => ({ name: nameOf(look), look, of, checked })))(
  '$name',
  ({ name, look, of, checked }) => {
    const folder = join(pictures, name);
    let context: BrowserContext;
    beforeAll(async () => {
      mkdirSync(folder, { recursive: true });
      context = await contextOf(browser, look);
    });
    afterAll(() => context.close());

    it.concurrent.each(of.map((screen) => ({ title: screen.name, screen })))('$title', async ({ screen }) => {
      const { page, complaints } = await open(context, screen.query, look);
      try {
        if (screen.size) await page.setViewportSize(screen.size);
        await screen.prepare?.(page);
        await stir(page);
        await page.screenshot({ path: join(folder, `${screen.name}.png`) });
        const faults = [...(await faultsOf(page, checked)), ...complaints];
        if (faults.length > 0) throw new Error(faults.join('\n'));
      } finally {
        await page.close();
      }
    });
  },
);
