/** Where tiles go. Sizes are in CSS pixels; nothing here knows of a page. */

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Rect extends Size {
  readonly x: number;
  readonly y: number;
}

export const GAP = 8;
export const RATIO = 16 / 9;
/** The least width at which a name can be read on a tile of the strip. */
const MIN_STRIP_TILE = 144;
const MAX_STRIP_TILE = 240;
const NARROW = 480;

/** The largest size of the ratio that fits, but for some pixels. */
function fit(space: Size): Size {
  return tileOfWidth(Math.max(0, Math.min(space.width, space.height * RATIO)));
}

/** With whole pixels on both sides a picture is copied as it comes, and not scaled once more by the page. */
function tileOfWidth(width: number): Size {
  const whole = width - (width % 16);
  return { width: whole, height: whole / RATIO };
}

/** Equal tiles of 16:9 in as many columns as make them largest; an unfilled last row is centred. */
export function grid(space: Size, count: number): Rect[] {
  if (count <= 0) return [];
  let best = { columns: 1, tile: { width: -1, height: -1 } };
  for (let columns = 1; columns <= count; columns++) {
    const tile = tileOf(space, count, columns);
    if (tile.width > best.tile.width) best = { columns, tile };
  }
  return place(space, count, best.columns, best.tile);
}

function tileOf(space: Size, count: number, columns: number): Size {
  const rows = Math.ceil(count / columns);
  return fit({
    width: (space.width - GAP * (columns - 1)) / columns,
    height: (space.height - GAP * (rows - 1)) / rows,
  });
}

function place(space: Size, count: number, columns: number, tile: Size): Rect[] {
  const rows = Math.ceil(count / columns);
  const top = (space.height - rows * tile.height - (rows - 1) * GAP) / 2;
  return Array.from({ length: count }, (_, index) => {
    const row = Math.floor(index / columns);
    const inRow = Math.min(columns, count - row * columns);
    const left = (space.width - inRow * tile.width - (inRow - 1) * GAP) / 2;
    return {
      x: Math.floor(left) + (index - row * columns) * (tile.width + GAP),
      y: Math.floor(top) + row * (tile.height + GAP),
      ...tile,
    };
  });
}

/**
 * The first tile large, the others in a strip on the right or below, whichever leaves the first more room. A focus that
 * is no face (a shared screen) takes all its space, and the picture is letterboxed in it.
 */
export function speaker(space: Size, count: number, focus: 'face' | 'screen'): Rect[] {
  if (count <= 1) return grid(space, count);
  if (isUpright(space)) return upright(space, count, focus);
  const besides = stripBeside(space, count - 1, focus);
  const below = stripBelow(space, count - 1, focus);
  return area(besides[0]) > area(below[0]) ? besides : below;
}

/**
 * The first two tiles large and equal, the others in a strip below. Beside a shared screen stand the faces in a column,
 * as large as a third of the width lets them.
 */
export function sideBySide(space: Size, count: number, focus: 'face' | 'screen'): Rect[] {
  if (count <= 1) return grid(space, count);
  if (focus === 'screen') return isUpright(space) ? upright(space, count, focus) : besideScreen(space, count);
  if (count === 2) return pairOf(space);
  const strip = stripBelow(space, count - 2, 'face').slice(1);
  const height = (strip[0]?.y ?? space.height) - GAP;
  const pair = pairOf({ width: space.width, height });
  const used = Math.max(...pair.map((rect) => rect.y + rect.height));
  const top = Math.min(...pair.map((rect) => rect.y));
  const tall = used - top + GAP + (strip[0]?.height ?? 0);
  const up = Math.floor(Math.max(0, (space.height - tall) / 2));
  return [
    ...pair.map((rect) => ({ ...rect, y: rect.y - top + up })),
    ...strip.map((rect) => ({ ...rect, y: up + used - top + GAP })),
  ];
}

/** A telephone's screen, on which a strip would be too small to know anybody. */
function isUpright({ width, height }: Size): boolean {
  return width < NARROW && height > width;
}

