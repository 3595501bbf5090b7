import type { DeviceChoice, ParticipantId } from '../../../protocol';
import type { Line } from '../link/lines';
import { onPlayable } from '../playback';
import { deviceIdOf } from './capture';

type SoundLine = Extract<Line, 'microphone' | 'screenSound'>;

/** Loudest that an audio element plays by itself. */
const AS_SENT = 1;
/** Nobody hears less than this. */
const VOLUME_STEP = 0.01;

/** Whether this browser lets a page choose the speaker. */
export function choosesSpeakers(): boolean {
  return 'setSinkId' in HTMLMediaElement.prototype;
}

/** Plays what the others send. */
export class SoundOutput {
  readonly #voices = new Map<string, Voice>();
  readonly #volumes = new Map<ParticipantId, number>();
  #speaker = '';
  readonly #stopTrying = onPlayable(() => {
    for (const voice of this.#voices.values()) voice.play();
  });

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

  /** Has everything come from another speaker; what can't be done is thrown, and changes nothing. */
  async select(choice: DeviceChoice): Promise<void> {
    const id = deviceIdOf(choice) ?? '';
    if (!choosesSpeakers()) {
      if (id === '') return;
      throw new DOMException('no choice of speakers', 'NotFoundError');
    }
    // Also while nobody is heard.
    await new Audio().setSinkId(id);
    const former = this.#speaker;
    try {
      await this.#playFrom(id);
    } catch (error) {
      await this.#playFrom(former).catch(() => undefined);
      throw error;
    }
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
    this.#stopTrying();
  }

  async #playFrom(speaker: string): Promise<void> {
    this.#speaker = speaker;
    await Promise.all([...this.#voices.values()].map((voice) => voice.setSpeaker(speaker)));
  }
}

/**
 * One sound of one participant. What an element can't do to it, as playing it louder than it was sent, or on an iPhone at
 * another volume at all, a gain does.
 */
class Voice {
  readonly #element = new Audio();
  readonly #stream: MediaStream;
  #speaker = '';
  #gain: { context: AudioContext; node: GainNode; element: HTMLAudioElement } | null = null;

  constructor(
    readonly peer: ParticipantId,
    track: MediaStreamTrack,
    speaker: string,
  ) {
    this.#stream = new MediaStream([track]);
    this.#element.srcObject = this.#stream;
    // In the page, though nothing of it is seen: some browsers stop elements that are in none.
    this.#element.dataset['voice'] = peer;
    document.body.append(this.#element);
    if (speaker !== '') void this.setSpeaker(speaker).catch(() => undefined);
    this.play();
  }

  /** Begins or goes on, where the browser lets it. */
  play(): void {
    for (const element of [this.#element, this.#gain?.element])
      if (element?.paused) void element.play().catch(() => undefined);
    if (this.#gain?.context.state === 'suspended') void this.#gain.context.resume().catch(() => undefined);
  }

  setVolume(volume: number): void {
    this.#element.volume = Math.min(volume, AS_SENT);
    const isSet = Math.abs(this.#element.volume - volume) < VOLUME_STEP;
    if (isSet || volume === 0) {
      this.#dropGain();
      this.#element.muted = volume === 0;
      return;
    }
    // Muted it still runs: some browsers give sound to nothing else while no element takes it.
    this.#element.muted = true;
    this.#gain ??= this.#makeGain();
    this.#gain.node.gain.value = volume;
  }

  async setSpeaker(id: string): Promise<void> {
    this.#speaker = id;
    await Promise.all([this.#element.setSinkId(id), this.#gain?.element.setSinkId(id)]);
  }

  end(): void {
    this.#dropGain();
    this.#element.srcObject = null;
    this.#element.remove();
  }

  /** Into an element of its own, which goes to the chosen speaker as all sound does. */
  #makeGain(): { context: AudioContext; node: GainNode; element: HTMLAudioElement } {
    const context = new AudioContext();
    const node = context.createGain();
    const louder = context.createMediaStreamDestination();
    context.createMediaStreamSource(this.#stream).connect(node).connect(louder);
    const element = new Audio();
    element.srcObject = louder.stream;
    if (this.#speaker !== '') void element.setSinkId(this.#speaker).catch(() => undefined);
    void element.play().catch(() => undefined);
    return { context, node, element };
  }

  #dropGain(): void {
    if (!this.#gain) return;
    this.#gain.element.srcObject = null;
    void this.#gain.context.close();
    this.#gain = null;
  }
}

function keyOf(peer: ParticipantId, line: SoundLine): string {
  return `${peer} ${line}`;
}
