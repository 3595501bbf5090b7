/** Planar YUV 4:2:0 of BT.601 in video range, as decoders give it, to RGBA. */

export function i420Bytes(width: number, height: number): number {
  const chroma = Math.ceil(width / 2) * Math.ceil(height / 2);
  return width * height + 2 * chroma;
}

/** Writes `width * height * 4` bytes into `rgba`. Does nothing if `yuv` is shorter than such a picture. */
export function i420ToRgba(yuv: Uint8Array, width: number, height: number, rgba: Uint8ClampedArray): void {
  if (yuv.length < i420Bytes(width, height) || rgba.length < width * height * 4) return;
  const chromaWidth = Math.ceil(width / 2);
  const u = width * height;
  const v = u + chromaWidth * Math.ceil(height / 2);
  for (let y = 0, out = 0; y < height; y++) {
    const chromaRow = (y >> 1) * chromaWidth;
    for (let x = 0; x < width; x++, out += 4) {
      const chroma = chromaRow + (x >> 1);
      const luma = 1.164 * ((yuv[y * width + x] ?? 0) - 16);
      const blue = (yuv[u + chroma] ?? 0) - 128;
      const red = (yuv[v + chroma] ?? 0) - 128;
      rgba[out] = luma + 1.596 * red;
      rgba[out + 1] = luma - 0.392 * blue - 0.813 * red;
      rgba[out + 2] = luma + 2.017 * blue;
      rgba[out + 3] = 255;
    }
  }
}
