// Generated from the Rust types in src-tauri/protocol; don't edit. Written anew by
// CONCLAVE_WRITE_TYPES=1 cargo test -p conclave-protocol --test the_ui_has_these_types
import type { DeviceChoice } from "./DeviceChoice";
import type { DeviceFault } from "./DeviceFault";

/**
 * A device that was asked for is not yet one that works: both are shown.
 */
export type DeviceState = { 
/**
 * What delivers now, or would if nothing was the matter with it.
 */
active: DeviceChoice | null, 
/**
 * What is the matter with it: the others get nothing of it meanwhile.
 */
fault: DeviceFault | null, 
/**
 * What is being opened.
 */
requested: DeviceChoice | null, };
