import type { DeviceChoice, DeviceFault } from '../../../protocol';
import type { ChosenDevices, Preview, PreviewState } from '../../devices';
import type { CameraSize } from '../../settings';
import { writable } from '../../store';
import { deviceIdOf, openCamera, openMicrophone } from './capture';
import { deviceFaultOf } from './faults';
import { TrackMeter } from './meter';

const NOTHING: PreviewState = { level: 0, cameraLive: false, faults: {} };
const UNPROCESSED = { echoCancellation: 'on', noiseSuppression: 'on', automaticGain: 'on' } as const;
const LEVEL_MS = 100;
/** The speaker's test: a chord that fades, in Hz and s. */
const CHORD_HZ = [440, 554.37, 659.25];
const CHORD_S = 1.2;

/** Devices of a page before a call. */
export class PagePreview implements Preview {
  readonly state = writable<PreviewState>(NOTHING);
  #opened: ChosenDevices = { camera: null, microphone: null };
  #isOpen = false;
  /** What is opened for an earlier choice comes late. */
  #opening = 0;
  #camera: MediaStreamTrack | null = null;
  #microphone: { track: MediaStreamTrack; meter: TrackMeter } | null = null;
  #timer: number | undefined;

  constructor(
    private readonly cameraSize: () => CameraSize,
    private readonly show: (track: MediaStreamTrack | null) => void,
    /** The browser names devices only once one may be used. */
    private readonly onOpened: () => void,
  ) {}

  open(devices: ChosenDevices): void {
    const { camera, microphone } = this.#opened;
    if (this.#isOpen && devices.camera === camera && devices.microphone === microphone) return;
    this.#release();
    this.#isOpen = true;
    this.#opened = devices;
    void this.#open(devices, ++this.#opening);
  }

  testSpeaker(speaker: DeviceChoice | null): void {
    void chord(speaker).catch((error: unknown) => this.#fault('speaker', deviceFaultOf(error)));
  }

  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#opening += 1;
    this.#release();
  }

  /** One after the other, so that the person is asked about one thing at a time. */
  async #open({ camera, microphone }: ChosenDevices, opening: number): Promise<void> {
    if (camera !== null) {
      const track = await this.#tried('camera', opening, openCamera(camera, this.cameraSize()));
      if (track) this.#useCamera(track);
    }
    if (microphone !== null && opening === this.#opening) {
      const track = await this.#tried('microphone', opening, openMicrophone(microphone, UNPROCESSED));
      if (track) this.#useMicrophone(track);
    }
  }

  async #tried(
    kind: 'camera' | 'microphone',
    opening: number,
    opened: Promise<MediaStreamTrack>,
  ): Promise<MediaStreamTrack | null> {
    try {
      const track = await opened;
      this.onOpened();
      if (opening === this.#opening) return track;
      track.stop();
    } catch (error) {
      if (opening === this.#opening) this.#fault(kind, deviceFaultOf(error));
    }
    return null;
  }

  #useCamera(track: MediaStreamTrack): void {
    this.#camera = track;
    track.onended = () => {
      this.show(null);
      this.state.update((state) => ({ ...state, cameraLive: false }));
      this.#fault('camera', 'unplugged');
    };
    this.show(track);
    this.state.update((state) => ({ ...state, cameraLive: true }));
  }

  #useMicrophone(track: MediaStreamTrack): void {
    const meter = new TrackMeter(track);
    this.#microphone = { track, meter };
    track.onended = () => this.#fault('microphone', 'unplugged');
    this.#timer = window.setInterval(
      () => this.state.update((state) => ({ ...state, level: meter.level })),
      LEVEL_MS,
    );
  }

  #fault(kind: 'camera' | 'microphone' | 'speaker', fault: DeviceFault): void {
    this.state.update((state) => ({ ...state, faults: { ...state.faults, [kind]: fault } }));
  }

  #release(): void {
    clearInterval(this.#timer);
    for (const track of [this.#camera, this.#microphone?.track]) {
      if (!track) continue;
      track.onended = null;
      track.stop();
    }
    this.#microphone?.meter.end();
    this.#camera = null;
    this.#microphone = null;
    this.show(null);
    this.state.set(NOTHING);
  }
}

async function chord(speaker: DeviceChoice | null): Promise<void> {
  const context = new AudioContext();
  const destination = context.createMediaStreamDestination();
  const volume = context.createGain();
  volume.gain.setValueAtTime(0.2, context.currentTime);
  volume.gain.exponentialRampToValueAtTime(0.001, context.currentTime + CHORD_S);
  volume.connect(destination);
  for (const frequency of CHORD_HZ) {
    const tone = new OscillatorNode(context, { frequency });
    tone.connect(volume);
    tone.start();
    tone.stop(context.currentTime + CHORD_S);
  }
  const element = new Audio();
  element.srcObject = destination.stream;
  const id = speaker === null ? null : deviceIdOf(speaker);
  if (id !== null && 'setSinkId' in element) await element.setSinkId(id);
  await element.play();
  setTimeout(() => void context.close(), CHORD_S * 1_000);
}
