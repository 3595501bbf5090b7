import type { ParticipantId, TileSize } from '../protocol';
import type { Unsubscribe } from './store';

/** Where pictures come from. */
export type PictureSource =
  | { type: 'camera'; participant: ParticipantId }
  | { type: 'screen'; participant: ParticipantId }
  /** This participant's own camera, as it is sent: drawn from what is captured, never decoded again. */
  | { type: 'self' }
  /** The camera that is being chosen, in the lobby and in the settings. */
  | { type: 'preview' };

/** One picture. It is valid until the sink returns: whoever wants to keep it copies it. */
export type Picture =
  | { type: 'i420'; width: number; height: number; bytes: Uint8Array }
  | { type: 'image'; width: number; height: number; image: CanvasImageSource };

/** Draws pictures, newest first: a picture that came while one was drawn takes the place of any before it. */
export interface PictureSink {
  picture(picture: Picture): void;
}

/** The part of the engine that video tiles use. */
export interface Pictures {
  /** Pictures of this source go to the sink until it is ended. */
  attach(source: PictureSource, sink: PictureSink): Unsubscribe;
  /** How large the source is drawn, in device pixels; zero by zero while it isn't. */
  setSize(source: PictureSource, size: TileSize): void;
}
