import axe, { type AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';

import { de } from '../src/words/de';
import { en } from '../src/words/en';

/** What of a screen is checked: all, or only where things are, when what they are was checked in another look. */
export type Checked = 'all' | 'places';

/** What is wrong with a screen, a line each; the level of its importance is in the line. */
export async function faultsOf(page: Page, checked: Checked): Promise<string[]> {
  const found = await misplaced(page, [...texts(en), ...texts(de)]);
  return checked === 'all' ? [...found, ...(await inaccessible(page))] : found;
}

/** What axe finds serious or critical. */
async function inaccessible(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const results = await page.evaluate(
    () =>
      (window as unknown as { axe: typeof axe }).axe.run(document, {
        resultTypes: ['violations'],
        preload: false,
      }) as Promise<AxeResults>,
  );
  return results.violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, impact, nodes }) =>
      nodes.map(
        ({ html, failureSummary }) => `${impact} ${id}: ${html.slice(0, 160)} ${failureSummary ?? ''}`,
      ),
    );
}

/** Messages of a catalogue: they are ours, and never too long for where they stand. */
function texts(catalogue: object): string[] {
  return Object.values(catalogue).flatMap((value: unknown) => {
    if (typeof value === 'string') return [value];
    return typeof value === 'object' && value !== null ? texts(value) : [];
  });
}

/** What is cut off, or hangs out of the window. */
function misplaced(page: Page, ours: string[]): Promise<string[]> {
  return page.evaluate((ours) => {
    const found: string[] = [];
    const known = new Set(ours);
    const name = (element: Element) =>
      `<${element.tagName.toLowerCase()} class="${element.getAttribute('class') ?? ''}"> ${(element.textContent ?? '').trim().slice(0, 60)}`;
    const root = document.documentElement;
    if (root.scrollWidth > window.innerWidth) found.push(`the page is ${root.scrollWidth} px wide`);
    for (const element of document.querySelectorAll<HTMLElement>('body *')) {
      if (!element.checkVisibility() || element.closest('.visually-hidden, [aria-hidden="true"], svg'))
        continue;
      const style = getComputedStyle(element);
      const wide = element.scrollWidth > element.clientWidth + 1;
      const tall = element.scrollHeight > element.clientHeight + 1;
      const scrolls = /auto|scroll/.test(style.overflowX);
      if (wide && scrolls && style.whiteSpace !== 'pre') found.push(`scrolls sideways: ${name(element)}`);
      const hasText = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent?.trim());
      if (hasText && style.display !== 'inline') {
        // A long name may end in an ellipsis; our own words may not.
        const shortened = style.textOverflow === 'ellipsis' && !known.has((element.textContent ?? '').trim());
        if (wide && !shortened) found.push(`cut off: ${name(element)}`);
        if (tall && style.overflowY === 'hidden' && !shortened) found.push(`cut off below: ${name(element)}`);
      }
      if (element.matches('form input, form button') && !document.querySelector('.dialog-shade')) {
        const { left, right, top, bottom } = element.getBoundingClientRect();
        const covering = document.elementFromPoint(right - 3, (top + bottom) / 2);
        const seen = left >= 0 && right <= innerWidth && top >= 0 && bottom <= innerHeight;
        const own = element.closest('.field') ?? element;
        if (seen && covering && !own.contains(covering)) found.push(`covered: ${name(element)}`);
      }
      if (!element.matches('button, input, [role="dialog"], p')) continue;
      const { left, right, top, bottom } = element.getBoundingClientRect();
      if (left < -1 || right > window.innerWidth + 1) found.push(`beside the window: ${name(element)}`);
      const canScroll = (element: Element | null): boolean => {
        if (!element) return false;
        const { overflowY } = getComputedStyle(element);
        return /auto|scroll/.test(overflowY) || canScroll(element.parentElement);
      };
      if ((top < -1 || bottom > window.innerHeight + 1) && !canScroll(element.parentElement)) {
        found.push(`above or below the window: ${name(element)}`);
      }
    }
    return found;
  }, ours);
}
