import type { TileSize } from '../../../protocol';
import type { Pictures, PictureSource, ShownPicture } from '../../pictures';
import type { NumberedTile, Tile } from '../shell';
import { drawer } from './drawer';
import type { PlaceId } from './drawing';
import type { FromDrawing, ToDrawing } from './messages';
import type { FrameAddresses } from './transport';

/** Changes within this time are told to the shell at once. */
const GATHER_MS = 16;
const HIDDEN: TileSize = { width: 0, height: 0 };

interface Place {
  readonly source: PictureSource;
  readonly onFirst: () => void;
  size: TileSize;
}

/** The shell's pictures: says which are wanted how large, and hands canvases to whoever draws on them. */
export class ShellPictures implements Pictures {
  readonly #places = new Map<PlaceId, Place>();
  readonly #order: (order: ToDrawing, surface?: OffscreenCanvas) => void;
  #lastPlace = 0;
  #gathering = false;
  #told: Promise<void> = Promise.resolve();

  constructor(
    addresses: FrameAddresses,
    private readonly setTiles: (tiles: Tile[]) => Promise<NumberedTile[]>,
    private readonly onFailed: () => void,
  ) {
    this.#order = canDrawInWorkers() ? this.#inWorker() : this.#inPage();
    this.#order({ type: 'connect', addresses });
    document.addEventListener('visibilitychange', () => this.#gather());
  }

  show(source: PictureSource, place: HTMLElement, onFirst: () => void): ShownPicture {
    const id = ++this.#lastPlace;
    this.#places.set(id, { source, onFirst, size: HIDDEN });
    const canvas = document.createElement('canvas');
    const surface = canDrawInWorkers() ? canvas.transferControlToOffscreen() : canvas;
    const transferred = surface instanceof HTMLCanvasElement ? undefined : surface;
    this.#order({ type: 'addPlace', place: id, source: keyOf(source), surface }, transferred);
    place.append(canvas);
    return {
      setSize: (size) => {
        const shown = this.#places.get(id);
        if (!shown || (shown.size.width === size.width && shown.size.height === size.height)) return;
        shown.size = size;
        this.#gather();
      },
      end: () => {
        canvas.remove();
        this.#places.delete(id);
        this.#order({ type: 'removePlace', place: id });
        this.#gather();
      },
    };
  }

  #inWorker(): (order: ToDrawing, surface?: OffscreenCanvas) => void {
    const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
    worker.onmessage = ({ data }: MessageEvent<FromDrawing>) => this.#hear(data);
    worker.onerror = () => this.onFailed();
    return (order, surface) => worker.postMessage(order, surface ? [surface] : []);
  }

  #inPage(): (order: ToDrawing) => void {
    return drawer((event) => this.#hear(event));
  }

  #hear(event: FromDrawing): void {
    switch (event.type) {
      case 'first':
        this.#places.get(event.place)?.onFirst();
        break;
      case 'failed':
        this.onFailed();
        break;
    }
  }

  /** Many tiles change at once when somebody comes or the window is resized. */
  #gather(): void {
    if (this.#gathering) return;
    this.#gathering = true;
    // One after the other: of two under way the earlier might come last.
    this.#told = this.#told.then(async () => {
      await new Promise((resolve) => setTimeout(resolve, GATHER_MS));
      this.#gathering = false;
      await this.#tell();
    });
  }

  async #tell(): Promise<void> {
    // What isn't named isn't sent: a window that can't be seen costs nothing.
    const visible = document.hidden ? [] : [...this.#places.values()];
    const tiles = visible
      .filter(({ size }) => size.width > 0 && size.height > 0)
      .map(({ source, size }): Tile => ({ source, ...size }));
    const numbered = await this.setTiles(tiles);
    this.#order({
      type: 'setTiles',
      tiles: numbered.map(({ source, tile }) => [tile, keyOf(source)] as const),
    });
  }
}

/** The same for the same source, whoever wrote it down. */
function keyOf(source: PictureSource): string {
  return 'participant' in source ? `${source.type} ${source.participant}` : source.type;
}

function canDrawInWorkers(): boolean {
  return (
    typeof OffscreenCanvas !== 'undefined' && 'transferControlToOffscreen' in HTMLCanvasElement.prototype
  );
}
