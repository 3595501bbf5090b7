// Generated from the Rust types in src-tauri/protocol; don't edit. Written anew by
// CONCLAVE_WRITE_TYPES=1 cargo test -p conclave-protocol --test the_ui_has_these_types

/**
 * When a participant came into the room: smaller came earlier. Ties (possible after a server restarted empty) are
 * settled by the participant's id, so any two participants agree who joined later, which is who offers.
 */
export type JoinOrder = number;
