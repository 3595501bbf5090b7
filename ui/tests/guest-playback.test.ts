import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { SoundOutput } from '../src/engine/browser/media/output';
import { VideoPictures } from '../src/engine/browser/pictures';

/** A browser that plays nothing before somebody has done something, as it counts that. */
let mayPlay = false;

class FakeMedia {
  readonly dataset: Record<string, string> = {};
  paused = true;
  plays = 0;
  volume = 1;
  muted = false;
  srcObject: unknown = null;
  async play() {
    this.plays += 1;
    if (!mayPlay) throw new DOMException('not yet', 'NotAllowedError');
    this.paused = false;
  }
  remove() {}
}

class FakeStream {
  constructor(readonly tracks: unknown[]) {}
}

class FakeDocument extends EventTarget {
  readonly body = { append: (element: FakeMedia) => elements.push(element) };
  createElement() {
    return new FakeMedia();
  }
}

const elements: FakeMedia[] = [];
const track = {} as MediaStreamTrack;
const nothing = () => undefined;
const place = { append: nothing } as unknown as HTMLElement;
const settled = () => new Promise((resolve) => setTimeout(resolve));

beforeEach(() => {
  mayPlay = false;
  elements.length = 0;
  vi.stubGlobal('window', new EventTarget());
  vi.stubGlobal('document', new FakeDocument());
  vi.stubGlobal('MediaStream', FakeStream);
  vi.stubGlobal('HTMLMediaElement', FakeMedia);
  vi.stubGlobal('Audio', FakeMedia);
});
afterEach(() => void vi.unstubAllGlobals());

async function touch(event: string): Promise<void> {
  window.dispatchEvent(new Event(event));
  await settled();
}

function pictures(): { shown: VideoPictures; video: FakeMedia } {
  const video = new FakeMedia();
  vi.spyOn(document, 'createElement').mockReturnValue(video as unknown as HTMLElement);
  const shown = new VideoPictures(nothing);
  shown.show({ type: 'self' }, place, nothing);
  return { shown, video };
}

describe('what a browser would not play', () => {
  it('is played once a finger is lifted, which is when it counts', async () => {
    const output = new SoundOutput();
    output.play('ada', 'microphone', track);
    await touch('pointerdown');
    mayPlay = true;
    expect(elements.map(({ paused }) => paused)).toEqual([true]);
    await touch('pointerup');
    expect(elements.map(({ paused }) => paused)).toEqual([false]);
  });

  it.each(['pointerdown', 'pointerup', 'touchend', 'click', 'keydown'])('is tried at a %s', async (event) => {
    const output = new SoundOutput();
    const { shown, video } = pictures();
    output.play('ada', 'microphone', track);
    shown.set({ type: 'self' }, track);
    await settled();
    mayPlay = true;
    await touch(event);
    expect([elements[0]?.paused, video.paused]).toEqual([false, false]);
    await touch(event);
    expect([elements[0]?.plays, video.plays]).toEqual([2, 2]);
  });

  it('is not tried where there is no picture, nor after the call', async () => {
    const output = new SoundOutput();
    const { video } = pictures();
    output.close();
    output.play('ada', 'microphone', track);
    await settled();
    await touch('click');
    expect([elements[0]?.plays, video.plays]).toEqual([1, 0]);
  });
});
