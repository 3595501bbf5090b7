import type { DeviceChoice, SoundProcessing } from '../../../protocol';
import type { CameraSize } from '../../settings';

/** The system's default, and what a device's choice begins with: the rest is the browser's id of it. */
/** Whatever the system has first. */
export const DEFAULT_CHOICE = 'device';
const PREFIX = 'device:';

export type CaptureKind = 'camera' | 'microphone';
export type OpenDevice = (choice: DeviceChoice) => Promise<MediaStreamTrack>;

export function choiceOf(deviceId: string): DeviceChoice {
  return deviceId === '' ? DEFAULT_CHOICE : PREFIX + deviceId;
}

export function deviceIdOf(choice: DeviceChoice): string | null {
  return choice.startsWith(PREFIX) ? choice.slice(PREFIX.length) : null;
}

/** Opens a camera. */
export async function openCamera(choice: DeviceChoice, size: CameraSize): Promise<MediaStreamTrack> {
  const [width, height] = size === 'large' ? [1280, 720] : [640, 360];
  const video: MediaTrackConstraints = {
    ...exactly(choice),
    width: { ideal: width },
    height: { ideal: height },
    frameRate: { ideal: 30, max: 30 },
  };
  const stream = await devices().getUserMedia({ video });
  return trackOf(stream.getVideoTracks());
}

/** Opens a microphone. */
export async function openMicrophone(
  choice: DeviceChoice,
  processing: SoundProcessing,
): Promise<MediaStreamTrack> {
  const audio: MediaTrackConstraints = {
    ...exactly(choice),
    echoCancellation: processing.echoCancellation === 'on',
    noiseSuppression: processing.noiseSuppression === 'on',
    autoGainControl: processing.automaticGain === 'on',
  };
  const stream = await devices().getUserMedia({ audio });
  return trackOf(stream.getAudioTracks());
}

/** Not in every browser, nor in TypeScript's types. */
interface OwnSound {
  readonly restrictOwnAudio?: boolean;
}
interface ScreenOptions extends DisplayMediaStreamOptions {
  readonly audio: true | (MediaTrackConstraints & OwnSound);
  readonly systemAudio?: 'exclude';
}

/**
 * A screen that the person picks in the browser's own dialog; with its sound where there is one. What the page itself plays
 * is no part of it: everybody would hear themselves. Where a browser can't keep that apart only tabs have sound.
 */
export function openScreen(): Promise<MediaStream> {
  const supported: MediaTrackSupportedConstraints & OwnSound = devices().getSupportedConstraints();
  const sound: Pick<ScreenOptions, 'audio' | 'systemAudio'> = supported.restrictOwnAudio
    ? { audio: { restrictOwnAudio: true } }
    : { audio: true, systemAudio: 'exclude' };
  const options: ScreenOptions = {
    video: { width: { max: 1920 }, height: { max: 1080 }, frameRate: { max: 15 } },
    ...sound,
  };
  return devices().getDisplayMedia(options);
}

/** Pages without a secure origin have no devices at all. */
export function devices(): MediaDevices {
  const { mediaDevices } = navigator as { mediaDevices?: MediaDevices };
  if (!mediaDevices) throw new DOMException('not a secure context', 'SecurityError');
  return mediaDevices;
}

function exactly(choice: DeviceChoice): MediaTrackConstraints {
  const id = deviceIdOf(choice);
  return id === null ? {} : { deviceId: { exact: id } };
}

function trackOf(tracks: MediaStreamTrack[]): MediaStreamTrack {
  const [track] = tracks;
  if (!track) throw new DOMException('no track', 'NotFoundError');
  return track;
}
