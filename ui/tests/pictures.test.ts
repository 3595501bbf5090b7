import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { cornerAt, nextCorner, placeInCorner } from '../src/stage/corner';
import { i420Bytes, i420ToRgba } from '../src/stage/video/i420';

const byte = fc.integer({ min: 0, max: 255 });

/** BT.601 in video range, as it is written in the standard. */
function colourOf(y: number, u: number, v: number): number[] {
  const luma = (255 / 219) * (y - 16);
  const red = luma + (255 / 224) * 1.402 * (v - 128);
  const green = luma - (255 / 224) * (0.344136 * (u - 128) + 0.714136 * (v - 128));
  const blue = luma + (255 / 224) * 1.772 * (u - 128);
  return [red, green, blue].map((value) => Math.min(255, Math.max(0, value)));
}

function near(pixel: number, colour: number[]): boolean {
  return colour.every((value, channel) => Math.abs(((pixel >>> (8 * channel)) & 255) - value) <= 1);
}

describe('a decoded picture', () => {
  it.each([
    ['black', 16, 128, 128, [0, 0, 0]],
    ['white', 235, 128, 128, [255, 255, 255]],
    ['red', 82, 90, 240, [255, 0, 0]],
  ])('that is %s is drawn so', (_, y, u, v, colour) => {
    const yuv = new Uint8Array([y, y, y, y, u, v]);
    const pixels = new Int32Array(4);
    i420ToRgba(yuv, 2, 2, pixels);
    for (const rgba of [0, 4, 8, 12].map((at) => new Uint8Array(pixels.buffer, at, 4))) {
      for (let channel = 0; channel < 3; channel++) {
        expect(Math.abs((rgba[channel] ?? 0) - (colour[channel] ?? 0))).toBeLessThanOrEqual(2);
      }
      expect(rgba[3]).toBe(255);
    }
  });

  it('is within its colours, whatever its bytes', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 9 }),
        fc.infiniteStream(byte),
        (w, h, bytes) => {
          const yuv = Uint8Array.from({ length: i420Bytes(w, h) }, () => bytes.next().value as number);
          const pixels = new Int32Array(w * h);
          i420ToRgba(yuv, w, h, pixels);
          for (let at = 0; at < w * h; at++) {
            const [x, y] = [at % w, Math.floor(at / w)];
            const chroma = (y >> 1) * Math.ceil(w / 2) + (x >> 1);
            const u = w * h + chroma;
            const v = u + Math.ceil(w / 2) * Math.ceil(h / 2);
            expect(near(pixels[at] ?? 0, colourOf(yuv[at] ?? 0, yuv[u] ?? 0, yuv[v] ?? 0))).toBe(true);
          }
        },
      ),
    );
  });

  it('of odd size has its chroma rounded up', () => {
    expect(i420Bytes(3, 3)).toBe(9 + 8);
  });

  it('that is cut short is not drawn', () => {
    const pixels = new Int32Array(4);
    i420ToRgba(new Uint8Array(5), 2, 2, pixels);
    expect(pixels.every((value) => value === 0)).toBe(true);
  });
});

describe('the self view', () => {
  const space = { width: 900, height: 500 };
  const size = { width: 160, height: 90 };

  it('goes to the corner where it is dropped', () => {
    const corners = ['topLeft', 'topRight', 'bottomRight', 'bottomLeft'] as const;
    for (const corner of corners) {
      expect(cornerAt(placeInCorner(corner, space, size), space, size)).toBe(corner);
    }
  });

  it('comes round all corners', () => {
    expect(nextCorner(nextCorner(nextCorner(nextCorner('topLeft'))))).toBe('topLeft');
  });
});
