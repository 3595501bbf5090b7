import { beforeEach, describe, expect, it, vi } from 'vitest';

import { Drawing } from '../src/engine/desktop/frames/drawing';
import { readMessage } from '../src/engine/desktop/frames/message';
import type { I420Picture, Painter, Surface } from '../src/stage/video/painter';
import { quickest } from '../src/stage/video/trial';

/** A message as the shell writes it: a grey picture of this size for each tile. */
function message(
  ...pictures: { tile: number; sequence?: number; width?: number; height?: number }[]
): ArrayBuffer {
  const parts = pictures.map(({ tile, sequence = 0, width = 4, height = 2 }) => {
    const length = width * height + 2 * Math.ceil(width / 2) * Math.ceil(height / 2);
    const part = new Uint8Array(32 + Math.ceil(length / 4) * 4).fill(128, 32);
    const header = new DataView(part.buffer);
    header.setUint8(0, tile);
    header.setUint32(4, sequence, true);
    header.setUint32(16, width, true);
    header.setUint32(20, height, true);
    header.setUint32(24, length, true);
    return part;
  });
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole.buffer;
}

/** A surface that remembers what was put on it. */
class FakeSurface {
  width = 0;
  height = 0;
  readonly put: string[] = [];
  getContext() {
    return {
      putImageData: (image: { width: number; height: number }) =>
        this.put.push(`${image.width}x${image.height}`),
    };
  }
}

class FakeImage {
  readonly data: Uint8ClampedArray;
  constructor(
    readonly width: number,
    readonly height: number,
  ) {
    this.data = new Uint8ClampedArray(width * height * 4);
  }
}

beforeEach(() => {
  // No worker and no WebGL here.
  vi.stubGlobal('ImageData', FakeImage);
  vi.stubGlobal(
    'OffscreenCanvas',
    class {
      getContext = () => null;
    },
  );
  return () => vi.unstubAllGlobals();
});

describe('a message of the shell', () => {
  it('has all its pictures read', () => {
    const pictures = readMessage(message({ tile: 1, sequence: 9, width: 3, height: 3 }, { tile: 2 }));
    expect(pictures.map(({ tile, sequence, width, bytes }) => [tile, sequence, width, bytes.length])).toEqual(
      [
        [1, 9, 3, 17],
        [2, 0, 4, 12],
      ],
    );
  });

  it('that is cut short, or of another form, ends there', () => {
    const whole = message({ tile: 1 }, { tile: 2 });
    expect(readMessage(whole.slice(0, whole.byteLength - 4)).map(({ tile }) => tile)).toEqual([1]);
    new DataView(whole).setUint8(1, 7);
    expect(readMessage(whole)).toEqual([]);
    expect(readMessage(new ArrayBuffer(5))).toEqual([]);
  });
});

describe('drawing', () => {
  const start = () => {
    const acknowledged: number[] = [];
    const first: number[] = [];
    const drawing = new Drawing(
      (tiles) => acknowledged.push(...tiles),
      (place) => first.push(place),
    );
    const surface = () => new FakeSurface() as FakeSurface & Surface;
    return { drawing, acknowledged, first, surface };
  };

  it('puts a source’s pictures in all its places, and acknowledges each once', () => {
    const { drawing, acknowledged, first, surface } = start();
    const [one, other, else_] = [surface(), surface(), surface()];
    drawing.addPlace(1, 'self', one);
    drawing.addPlace(2, 'self', other);
    drawing.addPlace(3, 'preview', else_);
    drawing.setTiles([[5, 'self']]);
    drawing.message(message({ tile: 5 }));
    drawing.message(message({ tile: 5, width: 8, height: 4 }));
    expect([one.put, other.put, else_.put]).toEqual([['4x2', '8x4'], ['4x2', '8x4'], []]);
    expect([one.width, one.height]).toEqual([8, 4]);
    expect(acknowledged).toEqual([5, 5]);
    expect(first).toEqual([1, 2]);
  });

  it('keeps pictures that come before their tile’s number', () => {
    const { drawing, acknowledged, surface } = start();
    const place = surface();
    drawing.addPlace(1, 'self', place);
    drawing.message(message({ tile: 5 }));
    expect([place.put, acknowledged]).toEqual([[], [5]]);
    drawing.setTiles([[5, 'self']]);
    expect([place.put, acknowledged]).toEqual([['4x2'], [5]]);
  });

  it('passes over what is shown no more, and says so', () => {
    const { drawing, acknowledged, surface } = start();
    const place = surface();
    drawing.addPlace(1, 'self', place);
    drawing.setTiles([[5, 'self']]);
    drawing.removePlace(1);
    drawing.message(message({ tile: 5 }));
    drawing.message(message({ tile: 6 }));
    drawing.setTiles([]);
    expect(place.put).toEqual([]);
    expect(acknowledged).toEqual([5, 6]);
  });
});

describe('the painter', () => {
  it('is the one that is quickest on this computer', () => {
    let clock = 0;
    const painter = (name: Painter['name'], ms: number): Painter => ({
      name,
      settings: {},
      paint: () => (clock += ms),
    });
    const picture: I420Picture = { width: 2, height: 2, bytes: new Uint8Array(6) };
    const surface = () => new FakeSurface() as FakeSurface & Surface;
    const best = (...painters: Painter[]) => {
      const context = { getImageData: () => undefined };
      const readable = () => Object.assign(surface(), { getContext: () => context });
      return quickest(painters, picture, readable, () => clock)?.name;
    };
    expect(best(painter('canvas', 2), painter('webgl', 9))).toBe('canvas');
    expect(best(painter('canvas', 9), painter('webgl', 2))).toBe('webgl');
    expect(best()).toBeUndefined();
  });
});
