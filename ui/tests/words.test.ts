import { describe, expect, it } from 'vitest';

import { de } from '../src/words/de';
import { en } from '../src/words/en';
import { GERMAN_SIGNS } from '../src/words/signs';
import { languageFor } from '../src/words/words.svelte';

/** Every message by its path. */
function messages(catalogue: object, path = ''): Map<string, unknown> {
  const found = new Map<string, unknown>();
  for (const [key, value] of Object.entries(catalogue)) {
    const here = `${path}${key}`;
    if (typeof value === 'object' && value !== null) {
      for (const [inner, message] of messages(value, `${here}.`)) found.set(inner, message);
    } else {
      found.set(here, value);
    }
  }
  return found;
}

const catalogues = [messages(en), messages(de)] as const;
const text = (message: unknown): string =>
  typeof message === 'function' ? String(message('Zoë')) : String(message);

describe('the words', () => {
  it('are the same messages in every language', () => {
    expect([...catalogues[1].keys()]).toEqual([...catalogues[0].keys()]);
  });

  it.each(catalogues.map((catalogue) => [catalogue]))('say something, calmly', (catalogue) => {
    for (const [path, message] of catalogue) {
      expect(text(message), path).not.toBe('');
      expect(text(message), path).not.toContain('!');
    }
  });

  it('name every safety sign in German', () => {
    expect(Object.keys(GERMAN_SIGNS)).toHaveLength(64);
    expect(new Set(Object.values(GERMAN_SIGNS)).size).toBe(64);
  });
});

describe('the language', () => {
  it('is the one that was chosen', () => {
    expect(languageFor('de', ['en-US'])).toBe('de');
  });

  it('is otherwise the first of the system’s that there is', () => {
    expect(languageFor('system', ['fr-FR', 'de-AT', 'en'])).toBe('de');
    expect(languageFor('system', ['fr'])).toBe('en');
  });
});
