import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { contextOf, launch, open, settled, usual } from './browser';

interface Asked {
  readonly call: string;
  readonly what: Record<string, unknown> | null;
}

let browser: Browser;
let context: BrowserContext;
let page: Page;
let complaints: string[];

beforeEach(async () => {
  browser = await launch();
  context = await contextOf(browser, usual);
});
afterEach(async () => {
  expect(complaints).toEqual([]);
  await browser.close();
});

/** Whatever else a mouse could do: here there is none. */
async function show(query: string): Promise<void> {
  ({ page, complaints } = await open(context, query, usual));
  // What is fetched beforehand is there.
  await page.waitForLoadState('networkidle');
}

const press = async (...keys: string[]) => {
  for (const key of keys) await page.keyboard.press(key);
};

const asked = (): Promise<Asked[]> =>
  page.evaluate(() => (window as unknown as { fake: { asked: Asked[] } }).fake.asked);

/** Waits until the engine was asked for something with these parts. */
async function expectAsked(call: string, what: Record<string, unknown>): Promise<void> {
  await expect
    .poll(async () => (await asked()).filter((entry) => entry.call === call).map((entry) => entry.what))
    .toContainEqual(expect.objectContaining(what));
}

const dispatched = (intent: Record<string, unknown>) => expectAsked('dispatch', intent);
const governed = (command: Record<string, unknown>) =>
  dispatched({ type: 'govern', command: expect.objectContaining(command) });

/** Presses Tab, as often as a person would, until something has the keyboard. */
async function tabTo(target: Locator, key = 'Tab'): Promise<void> {
  for (let presses = 0; presses < 40; presses++) {
    if (await hasFocus(target)) return;
    await press(key);
  }
  throw new Error(`Tab does not lead to ${String(target)}, but to ${await focused()}`);
}

const hasFocus = (target: Locator) =>
  target.evaluateAll((elements) => elements.includes(document.activeElement as HTMLElement));

const focused = () =>
  page.evaluate(() => {
    const element = document.activeElement;
    return element?.getAttribute('aria-label') ?? element?.textContent?.trim() ?? '';
  });

const button = (name: string | RegExp) => page.getByRole('button', { name, exact: typeof name === 'string' });
const dialog = () => page.getByRole('dialog');
const toolbar = () => page.getByRole('toolbar');
const announced = (text: string) =>
  page.locator('[aria-live="polite"]', { hasText: text }).waitFor({ state: 'attached' });

