import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { inject } from 'vitest';

/** How a screen is looked at. */
export interface Look {
  readonly width: number;
  readonly height: number;
  readonly theme: 'light' | 'dark';
  readonly language: 'en' | 'de';
  readonly text: '100 %' | '200 %';
  readonly pointer: 'mouse' | 'finger';
}

export const usual: Look = {
  width: 1280,
  height: 800,
  theme: 'light',
  language: 'en',
  text: '100 %',
  pointer: 'mouse',
};

/** A window of the browser, and what it complained of. */
export interface Window {
  readonly page: Page;
  readonly complaints: string[];
}

export function launch(): Promise<Browser> {
  return chromium.launch({ executablePath: process.env['CONCLAVE_CHROMIUM'] ?? '/usr/bin/chromium' });
}

export function contextOf(browser: Browser, look: Look): Promise<BrowserContext> {
  return browser.newContext({
    viewport: { width: look.width, height: look.height },
    colorScheme: look.theme,
    reducedMotion: 'reduce',
    hasTouch: look.pointer === 'finger',
    isMobile: look.pointer === 'finger',
    deviceScaleFactor: look.pointer === 'finger' ? 2 : 1,
    locale: look.language === 'de' ? 'de-DE' : 'en-GB',
    timezoneId: 'Europe/Berlin',
    permissions: ['clipboard-read', 'clipboard-write'],
  });
}

/** Opens a scene of the fake engine and waits until nothing of it is still to come. */
export async function open(context: BrowserContext, query: string, look: Look): Promise<Window> {
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  await page.goto(`${inject('site')}?${query}`);
  if (look.text === '200 %') {
    await page.evaluate(() => (document.documentElement.style.fontSize = '200%'));
  }
  await settled(page);
  return { page, complaints };
}

/** Waits for the type, and for the first picture in each place that shows one. */
export async function settled(page: Page): Promise<void> {
  await page.waitForFunction(() => document.querySelector('#app > *, body > [data-dialog-content]') !== null);
  await page.waitForFunction(() => document.querySelector('[data-loading]') === null);
  await drawn(page);
  await page.evaluate(() => document.fonts.ready);
  await page.waitForFunction(() =>
    [...document.querySelectorAll('.video')].every((place) => place.classList.contains('shown')),
  );
  await drawn(page);
}

/** Moves the pointer where nothing is: the controls of a call step back when nothing moves for long. */
export async function stir(page: Page): Promise<void> {
  await page.mouse.move(2, 2);
  await page.mouse.move(3, 3);
  await drawn(page);
}

/** What is laid out asks for its type only then. */
async function drawn(page: Page): Promise<void> {
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
}
