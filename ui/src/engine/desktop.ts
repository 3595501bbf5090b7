import type { Intent, Notice, ParticipantId, RoomSnapshot, TileSize } from '../protocol';
import type {
  ChosenDevices,
  CreatedRoom,
  CreateError,
  DeviceList,
  JoinError,
  JoinRequest,
  LinkFigures,
  PreviewState,
  RecentRoom,
  Result,
  RoomOptions,
  Settings,
} from './engine';

/**
 * What the app's shell has to offer, as types: each method of `Engine` is one of these commands, and each of its stores
 * follows one of these events. `desktop.ts` becomes the engine that calls them by Tauri's `invoke` and `Channel`; until
 * the shell is there the app runs on `fake.ts`.
 */
export interface DesktopCommands {
  /** `Engine.dispatch` */
  dispatch: { arguments: { intent: Intent }; result: null };
  /** `Engine.createRoom` */
  create_room: { arguments: { options: RoomOptions }; result: Result<CreatedRoom, CreateError> };
  /** `Engine.createTestRoom` */
  create_test_room: { arguments: Record<string, never>; result: Result<CreatedRoom, CreateError> };
  /** `Engine.join`; what follows is in the events of the call. */
  join: { arguments: { request: JoinRequest }; result: Result<void, JoinError> };
  /** `Engine.leave` */
  leave: { arguments: Record<string, never>; result: null };
  /** The first value of `Engine.settings`, `Engine.recentRooms` and `Engine.devices`, and the links opened so far. */
  start: { arguments: Record<string, never>; result: DesktopStart };
  /** `Engine.changeSettings` */
  change_settings: { arguments: { change: Partial<Settings> }; result: null };
  /** `Engine.forgetRoom` */
  forget_room: { arguments: { link: string }; result: null };
  /** `Engine.copy` */
  copy: { arguments: { text: string }; result: null };
  /** `Engine.setFullScreen` */
  set_full_screen: { arguments: { fullScreen: boolean }; result: null };
  /** `Preview.open`; an empty choice lets the device go. */
  open_preview: { arguments: { devices: ChosenDevices }; result: null };
  /** `Preview.testSpeaker` */
  test_speaker: { arguments: { speaker: string | null }; result: null };
  /** `Preview.close` */
  close_preview: { arguments: Record<string, never>; result: null };
  /** `Pictures.setSize`, all tiles at once: what isn't named isn't drawn. */
  set_tiles: { arguments: { tiles: DesktopTile[] }; result: null };
  /** The loopback socket that `Pictures.attach` reads from: address with this launch's token. */
  frames: { arguments: Record<string, never>; result: { address: string } };
}

/** What the shell tells the window, on one channel that `start` is given. */
export type DesktopEvent =
  /** `Engine.snapshot` and `Engine.link`, which change together. */
  | { type: 'snapshot'; snapshot: RoomSnapshot | null; link: string | null }
  | { type: 'notice'; notice: Notice }
  | { type: 'levels'; own: number; others: [ParticipantId, number][] }
  | { type: 'figures'; links: [ParticipantId, LinkFigures][] }
  | { type: 'devices'; devices: DeviceList }
  | { type: 'settings'; settings: Settings }
  | { type: 'recentRooms'; rooms: RecentRoom[] }
  | { type: 'preview'; state: PreviewState }
  | { type: 'link'; link: string };

export interface DesktopStart {
  settings: Settings;
  recentRooms: RecentRoom[];
  devices: DeviceList;
  links: string[];
}

/** A picture's place among the sources of the frame socket, and its size in device pixels. */
export interface DesktopTile {
  source: { type: 'camera' | 'screen'; participant: ParticipantId } | { type: 'self' } | { type: 'preview' };
  size: TileSize;
}
