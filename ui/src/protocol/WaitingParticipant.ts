// Generated from the Rust types in src-tauri/protocol; don't edit. Written anew by
// CONCLAVE_WRITE_TYPES=1 cargo test -p conclave-protocol --test the_ui_has_these_types
import type { Knock } from "./Knock";
import type { ParticipantId } from "./ParticipantId";

/**
 * Somebody who waits to be let in.
 */
export type WaitingParticipant = { 
/**
 * Who.
 */
id: ParticipantId, 
/**
 * What they say of themselves, once they have knocked.
 */
knock: Knock | null, };
