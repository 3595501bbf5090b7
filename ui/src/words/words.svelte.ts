import type { SafetySign } from '../protocol';
import { de } from './de';
import { en, type Words } from './en';
import { GERMAN_SIGNS } from './signs';
import { soundDe, soundEn, type SoundWords } from './sound';

export type Language = 'en' | 'de';

const catalogues: Record<Language, Words> = { en, de };

/** The words that are shown. Reading `words.t` in a component follows the language. */
class CurrentWords {
  language = $state<Language>('en');

  get t(): Words {
    return catalogues[this.language];
  }

  /** What is said of the microphone's processing. */
  get sound(): SoundWords {
    return this.language === 'de' ? soundDe : soundEn;
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
