// Generated from the Rust types in src-tauri/protocol; don't edit. Written anew by
// CONCLAVE_WRITE_TYPES=1 cargo test -p conclave-protocol --test the_ui_has_these_types

/**
 * Why the server refused a client or a message. Each ends the connection.
 */
export type SignallingError = "malformed" | "tooLarge" | "helloExpected" | "helloTimeout" | "unexpectedHello" | "unsupportedVersion" | "tooManyMessages" | "tooManyConnections" | "roomFull" | "wrongToken" | "replaced" | "tooSlow" | "shuttingDown" | "notTheHost" | "notAdmitted" | "locked" | "removed";
