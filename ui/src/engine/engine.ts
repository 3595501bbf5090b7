import type { LinkReading } from '../links/invite';
import type {
  Access,
  DeviceChoice,
  DeviceFault,
  DeviceKind,
  Intent,
  Notice,
  ParticipantId,
  RoomSnapshot,
} from '../protocol';
import type { Pictures } from './pictures';
import type { Events, Store } from './store';

/**
 * What runs calls, as the screens know it. There is one engine for the app's window (`desktop.ts`), one for tests and
 * pictures of screens (`fake.ts`), and there will be one for the browser. No screen talks to an engine: `app/` does.
 */
export interface Engine {
  /** The call; `null` while there is none. */
  readonly snapshot: Store<RoomSnapshot | null>;
  /** The invite link of the call; `null` while there is none. */
  readonly link: Store<string | null>;
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
  /** What links lead to that were opened outside the window. The one it was started with comes first. */
  readonly openedLinks: Events<LinkReading>;
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
  changeSettings(change: Partial<Settings>): void;
  forgetRoom(link: string): void;
  /** Puts text on the clipboard. */
  copy(text: string): Promise<void>;
  /** A window's full screen. */
  setFullScreen(fullScreen: boolean): void;
}

export type Result<T, E> = { ok: true; value: T } | { ok: false; error: E };

/** From 0, silence, to 1, as loud as a voice gets. */
export interface SoundLevels {
  readonly own: number;
  readonly others: ReadonlyMap<ParticipantId, number>;
}

export type LinkQuality = 'good' | 'poor' | 'bad';

/** Figures of one link, for its tile. What isn't known yet is `null`. */
export interface LinkFigures {
  readonly quality: LinkQuality;
  readonly width: number | null;
  readonly height: number | null;
  readonly framesPerSecond: number | null;
  readonly roundTripMs: number | null;
  readonly lossPercent: number | null;
  readonly receivedKbps: number | null;
  readonly path: 'direct' | 'relay' | null;
}

export interface Device {
  readonly choice: DeviceChoice;
  /** As people know it. */
  readonly name: string;
}

export interface DeviceList {
  readonly cameras: readonly Device[];
  readonly microphones: readonly Device[];
  readonly speakers: readonly Device[];
}

/** Devices before a call and while one is chosen. Frames of the camera are the picture source `preview`. */
export interface Preview {
  readonly state: Store<PreviewState>;
  /** Opens these; what is `null` is let go. */
  open(devices: ChosenDevices): void;
  /** Plays a short sound. */
  testSpeaker(speaker: DeviceChoice | null): void;
  /** Lets everything go. */
  close(): void;
}

export interface ChosenDevices {
  readonly camera: DeviceChoice | null;
  readonly microphone: DeviceChoice | null;
}

export interface PreviewState {
  /** How loud the microphone is, as in `SoundLevels`. */
  readonly level: number;
  readonly cameraLive: boolean;
  /** What is the matter with a device that was to be opened. */
  readonly faults: Partial<Record<DeviceKind, DeviceFault>>;
}

export type Theme = 'system' | 'light' | 'dark';
export type LanguageChoice = 'system' | 'en' | 'de';

/** Where rooms made here are: on this computer for itself, for its network, or on somebody's server. */
export type RoomPlace = 'thisComputer' | 'localNetwork' | 'server';

export interface Settings {
  readonly name: string;
  readonly camera: DeviceChoice | null;
  readonly microphone: DeviceChoice | null;
  readonly speaker: DeviceChoice | null;
  /** Whether the next call begins with it. */
  readonly cameraOn: boolean;
  readonly microphoneOn: boolean;
  readonly mirrorSelf: boolean;
  readonly showSelf: boolean;
  readonly theme: Theme;
  readonly language: LanguageChoice;
  readonly roomPlace: RoomPlace;
  /** The address of the room server for `server`. */
  readonly server: string;
}

export interface RecentRoom {
  readonly link: string;
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly lastVisit: number;
  readonly people: readonly string[];
  readonly hosted: boolean;
}

export interface RoomOptions {
  readonly name: string;
  readonly place: RoomPlace;
  readonly access: Access;
  readonly password: string | null;
}

export interface CreatedRoom {
  readonly link: string;
}

export type CreateError =
  | 'noNetwork'
  /** This computer's own server can't be started. */
  | 'notHosted'
  /** The room server's address is none. */
  | 'serverAddress'
  | 'password'
  /** This device can't say who it is. */
  | 'identity'
  | 'tooManyRooms'
  | 'failed';

export interface JoinRequest {
  readonly link: string;
  readonly name: string;
  readonly password: string | null;
  readonly camera: DeviceChoice | null;
  readonly microphone: DeviceChoice | null;
  readonly speaker: DeviceChoice | null;
  readonly muted: boolean;
}

export type JoinError =
  | 'damagedLink'
  | 'alreadyInCall'
  | 'invalidPassword'
  /** This device made the room, and knows that it has a password. */
  | 'passwordMissing'
  | 'wrongPassword'
  /** This device can't say who it is. */
  | 'identity'
  | 'failed';

/** What the engine could not do, besides what happens in calls. */
export type Trouble =
  /** Pictures of others can't be shown. */
  | 'noPictures'
  /** The settings were damaged: the defaults hold. */
  | 'settingsLost'
  /** A setting holds until the app ends. */
  | 'notSaved'
  /** Something that was asked for. */
  | 'notDone';
