import type { Abilities } from '../engine/abilities';
import type { SafetySign } from '../protocol';
import { en, type Words } from './en';
import { page } from './en/page';
import { inPage } from './in-page';

export type Language = 'en' | 'de';

const ENGLISH: Record<Abilities['place'], Words> = { window: en, page: inPage(en, page) };

/** The words that are shown. Reading `words.t` in a component follows the language. */
class CurrentWords {
  place = $state<Abilities['place']>('window');
  #language = $state<Language>('en');
  #german = $state.raw<typeof import('./german') | null>(null);

  get language(): Language {
    return this.#language;
  }

  /** What isn't fetched yet reads English for a moment. */
  set language(language: Language) {
    this.#language = language;
    void this.fetch(language).catch(() => undefined);
  }

  /** Fetches what a language says. */
  async fetch(language: Language): Promise<void> {
    if (language === 'de') this.#german ??= await import('./german');
  }

  get t(): Words {
    const german = this.#language === 'de' ? this.#german : null;
    return (german?.german ?? ENGLISH)[this.place];
  }

  /** What a safety sign shows, to be read aloud. */
  sign({ name }: SafetySign): string {
    const german = this.#language === 'de' ? this.#german : null;
    return german?.GERMAN_SIGNS[name] ?? name;
  }
}

export const words = new CurrentWords();

/** The language for a choice; of the system's languages, the first that there is. */
export function languageFor(choice: Language | 'system', preferred: readonly string[]): Language {
  if (choice !== 'system') return choice;
  for (const tag of preferred) {
    const language = tag.toLowerCase().split('-')[0];
    if (language === 'en' || language === 'de') return language;
  }
  return 'en';
}
