// Generated from the Rust types in src-tauri/protocol; don't edit. Written anew by
// CONCLAVE_WRITE_TYPES=1 cargo test -p conclave-protocol --test the_ui_has_these_types
import type { Access } from "./Access";
import type { Lock } from "./Lock";
import type { Office } from "./Office";

/**
 * How a room is run.
 */
export type Governance = { 
/**
 * What this participant may do about it.
 */
office: Office, 
/**
 * Who may come in.
 */
access: Access, 
/**
 * Whether anybody may come in at all who wasn't there.
 */
lock: Lock, };
