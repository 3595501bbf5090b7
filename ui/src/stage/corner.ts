import type { Size } from './layout';

export type Corner = 'topLeft' | 'topRight' | 'bottomRight' | 'bottomLeft';

interface Point {
  readonly x: number;
  readonly y: number;
}

/** Between the self view and the edges. */
const MARGIN = 8;
const ROUND: readonly Corner[] = ['topLeft', 'topRight', 'bottomRight', 'bottomLeft'];

/** Clockwise. */
export function nextCorner(corner: Corner): Corner {
  return ROUND[(ROUND.indexOf(corner) + 1) % ROUND.length] ?? corner;
}

export function placeInCorner(corner: Corner, space: Size, size: Size): Point {
  const right = corner === 'topRight' || corner === 'bottomRight';
  const bottom = corner === 'bottomLeft' || corner === 'bottomRight';
  return {
    x: right ? space.width - size.width - MARGIN : MARGIN,
    y: bottom ? space.height - size.height - MARGIN : MARGIN,
  };
}

/** The corner that is nearest to where something of this size was dropped. */
export function cornerAt(at: Point, space: Size, size: Size): Corner {
  const right = at.x + size.width / 2 > space.width / 2;
  const bottom = at.y + size.height / 2 > space.height / 2;
  if (bottom) return right ? 'bottomRight' : 'bottomLeft';
  return right ? 'topRight' : 'topLeft';
}
