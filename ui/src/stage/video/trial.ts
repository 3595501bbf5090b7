import { contextOf, type I420Picture, type Painter, type Surface } from './painter';

/** How many pictures each painter draws on trial, after one that doesn't count. */
const PAINTS = 6;

/**
 * The quickest painter for this picture on this computer. They can't be told by name: WebKit calls every graphics card
 * the same, and WebGL without one is slower than no WebGL. Each draws on a surface of its own, and a pixel is read back
 * so that the work is done, not only begun.
 */
export function quickest(
  painters: readonly Painter[],
  picture: I420Picture,
  surface: () => Surface,
  now: () => number = () => performance.now(),
): Painter | null {
  let best: Painter | null = null;
  let leastMs = Number.POSITIVE_INFINITY;
  for (const painter of painters) {
    const tookMs = trial(painter, picture, surface(), now);
    if (tookMs >= leastMs) continue;
    best = painter;
    leastMs = tookMs;
  }
  return best;
}

function trial(painter: Painter, picture: I420Picture, surface: Surface, now: () => number): number {
  const finish = () => contextOf(surface, painter.settings)?.getImageData(0, 0, 1, 1);
  // Programs are compiled and memory is taken for the first one.
  painter.paint(picture, surface);
  finish();
  const start = now();
  for (let paint = 0; paint < PAINTS; paint++) painter.paint(picture, surface);
  finish();
  return now() - start;
}
