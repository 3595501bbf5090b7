import type { ParticipantId } from '../../../protocol';
import type { LinkFigures, LinkQuality } from '../../figures';
import type { Link } from './link';

interface Sums {
  readonly at: number;
  readonly came: number;
  readonly lost: number;
  readonly receivedBytes: number;
  readonly sentBytes: number;
  readonly frames: number;
}

const NONE: Sums = { at: 0, came: 0, lost: 0, receivedBytes: 0, sentBytes: 0, frames: 0 };

/** The parts of W3C's identifiers for WebRTC's statistics that are read here. */
interface Entry {
  readonly id: string;
  readonly type: string;
  readonly mid?: string;
  readonly codecId?: string;
  readonly mimeType?: string;
  readonly packetsReceived?: number;
  readonly packetsLost?: number;
  readonly framesDecoded?: number;
  readonly frameWidth?: number;
  readonly frameHeight?: number;
  readonly jitterBufferDelay?: number;
  readonly jitterBufferEmittedCount?: number;
  readonly selectedCandidatePairId?: string;
  readonly currentRoundTripTime?: number;
  readonly bytesReceived?: number;
  readonly bytesSent?: number;
  readonly localCandidateId?: string;
  readonly remoteCandidateId?: string;
  readonly candidateType?: string;
}

/** Turns a link's sums into figures of the last second. */
export class FigureKeeper {
  readonly #before = new Map<ParticipantId, Sums>();

  async figures(links: readonly Link[]): Promise<Map<ParticipantId, LinkFigures>> {
    const all = await Promise.all(links.map(async (link) => [link.peer, await this.#of(link)] as const));
    const present = new Set(links.map(({ peer }) => peer));
    for (const peer of this.#before.keys()) if (!present.has(peer)) this.#before.delete(peer);
    return new Map(all);
  }

  async #of(link: Link): Promise<LinkFigures> {
    const report = new Map<string, Entry>();
    (await link.statistics()).forEach((entry: Entry) => report.set(entry.id, entry));
    const entries = [...report.values()];
    const inbound = entries.filter(({ type }) => type === 'inbound-rtp');
    const camera = inbound.find(({ mid }) => mid !== undefined && mid === link.midOf('camera'));
    const voice = inbound.find(({ mid }) => mid !== undefined && mid === link.midOf('microphone'));
    const transport = entries.find(({ type }) => type === 'transport');
    const pair = report.get(transport?.selectedCandidatePairId ?? '');
    const now: Sums = {
      at: performance.now(),
      came: sum(inbound, 'packetsReceived'),
      lost: sum(inbound, 'packetsLost'),
      receivedBytes: pair?.bytesReceived ?? 0,
      sentBytes: pair?.bytesSent ?? 0,
      frames: camera?.framesDecoded ?? 0,
    };
    const before = this.#before.get(link.peer) ?? NONE;
    this.#before.set(link.peer, now);
    const seconds = (now.at - before.at) / 1_000;
    const [came, lost] = [now.came - before.came, Math.max(now.lost - before.lost, 0)];
    const lossPercent = came + lost > 0 ? (100 * lost) / (came + lost) : null;
    const measured = pair?.currentRoundTripTime;
    const roundTripMs = measured === undefined ? link.roundTripMs : 1_000 * measured;
    const kbps = (bytes: number) => (before === NONE ? null : Math.round((8 * bytes) / seconds / 1_000));
    const hasPictures = now.frames > 0;
    return {
      quality: qualityOf(lossPercent, roundTripMs),
      width: (hasPictures && camera?.frameWidth) || null,
      height: (hasPictures && camera?.frameHeight) || null,
      framesPerSecond: hasPictures && before !== NONE ? (now.frames - before.frames) / seconds : null,
      codec: hasPictures ? codecOf(report.get(camera?.codecId ?? '')) : null,
      latencyMs: latencyOf(voice, roundTripMs),
      roundTripMs,
      lossPercent,
      receivedKbps: kbps(now.receivedBytes - before.receivedBytes),
      sentKbps: kbps(now.sentBytes - before.sentBytes),
      path: pathOf([report.get(pair?.localCandidateId ?? ''), report.get(pair?.remoteCandidateId ?? '')]),
    };
  }
}

function sum(entries: readonly Entry[], what: 'packetsReceived' | 'packetsLost'): number {
  return entries.reduce((total, entry) => total + (entry[what] ?? 0), 0);
}

function codecOf(codec: Entry | undefined): string | null {
  const name = codec?.mimeType?.split('/')[1];
  return name === 'H264' ? 'H.264' : (name ?? null);
}

/** Half of the way there and back, and what the jitter buffer held it for. */
function latencyOf(voice: Entry | undefined, roundTripMs: number | null): number | null {
  const { jitterBufferDelay = 0, jitterBufferEmittedCount = 0 } = voice ?? {};
  if (roundTripMs === null || jitterBufferEmittedCount === 0) return null;
  return roundTripMs / 2 + (1_000 * jitterBufferDelay) / jitterBufferEmittedCount;
}

function pathOf(ends: readonly (Entry | undefined)[]): LinkFigures['path'] {
  if (ends.every((end) => end === undefined)) return null;
  return ends.some((end) => end?.candidateType === 'relay') ? 'relay' : 'direct';
}

/** The bounds of the app's own figures (`src-tauri/shell/src/session/figures.rs`). */
function qualityOf(lossPercent: number | null, roundTripMs: number | null): LinkQuality {
  const [loss, roundTrip] = [lossPercent ?? 0, roundTripMs ?? 0];
  if (loss > 10 || roundTrip > 800) return 'bad';
  return loss > 3 || roundTrip > 400 ? 'poor' : 'good';
}
