//! What is drawn.

use serde::Serialize;
use thiserror::Error;
use ts_rs::TS;

use super::Shared;
use crate::frames::tiles::{NumberedTile, Tile, TooManyTiles};

/// Why tiles can't be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error, Serialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum TilesError {
    /// More than any window has.
    #[error("too many tiles")]
    TooMany,
}

impl From<TooManyTiles> for TilesError {
    fn from(TooManyTiles: TooManyTiles) -> Self {
        Self::TooMany
    }
}

/// Says what is drawn where.
///
/// # Errors
/// [`TilesError`].
#[tauri::command]
pub async fn set_tiles(app: Shared<'_>, tiles: Vec<Tile>) -> Result<Vec<NumberedTile>, TilesError> {
    let change = app.frames.set_tiles(&tiles)?;
    app.sessions.view(change.views).await;
    Ok(change.tiles)
}
