import type { ClientKind } from '../protocol';

/** What an engine can do. Screens show nothing that isn't there. */
export interface Abilities {
  /** The app's own window, or a page that a room server gave to a browser. */
  readonly place: 'window' | 'page';
  /** Where rooms can't be made there is no start to go back to: one comes by an invite link. */
  readonly newRooms: Ability;
  /** Keys that work in other windows too. */
  readonly globalKeys: Ability;
  /** A folder with all that is kept, which can be shown. */
  readonly dataFolder: Ability;
  /** A small window above the others. */
  readonly compactWindow: Ability;
  /** The whole screen for the call; browsers of small telephones give it to nothing but videos. */
  readonly fullScreen: Ability;
  /** STUN and TURN servers of one's own, and calls by relay only. */
  readonly route: Ability;
  /** Going on without a window, in the system's tray. */
  readonly tray: Ability;
  /** Opening the invite link in the app, from here. */
  readonly openInApp: Ability;
  /** Where the speaker can't be chosen, the system's is used. */
  readonly speakers: Ability;
  readonly screens: ScreenSharing;
  readonly capture: Capture;
  /** `none`: it has no H.264, so it can neither show nor send pictures. */
  readonly video: 'full' | 'none';
  /** What is remembered between starts: rooms and people as well, or how things are set alone. */
  readonly memory: 'everything' | 'settings';
}

export type Ability = 'available' | 'missing';

/**
 * How it is picked what is shared: from our own list, or by what the browser shows when sharing begins, so that
 * `shareScreen` is asked for `ANY_SCREEN`.
 */
export type ScreenSharing = 'list' | 'browser' | 'none';

/** Whether there can be a camera and a microphone; browsers give none to a page that didn't come by https. */
export type Capture = 'available' | 'insecureContext' | 'unsupported';

/** What a person can send here. */
export interface OwnMedia {
  readonly microphone: Ability;
  readonly camera: Ability;
  readonly screen: Ability;
}

export function ownMediaOf({ capture, video, screens }: Abilities): OwnMedia {
  const ability = (there: boolean): Ability => (there ? 'available' : 'missing');
  const captures = capture === 'available';
  return {
    microphone: ability(captures),
    camera: ability(captures && video === 'full'),
    screen: ability(screens !== 'none' && video === 'full'),
  };
}

/** What the others are told that this participant joined with. */
export function ownClientOf({ place, video }: Abilities): ClientKind {
  if (place === 'window') return 'app';
  return video === 'full' ? 'browser' : 'browserWithoutVideo';
}

/** Of the app's window. */
export const WINDOW_ABILITIES: Abilities = {
  place: 'window',
  newRooms: 'available',
  globalKeys: 'available',
  dataFolder: 'available',
  compactWindow: 'available',
  fullScreen: 'available',
  route: 'available',
  tray: 'available',
  openInApp: 'missing',
  speakers: 'available',
  screens: 'list',
  capture: 'available',
  video: 'full',
  memory: 'everything',
};
