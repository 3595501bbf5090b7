import type { Abilities } from '../engine/abilities';
import type { SafetySign } from '../protocol';
import { de } from './de';
import { page as dePage } from './de/page';
import { en, type Words } from './en';
import { page as enPage } from './en/page';
import { inPage } from './in-page';
import { GERMAN_SIGNS } from './signs';

export type Language = 'en' | 'de';

const catalogues: Record<Abilities['place'], Record<Language, Words>> = {
  window: { en, de },
  page: { en: inPage(en, enPage), de: inPage(de, dePage) },
};

/** The words that are shown. Reading `words.t` in a component follows the language. */
class CurrentWords {
  language = $state<Language>('en');
  place = $state<Abilities['place']>('window');

  get t(): Words {
    return catalogues[this.place][this.language];
  }

  /** What a safety sign shows, to be read aloud. */
  sign({ name }: SafetySign): string {
    return this.language === 'de' ? (GERMAN_SIGNS[name] ?? name) : name;
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
