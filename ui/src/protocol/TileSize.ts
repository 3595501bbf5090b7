// Generated from the Rust types in src-tauri/protocol; don't edit. Written anew by
// CONCLAVE_WRITE_TYPES=1 cargo test -p conclave-protocol --test the_ui_has_these_types

/**
 * How large a picture is drawn, in device pixels; zero by zero when it is not drawn at all.
 */
export type TileSize = { 
/**
 * Pixels across.
 */
width: number, 
/**
 * Pixels down.
 */
height: number, };
