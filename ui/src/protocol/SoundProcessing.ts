// Generated from the Rust types in src-tauri/protocol; don't edit. Written anew by
// CONCLAVE_WRITE_TYPES=1 cargo test -p conclave-protocol --test the_ui_has_these_types
import type { Switch } from "./Switch";

/**
 * What is done to the sound of a microphone before it is sent. By default nothing.
 */
export type SoundProcessing = { 
/**
 * What the speaker plays is taken out.
 */
echoCancellation: Switch, 
/**
 * What sounds on and on, such as a fan, is turned down.
 */
noiseSuppression: Switch, 
/**
 * Speech is brought to a usual level.
 */
automaticGain: Switch, };
