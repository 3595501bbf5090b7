import type { DeviceList, PreviewState, Settings } from '../engine/engine';
import type { Device } from '../engine/engine';
import type { DeviceChoice, DeviceFault } from '../protocol';

export interface PickerView {
  /** The chosen device's text form; empty when there is none. */
  readonly value: string;
  readonly options: readonly { value: string; text: string }[];
  readonly fault: DeviceFault | null;
}

export interface LobbyView {
  readonly server: string;
  /** The room was made here just now. */
  readonly created: boolean;
  /** The room was made with a password, which is known. */
  readonly password: string | null;
  readonly name: string;
  readonly cameraOn: boolean;
  readonly cameraLive: boolean;
  readonly microphoneOn: boolean;
  readonly level: number;
  readonly mirrored: boolean;
  readonly camera: PickerView;
  readonly microphone: PickerView;
  readonly speaker: PickerView;
}

interface Entry {
  readonly server: string;
  readonly created: boolean;
  readonly password: string | null;
}

export function lobbyView(
  entry: Entry,
  settings: Settings,
  devices: DeviceList,
  preview: PreviewState,
): LobbyView {
  return {
    server: entry.server,
    created: entry.created,
    password: entry.password,
    name: settings.name,
    cameraOn: settings.cameraOn,
    cameraLive: preview.cameraLive,
    microphoneOn: settings.microphoneOn,
    level: preview.level,
    mirrored: settings.mirrorSelf,
    camera: pickerView(devices.cameras, settings.camera, preview.faults.camera),
    microphone: pickerView(devices.microphones, settings.microphone, preview.faults.microphone),
    speaker: pickerView(devices.speakers, settings.speaker, preview.faults.speaker),
  };
}

export function pickerView(
  devices: readonly Device[],
  chosen: DeviceChoice | null,
  fault: DeviceFault | undefined,
): PickerView {
  const options = devices.map(({ choice, name }) => ({ value: choice, text: name }));
  // A device that was chosen and is gone now is taken again when it is back; until then the first one serves.
  const there = options.some(({ value }) => value === chosen);
  return { value: (there ? chosen : options[0]?.value) ?? '', options, fault: fault ?? null };
}
