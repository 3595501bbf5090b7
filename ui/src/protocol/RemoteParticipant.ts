// Generated from the Rust types in src-tauri/protocol; don't edit. Written anew by
// CONCLAVE_WRITE_TYPES=1 cargo test -p conclave-protocol --test the_ui_has_these_types
import type { ClientKind } from "./ClientKind";
import type { DisplayName } from "./DisplayName";
import type { JoinOrder } from "./JoinOrder";
import type { LinkPhase } from "./LinkPhase";
import type { MediaState } from "./MediaState";
import type { ParticipantId } from "./ParticipantId";
import type { Recognition } from "./Recognition";
import type { VerifiedIdentity } from "./VerifiedIdentity";

/**
 * Somebody else in the room.
 */
export type RemoteParticipant = { 
/**
 * Who.
 */
id: ParticipantId, 
/**
 * When they joined.
 */
order: JoinOrder, 
/**
 * Their name, once they said it.
 */
name: DisplayName | null, 
/**
 * The link to them.
 */
link: LinkPhase, 
/**
 * Who they have proven to be, while there is a link that is proven.
 */
verified: VerifiedIdentity | null, 
/**
 * What is known of that device, once they said their name.
 */
recognition: Recognition | null, 
/**
 * What they joined with, once they said it.
 */
client: ClientKind | null, 
/**
 * What they send.
 */
media: MediaState, 
/**
 * How loud they are played here: 0 to 2, 1 as sent.
 */
volume: number, };
