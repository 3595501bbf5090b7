// Generated from the Rust types in src-tauri/protocol; don't edit. Written anew by
// CONCLAVE_WRITE_TYPES=1 cargo test -p conclave-protocol --test the_ui_has_these_types
import type { DisplayName } from "./DisplayName";
import type { Recognition } from "./Recognition";

/**
 * What somebody says who asks to be let in. Nothing of it is proven before they are let in: only the device that is
 * named here can use that then.
 */
export type Knock = { 
/**
 * Their name.
 */
name: DisplayName, 
/**
 * Their device's Ed25519 public key, base64url.
 */
device: string, 
/**
 * What is known of that device.
 */
recognition: Recognition, };
