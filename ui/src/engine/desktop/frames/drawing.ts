import { CanvasPainter } from '../../../stage/video/canvas-painter';
import type { Painter, Surface } from '../../../stage/video/painter';
import { quickest } from '../../../stage/video/trial';
import { WebGlPainter } from '../../../stage/video/webgl-painter';
import { type FramePicture, readMessage } from './message';

/** A picture's source, as text. */
export type SourceKey = string;
/** One of the places in which a source is drawn. */
export type PlaceId = number;

interface Place {
  readonly source: SourceKey;
  readonly surface: Surface;
  drawn: boolean;
}

/** What the pictures on trial are drawn on. */
const trialSurface = () => new OffscreenCanvas(2, 2);

/**
 * Draws what comes from the shell. Runs in a worker, so that the page's own work delays no picture, or in the page where
 * workers have no canvas.
 */
export class Drawing {
  readonly #places = new Map<PlaceId, Place>();
  /** Which source each tile's number stands for. */
  #tiles = new Map<number, SourceKey>();
  /** Pictures of tiles whose number isn't known yet: the shell sends them before it answers. */
  readonly #early = new Map<number, FramePicture>();
  #painter: Painter | null = null;

  constructor(
    private readonly acknowledge: (tiles: Uint8Array<ArrayBuffer>) => void,
    private readonly onFirst: (place: PlaceId) => void,
  ) {}

  addPlace(id: PlaceId, source: SourceKey, surface: Surface): void {
    this.#places.set(id, { source, surface, drawn: false });
  }

  removePlace(id: PlaceId): void {
    this.#places.delete(id);
  }

  setTiles(tiles: readonly (readonly [number, SourceKey])[]): void {
    this.#tiles = new Map(tiles);
    const early = [...this.#early.values()];
    this.#early.clear();
    early.forEach((picture) => this.#draw(picture));
  }

  /** A message of the shell. */
  message(message: ArrayBuffer): void {
    const pictures = readMessage(message);
    // Before they are drawn: the way back to the shell takes as long as the page is busy.
    if (pictures.length > 0) this.acknowledge(Uint8Array.from(pictures, ({ tile }) => tile));
    for (const picture of pictures) {
      if (this.#tiles.has(picture.tile)) this.#draw(picture);
      else this.#early.set(picture.tile, picture);
    }
  }

  #draw(picture: FramePicture): void {
    const source = this.#tiles.get(picture.tile);
    if (picture.width === 0 || picture.height === 0) return;
    for (const [id, place] of this.#places) {
      if (place.source !== source) continue;
      this.#painterFor(picture).paint(picture, place.surface);
      if (!place.drawn) this.onFirst(id);
      place.drawn = true;
    }
  }

  #painterFor(picture: FramePicture): Painter {
    return (this.#painter ??= choose(picture));
  }
}

function choose(picture: FramePicture): Painter {
  const canvas = new CanvasPainter();
  const webgl = WebGlPainter.open();
  if (!webgl) return canvas;
  return quickest([canvas, webgl], picture, trialSurface) ?? canvas;
}
