import { afterEach, describe, expect, it, vi } from 'vitest';

import type { DeviceList } from '../src/engine/devices';
import { PageDevices } from '../src/engine/browser/media/list';
import { pickerView } from '../src/lobby/devices';

const nameless = () => ({ videoinput: 'Camera', audioinput: 'Microphone', audiooutput: 'Speaker' });

afterEach(() => void vi.unstubAllGlobals());

type Listed = readonly [kind: MediaDeviceKind, deviceId: string, label: string];

async function listed(found: readonly Listed[], others: object = {}): Promise<DeviceList> {
  const enumerateDevices = async () => found.map(([kind, deviceId, label]) => ({ kind, deviceId, label }));
  vi.stubGlobal('navigator', { mediaDevices: { addEventListener() {}, enumerateDevices, ...others } });
  const devices = new PageDevices(nameless);
  await devices.look();
  return devices.list.get();
}

describe('devices that nobody has chosen yet', () => {
  it('are those that the system has chosen, and no earpiece of a telephone', async () => {
    const { microphones, speakers } = await listed([
      ['audioinput', 'default', 'Default'],
      ['audioinput', 'a', 'Headset earpiece'],
      ['audioinput', 'b', 'Speakerphone'],
      ['audiooutput', 'default', ''],
    ]);
    expect(microphones).toEqual([
      { choice: 'device', name: 'Default' },
      { choice: 'device:a', name: 'Headset earpiece' },
      { choice: 'device:b', name: 'Speakerphone' },
    ]);
    expect(speakers).toEqual([{ choice: 'device', name: 'Speaker' }]);
    expect(pickerView('known', microphones, null, undefined).value).toBe('device');
    expect(pickerView('known', microphones, 'device:b', undefined).value).toBe('device:b');
  });

  it('are the system’s speaker and the first camera, and none is listed twice', async () => {
    const { cameras, microphones, speakers } = await listed([
      ['videoinput', 'c', 'Desk camera'],
      ['videoinput', 'd', 'Door camera'],
      ['audioinput', 'default', 'Default - Array'],
      ['audioinput', 'communications', 'Communications - Headset'],
      ['audioinput', 'a', 'Array'],
      ['audiooutput', 'a', 'Headphones'],
      ['audiooutput', 'default', 'Default - Headphones'],
      ['audiooutput', 'communications', 'Communications - Headphones'],
    ]);
    expect(cameras.map(({ choice }) => choice)).toEqual(['device:c', 'device:d']);
    expect(microphones.map(({ name }) => name)).toEqual(['Default - Array', 'Array']);
    expect(speakers).toEqual([
      { choice: 'device', name: 'Default - Headphones' },
      { choice: 'device:a', name: 'Headphones' },
    ]);
  });

  it('are the system’s speaker too where the browser lists no such one', async () => {
    const mac: Listed[] = [
      ['audioinput', 'a', 'Array'],
      ['audiooutput', 'b', 'Display'],
    ];
    const { microphones, speakers } = await listed(mac);
    expect(microphones).toEqual([{ choice: 'device:a', name: 'Array' }]);
    expect(speakers).toEqual([
      { choice: 'device', name: 'Speaker' },
      { choice: 'device:b', name: 'Display' },
    ]);
  });

  it('have one name a kind before a page may know them, and a speaker that a browser keeps back is the system’s', async () => {
    const unnamed = await listed([
      ['audioinput', '', ''],
      ['audiooutput', '', ''],
    ]);
    expect(unnamed.microphones).toEqual([{ choice: 'device', name: 'Microphone' }]);
    expect(unnamed.speakers).toEqual([{ choice: 'device', name: 'Speaker' }]);
    expect((await listed([])).speakers).toEqual([]);
    expect((await listed([], { selectAudioOutput() {} })).speakers).toHaveLength(1);
  });
});

describe('who follows the devices', () => {
  it('is told at each look, also of the same list, and not of one that could not be had', async () => {
    const answers = [['a'], ['a'], null, []];
    const enumerateDevices = async () => {
      const ids = answers.shift();
      if (!ids) throw new DOMException('not now', 'InvalidStateError');
      return ids.map((deviceId) => ({ kind: 'audioinput', deviceId, label: deviceId }));
    };
    vi.stubGlobal('navigator', { mediaDevices: { addEventListener() {}, enumerateDevices } });
    const devices = new PageDevices(nameless);
    const heard: number[] = [];
    let changes = 0;
    devices.looked.listen(({ microphones }) => heard.push(microphones.length));
    devices.list.subscribe(() => (changes += 1));
    while (answers.length > 0) await devices.look();
    expect(heard).toEqual([1, 1, 0]);
    // Before the first look, and for each other list.
    expect(changes).toBe(3);
  });
});
