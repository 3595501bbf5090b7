import type { Abilities } from '../abilities';
import type { EndReason, RoomPhase, SignallingError } from '../../protocol';

/** What the fake shows from the start, chosen by the page's address: `?scene=call&people=5`. */
export interface Scene {
  readonly name: SceneName;
  readonly people: number;
  /** Whether this participant hosts the room. */
  readonly host: boolean;
  readonly place: Abilities['place'];
  /** What the browser of a page runs on. */
  readonly device: 'computer' | 'telephone';
  /** Whether pictures stand still, so that two pictures of a screen are the same. */
  readonly frozen: boolean;
}

const sceneNames = [
  'home',
  'home-empty',
  'home-nearby',
  'lobby',
  'lobby-no-devices',
  'lobby-camera-off',
  'lobby-camera-busy',
  'joining',
  'waiting',
  'alone',
  'call',
  'connecting',
  'reconnecting',
  'cameras-off',
  'muted',
  'muted-talking',
  'poor',
  'screen',
  'sharing',
  'sharing-begins',
  'switching',
  'camera-fails',
  'link-in-call',
  'no-global-keys',
  'knocks',
  'server-away',
  'device-lost',
  'left',
  'kicked',
  'locked',
  'full',
  'not-admitted',
  'unreachable',
  'crashed',
  'version',
  'broken',
  'invited',
  'invited-no-key',
  'invited-newer',
  'invited-damaged',
  'lobby-denied',
  'lobby-insecure',
  'lobby-no-capture',
  'lobby-no-video',
  'call-insecure',
  'call-no-video',
  'guests',
] as const;

export type SceneName = (typeof sceneNames)[number];

/** What there is in a browser's page alone. */
const pageScenes: readonly SceneName[] = [
  'invited',
  'invited-no-key',
  'invited-newer',
  'invited-damaged',
  'lobby-denied',
  'lobby-insecure',
  'lobby-no-capture',
  'lobby-no-video',
  'call-insecure',
  'call-no-video',
];

export function readScene(search: string): Scene {
  const query = new URLSearchParams(search);
  const wanted = query.get('scene');
  const name = sceneNames.find((scene) => scene === wanted) ?? 'home';
  const people = Number.parseInt(query.get('people') ?? '', 10);
  const place = query.get('place') === 'page' || pageScenes.includes(name) ? 'page' : 'window';
  return {
    name,
    people: Number.isFinite(people) ? Math.min(9, Math.max(0, people)) : 4,
    // Whoever comes by a page's link hosts nothing.
    host: place === 'window' && query.get('host') !== 'no',
    place,
    device: query.get('device') === 'telephone' ? 'telephone' : 'computer',
    frozen: query.has('frozen'),
  };
}

/** Where the call stands in this scene; `null` when there is none. */
export function phaseOf(scene: SceneName): RoomPhase | null {
  const ended = (reason: EndReason): RoomPhase => ({ type: 'ended', reason });
  const refused = (error: SignallingError) => ended({ type: 'refused', error });
  switch (scene) {
    case 'home':
    case 'broken':
    case 'home-empty':
    case 'home-nearby':
    case 'lobby':
    case 'lobby-no-devices':
    case 'lobby-camera-off':
    case 'lobby-camera-busy':
    case 'invited':
    case 'invited-no-key':
    case 'invited-newer':
    case 'invited-damaged':
    case 'lobby-denied':
    case 'lobby-insecure':
    case 'lobby-no-capture':
    case 'lobby-no-video':
      return null;
    case 'joining':
      return { type: 'joining' };
    case 'waiting':
      return { type: 'waiting' };
    case 'left':
      return ended({ type: 'left' });
    case 'kicked':
      return ended({ type: 'removed' });
    case 'locked':
      return refused('locked');
    case 'full':
      return refused('roomFull');
    case 'version':
      return refused('unsupportedVersion');
    case 'not-admitted':
      return ended({ type: 'notAdmitted' });
    case 'unreachable':
      return ended({ type: 'serverUnreachable' });
    case 'crashed':
      return ended({ type: 'crashed' });
    default:
      return { type: 'joined' };
  }
}
