import type { ParticipantId, TileSize } from '../protocol';

/** Where pictures come from. */
export type PictureSource =
  | { type: 'camera'; participant: ParticipantId }
  | { type: 'screen'; participant: ParticipantId }
  /** This participant's own camera, as it is sent: drawn from what is captured, never decoded again. */
  | { type: 'self' }
  /** The camera that is being chosen, in the lobby and in the settings. */
  | { type: 'preview' };

/** The part of the engine that video tiles use. */
export interface Pictures {
  /**
   * Draws a source in this place, in an element of its own that fills it. `onFirst` is called at the first picture that
   * is drawn there.
   */
  show(source: PictureSource, place: HTMLElement, onFirst: () => void): ShownPicture;
}

/** A place in which a source is drawn. */
export interface ShownPicture {
  /** How large it is drawn, in device pixels; zero by zero while it can't be seen. */
  setSize(size: TileSize): void;
  /** Draws no more, and removes the element. */
  end(): void;
}
