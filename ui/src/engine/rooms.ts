import type { Access, DeviceChoice, SoundProcessing } from '../protocol';
import type { RoomPlace } from './settings';

export interface RecentRoom {
  readonly link: string;
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly lastVisit: number;
  readonly people: readonly string[];
  readonly hosted: boolean;
}

/** A room that somebody opened to everyone on this network. */
export interface NearbyRoom {
  readonly link: string;
  /** What its host calls it; may be empty. */
  readonly name: string;
  /** The name of the host, as they say. */
  readonly host: string;
}

export interface RoomOptions {
  readonly name: string;
  readonly place: RoomPlace;
  readonly access: Access;
  readonly password: string | null;
  /** Whether its link is told to everyone on this network. */
  readonly nearby: 'shown' | 'hidden';
}

export interface CreatedRoom {
  readonly link: string;
}

export type CreateError =
  | 'noNetwork'
  /** This computer's own server can't be started. */
  | 'notHosted'
  /** The room server's address is none. */
  | 'serverAddress'
  | 'password'
  /** This device can't say who it is. */
  | 'identity'
  | 'tooManyRooms'
  | 'failed';

export interface JoinRequest {
  readonly link: string;
  readonly name: string;
  readonly password: string | null;
  readonly camera: DeviceChoice | null;
  readonly microphone: DeviceChoice | null;
  readonly speaker: DeviceChoice | null;
  readonly muted: boolean;
  readonly soundProcessing: SoundProcessing;
}

export type JoinError =
  | 'damagedLink'
  | 'alreadyInCall'
  | 'invalidPassword'
  /** This device made the room, and knows that it has a password. */
  | 'passwordMissing'
  | 'wrongPassword'
  /** This device can't say who it is. */
  | 'identity'
  | 'failed';
