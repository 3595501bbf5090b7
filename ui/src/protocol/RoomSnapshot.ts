// Generated from the Rust types in src-tauri/protocol; don't edit. Written anew by
// CONCLAVE_WRITE_TYPES=1 cargo test -p conclave-protocol --test the_ui_has_these_types
import type { Governance } from "./Governance";
import type { LocalParticipant } from "./LocalParticipant";
import type { RemoteParticipant } from "./RemoteParticipant";
import type { RoomPhase } from "./RoomPhase";
import type { ServerPresence } from "./ServerPresence";
import type { WaitingParticipant } from "./WaitingParticipant";

/**
 * The room as the person sees it.
 */
export type RoomSnapshot = { 
/**
 * Where this call stands.
 */
phase: RoomPhase, 
/**
 * Whether the server is there.
 */
server: ServerPresence, 
/**
 * This participant.
 */
me: LocalParticipant, 
/**
 * Everyone else, by join order.
 */
others: Array<RemoteParticipant>, 
/**
 * Thirty digits that are the same for all who see the same devices in the room.
 */
roomCode: string | null, 
/**
 * Those who wait to be let in, longest first, as far as this participant may let them.
 */
waiting: Array<WaitingParticipant>, 
/**
 * How the room is run, as far as this participant knows.
 */
governance: Governance, };
