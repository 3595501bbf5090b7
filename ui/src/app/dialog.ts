import type { CreateError } from '../engine/engine';
import type { LinkFault } from '../links/invite';
import type { ParticipantId } from '../protocol';

export interface LobbyEntry {
  readonly link: string;
  readonly server: string;
  /** The room was made here just now. */
  readonly created: boolean;
  readonly password: string | null;
}

export type Dialog =
  | { type: 'newRoom'; error: CreateError | null; busy: boolean }
  | { type: 'invite' }
  | { type: 'settings' }
  | { type: 'shortcuts' }
  | { type: 'linkFault'; fault: LinkFault }
  | { type: 'verify'; participant: ParticipantId }
  | { type: 'remove'; participant: ParticipantId }
  | { type: 'handOver'; participant: ParticipantId };
