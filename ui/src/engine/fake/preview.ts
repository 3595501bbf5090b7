import type { ChosenDevices, Preview, PreviewState } from '../devices';
import { writable } from '../store';
import { SETTINGS } from './memory';
import type { Scene } from './scene';

/** Devices that open at once, except one that another app has. */
export class FakePreview implements Preview {
  readonly state = writable<PreviewState>({ level: 0, cameraLive: false, faults: {} });
  #microphone = false;

  constructor(
    private readonly scene: Scene,
    private readonly asked: (call: string, what: unknown) => void,
  ) {}

  open({ camera, microphone }: ChosenDevices): void {
    this.asked('openPreview', { camera, microphone });
    this.#microphone = microphone !== null;
    if (this.scene.name === 'lobby-denied') {
      const fault = 'permissionDenied';
      this.state.set({ level: 0, cameraLive: false, faults: { camera: fault, microphone: fault } });
      return;
    }
    const busy = this.scene.name === 'lobby-camera-busy' && camera === SETTINGS.camera;
    this.state.set({
      level: 0,
      cameraLive: camera !== null && !busy,
      faults: busy ? { camera: 'busy' } : {},
    });
  }

  testSpeaker(): void {
    this.asked('testSpeaker', null);
  }

  close(): void {
    this.#microphone = false;
    this.state.set({ level: 0, cameraLive: false, faults: {} });
  }

  hear(level: number): void {
    this.state.update((state) => ({ ...state, level: this.#microphone ? level : 0 }));
  }
}
