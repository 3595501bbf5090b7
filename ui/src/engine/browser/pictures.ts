import type { ParticipantId, TileSize, VideoLine } from '../../protocol';
import type { Pictures, PictureSource, ShownPicture } from '../pictures';
import { onPlayable } from './playback';

const HIDDEN: TileSize = { width: 0, height: 0 };
/** Many tiles change at once when somebody comes or the window is resized. */
const GATHER_MS = 16;

interface Place {
  readonly source: PictureSource;
  readonly video: HTMLVideoElement;
  readonly onFirst: () => void;
  size: TileSize;
}

/** Tiles of a page: each has a video element, and the browser draws. */
export class VideoPictures implements Pictures {
  readonly #places = new Set<Place>();
  readonly #tracks = new Map<string, MediaStreamTrack>();
  readonly #told = new Map<string, TileSize>();
  #gathering = false;

  constructor(
    private readonly onDemand: (participant: ParticipantId, line: VideoLine, size: TileSize) => void,
  ) {
    document.addEventListener('visibilitychange', () => this.#gather());
    onPlayable(() => {
      for (const { video } of this.#places) if (video.srcObject && video.paused) play(video);
    });
  }

  show(source: PictureSource, place: HTMLElement, onFirst: () => void): ShownPicture {
    const video = document.createElement('video');
    // Without sound, in its place, and at once: else phones show it full screen or not at all.
    video.muted = true;
    video.playsInline = true;
    video.autoplay = true;
    video.disablePictureInPicture = true;
    video.dataset['source'] = keyOf(source);
    place.append(video);
    const shown: Place = { source, video, onFirst, size: HIDDEN };
    this.#places.add(shown);
    this.#attach(shown);
    return {
      setSize: (size) => {
        if (shown.size.width === size.width && shown.size.height === size.height) return;
        shown.size = size;
        this.#gather();
      },
      end: () => {
        this.#places.delete(shown);
        video.srcObject = null;
        video.remove();
        this.#gather();
      },
    };
  }

  /** What a source shows from now on. */
  set(source: PictureSource, track: MediaStreamTrack | null): void {
    const key = keyOf(source);
    if (track) this.#tracks.set(key, track);
    else this.#tracks.delete(key);
    for (const place of this.#places) if (keyOf(place.source) === key) this.#attach(place);
  }

  /** A link is new: the other end has to be told again what is drawn. */
  forget(participant: ParticipantId): void {
    for (const line of ['camera', 'screen'] as const) {
      const source = { type: line, participant };
      this.#told.delete(keyOf(source));
      this.set(source, null);
    }
    this.#gather();
  }

  #attach(place: Place): void {
    const track = this.#tracks.get(keyOf(place.source));
    place.video.srcObject = track ? new MediaStream([track]) : null;
    if (!track) return;
    play(place.video);
    place.video.onloadeddata = () => place.onFirst();
  }

  #gather(): void {
    if (this.#gathering) return;
    this.#gathering = true;
    setTimeout(() => {
      this.#gathering = false;
      this.#tell();
    }, GATHER_MS);
  }

  /** What nobody sees isn't sent. */
  #tell(): void {
    const wanted = new Map<string, { participant: ParticipantId; line: VideoLine; size: TileSize }>();
    for (const { source, size } of this.#places) {
      if (!('participant' in source)) continue;
      const key = keyOf(source);
      const { width, height } = wanted.get(key)?.size ?? HIDDEN;
      const seen = document.hidden ? HIDDEN : size;
      const largest = { width: Math.max(width, seen.width), height: Math.max(height, seen.height) };
      wanted.set(key, { participant: source.participant, line: source.type, size: largest });
    }
    for (const key of this.#told.keys()) {
      const [line, participant] = key.split(' ') as [VideoLine, ParticipantId];
      if (!wanted.has(key)) wanted.set(key, { participant, line, size: HIDDEN });
    }
    for (const [key, { participant, line, size }] of wanted) {
      const told = this.#told.get(key) ?? HIDDEN;
      if (told.width === size.width && told.height === size.height) continue;
      if (size === HIDDEN) this.#told.delete(key);
      else this.#told.set(key, size);
      this.onDemand(participant, line, size);
    }
  }
}

/** Where the browser lets it: one that saves energy may not before somebody does something. */
function play(video: HTMLVideoElement): void {
  void video.play().catch(() => undefined);
}

function keyOf(source: PictureSource): string {
  return 'participant' in source ? `${source.type} ${source.participant}` : source.type;
}
