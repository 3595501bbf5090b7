/** What a meter shows as nothing and as full, in dB of full scale: as the app's. */
const QUIET_DBFS = -60;
const LOUD_DBFS = -10;

/** A level from 0 to 1 of a sound's loudness, from 0 to 1 as samples are. */
export function meter(amplitude: number): number {
  if (amplitude <= 0) return 0;
  const dbfs = 20 * Math.log10(amplitude);
  return Math.min(Math.max((dbfs - QUIET_DBFS) / (LOUD_DBFS - QUIET_DBFS), 0), 1);
}

/** How loud a track is, as it is captured. A muted one is silent. */
export class TrackMeter {
  readonly #context = new AudioContext();
  readonly #analyser = this.#context.createAnalyser();
  readonly #samples = new Float32Array(new ArrayBuffer(4 * this.#analyser.fftSize));
  readonly #source: MediaStreamAudioSourceNode;

  constructor(track: MediaStreamTrack) {
    this.#source = this.#context.createMediaStreamSource(new MediaStream([track]));
    this.#source.connect(this.#analyser);
  }

  /** From 0 to 1. */
  get level(): number {
    this.#analyser.getFloatTimeDomainData(this.#samples);
    const energy = this.#samples.reduce((sum, sample) => sum + sample * sample, 0);
    return meter(Math.sqrt(energy / this.#samples.length));
  }

  end(): void {
    this.#source.disconnect();
    void this.#context.close();
  }
}
