import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { GAP, grid, RATIO, type Rect, sideBySide, type Size, speaker } from '../src/stage/layout';
import { neighbour } from '../src/stage/neighbour';

const spaces = fc.record({
  width: fc.integer({ min: 320, max: 3840 }),
  height: fc.integer({ min: 240, max: 2160 }),
});
const counts = fc.integer({ min: 1, max: 12 });
const NEARLY = 0.01;

function isInside(rect: Rect, space: Size): boolean {
  return (
    rect.x >= -NEARLY &&
    rect.y >= -NEARLY &&
    rect.x + rect.width <= space.width + NEARLY &&
    rect.y + rect.height <= space.height + NEARLY
  );
}

function gapBetween(a: Rect, b: Rect): number {
  const across = Math.max(a.x - (b.x + b.width), b.x - (a.x + a.width));
  const down = Math.max(a.y - (b.y + b.height), b.y - (a.y + a.height));
  return Math.max(across, down);
}

function smallestGap(rects: readonly Rect[]): number {
  const gaps = rects.flatMap((a, index) => rects.slice(index + 1).map((b) => gapBetween(a, b)));
  return Math.min(Infinity, ...gaps);
}

describe('the grid', () => {
  it('has equal tiles of 16:9 inside the space, a gap apart', () => {
    fc.assert(
      fc.property(spaces, counts, (space, count) => {
        const rects = grid(space, count);
        expect(rects).toHaveLength(count);
        for (const rect of rects) {
          expect(rect.width / rect.height).toBeCloseTo(RATIO, 6);
          expect(rect.width).toBeCloseTo(rects[0]?.width ?? 0, 6);
          expect(isInside(rect, space)).toBe(true);
        }
        expect(smallestGap(rects)).toBeGreaterThanOrEqual(GAP - NEARLY);
      }),
    );
  });

  it('has tiles as large as any number of columns allows, but for whole pixels', () => {
    fc.assert(
      fc.property(spaces, counts, (space, count) => {
        const width = grid(space, count)[0]?.width ?? 0;
        for (let columns = 1; columns <= count; columns++) {
          const rows = Math.ceil(count / columns);
          const widest = (space.width - GAP * (columns - 1)) / columns;
          const tallest = (space.height - GAP * (rows - 1)) / rows;
          expect(width).toBeGreaterThanOrEqual(Math.min(widest, tallest * RATIO) - 16);
        }
      }),
    );
  });

  it('is empty for nobody', () => {
    expect(grid({ width: 900, height: 600 }, 0)).toEqual([]);
  });
});

describe('the speaker layout', () => {
  it('keeps everyone inside the space and apart, the first one the largest', () => {
    const focus = fc.constantFrom('face' as const, 'screen' as const);
    fc.assert(
      fc.property(spaces, fc.integer({ min: 2, max: 10 }), focus, (space, count, kind) => {
        const rects = speaker(space, count, kind);
        expect(rects).toHaveLength(count);
        for (const rect of rects) expect(isInside(rect, space)).toBe(true);
        expect(smallestGap(rects)).toBeGreaterThanOrEqual(GAP - NEARLY);
        const [first, ...strip] = rects.map((rect) => rect.width * rect.height);
        expect(first).toBeGreaterThanOrEqual(Math.max(...strip));
      }),
    );
  });
});

describe('the layout side by side', () => {
  const focus = fc.constantFrom('face' as const, 'screen' as const);

  it('keeps everyone inside the space and apart', () => {
    fc.assert(
      fc.property(spaces, fc.integer({ min: 1, max: 10 }), focus, (space, count, kind) => {
        const rects = sideBySide(space, count, kind);
        expect(rects).toHaveLength(count);
        for (const rect of rects) expect(isInside(rect, space)).toBe(true);
        expect(smallestGap(rects)).toBeGreaterThanOrEqual(GAP - NEARLY);
      }),
    );
  });

  it('has two equal large faces beside each other', () => {
    const [first, second, ...strip] = sideBySide({ width: 1280, height: 720 }, 5, 'face');
    expect(first?.width).toBe(second?.width);
    expect(first?.y).toBe(second?.y);
    for (const tile of strip) expect(tile.width).toBeLessThan(first?.width ?? 0);
    const pair = sideBySide({ width: 900, height: 500 }, 2, 'face');
    expect(pair[0]?.y).toBe(pair[1]?.y);
  });

  it('gives a shared screen the larger part', () => {
    const [screen, ...faces] = sideBySide({ width: 1280, height: 720 }, 4, 'screen');
    expect(screen?.width).toBeGreaterThan(800);
    for (const face of faces) expect(face.width).toBeGreaterThan(240);
  });
});

describe('the keyboard goes from tile to tile', () => {
  const rects = grid({ width: 1200, height: 700 }, 6);

  it('in the direction of the arrow, and stays at the edge', () => {
    expect(neighbour(rects, 0, 'right')).toBe(1);
    expect(neighbour(rects, 0, 'down')).toBe(rects.findIndex(({ y }) => y > 0 && y !== rects[0]?.y));
    expect(neighbour(rects, 0, 'left')).toBeNull();
    expect(neighbour(rects, 0, 'up')).toBeNull();
  });

  it('reaches everyone', () => {
    fc.assert(
      fc.property(spaces, fc.integer({ min: 2, max: 9 }), (space, count) => {
        const placed = grid(space, count);
        const reached = new Set([0]);
        for (const from of reached) {
          for (const direction of ['left', 'right', 'up', 'down'] as const) {
            const next = neighbour(placed, from, direction);
            if (next !== null) reached.add(next);
          }
        }
        expect(reached.size).toBe(count);
      }),
    );
  });
});
