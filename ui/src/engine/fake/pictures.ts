import type { ParticipantId, RoomSnapshot } from '../../protocol';
import type { Pictures, PictureSource, ShownPicture } from '../pictures';
import type { Store } from '../store';
import { paintPerson, paintScreen, PICTURE } from './painter';

const INTERVAL_MS = 66;
/** The moment at which frozen pictures stand. */
const FROZEN_SECONDS = 12.4;
/** Who this participant is among those that can be drawn. */
const SELF = 7;

interface Place {
  readonly source: PictureSource;
  readonly context: CanvasRenderingContext2D | null;
  readonly onFirst: () => void;
  drawn: boolean;
}

/** Moving pictures for every source. */
export class FakePictures implements Pictures {
  readonly #places = new Set<Place>();
  #timer: number | null = null;

  constructor(
    private readonly snapshot: Store<RoomSnapshot | null>,
    private readonly cameraShows: () => boolean,
    private readonly frozen: boolean,
  ) {}

  show(source: PictureSource, element: HTMLElement, onFirst: () => void): ShownPicture {
    const canvas = document.createElement('canvas');
    canvas.width = PICTURE.width;
    canvas.height = PICTURE.height;
    element.append(canvas);
    const place: Place = { source, context: canvas.getContext('2d'), onFirst, drawn: false };
    this.#places.add(place);
    this.#timer ??= window.setInterval(() => this.#paintAll(), INTERVAL_MS);
    return {
      // Everything is painted at one size here.
      setSize: () => {},
      end: () => {
        canvas.remove();
        this.#places.delete(place);
        if (this.#places.size > 0 || this.#timer === null) return;
        window.clearInterval(this.#timer);
        this.#timer = null;
      },
    };
  }

  #paintAll(): void {
    const seconds = this.frozen ? FROZEN_SECONDS : performance.now() / 1000;
    for (const place of this.#places) {
      // What stands still is painted once.
      if (this.frozen && place.drawn) continue;
      if (!place.context || !this.#paint(place.context, place.source, seconds)) continue;
      if (!place.drawn) place.onFirst();
      place.drawn = true;
    }
  }

  #paint(context: CanvasRenderingContext2D, source: PictureSource, seconds: number): boolean {
    switch (source.type) {
      case 'self':
        paintPerson(context, SELF, seconds);
        return true;
      case 'preview':
        if (!this.cameraShows()) return false;
        paintPerson(context, SELF, seconds);
        return true;
      case 'screen':
        paintScreen(context, seconds);
        return true;
      case 'camera': {
        const index = this.#indexOf(source.participant);
        const link = this.snapshot.get()?.others[index]?.link;
        if (link === undefined || link === 'connecting') return false;
        // Whoever is being reconnected stands still.
        paintPerson(context, index, link === 'reconnecting' ? FROZEN_SECONDS : seconds);
        return true;
      }
    }
  }

  #indexOf(participant: ParticipantId): number {
    return this.snapshot.get()?.others.findIndex(({ id }) => id === participant) ?? -1;
  }
}
