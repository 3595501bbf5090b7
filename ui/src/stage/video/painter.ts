/** One decoded picture: luma, U and V without gaps, 8 bits, chroma sides rounded up. */
export interface I420Picture {
  readonly width: number;
  readonly height: number;
  readonly bytes: Uint8Array;
}

/** What is drawn on: of the page, or of a worker. */
export type Surface = HTMLCanvasElement | OffscreenCanvas;

/** A way to draw on surfaces that take on the size of what is drawn; how they are scaled is for CSS to say. */
export interface Painter {
  readonly name: 'canvas' | 'webgl';
  /** How the surfaces' contexts are made; a surface keeps its first one. */
  readonly settings: CanvasRenderingContext2DSettings;
  paint(picture: I420Picture, surface: Surface): void;
}

/** The context that surfaces are drawn on with. */
export type SurfaceContext = CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D;

export function contextOf(
  surface: Surface,
  settings: CanvasRenderingContext2DSettings,
): SurfaceContext | null {
  // The two kinds have the same overload, which TypeScript can't see through.
  return surface instanceof OffscreenCanvas
    ? surface.getContext('2d', settings)
    : surface.getContext('2d', settings);
}

/** Gives the surface this size; whether it had another before. */
export function resize(surface: Surface, width: number, height: number): boolean {
  if (surface.width === width && surface.height === height) return false;
  surface.width = width;
  surface.height = height;
  return true;
}
