import type { DeviceChoice } from '../../protocol';
import type { ChosenDevices, Preview, PreviewState } from '../devices';
import { writable } from '../store';
import { commands } from './commands';
import type { PreviewEvent } from './shell';

const NOTHING: PreviewState = { level: 0, cameraLive: false, faults: {} };

/** The shell's preview. Orders go to it one after the other: of two under way the earlier might come last. */
export class ShellPreview implements Preview {
  readonly state = writable<PreviewState>(NOTHING);
  #orders: Promise<unknown> = Promise.resolve();
  #opened: ChosenDevices = { camera: null, microphone: null };
  #isOpen = false;
  /** Which opening events are of: those of a former one come late. */
  #opening = 0;

  constructor(private readonly sized: (camera: DeviceChoice | null) => DeviceChoice | null) {}

  open(chosen: ChosenDevices): void {
    const devices = { ...chosen, camera: this.sized(chosen.camera) };
    const same = devices.camera === this.#opened.camera && devices.microphone === this.#opened.microphone;
    if (this.#isOpen && same) return;
    this.#isOpen = true;
    this.#opened = devices;
    const opening = ++this.#opening;
    this.state.set(NOTHING);
    this.#inTurn(async () => {
      const opened = await commands.openPreview(devices, (event) => {
        if (opening === this.#opening) this.#hear(event);
      });
      if (opened.ok || opening !== this.#opening) return;
      // No device that can be chosen: one that another version of the app left in the settings.
      this.state.update((state) => ({ ...state, faults: { camera: 'notFound' } }));
    });
  }

  testSpeaker(speaker: DeviceChoice | null): void {
    const faultWith = (fault: PreviewState['faults']) =>
      this.state.update((state) => ({ ...state, faults: { ...state.faults, ...fault } }));
    void commands.testSpeaker(speaker).then((played) => {
      if (!played.ok) faultWith({ speaker: played.error.kind === 'fault' ? played.error.fault : 'notFound' });
    });
  }

  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#opening += 1;
    this.state.set(NOTHING);
    this.#inTurn(() => commands.closePreview());
  }

  /** Resolves once all that was asked for so far is done: then what was let go is free. */
  async settled(): Promise<void> {
    await this.#orders.catch(() => undefined);
  }

  #inTurn(order: () => Promise<unknown>): void {
    // One that fails keeps none from its turn.
    this.#orders = this.#orders.then(order, order);
  }

  #hear(event: PreviewEvent): void {
    this.state.update((state) => {
      switch (event.type) {
        case 'level':
          return { ...state, level: event.level };
        case 'live': {
          const faults = Object.fromEntries(
            Object.entries(state.faults).filter(([kind]) => kind !== event.kind),
          );
          return { ...state, faults, cameraLive: state.cameraLive || event.kind === 'camera' };
        }
        case 'fault': {
          const faults = { ...state.faults, [event.kind]: event.fault };
          return { ...state, faults, cameraLive: state.cameraLive && event.kind !== 'camera' };
        }
      }
    });
  }
}