/** The first over the whole width, the others below in a grid. */
function upright(space: Size, count: number, focus: 'face' | 'screen'): Rect[] {
  const height = Math.min(space.height * 0.45, focus === 'screen' ? space.width * 0.75 : space.width / RATIO);
  const main = centred({ x: 0, y: 0, width: space.width, height: Math.floor(height) }, focus);
  const top = Math.floor(height) + GAP;
  const below = grid({ width: space.width, height: space.height - top }, count - 1);
  const up = Math.min(...below.map(({ y }) => y));
  const used = Math.max(...below.map((rect) => rect.y + rect.height)) - up;
  const down = Math.floor((space.height - top - used) / 2);
  return [{ ...main, y: main.y + down }, ...below.map((rect) => ({ ...rect, y: rect.y - up + top + down }))];
}

/** Beside each other, unless the space stands upright. */
function pairOf(space: Size): Rect[] {
  const columns = space.width >= space.height ? 2 : 1;
  return place(space, 2, columns, tileOf(space, 2, columns));
}

function besideScreen(space: Size, count: number): Rect[] {
  const wide = space.width >= space.height;
  const share = wide ? space.width / 3 : space.height / 3;
  const faces = grid(
    wide ? { width: share, height: space.height } : { width: space.width, height: share },
    count - 1,
  );
  // What the faces leave of their share is the screen's.
  const left = Math.min(...faces.map(({ x }) => x));
  const top = Math.min(...faces.map(({ y }) => y));
  if (wide) {
    const width = space.width - share - GAP + 2 * left;
    const x = width + GAP - left;
    return [
      { x: 0, y: 0, width, height: space.height },
      ...faces.map((face) => ({ ...face, x: face.x + x })),
    ];
  }
  const height = space.height - share - GAP + 2 * top;
  const y = height + GAP - top;
  return [{ x: 0, y: 0, width: space.width, height }, ...faces.map((face) => ({ ...face, y: face.y + y }))];
}

function stripBeside(space: Size, count: number, focus: 'face' | 'screen'): Rect[] {
  const share = clamp(space.width * 0.2, MIN_STRIP_TILE, MAX_STRIP_TILE);
  const tile = tileOfWidth(Math.min(share, ((space.height - GAP * (count - 1)) / count) * RATIO));
  const { height } = tile;
  const main = centred({ x: 0, y: 0, width: space.width - tile.width - GAP, height: space.height }, focus);
  const left = Math.floor((space.width - main.width - GAP - tile.width) / 2);
  const top = Math.floor((space.height - count * height - (count - 1) * GAP) / 2);
  const strip = Array.from({ length: count }, (_, index) => ({
    x: left + main.width + GAP,
    y: top + index * (height + GAP),
    ...tile,
  }));
  return [{ ...main, x: left }, ...strip];
}

function stripBelow(space: Size, count: number, focus: 'face' | 'screen'): Rect[] {
  const share = clamp(space.height * 0.2, MIN_STRIP_TILE / RATIO, MAX_STRIP_TILE / RATIO);
  const tile = tileOfWidth(Math.min(share * RATIO, (space.width - GAP * (count - 1)) / count));
  const { width } = tile;
  const main = centred({ x: 0, y: 0, width: space.width, height: space.height - tile.height - GAP }, focus);
  const top = Math.floor((space.height - main.height - GAP - tile.height) / 2);
  const left = Math.floor((space.width - count * width - (count - 1) * GAP) / 2);
  const strip = Array.from({ length: count }, (_, index) => ({
    x: left + index * (width + GAP),
    y: top + main.height + GAP,
    ...tile,
  }));
  return [{ ...main, y: top }, ...strip];
}

function centred(space: Rect, focus: 'face' | 'screen'): Rect {
  const room = { ...space, width: Math.max(0, space.width), height: Math.max(0, space.height) };
  if (focus === 'screen') return room;
  const size = fit(room);
  return {
    x: Math.floor(room.x + (room.width - size.width) / 2),
    y: Math.floor(room.y + (room.height - size.height) / 2),
    ...size,
  };
}

function area(rect: Rect | undefined): number {
  return rect ? rect.width * rect.height : 0;
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value));
}
