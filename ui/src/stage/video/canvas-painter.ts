import { i420ToRgba } from './i420';
import { contextOf, type I420Picture, type Painter, resize, type Surface } from './painter';

/** Turns pictures into RGBA by itself, and puts them on the surface: the quicker way without a graphics card. */
export class CanvasPainter implements Painter {
  readonly name = 'canvas';
  // Kept in the computer's memory, to which it is written.
  readonly settings: CanvasRenderingContext2DSettings = { alpha: false, willReadFrequently: true };
  /** One for each size that is drawn; there are few. */
  readonly #images = new Map<string, ImageData>();

  paint({ width, height, bytes }: I420Picture, surface: Surface): void {
    const context = contextOf(surface, this.settings);
    if (!context) return;
    resize(surface, width, height);
    const image = this.#image(width, height);
    i420ToRgba(bytes, width, height, new Int32Array(image.data.buffer));
    context.putImageData(image, 0, 0);
  }

  #image(width: number, height: number): ImageData {
    const size = `${width}x${height}`;
    const kept = this.#images.get(size);
    if (kept) return kept;
    // A window that is being resized goes through many sizes.
    if (this.#images.size >= 16) this.#images.clear();
    const image = new ImageData(width, height);
    this.#images.set(size, image);
    return image;
  }
}
