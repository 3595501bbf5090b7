import type {
  ClientKind,
  Knock,
  Office,
  ParticipantId,
  Recognition,
  RemoteParticipant,
  RoomSnapshot,
  SafetySign,
} from '../protocol';
import { colourOf, initialsOf } from '../stage/face';

export interface PersonView {
  readonly id: ParticipantId;
  readonly name: string;
  readonly initials: string;
  readonly hue: number;
  readonly muted: boolean;
  readonly cameraOff: boolean;
  readonly link: RemoteParticipant['link'];
  readonly recognition: Recognition | null;
  readonly coHost: boolean;
  readonly client: ClientKind | null;
}

export interface KnockView {
  readonly id: ParticipantId;
  /** `null` until they have said it. */
  readonly name: string | null;
  readonly initials: string;
  readonly hue: number;
  readonly recognition: Recognition | null;
}

export interface PeopleView {
  readonly me: {
    readonly name: string;
    readonly initials: string;
    readonly hue: number;
    readonly muted: boolean;
    readonly client: ClientKind;
  };
  readonly people: readonly PersonView[];
  readonly knocks: readonly KnockView[];
  readonly office: Office;
  readonly lobby: boolean;
  readonly locked: boolean;
}

/** The signs that two people compare, and the code of the whole room. */
export interface VerifyView {
  readonly participant: ParticipantId;
  readonly name: string;
  readonly signs: readonly SafetySign[] | null;
  readonly recognition: Recognition | null;
  readonly roomCode: readonly string[] | null;
}

export function peopleView(
  room: RoomSnapshot,
  coHosts: readonly ParticipantId[],
  someone: string,
  ownClient: ClientKind,
): PeopleView {
  return {
    me: {
      name: room.me.name,
      initials: initialsOf(room.me.name),
      hue: colourOf(room.me.id ?? room.me.name),
      muted: room.me.microphoneMuted || !room.me.microphone.active,
      client: ownClient,
    },
    people: room.others.map((person) => personView(person, coHosts.includes(person.id), someone)),
    knocks: room.waiting.map(({ id, knock }) => knockView(id, knock)),
    office: room.governance.office,
    lobby: room.governance.access === 'lobby',
    locked: room.governance.lock === 'locked',
  };
}

function personView(person: RemoteParticipant, coHost: boolean, someone: string): PersonView {
  const name = person.name ?? someone;
  return {
    id: person.id,
    name,
    initials: initialsOf(name),
    hue: colourOf(person.verified?.device ?? person.id),
    muted: person.media.microphone !== 'live',
    cameraOff: person.media.camera !== 'live',
    link: person.link,
    recognition: person.recognition,
    coHost,
    client: person.client,
  };
}

function knockView(id: ParticipantId, knock: Knock | null): KnockView {
  return {
    id,
    name: knock?.name ?? null,
    initials: knock ? initialsOf(knock.name) : '…',
    hue: colourOf(knock?.device ?? id),
    recognition: knock?.recognition ?? null,
  };
}

export function verifyView(
  room: RoomSnapshot,
  participant: ParticipantId,
  someone: string,
): VerifyView | null {
  const person = room.others.find((other) => other.id === participant);
  if (!person) return null;
  return {
    participant,
    name: person.name ?? someone,
    signs: person.verified?.safety ?? null,
    recognition: person.recognition,
    roomCode: room.roomCode === null ? null : groupsOfFive(room.roomCode),
  };
}

/** Thirty digits are read aloud five at a time. */
export function groupsOfFive(digits: string): string[] {
  return digits.replace(/\s/g, '').match(/.{1,5}/g) ?? [];
}