describe('by keyboard alone one can', () => {
  it('come from the start through the lobby into a call, and leave it', async () => {
    await show('frozen&scene=home-empty');
    await tabTo(button(/^New room/));
    await press('Enter');
    await dialog().waitFor();
    expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('INPUT');
    await page.keyboard.type('Planning');
    await press('Enter');
    await expectAsked('createRoom', { name: 'Planning', access: 'open' });
    const name = page.getByRole('textbox', { name: 'Your name' });
    await tabTo(name);
    await press('Enter');
    await expectAsked('join', { name: 'Robin Keller', muted: false });
    await toolbar().waitFor();
    await tabTo(button('Leave'));
    await press('Enter');
    await dispatched({ type: 'leave' });
    await page.getByRole('heading', { name: 'You left the call' }).waitFor();
  });

  it('join by a link that is typed', async () => {
    await show('frozen&scene=home');
    await tabTo(page.getByRole('textbox', { name: 'Join with a link' }));
    await page.keyboard.type(
      'https://rooms.example.org/j/q83vEjRWeJCrze8SNFZ4kQ#1.AAECAwQFBgcICQoLDA0ODw.8PHy8_T19vf4-fr7_P3-_w',
    );
    await press('Enter');
    await page.getByText('Room on rooms.example.org').waitFor();
    await press('m', 'v');
    await expectAsked('changeSettings', { microphoneOn: false });
    await expectAsked('changeSettings', { cameraOn: false });
  });

  it('mute, switch the camera off, and choose another one', async () => {
    await show('frozen&scene=call');
    await press('m');
    await dispatched({ type: 'muteMicrophone', muted: true });
    await announced('You are muted.');
    await press('m');
    await dispatched({ type: 'muteMicrophone', muted: false });
    await press('v');
    await dispatched({ type: 'selectCamera', camera: null });
    await press('v');
    await dispatched({ type: 'selectCamera', camera: 'device:studio' });
    await tabTo(button('Choose a camera'));
    await press('Enter', 'ArrowDown', 'Enter');
    await dispatched({ type: 'selectCamera', camera: 'device:builtin' });
    await page.getByRole('menuitemcheckbox', { name: 'Integrated Camera', checked: true }).waitFor();
    await press('Escape');
    await expect.poll(focused).toBe('Choose a camera');
  });

  it('choose a camera in the settings while the call goes on, and come back to where one was', async () => {
    await show('frozen&scene=call');
    await tabTo(button('Leave'));
    await press('s');
    const panel = page.getByRole('complementary', { name: 'Settings' });
    await panel.waitFor();
    await tabTo(page.getByRole('radio', { name: 'Studio Camera' }));
    await press('ArrowDown');
    await dispatched({ type: 'selectCamera', camera: 'device:builtin' });
    await page.getByRole('radio', { name: 'Integrated Camera', checked: true }).waitFor();
    await tabTo(page.getByRole('switch', { name: 'Noise suppression' }));
    await press('Space');
    await expectAsked('setSoundProcessing', { noiseSuppression: 'off', echoCancellation: 'on' });
    await press('Escape');
    await panel.waitFor({ state: 'detached' });
    expect(await focused()).toBe('Leave');
  });

  it('share a screen, and stop', async () => {
    await show('frozen&scene=call');
    await press('d');
    await page.getByRole('radio', { name: /^Built-in display/ }).waitFor();
    await tabTo(page.getByRole('radio', { name: /^Built-in display/ }));
    await press('ArrowRight');
    await tabTo(button('Share'));
    await press('Enter');
    await expectAsked('shareScreen', { choice: 'monitor:2' });
    await page.getByText('You are sharing DELL U2723QE', { exact: true }).waitFor();
    await announced('You are sharing DELL U2723QE.');
    await tabTo(
      page.getByRole('group', { name: 'Stop sharing' }).getByRole('button', { name: 'Stop sharing' }),
    );
    await press('Enter');
    await expect.poll(async () => (await asked()).map(({ call }) => call)).toContain('stopSharing');
    await announced('You share nothing any more.');
  });

  it('go from person to person, pin one, and change their volume', async () => {
    await show('frozen&scene=call');
    const tile = (name: string) => button(new RegExp(`^${name}.*Actions$`));
    await press('F6');
    expect(await hasFocus(tile('Ada Lovelace'))).toBe(true);
    await press('ArrowRight');
    expect(await hasFocus(tile('Jonas Weber'))).toBe(true);
    await press('Enter');
    await tabTo(button('Pin'));
    await press('Enter');
    await button(/^Jonas Weber/).waitFor();
    await expect.poll(() => hasFocus(tile('Jonas Weber'))).toBe(true);
    await press('Enter');
    await tabTo(button('Mute for me'));
    await press('Enter');
    await dispatched({ type: 'setVolume', volume: 0 });
    await press('Enter');
    await tabTo(page.getByRole('slider', { name: 'Volume of Jonas Weber' }));
    await press('ArrowRight', 'ArrowRight');
    await dispatched({ type: 'setVolume', volume: 0.1 });
    await press('Escape');
    await expect.poll(() => hasFocus(tile('Jonas Weber'))).toBe(true);
    await press('Enter');
    await tabTo(button('Compare signs…'));
    await press('Enter');
    await dialog().getByText('Is this really Jonas Weber?').waitFor();
    await press('Escape');
    await dialog().waitFor({ state: 'detached' });
    await expect.poll(() => hasFocus(tile('Jonas Weber'))).toBe(true);
  });

  it('change the layout, the window and what is shown', async () => {
    await show('frozen&scene=call');
    await press('g');
    await announced('Who speaks, large');
    await press('g');
    await announced('Side by side');
    await press('t');
    await page.getByRole('list', { name: 'Statistics' }).first().waitFor();
    await press('f');
    await expect
      .poll(async () => (await asked()).filter(({ call }) => call === 'setWindowMode'))
      .toContainEqual({
        call: 'setWindowMode',
        what: 'fullScreen',
      });
    await press('Escape', 'w');
    await button('Back to the large window').waitFor();
    await press('w');
    await button('People, 5 in the call').waitFor();
  });

  it('let people in, refuse them, lock the room, and put somebody out', async () => {
    await show('frozen&scene=knocks');
    await press('a');
    await governed({ type: 'admit' });
    await press('p');
    await page.getByRole('complementary', { name: 'People' }).waitFor();
    await tabTo(button('Refuse Tomás Ferreira'));
    await press('Enter');
    await governed({ type: 'refuse' });
    await press('l');
    await governed({ type: 'setLock', lock: 'locked' });
    await announced('The room is locked.');
    await tabTo(page.getByRole('switch', { name: 'Lock the room' }));
    await press('Space');
    await governed({ type: 'setLock', lock: 'unlocked' });
    const actions = button('Actions for Jonas Weber');
    await tabTo(actions, 'Shift+Tab');
    await press('Enter', 'ArrowUp', 'Enter');
    await dialog().waitFor();
    await tabTo(button('Remove'));
    await press('Enter');
    await governed({ type: 'remove' });
    await announced('Jonas Weber was removed by the host.');
  });

  it('make somebody else the host', async () => {
    await show('frozen&scene=call');
    await press('p');
    await tabTo(button('Actions for Ada Lovelace'));
    await press('Enter', 'ArrowDown', 'ArrowDown', 'Enter');
    await dialog().waitFor();
    await press('Escape');
    await dialog().waitFor({ state: 'detached' });
    expect(await focused()).toBe('Actions for Ada Lovelace');
    await press('Enter', 'ArrowDown', 'ArrowDown', 'Enter');
    await tabTo(button('Make host'));
    await press('Enter');
    await governed({ type: 'handOver' });
    await announced('You are not the host any more.');
  });

  it('invite, with the link copied', async () => {
    await show('frozen&scene=call');
    await tabTo(button('Invite'));
    await press('Enter');
    await dialog().waitFor();
    expect(await focused()).toBe('Copy link');
    await press('Enter');
    await expect.poll(async () => (await asked()).map(({ call }) => call)).toContain('copy');
    await press('Escape');
    await dialog().waitFor({ state: 'detached' });
    expect(await focused()).toBe('Invite');
  });

  it('see every key, and go round the window', async () => {
    await show('frozen&scene=call');
    await press('?');
    await dialog().getByText('Let in who waits longest').waitFor();
    await press('Escape');
    await dialog().waitFor({ state: 'detached' });
    await press('p');
    const areas: string[] = [];
    for (let times = 0; times < 3; times++) {
      await press('F6');
      areas.push(await focused());
    }
    expect(areas).toContain('Mute');
    expect(areas.some((area) => area.startsWith('Ada Lovelace'))).toBe(true);
    await tabTo(button('Mute'));
    await press('ArrowRight');
    expect(await focused()).toBe('Microphone and speaker');
    await press('End');
    expect(await focused()).toBe('Leave');
  });

  it('go to another room that a link leads to during a call', async () => {
    await show('frozen&scene=link-in-call');
    await dialog().waitFor();
    await tabTo(button('Leave and go there'));
    await press('Enter');
    await page.getByText('Room on rooms.example.org').waitFor();
    expect((await asked()).map(({ call }) => call)).toContain('leave');
  });
});

