import type { PlaceId, SourceKey } from './drawing';
import type { FrameAddresses } from './transport';

/** What the page tells whoever draws. */
export type ToDrawing =
  | { type: 'connect'; addresses: FrameAddresses }
  | { type: 'addPlace'; place: PlaceId; source: SourceKey; surface: OffscreenCanvas | HTMLCanvasElement }
  | { type: 'removePlace'; place: PlaceId }
  | { type: 'setTiles'; tiles: (readonly [number, SourceKey])[] };

/** What whoever draws tells the page. */
export type FromDrawing =
  | { type: 'first'; place: PlaceId }
  /** The shell's pictures can't be had. */
  | { type: 'failed' };
