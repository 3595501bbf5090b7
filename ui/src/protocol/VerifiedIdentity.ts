// Generated from the Rust types in src-tauri/protocol; don't edit. Written anew by
// CONCLAVE_WRITE_TYPES=1 cargo test -p conclave-protocol --test the_ui_has_these_types
import type { SafetySign } from "./SafetySign";

/**
 * Who is at the other end of a link: proven by a key that only that device has.
 */
export type VerifiedIdentity = { 
/**
 * The device's Ed25519 public key, base64url.
 */
device: string, 
/**
 * Seven signs that both ends show: the same, or somebody sits between them.
 */
safety: Array<SafetySign>, };
