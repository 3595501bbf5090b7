/** WebKit calls new tracks muted for a moment. */
const STALLED_AFTER_MS = 1_000;

/** Whether a track delivers. */
export interface FlowEnds {
  stalled(): void;
  flows(): void;
}

/**
 * Follows whether a live track delivers. Browsers mute one whose camera stands still, and on telephones while another app is
 * in front or somebody calls.
 */
export class Flow {
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly track: MediaStreamTrack,
    private readonly ends: FlowEnds,
  ) {
    track.onmute = () => this.#look();
    track.onunmute = () => this.#look();
    this.#look();
  }

  end(): void {
    clearTimeout(this.#timer);
    this.track.onmute = null;
    this.track.onunmute = null;
  }

  #look(): void {
    clearTimeout(this.#timer);
    if (this.track.muted) this.#timer = setTimeout(() => this.ends.stalled(), STALLED_AFTER_MS);
    else this.ends.flows();
  }
}
