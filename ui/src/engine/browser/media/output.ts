import type { DeviceChoice, ParticipantId } from '../../../protocol';
import type { Line } from '../link/lines';
import { deviceIdOf } from './capture';

type SoundLine = Extract<Line, 'microphone' | 'screenSound'>;

/** Loudest that an audio element plays by itself. */
const AS_SENT = 1;

/** Whether this browser lets a page choose the speaker. */
export function choosesSpeakers(): boolean {
  return 'setSinkId' in HTMLMediaElement.prototype;
}

/** Plays what the others send. */
export class SoundOutput {
  readonly #voices = new Map<string, Voice>();
  readonly #volumes = new Map<ParticipantId, number>();
  #speaker: string | null = null;

  play(peer: ParticipantId, line: SoundLine, track: MediaStreamTrack): void {
    const key = keyOf(peer, line);
    this.#voices.get(key)?.end();
    const voice = new Voice(peer, track, this.#speaker);
    voice.setVolume(this.#volumes.get(peer) ?? AS_SENT);
    this.#voices.set(key, voice);
  }

  /** How loud somebody is played: 0 silent, 1 as sent, at most 2. */
  setVolume(peer: ParticipantId, volume: number): void {
    this.#volumes.set(peer, volume);
    for (const voice of this.#voices.values()) if (voice.peer === peer) voice.setVolume(volume);
  }

  /** Has everything come from another speaker; what can't be done is thrown. */
  async select(choice: DeviceChoice): Promise<void> {
    const id = deviceIdOf(choice) ?? '';
    if (!choosesSpeakers()) {
      if (id === '') return;
      throw new DOMException('no choice of speakers', 'NotFoundError');
    }
    this.#speaker = id;
    await Promise.all([...this.#voices.values()].map((voice) => voice.setSpeaker(id)));
  }

  /** Forgets those who are gone. */
  keepOnly(present: ReadonlySet<ParticipantId>): void {
    for (const [key, voice] of this.#voices) {
      if (present.has(voice.peer)) continue;
      voice.end();
      this.#voices.delete(key);
    }
    for (const peer of this.#volumes.keys()) if (!present.has(peer)) this.#volumes.delete(peer);
  }

  close(): void {
    this.keepOnly(new Set());
  }
}

/** One sound of one participant. Louder than it was sent it goes through a gain of its own. */
class Voice {
  readonly #element = new Audio();
  readonly #stream: MediaStream;
  #gain: { context: AudioContext; node: GainNode } | null = null;

  constructor(
    readonly peer: ParticipantId,
    track: MediaStreamTrack,
    speaker: string | null,
  ) {
    this.#stream = new MediaStream([track]);
    this.#element.srcObject = this.#stream;
    // In the page, though nothing of it is seen: some browsers stop elements that are in none.
    this.#element.dataset['voice'] = peer;
    document.body.append(this.#element);
    if (speaker !== null) void this.setSpeaker(speaker).catch(() => undefined);
    // A call begins by a click, after which pages may play.
    void this.#element.play().catch(() => undefined);
  }

  setVolume(volume: number): void {
    if (volume <= AS_SENT) {
      this.#dropGain();
      this.#element.volume = volume;
      return;
    }
    // Muted it still runs: some browsers give sound to nothing else while no element takes it.
    this.#element.volume = 0;
    this.#gain ??= this.#makeGain();
    this.#gain.node.gain.value = volume;
  }

  async setSpeaker(id: string): Promise<void> {
    await this.#element.setSinkId(id);
  }

  end(): void {
    this.#dropGain();
    this.#element.srcObject = null;
    this.#element.remove();
  }

  #makeGain(): { context: AudioContext; node: GainNode } {
    const context = new AudioContext();
    const node = context.createGain();
    context.createMediaStreamSource(this.#stream).connect(node).connect(context.destination);
    return { context, node };
  }

  #dropGain(): void {
    void this.#gain?.context.close();
    this.#gain = null;
  }
}

function keyOf(peer: ParticipantId, line: SoundLine): string {
  return `${peer} ${line}`;
}
