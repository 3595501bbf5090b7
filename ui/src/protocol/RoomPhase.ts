// Generated from the Rust types in src-tauri/protocol; don't edit. Written anew by
// CONCLAVE_WRITE_TYPES=1 cargo test -p conclave-protocol --test the_ui_has_these_types
import type { EndReason } from "./EndReason";

/**
 * Where a call stands.
 */
export type RoomPhase = { "type": "joining" } | { "type": "waiting" } | { "type": "joined" } | { "type": "ended", 
/**
 * Why.
 */
reason: EndReason, };
