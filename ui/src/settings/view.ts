import type { DeviceList, PreviewState, Settings } from '../engine/engine';
import type { PictureSource } from '../engine/pictures';
import { type PickerView, pickerView } from '../lobby/view';
import type { DeviceState, RoomSnapshot, SoundProcessing } from '../protocol';

/** A device as it is chosen, and what has become of that. */
export interface DeviceSetting extends PickerView {
  readonly opening: boolean;
}

export interface SettingsView {
  readonly settings: Settings;
  readonly camera: DeviceSetting;
  readonly microphone: DeviceSetting;
  readonly speaker: DeviceSetting;
  readonly level: number;
  /** What is done to the microphone's sound; `null` outside a call. */
  readonly processing: SoundProcessing | null;
  /** What the camera's preview shows; `null` while the camera is off. */
  readonly preview: PictureSource | null;
}

export function settingsView(
  settings: Settings,
  devices: DeviceList,
  preview: PreviewState,
  room: RoomSnapshot | null,
  level: number,
): SettingsView {
  const setting = (
    list: DeviceList[keyof DeviceList],
    chosen: string | null,
    state: DeviceState | undefined,
    fault: PickerView['fault'] | undefined,
  ): DeviceSetting => ({
    ...pickerView(list, state?.requested ?? state?.active ?? chosen, fault ?? undefined),
    opening: (state?.requested ?? null) !== null,
  });
  const { faults, cameraLive } = preview;
  const inCall: PictureSource | null = room?.me.camera.active ? { type: 'self' } : null;
  const before: PictureSource | null = cameraLive ? { type: 'preview' } : null;
  return {
    settings,
    camera: setting(devices.cameras, settings.camera, room?.me.camera, faults.camera),
    microphone: setting(devices.microphones, settings.microphone, room?.me.microphone, faults.microphone),
    speaker: setting(devices.speakers, settings.speaker, room?.me.speaker, faults.speaker),
    level: room ? level : preview.level,
    processing: room?.me.soundProcessing ?? null,
    preview: room ? inCall : before,
  };
}
