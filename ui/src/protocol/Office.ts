// Generated from the Rust types in src-tauri/protocol; don't edit. Written anew by
// CONCLAVE_WRITE_TYPES=1 cargo test -p conclave-protocol --test the_ui_has_these_types

/**
 * As what one is in a room.
 */
export type Office = "host" | "actingHost" | "coHost" | "guest";
