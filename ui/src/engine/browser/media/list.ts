import type { Device, DeviceList } from '../../devices';
import { type Emitter, emitter, type WritableStore, writable } from '../../store';
import { choiceOf, DEFAULT_CHOICE } from './capture';

const LOOKING: DeviceList = { state: 'looking', cameras: [], microphones: [], speakers: [] };

/** The ids by which Chromium lists what the system has chosen, for all or for calls, besides the device itself. */
const SYSTEM_ID = 'default';
const ALIASES = [SYSTEM_ID, 'communications'];

/** What is plugged in, as the browser tells. */
export class PageDevices {
  readonly list: WritableStore<DeviceList> = writable(LOOKING);
  /** What was found each time, be it as before. */
  readonly looked: Emitter<DeviceList> = emitter();

  constructor(private readonly nameless: () => Readonly<Record<MediaDeviceKind, string>>) {
    const { mediaDevices } = navigator as { mediaDevices?: MediaDevices };
    mediaDevices?.addEventListener('devicechange', () => void this.look());
    void this.look();
  }

  async look(): Promise<void> {
    const { mediaDevices } = navigator as { mediaDevices?: MediaDevices };
    const answer = mediaDevices ? await mediaDevices.enumerateDevices().catch(() => null) : [];
    // A browser that doesn't answer doesn't say that everything is gone.
    if (answer === null && this.list.get().state === 'known') return;
    const found = answer ?? [];
    const list: DeviceList = {
      state: 'known',
      cameras: this.#of('videoinput', found),
      microphones: this.#microphones(found),
      speakers: this.#speakers(found),
    };
    if (JSON.stringify(list) !== JSON.stringify(this.list.get())) this.list.set(list);
    this.looked.emit(list);
  }

  /** The system's choice is first, and so is used until a person chooses: the next one of a telephone is its earpiece. */
  #microphones(found: MediaDeviceInfo[]): Device[] {
    const microphones = this.#of('audioinput', found);
    const system = found.find(({ kind, deviceId }) => kind === 'audioinput' && deviceId === SYSTEM_ID);
    return system ? [this.#system(system), ...microphones] : microphones;
  }

  /**
   * The system's is first. Firefox tells of speakers only once a person has chosen one in a list of its own, and no browser
   * does to a page without TLS: sound comes from the system's.
   */
  #speakers(found: MediaDeviceInfo[]): Device[] {
    const speakers = this.#of('audiooutput', found).filter(({ choice }) => choice !== DEFAULT_CHOICE);
    const system = found.find(
      ({ kind, deviceId }) => kind === 'audiooutput' && ['', SYSTEM_ID].includes(deviceId),
    );
    const { mediaDevices } = navigator as { mediaDevices?: MediaDevices };
    const keepsThemBack = mediaDevices === undefined || 'selectAudioOutput' in mediaDevices;
    if (speakers.length === 0 && !system && !keepsThemBack) return [];
    return [this.#system(system ?? { kind: 'audiooutput', label: '' }), ...speakers];
  }

  #system({ kind, label }: Pick<MediaDeviceInfo, 'kind' | 'label'>): Device {
    return { choice: DEFAULT_CHOICE, name: label === '' ? this.nameless()[kind] : label };
  }

  #of(kind: MediaDeviceKind, found: MediaDeviceInfo[]): Device[] {
    return found
      .filter((device) => device.kind === kind && !ALIASES.includes(device.deviceId))
      .map(({ deviceId, label }) => ({
        choice: choiceOf(deviceId),
        name: label === '' ? this.nameless()[kind] : label,
      }));
  }
}
