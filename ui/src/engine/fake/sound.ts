import type { LinkFigures, SoundLevels } from '../figures';
import type { ParticipantId, RoomSnapshot } from '../../protocol';
import type { Scene } from './scene';

/** Who speaks takes turns of four seconds; a frozen room has its second person speak. */
export function levelsAt(room: RoomSnapshot | null, scene: Scene, seconds: number): SoundLevels {
  const others = new Map<ParticipantId, number>();
  const count = room?.others.length ?? 0;
  const turn = scene.frozen ? 1 : Math.floor(seconds / 4) % Math.max(1, count);
  room?.others.forEach((other, index) => {
    const audible = other.media.microphone === 'live' && other.link === 'connected';
    const speaks = audible && index === Math.min(turn, count - 1);
    others.set(other.id, speaks ? voice(scene.frozen ? 0.4 : seconds) : 0.01);
  });
  return { own: scene.name === 'muted-talking' ? 0.5 : voice(scene.frozen ? 0.2 : seconds * 0.7), others };
}

/** A voice's level goes up and down with its syllables. */
export function voice(seconds: number): number {
  return 0.35 + 0.25 * Math.sin(seconds * 7) * Math.sin(seconds * 2.3);
}

export function figuresOf(room: RoomSnapshot | null, scene: Scene): ReadonlyMap<ParticipantId, LinkFigures> {
  const figures = new Map<ParticipantId, LinkFigures>();
  room?.others.forEach((other, index) => {
    const trouble = scene.name === 'poor' && index < 2;
    figures.set(other.id, {
      quality: trouble ? (index === 0 ? 'poor' : 'bad') : 'good',
      width: trouble ? 320 : 1280,
      height: trouble ? 180 : 720,
      framesPerSecond: trouble ? 11 : 30,
      codec: 'H.264',
      latencyMs: trouble ? 420 : 74 + index * 6,
      roundTripMs: trouble ? 310 : 18 + index * 7,
      lossPercent: trouble ? 8.4 : 0.1,
      receivedKbps: trouble ? 180 : 1480 + index * 35,
      sentKbps: trouble ? 210 : 1390,
      path: index % 3 === 2 ? 'relay' : 'direct',
    });
  });
  return figures;
}
