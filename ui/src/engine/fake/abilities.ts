import { type Abilities, type Capture, WINDOW_ABILITIES } from '../abilities';
import type { Scene, SceneName } from './scene';

/** Of a page in a browser that has everything. */
const PAGE_ABILITIES: Abilities = {
  place: 'page',
  newRooms: 'missing',
  globalKeys: 'missing',
  dataFolder: 'missing',
  compactWindow: 'missing',
  fullScreen: 'available',
  route: 'missing',
  tray: 'missing',
  openInApp: 'available',
  speakers: 'available',
  screens: 'browser',
  capture: 'available',
  video: 'full',
  memory: 'settings',
};

/** What a telephone's browser lacks besides. */
const TELEPHONE = { fullScreen: 'missing', speakers: 'missing', screens: 'none' } as const;

export function abilitiesOf({ name, place, device }: Scene): Abilities {
  if (place === 'window') return WINDOW_ABILITIES;
  return {
    ...PAGE_ABILITIES,
    ...(device === 'telephone' ? TELEPHONE : {}),
    capture: captureIn(name),
    video: name === 'lobby-no-video' || name === 'call-no-video' ? 'none' : 'full',
  };
}

function captureIn(name: SceneName): Capture {
  if (name === 'lobby-insecure' || name === 'call-insecure') return 'insecureContext';
  return name === 'lobby-no-capture' ? 'unsupported' : 'available';
}
