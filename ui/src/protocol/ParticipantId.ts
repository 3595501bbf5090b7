// Generated from the Rust types in src-tauri/protocol; don't edit. Written anew by
// CONCLAVE_WRITE_TYPES=1 cargo test -p conclave-protocol --test the_ui_has_these_types

/**
 * One participant's presence in a room, drawn by the server at the first hello; kept over a resume.
 */
export type ParticipantId = string;
