import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { SoundOutput } from '../src/engine/browser/media/output';
import { Speaker } from '../src/engine/browser/media/speaker';

const settled = () => new Promise((resolve) => setTimeout(resolve));
const missing = () => new DOMException('gone', 'NotFoundError');

/** A speaker on a computer where some devices are plugged in, and all that was told of it. */
function speakerWith(plugged: Set<string>) {
  const told: string[] = [];
  const used: string[] = [];
  const use = async (choice: string) => {
    if (choice !== 'device' && !plugged.has(choice)) throw missing();
    used.push(choice);
  };
  const speaker = new Speaker(use, {
    ready: (generation) => told.push(`ready ${generation}`),
    refused: (generation, fault) => told.push(`refused ${generation} ${fault}`),
    fault: (device, fault) => told.push(`${device} ${fault}`),
    recovered: (device) => told.push(`${device} recovered`),
  });
  const look = () => speaker.look((choice) => plugged.has(choice));
  return { speaker, look, told, used };
}

describe('the speaker of a guest', () => {
  it('that is pulled out gives way to the system’s, and is used again once it is back', async () => {
    const plugged = new Set(['device:headset']);
    const { speaker, look, told, used } = speakerWith(plugged);
    speaker.select('device:headset', 1);
    look();
    await settled();
    expect(told).toEqual(['ready 1']);
    plugged.clear();
    look();
    look();
    await settled();
    expect(told.slice(1)).toEqual(['device:headset unplugged']);
    plugged.add('device:headset');
    look();
    look();
    await settled();
    expect(told.slice(2)).toEqual(['device:headset recovered']);
    expect(used).toEqual(['device:headset', 'device', 'device:headset']);
  });

  it('that is listed again before it can be used is tried at the next look', async () => {
    const plugged = new Set(['device:headset']);
    const { speaker, look, told } = speakerWith(plugged);
    speaker.select('device:headset', 1);
    await settled();
    plugged.clear();
    look();
    speaker.look(() => true);
    await settled();
    expect(told).toEqual(['ready 1', 'device:headset unplugged']);
    plugged.add('device:headset');
    look();
    await settled();
    expect(told.at(-1)).toBe('device:headset recovered');
  });

  it('is the one that was asked for last, whatever goes meanwhile', async () => {
    const plugged = new Set(['device:headset', 'device:monitor']);
    const { speaker, look, told, used } = speakerWith(plugged);
    speaker.select('device:headset', 1);
    await settled();
    speaker.select('device:monitor', 2);
    plugged.delete('device:headset');
    look();
    await settled();
    expect(told).toEqual(['ready 1', 'ready 2']);
    expect(used.at(-1)).toBe('device:monitor');
  });

  it('that can’t be had leaves the former one, which is still watched', async () => {
    const plugged = new Set(['device:headset']);
    const { speaker, look, told } = speakerWith(plugged);
    speaker.select('device:headset', 1);
    speaker.select('device:monitor', 2);
    await settled();
    plugged.clear();
    look();
    await settled();
    expect(told).toEqual(['ready 1', 'refused 2 notFound', 'device:headset unplugged']);
  });

  it('of the system is nowhere to be pulled out from', async () => {
    const { speaker, told } = speakerWith(new Set());
    speaker.select('device', 1);
    speaker.look(() => false);
    speaker.select(null, 2);
    await settled();
    expect(told).toEqual(['ready 1', 'ready 2']);
  });
});

describe('what a guest hears', () => {
  const sinks = new Set(['', 'headset']);
  const voices: FakeAudio[] = [];

  class FakeAudio {
    sink = '';
    readonly dataset: Record<string, string> = {};
    volume = 1;
    muted = false;
    paused = false;
    srcObject: unknown = null;
    async setSinkId(id: string) {
      if (!sinks.has(id)) throw missing();
      this.sink = id;
    }
    remove() {}
  }

  class FakeStream {
    constructor(readonly tracks: unknown[]) {}
  }

  beforeEach(() => {
    voices.length = 0;
    const listener = { addEventListener() {}, removeEventListener() {} };
    vi.stubGlobal('window', listener);
    vi.stubGlobal('document', { ...listener, body: { append: (voice: FakeAudio) => voices.push(voice) } });
    vi.stubGlobal('MediaStream', FakeStream);
    vi.stubGlobal('HTMLMediaElement', FakeAudio);
    vi.stubGlobal('Audio', FakeAudio);
  });
  afterEach(() => void vi.unstubAllGlobals());

  const track = {} as MediaStreamTrack;
  const heardFrom = () => voices.map(({ sink }) => sink);

  it('comes from the chosen speaker, whoever spoke before', async () => {
    const output = new SoundOutput();
    output.play('ada', 'microphone', track);
    await output.select('device:headset');
    output.play('bob', 'microphone', track);
    expect(heardFrom()).toEqual(['headset', 'headset']);
    await output.select('device');
    expect(heardFrom()).toEqual(['', '']);
  });

  it('comes from the former speaker if another can’t be had, and that is known while nobody speaks', async () => {
    const output = new SoundOutput();
    await output.select('device:headset');
    await expect(output.select('device:monitor')).rejects.toThrow('gone');
    output.play('ada', 'microphone', track);
    expect(heardFrom()).toEqual(['headset']);
  });
});
