// Generated from the Rust types in src-tauri/protocol; don't edit. Written anew by
// CONCLAVE_WRITE_TYPES=1 cargo test -p conclave-protocol --test the_ui_has_these_types
import type { ScreenChoice } from "./ScreenChoice";

/**
 * A screen that is to be shown to the others is not yet one that they see.
 */
export type SharingState = { 
/**
 * What is shown now.
 */
active: ScreenChoice | null, 
/**
 * What is about to be.
 */
requested: ScreenChoice | null, };
