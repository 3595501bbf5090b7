// Generated from the Rust types in src-tauri/protocol; don't edit. Written anew by
// CONCLAVE_WRITE_TYPES=1 cargo test -p conclave-protocol --test the_ui_has_these_types

/**
 * One of the signs that two people compare.
 */
export type SafetySign = { 
/**
 * The emoji.
 */
symbol: string, 
/**
 * What it shows, in English.
 */
name: string, };
