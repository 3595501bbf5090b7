import type { DeviceChoice, DeviceFault, DeviceKind } from '../protocol';
import type { Store } from './store';

export interface Device {
  readonly choice: DeviceChoice;
  /** As people know it. */
  readonly name: string;
}

export interface DeviceList {
  /** Until it was looked, an empty list says nothing. */
  readonly state: 'looking' | 'known';
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
