//! The size in which a picture is sent for a tile.

use conclave_call::protocol::line::TileSize;

/// The smallest size with the picture's proportions that covers the tile, so that the window may crop it or show it
/// whole without making it larger. Never larger than the picture is; even sides, as half of them are chroma's.
pub(super) fn fitted(width: u32, height: u32, tile: TileSize) -> (u32, u32) {
    let (tile_width, tile_height) = (u64::from(tile.width), u64::from(tile.height));
    let (wide, high) = (u64::from(width), u64::from(height));
    if wide == 0 || high == 0 || tile_width >= wide || tile_height >= high {
        return (width, height);
    }
    // The side that has to be scaled down less decides.
    let (fitted_width, fitted_height) = if tile_width * high >= tile_height * wide {
        (tile_width, (tile_width * high).div_ceil(wide))
    } else {
        ((tile_height * wide).div_ceil(high), tile_height)
    };
    let even = |side: u64, most: u32| u32::try_from(side.next_multiple_of(2)).unwrap_or(most).clamp(2, most.max(2));
    (even(fitted_width, width), even(fitted_height, height))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fit(width: u32, height: u32, tile_width: u16, tile_height: u16) -> (u32, u32) {
        fitted(width, height, TileSize { width: tile_width, height: tile_height })
    }

    #[test]
    fn a_picture_covers_its_tile_and_is_never_made_larger() {
        assert_eq!(fit(640, 360, 426, 240), (428, 240));
        assert_eq!(fit(1280, 720, 640, 360), (640, 360));
        assert_eq!(fit(640, 360, 1280, 720), (640, 360));
        assert_eq!(fit(1280, 720, 100, 360), (640, 360));
        assert_eq!(fit(640, 480, 320, 180), (320, 240));
        assert_eq!(fit(360, 640, 320, 180), (320, 570));
        assert_eq!(fit(320, 180, 400, 90), (320, 180));
        assert_eq!(fit(1280, 720, 1, 1), (2, 2));
    }
}
