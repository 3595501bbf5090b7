// Generated from the Rust types in src-tauri/protocol; don't edit. Written anew by
// CONCLAVE_WRITE_TYPES=1 cargo test -p conclave-protocol --test the_ui_has_these_types

/**
 * Which camera, microphone or speaker: the text form that `conclave-media` reads (`device:NAME`, `pattern`, …).
 */
export type DeviceChoice = string;
