// Generated from the Rust types in src-tauri/protocol; don't edit. Written anew by
// CONCLAVE_WRITE_TYPES=1 cargo test -p conclave-protocol --test the_ui_has_these_types
import type { LineState } from "./LineState";

/**
 * What a participant sends on each line.
 */
export type MediaState = { 
/**
 * The voice.
 */
microphone: LineState, 
/**
 * The face.
 */
camera: LineState, 
/**
 * The shared screen.
 */
screen: LineState, 
/**
 * The shared screen's sound.
 */
screenSound: LineState, };
