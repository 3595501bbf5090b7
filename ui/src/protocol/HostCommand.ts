// Generated from the Rust types in src-tauri/protocol; don't edit. Written anew by
// CONCLAVE_WRITE_TYPES=1 cargo test -p conclave-protocol --test the_ui_has_these_types
import type { Access } from "./Access";
import type { Lock } from "./Lock";
import type { ParticipantId } from "./ParticipantId";

/**
 * What a host has done.
 */
export type HostCommand = { "type": "admit", 
/**
 * Who.
 */
participant: ParticipantId, } | { "type": "refuse", 
/**
 * Who.
 */
participant: ParticipantId, } | { "type": "remove", 
/**
 * Who.
 */
participant: ParticipantId, } | { "type": "setAccess", 
/**
 * Who.
 */
access: Access, } | { "type": "setLock", 
/**
 * Which.
 */
lock: Lock, } | { "type": "handOver", 
/**
 * Whom.
 */
participant: ParticipantId, } | { "type": "nameCoHosts", 
/**
 * Who, the first first; those before are co-hosts no more.
 */
participants: Array<ParticipantId>, };
