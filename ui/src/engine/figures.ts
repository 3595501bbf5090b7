import type { ParticipantId } from '../protocol';

/** From 0, silence, to 1, as loud as a voice gets. */
export interface SoundLevels {
  readonly own: number;
  readonly others: ReadonlyMap<ParticipantId, number>;
}

export type LinkQuality = 'good' | 'poor' | 'bad';

/** Figures of one link, for its tile. What isn't known is `null`. */
export interface LinkFigures {
  readonly quality: LinkQuality;
  readonly width: number | null;
  readonly height: number | null;
  readonly framesPerSecond: number | null;
  /** As `H.264`. */
  readonly codec: string | null;
  /** From their microphone to the speaker here, without the devices. */
  readonly latencyMs: number | null;
  readonly roundTripMs: number | null;
  readonly lossPercent: number | null;
  readonly receivedKbps: number | null;
  readonly sentKbps: number | null;
  readonly path: 'direct' | 'relay' | null;
}
