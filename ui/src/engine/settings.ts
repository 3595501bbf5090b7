import type { DeviceChoice, SoundProcessing, Switch } from '../protocol';

/** What is remembered between starts. */
export interface Settings {
  readonly name: string;
  readonly camera: DeviceChoice | null;
  readonly microphone: DeviceChoice | null;
  readonly speaker: DeviceChoice | null;
  /** Whether the next call begins with it. */
  readonly cameraOn: boolean;
  readonly microphoneOn: boolean;
  readonly soundProcessing: SoundProcessing;
  readonly cameraSize: CameraSize;
  readonly mirrorSelf: boolean;
  readonly showSelf: boolean;
  readonly theme: Theme;
  readonly language: LanguageChoice;
  readonly roomPlace: RoomPlace;
  /** The address of the room server for `server`. */
  readonly server: string;
  /** What is done when the window is closed. */
  readonly whenClosed: WhenClosed;
  /** Whether single letters are shortcuts; dictation software types letters that nobody pressed. */
  readonly letterShortcuts: Switch;
  readonly globalKeys: GlobalKeys;
  readonly network: NetworkSettings;
  readonly recentRooms: RecentRoomsKept;
}

/** How large a camera's pictures are: 1280 x 720, or 640 x 360, which is less work for a computer. */
export type CameraSize = 'large' | 'small';
export type Theme = 'system' | 'light' | 'dark';
export type LanguageChoice = 'system' | 'en' | 'de';
export type WhenClosed = 'quit' | 'tray';
type RecentRoomsKept = 'kept' | 'notKept';

/** Where rooms made here are: on this computer for itself, for its network, or on somebody's server. */
export type RoomPlace = 'thisComputer' | 'localNetwork' | 'server';

/** Keys that work while other windows are used, as `Control+Shift+KeyM`; `null` for none. */
export interface GlobalKeys {
  readonly mute: string | null;
  /** Heard while it is held. */
  readonly pushToTalk: string | null;
}

export interface NetworkSettings {
  /** `relayOnly` hides this computer's addresses from the others, and needs a TURN server. */
  readonly route: 'any' | 'relayOnly';
  /** STUN and TURN servers besides the room server's. */
  readonly servers: IceServer[];
}

interface IceServer {
  /** As `turn:turn.example.org:3478`. */
  readonly url: string;
  readonly username: string;
  readonly password: string;
}

/** What holds until somebody chooses. */
export const DEFAULTS = {
  soundProcessing: { echoCancellation: 'on', noiseSuppression: 'on', automaticGain: 'on' },
  cameraSize: 'large',
  whenClosed: 'quit',
  letterShortcuts: 'on',
  globalKeys: { mute: null, pushToTalk: null },
  network: { route: 'any', servers: [] },
  recentRooms: 'kept',
} as const satisfies Partial<Settings>;
