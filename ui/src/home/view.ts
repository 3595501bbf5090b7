import type { NearbyRoom, RecentRoom } from '../engine/rooms';
import type { Settings } from '../engine/settings';
import type { Words } from '../words/en';

export interface RoomRow {
  readonly link: string;
  readonly name: string;
  readonly hosted: boolean;
  /** With whom, as far as it fits. */
  readonly people: string;
  readonly when: string;
}

export interface NearbyRow {
  readonly link: string;
  readonly name: string;
  /** Whose it is, and how many are inside. */
  readonly about: string;
}

export interface HomeView {
  readonly nearby: readonly NearbyRow[];
  readonly recent: readonly RoomRow[];
  /** Where new rooms are. */
  readonly place: string;
}

export function homeView(
  rooms: readonly RecentRoom[],
  nearby: readonly NearbyRoom[],
  settings: Settings,
  t: Words,
  language: string,
  now: Date,
): HomeView {
  return {
    nearby: nearby.map(({ link, name, host }) => ({
      link,
      name: name === '' ? t.home.nearbyRoom(host) : name,
      about: host,
    })),
    recent: rooms.map((room) => ({
      link: room.link,
      name: room.name,
      hosted: room.hosted,
      people: room.people.length > 0 ? namesOf(room.people, language) : t.home.alone,
      when: whenOf(new Date(room.lastVisit), now, t, language),
    })),
    place: placeOf(settings, t),
  };
}

function placeOf({ roomPlace, server }: Settings, t: Words): string {
  if (roomPlace === 'server') return t.home.server.server(hostOf(server));
  return t.home.server[roomPlace];
}

/** A server's address as people say it. */
export function hostOf(server: string): string {
  return URL.canParse(server) ? new URL(server).host : server;
}

function namesOf(people: readonly string[], language: string): string {
  const firstNames = people.map((name) => name.split(' ')[0] ?? name);
  return new Intl.ListFormat(language, { style: 'long', type: 'conjunction' }).format(firstNames);
}

/** The time of today, else the day. */
export function whenOf(visit: Date, now: Date, t: Words, language: string): string {
  const midnight = (day: Date) => new Date(day.getFullYear(), day.getMonth(), day.getDate()).getTime();
  const days = Math.round((midnight(now) - midnight(visit)) / 86_400_000);
  const time = new Intl.DateTimeFormat(language, { hour: 'numeric', minute: '2-digit' }).format(visit);
  if (days <= 0) return `${t.time.today}, ${time}`;
  if (days === 1) return `${t.time.yesterday}, ${time}`;
  if (days < 7) return new Intl.DateTimeFormat(language, { weekday: 'long' }).format(visit);
  return new Intl.DateTimeFormat(language, { day: 'numeric', month: 'short', year: 'numeric' }).format(visit);
}
