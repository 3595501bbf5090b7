/**
 * Planar YUV 4:2:0 of BT.601 in video range, as decoders give it, to RGBA, to within one step of each colour. By tables:
 * this runs for every pixel that is drawn.
 */

/** Colours reach from -277 to 535 before they are brought into 0 to 255; tables have no places below 0. */
const BELOW = 320;

/** In sixteenths, as they are added; half of a step, so that the sum is rounded. */
const LUMA = table((value) => 1.164383 * (value - 16) + BELOW + 0.5);
const RED_OF_V = table((value) => 1.596027 * (value - 128));
const GREEN_OF_U = table((value) => -0.391762 * (value - 128));
const GREEN_OF_V = table((value) => -0.812968 * (value - 128));
const BLUE_OF_U = table((value) => 2.017232 * (value - 128));
/** A colour where it belongs in a pixel, its bytes in the order red, green, blue, opaque on little-endian machines. */
const RED = clamped((value) => value);
const GREEN = clamped((value) => value << 8);
const BLUE = clamped((value) => (value << 16) | 0xff000000);

function table(of: (value: number) => number): Int32Array {
  return Int32Array.from({ length: 256 }, (_, value) => Math.round(of(value) * 16));
}

function clamped(of: (value: number) => number): Int32Array {
  return Int32Array.from({ length: 1024 }, (_, index) => of(Math.min(255, Math.max(0, index - BELOW))));
}

/** How many bytes such a picture has, without gaps, chroma sides rounded up. */
export function i420Bytes(width: number, height: number): number {
  const chroma = Math.ceil(width / 2) * Math.ceil(height / 2);
  return width * height + 2 * chroma;
}

/**
 * Writes one pixel an element into `pixels`, as the little-endian machines that there are read it as RGBA. Does nothing
 * if `yuv` or `pixels` is shorter than such a picture.
 */
export function i420ToRgba(yuv: Uint8Array, width: number, height: number, pixels: Int32Array): void {
  if (yuv.length < i420Bytes(width, height) || pixels.length < width * height) return;
  const across = (width + 1) >> 1;
  const u = width * height;
  const v = u + across * ((height + 1) >> 1);
  // Four pixels have one colour; of an odd side's last ones there are fewer.
  for (let y = 0; y < height; y += 2) {
    const chromaRow = (y >> 1) * across;
    const below = y + 1 < height ? width : 0;
    for (let x = 0; x < width; x += 2) {
      const chroma = chromaRow + (x >> 1);
      const blueness = yuv[u + chroma] as number;
      const redness = yuv[v + chroma] as number;
      const red = RED_OF_V[redness] as number;
      const green = (GREEN_OF_U[blueness] as number) + (GREEN_OF_V[redness] as number);
      const blue = BLUE_OF_U[blueness] as number;
      const at = y * width + x;
      const beside = x + 1 < width ? 1 : 0;
      pixels[at] = pixel(yuv[at] as number, red, green, blue);
      pixels[at + beside] = pixel(yuv[at + beside] as number, red, green, blue);
      pixels[at + below] = pixel(yuv[at + below] as number, red, green, blue);
      pixels[at + below + beside] = pixel(yuv[at + below + beside] as number, red, green, blue);
    }
  }
}

function pixel(luma: number, red: number, green: number, blue: number): number {
  const light = LUMA[luma] as number;
  return (
    (BLUE[(light + blue) >> 4] as number) |
    (GREEN[(light + green) >> 4] as number) |
    (RED[(light + red) >> 4] as number)
  );
}
