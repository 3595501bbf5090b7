// Generated from the Rust types in src-tauri/protocol; don't edit. Written anew by
// CONCLAVE_WRITE_TYPES=1 cargo test -p conclave-protocol --test the_ui_has_these_types

/**
 * What a participant sends on a line, told by message: WebRTC gives the far side no event for a source that stops.
 */
export type LineState = "off" | "muted" | "live";
