/**
 * Planar YUV 4:2:0 of BT.601 in video range, as decoders give it, to RGBA. In fixed point with 16 bits behind it, by
 * tables: this runs for every pixel that is drawn.
 */

const SHIFT = 16;
/** Colours reach from -277 to 535 before they are brought into 0 to 255. */
const BELOW = 320;

const LUMA = table((value) => 1.164383 * (value - 16));
const RED_OF_V = table((value) => 1.596027 * (value - 128));
const GREEN_OF_U = table((value) => -0.391762 * (value - 128));
const GREEN_OF_V = table((value) => -0.812968 * (value - 128));
const BLUE_OF_U = table((value) => 2.017232 * (value - 128));
const CLAMPED = Uint8Array.from({ length: 1024 }, (_, index) => Math.min(255, Math.max(0, index - BELOW)));

function table(of: (value: number) => number): Int32Array {
  return Int32Array.from({ length: 256 }, (_, value) => Math.round(of(value) * (1 << SHIFT)));
}

/** How many bytes such a picture has, without gaps, chroma sides rounded up. */
export function i420Bytes(width: number, height: number): number {
  const chroma = Math.ceil(width / 2) * Math.ceil(height / 2);
  return width * height + 2 * chroma;
}

/**
 * Writes one pixel an element into `pixels`, its bytes in the order red, green, blue, opaque on the little-endian
 * machines that there are. Does nothing if `yuv` or `pixels` is shorter than such a picture.
 */
export function i420ToRgba(yuv: Uint8Array, width: number, height: number, pixels: Uint32Array): void {
  if (yuv.length < i420Bytes(width, height) || pixels.length < width * height) return;
  const chromaWidth = (width + 1) >> 1;
  const u = width * height;
  const v = u + chromaWidth * ((height + 1) >> 1);
  const half = BELOW * (1 << SHIFT) + (1 << (SHIFT - 1));
  for (let y = 0; y < height; y++) {
    const row = y * width;
    const chromaRow = (y >> 1) * chromaWidth;
    for (let x = 0; x < width; x += 2) {
      const chroma = chromaRow + (x >> 1);
      const blueness = yuv[u + chroma] as number;
      const redness = yuv[v + chroma] as number;
      const red = (RED_OF_V[redness] as number) + half;
      const green = (GREEN_OF_U[blueness] as number) + (GREEN_OF_V[redness] as number) + half;
      const blue = (BLUE_OF_U[blueness] as number) + half;
      const at = row + x;
      pixels[at] = pixel(LUMA[yuv[at] as number] as number, red, green, blue);
      if (x + 1 < width) pixels[at + 1] = pixel(LUMA[yuv[at + 1] as number] as number, red, green, blue);
    }
  }
}

function pixel(luma: number, red: number, green: number, blue: number): number {
  return (
    0xff000000 |
    ((CLAMPED[(luma + blue) >> SHIFT] as number) << 16) |
    ((CLAMPED[(luma + green) >> SHIFT] as number) << 8) |
    (CLAMPED[(luma + red) >> SHIFT] as number)
  );
}
