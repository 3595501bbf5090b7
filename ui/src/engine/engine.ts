import type { LinkReading } from '../links/invite';
import type { Intent, Notice, ParticipantId, RoomSnapshot, SoundProcessing } from '../protocol';
import type { Abilities } from './abilities';
import type { DeviceList, Preview } from './devices';
import type { LinkFigures, SoundLevels } from './figures';
import type { Pictures } from './pictures';
import type {
  CreatedRoom,
  CreateError,
  JoinError,
  JoinRequest,
  NearbyRoom,
  RecentRoom,
  RoomOptions,
} from './rooms';
import type { ScreensError, ShareableScreen, SharedScreen, Sharing } from './screens';
import type { GlobalKeys, Settings } from './settings';
import type { Events, Store } from './store';

/**
 * What runs calls, as the screens know it. There is one engine for the app's window (`desktop.ts`), one for tests and
 * pictures of screens (`fake.ts`), and there will be one for the browser. No screen talks to an engine: `app/` does.
 */
export interface Engine {
  readonly abilities: Abilities;
  /** The call; `null` while there is none. */
  readonly snapshot: Store<RoomSnapshot | null>;
  /** The invite link of the call; `null` while there is none. */
  readonly link: Store<string | null>;
  /** What this participant shares. */
  readonly sharing: Store<Sharing>;
  /** What went wrong, or happened, in the call. */
  readonly notices: Events<Notice>;
  /** What the engine itself could not do. */
  readonly troubles: Events<Trouble>;
  /** How loud everyone is, about ten times a second. */
  readonly levels: Store<SoundLevels>;
  /** How well the links do, once a second. */
  readonly figures: Store<ReadonlyMap<ParticipantId, LinkFigures>>;
  /** What is plugged in. */
  readonly devices: Store<DeviceList>;
  /** What is remembered between starts. */
  readonly settings: Store<Settings>;
  /** Rooms that this device was in, the latest first. */
  readonly recentRooms: Store<readonly RecentRoom[]>;
  /** Rooms that are open on this network. */
  readonly nearbyRooms: Store<readonly NearbyRoom[]>;
  /** What links lead to that were opened outside the window. The one it was started with comes first. */
  readonly openedLinks: Events<LinkReading>;
  /** The keys of `setGlobalKeys`, as they are pressed and let go. */
  readonly globalKeys: Events<GlobalKeyEvent>;
  readonly pictures: Pictures;
  readonly preview: Preview;

  /** Asks something of the call. What comes of it is in the next snapshot, or a notice. */
  dispatch(intent: Intent): void;
  createRoom(options: RoomOptions): Promise<Result<CreatedRoom, CreateError>>;
  /** Makes a room on this computer with a few synthetic people in it. */
  createTestRoom(): Promise<Result<CreatedRoom, CreateError>>;
  /** Begins a call; what becomes of it is in the snapshots. */
  join(request: JoinRequest): Promise<Result<void, JoinError>>;
  /** Ends the call and forgets its snapshot. */
  leave(): Promise<void>;

  /** What can be shared now, without this app's own window. */
  listScreens(): Promise<Result<readonly ShareableScreen[], ScreensError>>;
  /** Shares this instead of whatever was shared; what comes of it is in `sharing`. */
  shareScreen(screen: SharedScreen): void;
  stopSharing(): void;
  setSoundProcessing(processing: SoundProcessing): void;

  changeSettings(change: Partial<Settings>): void;
  /** Asks the system for keys that work in other windows too. */
  setGlobalKeys(keys: GlobalKeys): Promise<Result<void, GlobalKeysError>>;
  forgetRoom(link: string): void;
  forgetAllRooms(): void;
  /** Forgets whom this device has met and confirmed. */
  forgetKnownDevices(): void;

  /** Puts text on the clipboard. */
  copy(text: string): Promise<void>;
  setWindowMode(mode: WindowMode): void;
  /** Has the system show a line, for whoever looks at another window. */
  notify(text: string): void;
  /** Shows the folder with all that is kept. */
  openDataFolder(): void;
  /** Versions, system and the last lines of the log, without anything secret: for who mends a fault. */
  report(): Promise<string>;
  /** Starts the app anew. */
  restart(): void;
}

export type Result<T, E> = { ok: true; value: T } | { ok: false; error: E };

/** `compact` is small, and stays above other windows. */
export type WindowMode = 'normal' | 'fullScreen' | 'compact';

export interface GlobalKeyEvent {
  readonly key: keyof GlobalKeys;
  readonly state: 'pressed' | 'released';
}

export type GlobalKeysError =
  /** This system has no such keys. */
  | 'unavailable'
  /** Another app has one of them. */
  | 'taken'
  | 'failed';

/** What the engine could not do, besides what happens in calls. */
export type Trouble =
  /** Pictures of others can't be shown. */
  | 'noPictures'
  /** The settings were damaged: the defaults hold. */
  | 'settingsLost'
  /** The page before this one ended before its time. */
  | 'pageBrokeDown'
  /** A setting holds until the app ends. */
  | 'notSaved'
  /** Something that was asked for. */
  | 'notDone';
