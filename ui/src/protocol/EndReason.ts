// Generated from the Rust types in src-tauri/protocol; don't edit. Written anew by
// CONCLAVE_WRITE_TYPES=1 cargo test -p conclave-protocol --test the_ui_has_these_types
import type { SignallingError } from "./SignallingError";

/**
 * Why a call is over.
 */
export type EndReason = { "type": "left" } | { "type": "serverUnreachable" } | { "type": "refused", 
/**
 * Why not.
 */
error: SignallingError, } | { "type": "notAdmitted" } | { "type": "removed" } | { "type": "crashed" };
