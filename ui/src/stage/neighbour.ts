import type { Rect } from './layout';

export type Direction = 'left' | 'right' | 'up' | 'down';

/** The key of an arrow, as a direction. */
export function directionOf(key: string): Direction | null {
  switch (key) {
    case 'ArrowLeft':
      return 'left';
    case 'ArrowRight':
      return 'right';
    case 'ArrowUp':
      return 'up';
    case 'ArrowDown':
      return 'down';
    default:
      return null;
  }
}

/** The tile next to one in a direction: near, and rather straight ahead than aside; `null` at the edge. */
export function neighbour(rects: readonly Rect[], from: number, direction: Direction): number | null {
  const start = centre(rects[from]);
  if (!start) return null;
  let best: { index: number; distance: number } | null = null;
  for (const [index, rect] of rects.entries()) {
    const end = centre(rect);
    if (index === from || !end) continue;
    const [x, y] = [end.x - start.x, end.y - start.y];
    const ahead = { left: -x, right: x, up: -y, down: y }[direction];
    if (ahead < 1) continue;
    const aside = Math.abs(direction === 'left' || direction === 'right' ? y : x);
    const distance = ahead + 2 * aside;
    if (!best || distance < best.distance) best = { index, distance };
  }
  return best?.index ?? null;
}

function centre(rect: Rect | undefined): { x: number; y: number } | null {
  return rect ? { x: rect.x + rect.width / 2, y: rect.y + rect.height / 2 } : null;
}
