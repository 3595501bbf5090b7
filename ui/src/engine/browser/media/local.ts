import type {
  DeviceChoice,
  DeviceFault,
  DeviceKind,
  ScreenChoice,
  ScreenFault,
  SoundProcessing,
} from '../../../protocol';
import type { CameraSize } from '../../settings';
import type { Line } from '../link/lines';
import type { PictureSize } from '../link/sending';
import { openCamera, openMicrophone, openScreen } from './capture';
import { CaptureDevice } from './device';
import { screenFaultOf } from './faults';

/** What a call is told of this end's devices and screens. */
export interface LocalEnds {
  ready(kind: DeviceKind, generation: number): void;
  refused(kind: DeviceKind, generation: number, fault: DeviceFault): void;
  fault(kind: DeviceKind, device: DeviceChoice, fault: DeviceFault): void;
  recovered(kind: DeviceKind, device: DeviceChoice): void;
  sharingReady(generation: number): void;
  sharingRefused(generation: number, fault: ScreenFault): void;
  sharingEnded(screen: ScreenChoice, fault: ScreenFault): void;
}

/** What this end sends: the same tracks to everybody. */
export class LocalMedia {
  readonly #camera: CaptureDevice;
  readonly #microphone: CaptureDevice;
  readonly #followers = new Set<(line: Line) => void>();
  #processing: SoundProcessing;
  #muted: boolean;
  #screen: { choice: ScreenChoice; stream: MediaStream } | null = null;
  #sharing = 0;
  readonly #sizes = new Map<Line, string>();

  constructor(
    start: { processing: SoundProcessing; muted: boolean },
    cameraSize: () => CameraSize,
    private readonly ends: LocalEnds,
  ) {
    this.#processing = start.processing;
    this.#muted = start.muted;
    const told = (kind: 'camera' | 'microphone') => ({
      ready: (generation: number) => ends.ready(kind, generation),
      refused: (generation: number, fault: DeviceFault) => ends.refused(kind, generation, fault),
      fault: (device: DeviceChoice, fault: DeviceFault) => ends.fault(kind, device, fault),
      recovered: (device: DeviceChoice) => ends.recovered(kind, device),
    });
    this.#camera = new CaptureDevice('camera', (choice) => openCamera(choice, cameraSize()), {
      ...told('camera'),
      changed: () => this.#changed('camera'),
    });
    this.#microphone = new CaptureDevice('microphone', (choice) => openMicrophone(choice, this.#processing), {
      ...told('microphone'),
      changed: (track) => {
        if (track) track.enabled = !this.#muted;
        this.#changed('microphone');
      },
    });
  }

  /** What goes out on a line. */
  trackOf(line: Line): MediaStreamTrack | null {
    switch (line) {
      case 'camera':
        return this.#camera.track;
      case 'microphone':
        return this.#microphone.track;
      case 'screen':
        return this.#screen?.stream.getVideoTracks()[0] ?? null;
      case 'screenSound':
        return this.#screen?.stream.getAudioTracks()[0] ?? null;
    }
  }

  /** How large the pictures of a line are as they are captured. */
  sizeOf(line: Line): PictureSize | null {
    const { width, height } = this.trackOf(line)?.getSettings() ?? {};
    return width && height ? { width, height } : null;
  }

  /** Looks whether pictures are captured in another size: a telephone was turned, a window that is shared was resized. */
  lookAtSizes(): void {
    for (const line of ['camera', 'screen'] as const) {
      const size = JSON.stringify(this.sizeOf(line));
      if (this.#sizes.get(line) === size) continue;
      this.#sizes.set(line, size);
      this.#changed(line);
    }
  }

  /** Calls the listener when another track goes out on a line, or pictures of another size. */
  follow(listener: (line: Line) => void): () => void {
    this.#followers.add(listener);
    return () => this.#followers.delete(listener);
  }

  select(kind: 'camera' | 'microphone', choice: DeviceChoice | null, generation: number): void {
    void (kind === 'camera' ? this.#camera : this.#microphone).select(choice, generation);
  }

  mute(muted: boolean): void {
    this.#muted = muted;
    const { track } = this.#microphone;
    if (track) track.enabled = !muted;
  }

  processSound(processing: SoundProcessing): void {
    if (JSON.stringify(processing) === JSON.stringify(this.#processing)) return;
    this.#processing = processing;
    void this.#microphone.reopen();
  }

  /** The browser asks the person what to share; it has to be called while a click is being handled. */
  async share(choice: ScreenChoice | null, generation: number): Promise<void> {
    this.#sharing = generation;
    if (choice === null) {
      this.#show(null);
      this.ends.sharingReady(generation);
      return;
    }
    let stream: MediaStream;
    try {
      stream = await openScreen();
    } catch (error) {
      if (generation === this.#sharing) this.ends.sharingRefused(generation, screenFaultOf(error));
      return;
    }
    if (generation !== this.#sharing) {
      for (const track of stream.getTracks()) track.stop();
      return;
    }
    this.#show({ choice, stream });
    this.ends.sharingReady(generation);
  }

  /** Devices came or went. */
  look(present: (kind: 'camera' | 'microphone', choice: DeviceChoice) => boolean): void {
    this.#camera.look((choice) => present('camera', choice));
    this.#microphone.look((choice) => present('microphone', choice));
  }

  close(): void {
    this.#camera.close();
    this.#microphone.close();
    this.#sharing = -1;
    this.#show(null);
    this.#followers.clear();
  }

  #show(screen: { choice: ScreenChoice; stream: MediaStream } | null): void {
    const former = this.#screen;
    this.#screen = screen;
    const [picture] = screen?.stream.getVideoTracks() ?? [];
    if (screen && picture) {
      // Text is to stay sharp: fewer pictures rather than blurred ones.
      picture.contentHint = 'text';
      picture.onended = () => {
        if (this.#screen !== screen) return;
        this.#show(null);
        this.ends.sharingEnded(screen.choice, 'closed');
      };
    }
    this.#changed('screen');
    this.#changed('screenSound');
    for (const track of former?.stream.getTracks() ?? []) {
      track.onended = null;
      track.stop();
    }
  }

  #changed(line: Line): void {
    for (const follower of this.#followers) follower(line);
  }
}
