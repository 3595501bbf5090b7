import { describe, expect, it } from 'vitest';

import { cornerAt, nextCorner, placeInCorner } from '../src/stage/corner';
import { i420Bytes, i420ToRgba } from '../src/stage/video/i420';

describe('a decoded picture', () => {
  it.each([
    ['black', 16, 128, 128, [0, 0, 0]],
    ['white', 235, 128, 128, [255, 255, 255]],
    ['red', 82, 90, 240, [255, 0, 0]],
  ])('that is %s is drawn so', (_, y, u, v, colour) => {
    const yuv = new Uint8Array([y, y, y, y, u, v]);
    const rgba = new Uint8ClampedArray(16);
    i420ToRgba(yuv, 2, 2, rgba);
    for (let channel = 0; channel < 3; channel++) {
      expect(Math.abs((rgba[channel] ?? 0) - (colour[channel] ?? 0))).toBeLessThanOrEqual(2);
    }
    expect(rgba[3]).toBe(255);
  });

  it('of odd size has its chroma rounded up', () => {
    expect(i420Bytes(3, 3)).toBe(9 + 8);
  });

  it('that is cut short is not drawn', () => {
    const rgba = new Uint8ClampedArray(16);
    i420ToRgba(new Uint8Array(5), 2, 2, rgba);
    expect(rgba.every((value) => value === 0)).toBe(true);
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
