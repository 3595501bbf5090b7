// Generated from the Rust types in src-tauri/protocol; don't edit. Written anew by
// CONCLAVE_WRITE_TYPES=1 cargo test -p conclave-protocol --test the_ui_has_these_types

/**
 * What is the matter with a monitor or window that was to be shared.
 */
export type ScreenFault = "notFound" | "closed" | "minimised" | "permissionDenied" | "unavailable" | "failed";
