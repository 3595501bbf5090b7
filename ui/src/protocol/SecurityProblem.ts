// Generated from the Rust types in src-tauri/protocol; don't edit. Written anew by
// CONCLAVE_WRITE_TYPES=1 cargo test -p conclave-protocol --test the_ui_has_these_types

/**
 * Why what came in a participant's name can't be believed. All up to [`SecurityProblem::OtherDevice`] are signs of a
 * server that meddles.
 */
export type SecurityProblem = "forged" | "replayed" | "intercepted" | "fingerprint" | "otherDevice" | "nameWithOtherDevice" | "otherVersion" | "otherKey" | "removed" | "notAdmitted" | "forgedAdmission" | "expiredAdmission" | "otherRoomsAdmission" | "twoHosts" | "roomLocked" | "passwordGuessing";
