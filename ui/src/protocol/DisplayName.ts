// Generated from the Rust types in src-tauri/protocol; don't edit. Written anew by
// CONCLAVE_WRITE_TYPES=1 cargo test -p conclave-protocol --test the_ui_has_these_types

/**
 * A participant's name: 1 to [`MAX_NAME_CHARACTERS`] characters, no control or direction-changing ones, no white
 * space around it. Whoever receives one applies the same rule again, so a hostile name can't break a page or a log.
 */
export type DisplayName = string;
