// Generated from the Rust types in src-tauri/protocol; don't edit. Written anew by
// CONCLAVE_WRITE_TYPES=1 cargo test -p conclave-protocol --test the_ui_has_these_types

/**
 * Which monitor or window: the text form that `conclave-media` reads (`monitor:ID`, `window:ID`, …).
 */
export type ScreenChoice = string;