describe('a guest in a browser', () => {
  it('comes from the invitation through the lobby into the call, and leaves and comes back', async () => {
    await show('frozen&scene=invited');
    await page.getByRole('heading', { name: 'You’re invited to a call.' }).waitFor();
    await press('s', '?', 'm');
    await tabTo(button('Join in the browser'));
    await press('Tab');
    expect(await focused()).toBe('Open in the app');
    await press('Shift+Tab', 'Enter');
    const name = page.getByRole('textbox', { name: 'Your name' });
    await name.waitFor();
    await tabTo(name);
    await press('Enter');
    await expectAsked('join', { name: 'Robin Keller' });
    await toolbar().waitFor();
    await press('d');
    await expectAsked('shareScreen', { choice: 'any' });
    await tabTo(button('Leave'));
    await press('Enter');
    await page.getByRole('heading', { name: 'You left the call' }).waitFor();
    await tabTo(button('Join again'));
    await press('Enter');
    await name.waitFor();
    await tabTo(button('Back'), 'Shift+Tab');
    await press('Enter');
    await page.getByRole('heading', { name: 'You’re invited to a call.' }).waitFor();
  });

  it('reads what a guest’s badge means', async () => {
    await show('frozen&scene=guests');
    await press('p');
    await tabTo(button(/^Browser guest.*Jonas Weber$/));
    await press('Enter');
    await page.getByText('Jonas Weber joined in a browser', { exact: false }).last().waitFor();
    await press('Escape');
    await expect.poll(focused).toContain('Browser guest');
  });
});

describe('keys for other windows', () => {
  it('are chosen by pressing them', async () => {
    await show('frozen&scene=home');
    await press('s');
    await expect.poll(() => hasFocus(dialog().getByRole('tab').first())).toBe(true);
    await press('ArrowDown', 'ArrowDown');
    await tabTo(button(/^Push to talk/));
    await press('Enter', 'a');
    await page.getByText('Take one with Ctrl or Alt, or a function key.').waitFor();
    await press('Control+Shift+Space');
    await expectAsked('setGlobalKeys', { pushToTalk: 'Control+Shift+Space', mute: null });
    await settled(page);
  });

  it('work in the window where the system has none, and are heard only while held', async () => {
    await show('frozen&scene=no-global-keys');
    await press('m');
    await dispatched({ type: 'muteMicrophone', muted: true });
    const heard = async () =>
      (await asked())
        .filter(({ call, what }) => call === 'dispatch' && what?.['type'] === 'muteMicrophone')
        .map(({ what }) => what?.['muted']);
    await page.keyboard.down('Control');
    await page.keyboard.down('Space');
    await expect.poll(heard).toEqual([true, false]);
    await page.keyboard.up('Control');
    await expect.poll(heard).toEqual([true, false, true]);
    await page.keyboard.up('Space');
    await press('Control');
    expect(await heard()).toEqual([true, false, true]);
  });
});
