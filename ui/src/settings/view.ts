import { type Abilities, type OwnMedia, ownMediaOf } from '../engine/abilities';
import type { Device, DeviceList, PreviewState } from '../engine/devices';
import type { GlobalKeysError } from '../engine/engine';
import type { PictureSource } from '../engine/pictures';
import type { Settings } from '../engine/settings';
import { type DeviceRow, deviceRows, type FailedChoice, type Failures } from '../lobby/devices';
import type { DeviceKind, DeviceState, RoomSnapshot } from '../protocol';

/** Devices of one kind, and what is the matter with the one in use. */
export interface DeviceSetting {
  readonly rows: readonly DeviceRow[];
  readonly list: DeviceList['state'];
}

export interface SettingsView {
  readonly settings: Settings;
  readonly abilities: Abilities;
  readonly media: OwnMedia;
  readonly camera: DeviceSetting;
  readonly microphone: DeviceSetting;
  readonly speaker: DeviceSetting;
  readonly level: number;
  /** What the camera's preview shows; `null` while the camera is off. */
  readonly preview: PictureSource | null;
  readonly globalKeysError: GlobalKeysError | null;
}

/** What the settings are made of, besides the settings. */
export interface SettingsContext {
  readonly abilities: Abilities;
  readonly devices: DeviceList;
  readonly preview: PreviewState;
  readonly room: RoomSnapshot | null;
  /** Of this participant's voice, in a call. */
  readonly level: number;
  readonly failed: Failures;
  readonly globalKeysError: GlobalKeysError | null;
}

export function settingsView(settings: Settings, context: SettingsContext): SettingsView {
  const { abilities, devices, preview, room, level, failed, globalKeysError } = context;
  const setting = (kind: DeviceKind, list: readonly Device[]): DeviceSetting => ({
    rows: deviceRows(list, room?.me[kind] ?? beforeCall(kind, list), faultOf(kind)),
    list: devices.state,
  });
  const beforeCall = (kind: DeviceKind, list: readonly Device[]): DeviceState => {
    const chosen = list.find(({ choice }) => choice === settings[kind]) ?? list[0];
    return { active: chosen?.choice ?? null, fault: null, requested: null };
  };
  const faultOf = (kind: DeviceKind): FailedChoice | undefined => {
    const fault = preview.faults[kind];
    const device = settings[kind];
    if (room || !fault || device === null) return failed[kind];
    return { device, fault };
  };
  const inCall: PictureSource | null = room?.me.camera.active ? { type: 'self' } : null;
  const before: PictureSource | null = preview.cameraLive ? { type: 'preview' } : null;
  return {
    settings,
    abilities,
    media: ownMediaOf(abilities),
    camera: setting('camera', devices.cameras),
    microphone: setting('microphone', devices.microphones),
    speaker: setting('speaker', devices.speakers),
    level: room ? level : preview.level,
    preview: room ? inCall : before,
    globalKeysError,
  };
}
