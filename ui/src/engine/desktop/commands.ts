import { Channel, invoke } from '@tauri-apps/api/core';

import type { DeviceChoice, Intent } from '../../protocol';
import type { Result } from '../engine';
import type {
  AppEvent,
  CallEvent,
  CreatedRoom,
  DeviceError,
  DeviceList,
  DispatchError,
  GlobalKeyEvent,
  GlobalKeys,
  GlobalKeysError,
  JoinError,
  JoinRequest,
  NearbyRoom,
  NumberedTile,
  Preferences,
  PreviewDevices,
  PreviewEvent,
  RecentRoom,
  RoomError,
  RoomOptions,
  ScreensError,
  SettingsError,
  ShareableScreen,
  SpeakerTestError,
  Start,
  Tile,
  WindowError,
} from './shell';

/** The shell's commands, as `src-tauri/shell/src/commands/mod.rs` lists them. Those that may fail say how. */
export const commands = {
  start: (listener: (event: AppEvent) => void) => invoke<Start>('start', { events: channel(listener) }),
  setPreferences: (preferences: Preferences) =>
    attempt<Preferences, SettingsError>('set_preferences', { preferences }),
  recentRooms: () => invoke<RecentRoom[]>('recent_rooms'),
  forgetRoom: (link: string) => attempt<null, SettingsError>('forget_room', { link }),
  createRoom: (options: RoomOptions) => attempt<CreatedRoom, RoomError>('create_room', { options }),
  createTestRoom: () => attempt<CreatedRoom, RoomError>('create_test_room', {}),
  join: (request: JoinRequest, listener: (event: CallEvent) => void) =>
    attempt<null, JoinError>('join', { request, events: channel(listener) }),
  dispatch: (intent: Intent) => attempt<null, DispatchError>('dispatch', { intent }),
  leave: () => invoke<null>('leave'),
  listDevices: () => invoke<DeviceList>('list_devices'),
  openPreview: (devices: PreviewDevices, listener: (event: PreviewEvent) => void) =>
    attempt<null, DeviceError>('open_preview', { devices, events: channel(listener) }),
  closePreview: () => invoke<null>('close_preview'),
  testSpeaker: (speaker: DeviceChoice | null) => attempt<null, SpeakerTestError>('test_speaker', { speaker }),
  setTiles: (tiles: Tile[]) => invoke<NumberedTile[]>('set_tiles', { tiles }),
  setFullScreen: (fullScreen: boolean) => invoke<null>('set_full_screen', { fullScreen }),
  setCompact: (compact: boolean) => invoke<null>('set_compact', { compact }),
  openDataFolder: () => attempt<null, WindowError>('open_data_folder', {}),
  forgetAllRooms: () => attempt<null, SettingsError>('forget_all_rooms', {}),
  forgetKnownDevices: () => attempt<null, SettingsError>('forget_known_devices', {}),
  setGlobalKeys: (keys: GlobalKeys, listener: (event: GlobalKeyEvent) => void) =>
    attempt<null, GlobalKeysError>('set_global_keys', { keys, events: channel(listener) }),
  listScreens: () => attempt<ShareableScreen[], ScreensError>('list_screens', {}),
  watchNearbyRooms: (listener: (rooms: NearbyRoom[]) => void) =>
    invoke<null>('watch_nearby_rooms', { events: channel(listener) }),
  notify: (text: string) => attempt<null, WindowError>('notify', { text }),
  report: () => invoke<string>('report'),
  restart: () => invoke<null>('restart'),
};

function channel<T>(listener: (event: T) => void): Channel<T> {
  const made = new Channel<T>();
  made.onmessage = listener;
  return made;
}

/** The shell rejects with data of the type that the command's table says. */
async function attempt<T, E>(command: string, parameters: Record<string, unknown>): Promise<Result<T, E>> {
  try {
    return { ok: true, value: await invoke<T>(command, parameters) };
  } catch (error) {
    return { ok: false, error: error as E };
  }
}
