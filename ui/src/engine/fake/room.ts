import type { HostCommand, Intent, RemoteParticipant, RoomPhase, RoomSnapshot } from '../../protocol';
import type { JoinRequest } from '../rooms';
import { idOf, knocking, person, ROOM_CODE } from './people';
import type { Scene } from './scene';

const ME = 98;

/** The room of a scene. */
export function roomOf(scene: Scene, phase: RoomPhase, request: JoinRequest): RoomSnapshot {
  const inside = phase.type === 'joined';
  const count = inside && scene.name !== 'alone' ? scene.people : 0;
  const others = Array.from({ length: count }, (_, index) => asIn(scene, person(index), index));
  return {
    phase,
    server: scene.name === 'server-away' || phase.type === 'joining' ? 'connecting' : 'connected',
    me: {
      id: idOf(ME),
      name: request.name,
      camera: { active: request.camera, fault: null, requested: null },
      microphone: { active: request.microphone, fault: null, requested: null },
      speaker: { active: request.speaker, fault: null, requested: null },
      microphoneMuted: request.muted || scene.name === 'muted-talking',
      soundProcessing: { echoCancellation: 'on', noiseSuppression: 'on', automaticGain: 'on' },
      sharing: { active: null, requested: null },
    },
    others,
    roomCode: count > 0 ? ROOM_CODE : null,
    waiting: scene.name === 'knocks' ? [knocking(0), knocking(1)] : [],
    governance: {
      office: scene.host ? 'host' : 'guest',
      access: scene.name === 'knocks' ? 'lobby' : 'open',
      lock: 'unlocked',
    },
  };
}

function asIn(scene: Scene, other: RemoteParticipant, index: number): RemoteParticipant {
  const media = { ...other.media };
  switch (scene.name) {
    case 'connecting':
      return index === 0 ? other : { ...other, link: 'connecting', verified: null, recognition: null };
    case 'reconnecting':
      return index === 1 ? { ...other, link: 'reconnecting' } : other;
    case 'cameras-off':
      return { ...other, media: { ...media, camera: 'off', microphone: index % 2 ? 'muted' : 'live' } };
    case 'guests':
    case 'call-insecure':
    case 'call-no-video':
      return asGuest(other, index);
    case 'muted':
      return { ...other, media: { ...media, microphone: 'muted' } };
    case 'screen':
      return index === 0 ? { ...other, media: { ...media, screen: 'live' } } : other;
    default: {
      // A usual call: somebody is muted, and somebody has no camera on.
      const microphone = index % 4 === 2 ? 'muted' : media.microphone;
      const camera = index === 3 ? 'off' : media.camera;
      return { ...other, media: { ...media, microphone, camera } };
    }
  }
}

/** Some are in a browser, and one of them in a browser that has no pictures. */
function asGuest(other: RemoteParticipant, index: number): RemoteParticipant {
  if (index === 2) {
    return { ...other, client: 'browserWithoutVideo', media: { ...other.media, camera: 'off' } };
  }
  return { ...other, client: index % 2 === 1 ? 'browser' : 'app' };
}

/** What an intent does to the room, as the core would. */
export function withIntent(room: RoomSnapshot, intent: Intent): RoomSnapshot {
  const { me } = room;
  switch (intent.type) {
    case 'leave':
      return { ...room, phase: { type: 'ended', reason: { type: 'left' } }, others: [] };
    case 'rename':
      return { ...room, me: { ...me, name: intent.name } };
    case 'selectCamera':
      return { ...room, me: { ...me, camera: { active: intent.camera, fault: null, requested: null } } };
    case 'selectMicrophone':
      return {
        ...room,
        me: { ...me, microphone: { active: intent.microphone, fault: null, requested: null } },
      };
    case 'selectSpeaker':
      return { ...room, me: { ...me, speaker: { active: intent.speaker, fault: null, requested: null } } };
    case 'muteMicrophone':
      return { ...room, me: { ...me, microphoneMuted: intent.muted } };
    case 'setSoundProcessing':
      return { ...room, me: { ...me, soundProcessing: intent.processing } };
    case 'shareScreen':
      return { ...room, me: { ...me, sharing: { active: intent.screen, requested: null } } };
    case 'stopSharing':
      return { ...room, me: { ...me, sharing: { active: null, requested: null } } };
    case 'setVolume':
      return withOther(room, intent.participant, (other) => ({ ...other, volume: intent.volume }));
    case 'confirmIdentity':
      return withOther(room, intent.participant, (other) => ({ ...other, recognition: 'confirmed' }));
    case 'viewVideo':
    case 'forgetDevices':
      return room;
    case 'govern':
      return governed(room, intent.command);
  }
}

function governed(room: RoomSnapshot, command: HostCommand): RoomSnapshot {
  const { governance } = room;
  switch (command.type) {
    case 'admit': {
      const knock = room.waiting.find(({ id }) => id === command.participant)?.knock;
      const waiting = room.waiting.filter(({ id }) => id !== command.participant);
      const index = room.others.length;
      const comer = { ...person(index), id: command.participant, name: knock?.name ?? null };
      return { ...room, waiting, others: [...room.others, comer] };
    }
    case 'refuse':
      return { ...room, waiting: room.waiting.filter(({ id }) => id !== command.participant) };
    case 'remove':
      return { ...room, others: room.others.filter(({ id }) => id !== command.participant) };
    case 'setAccess':
      return { ...room, governance: { ...governance, access: command.access } };
    case 'setLock':
      return { ...room, governance: { ...governance, lock: command.lock } };
    case 'handOver':
      return { ...room, waiting: [], governance: { ...governance, office: 'guest' } };
    case 'nameCoHosts':
      return room;
  }
}

function withOther(
  room: RoomSnapshot,
  id: string,
  change: (other: RemoteParticipant) => RemoteParticipant,
): RoomSnapshot {
  return { ...room, others: room.others.map((other) => (other.id === id ? change(other) : other)) };
}
