import type { ParticipantId, RoomSnapshot } from '../../protocol';
import type { PictureSink, PictureSource, Pictures } from '../pictures';
import type { Store } from '../store';
import { paintPerson, paintScreen, PICTURE } from './painter';

const INTERVAL_MS = 66;
/** The moment at which frozen pictures stand. */
const FROZEN_SECONDS = 12.4;
/** Who this participant is among those that can be drawn. */
const SELF = 7;

interface Attachment {
  readonly source: PictureSource;
  readonly sink: PictureSink;
}

/** Moving pictures for every source. */
export class FakePictures implements Pictures {
  readonly #attachments = new Set<Attachment>();
  readonly #canvas = document.createElement('canvas');
  #timer: number | null = null;

  constructor(
    private readonly snapshot: Store<RoomSnapshot | null>,
    private readonly cameraShows: () => boolean,
    private readonly frozen: boolean,
  ) {
    this.#canvas.width = PICTURE.width;
    this.#canvas.height = PICTURE.height;
  }

  attach(source: PictureSource, sink: PictureSink): () => void {
    const attachment = { source, sink };
    this.#attachments.add(attachment);
    this.#timer ??= window.setInterval(() => this.#paintAll(), INTERVAL_MS);
    return () => {
      this.#attachments.delete(attachment);
      if (this.#attachments.size > 0 || this.#timer === null) return;
      window.clearInterval(this.#timer);
      this.#timer = null;
    };
  }

  /** Everything is painted at one size here. */
  setSize(): void {}

  #paintAll(): void {
    const context = this.#canvas.getContext('2d');
    if (!context) return;
    const seconds = this.frozen ? FROZEN_SECONDS : performance.now() / 1000;
    for (const { source, sink } of this.#attachments) {
      if (!this.#paint(context, source, seconds)) continue;
      sink.picture({ type: 'image', ...PICTURE, image: this.#canvas });
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
