import type { RecentRoom } from '../rooms';
import { DEFAULTS, type Settings } from '../settings';
import type { Preferences, RecentRoom as KeptRoom } from './shell';

/** What is kept, as the screens have it. A language that this version doesn't speak is the system's. */
export function settingsOf(preferences: Preferences): Settings {
  const { language } = preferences;
  return {
    ...DEFAULTS,
    ...preferences,
    language: language === 'en' || language === 'de' ? language : 'system',
  };
}

export function recentRoomOf({ link, name, lastVisitMs, people, hosted }: KeptRoom): RecentRoom {
  return { link, name, lastVisit: lastVisitMs, people, hosted };
}
