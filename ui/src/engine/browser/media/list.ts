import type { Device, DeviceList } from '../../devices';
import { type WritableStore, writable } from '../../store';
import { choiceOf } from './capture';

const LOOKING: DeviceList = { state: 'looking', cameras: [], microphones: [], speakers: [] };

/** The ids by which Chromium lists what the system has chosen, besides the device itself. */
const ALIASES = ['default', 'communications'];

/** What is plugged in, as the browser tells. */
export class PageDevices {
  readonly list: WritableStore<DeviceList> = writable(LOOKING);

  constructor(private readonly nameless: () => Readonly<Record<MediaDeviceKind, string>>) {
    const { mediaDevices } = navigator as { mediaDevices?: MediaDevices };
    mediaDevices?.addEventListener('devicechange', () => void this.look());
    void this.look();
  }

  async look(): Promise<void> {
    const { mediaDevices } = navigator as { mediaDevices?: MediaDevices };
    const found = (await mediaDevices?.enumerateDevices().catch(() => [])) ?? [];
    const list: DeviceList = {
      state: 'known',
      cameras: this.#of('videoinput', found),
      microphones: this.#of('audioinput', found),
      speakers: this.#speakers(found),
    };
    if (JSON.stringify(list) !== JSON.stringify(this.list.get())) this.list.set(list);
  }

  /**
   * Firefox tells of speakers only once a person has chosen one in a list of its own, and no browser does to a page without
   * TLS: sound comes from the system's.
   */
  #speakers(found: MediaDeviceInfo[]): Device[] {
    const speakers = this.#of('audiooutput', found);
    const { mediaDevices } = navigator as { mediaDevices?: MediaDevices };
    const keepsThemBack = mediaDevices === undefined || 'selectAudioOutput' in mediaDevices;
    if (speakers.length > 0 || !keepsThemBack) return speakers;
    return [{ choice: choiceOf(''), name: this.nameless().audiooutput }];
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
