import type { Picture, PictureSink } from '../../engine/pictures';
import { i420ToRgba } from './i420';

/** Draws pictures on a 2D canvas, which takes on their size; how it is scaled is for CSS to say. */
export class CanvasRenderer implements PictureSink {
  readonly #context: CanvasRenderingContext2D | null;
  #pixels: ImageData | null = null;

  constructor(
    private readonly canvas: HTMLCanvasElement,
    private readonly onFirst: () => void,
  ) {
    this.#context = canvas.getContext('2d', { alpha: false });
  }

  picture(picture: Picture): void {
    const context = this.#context;
    if (!context || picture.width === 0 || picture.height === 0) return;
    this.#resize(picture.width, picture.height);
    if (picture.type === 'image') {
      context.drawImage(picture.image, 0, 0);
    } else {
      this.#pixels ??= context.createImageData(picture.width, picture.height);
      i420ToRgba(picture.bytes, picture.width, picture.height, this.#pixels.data);
      context.putImageData(this.#pixels, 0, 0);
    }
    this.onFirst();
  }

  #resize(width: number, height: number): void {
    if (this.canvas.width === width && this.canvas.height === height) return;
    this.canvas.width = width;
    this.canvas.height = height;
    this.#pixels = null;
  }
}
