import { type Abilities, type Ability, type OwnMedia, ownMediaOf } from '../engine/abilities';
import type { DeviceList, PreviewState } from '../engine/devices';
import type { Settings } from '../engine/settings';
import { type Limit, limitsOf } from '../guest/view';
import { type PickerView, pickerView } from './devices';

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
  readonly media: OwnMedia;
  readonly speakers: Ability;
  readonly limits: readonly Limit[];
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
  abilities: Abilities,
): LobbyView {
  const { state } = devices;
  const { faults } = preview;
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
    camera: pickerView(state, devices.cameras, settings.camera, faults.camera),
    microphone: pickerView(state, devices.microphones, settings.microphone, faults.microphone),
    speaker: pickerView(state, devices.speakers, settings.speaker, faults.speaker),
    media: ownMediaOf(abilities),
    speakers: abilities.speakers,
    limits: limitsOf(abilities),
  };
}
