//! Small pictures of screens, to choose one by.

use fast_image_resize::images::{TypedImage, TypedImageRef};
use fast_image_resize::pixels::U8x4;
use fast_image_resize::{FilterType, ResizeAlg, ResizeOptions, Resizer};

use crate::fault::DeviceFault;
use crate::screen::convert::RawPicture;

/// What a thumbnail fits into: pixels across and down.
pub const THUMBNAIL_BOUNDS: (u32, u32) = (320, 200);

/// A small picture of a screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Thumbnail {
    /// Pixels across, at most 320.
    pub width: u32,
    /// Pixels down, at most 200.
    pub height: u32,
    /// Four bytes a pixel: red, green, blue, and 255.
    pub rgba: Vec<u8>,
}

impl Thumbnail {
    pub(super) fn of(picture: RawPicture<'_>) -> Result<Self, DeviceFault> {
        let (width, height) = fitted(picture.width, picture.height);
        let failed = |_| DeviceFault::Failed;
        let pixels: Vec<U8x4> = picture.bgrx.chunks_exact(4).map(|p| U8x4::new([p[2], p[1], p[0], u8::MAX])).collect();
        let source = TypedImageRef::new(picture.width, picture.height, &pixels).map_err(failed)?;
        let mut target = TypedImage::new(width, height);
        let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::Bilinear)).use_alpha(false);
        Resizer::new().resize_typed(&source, &mut target, &options).map_err(|_| DeviceFault::Failed)?;
        Ok(Self { width, height, rgba: target.pixels().iter().flat_map(|pixel| pixel.0).collect() })
    }
}

/// The largest size with these proportions that fits the bounds; nothing is enlarged.
fn fitted(width: u32, height: u32) -> (u32, u32) {
    let (max_width, max_height) = THUMBNAIL_BOUNDS;
    let (wide, high) = (u64::from(width.max(1)), u64::from(height.max(1)));
    let side = |side: u64| u32::try_from(side).unwrap_or(1).max(1);
    if width <= max_width && height <= max_height {
        (width.max(1), height.max(1))
    } else if wide * u64::from(max_height) >= high * u64::from(max_width) {
        (max_width, side(high * u64::from(max_width) / wide))
    } else {
        (side(wide * u64::from(max_height) / high), max_height)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::screen::test_pixels::halves;

    #[test]
    fn proportions_are_kept_and_nothing_is_enlarged() {
        for (size, fits) in [
            ((1920, 1080), (320, 180)),
            ((1920, 1200), (320, 200)),
            ((1080, 1920), (112, 200)),
            ((100, 50), (100, 50)),
            ((5_000, 2), (320, 1)),
        ] {
            assert_eq!(fitted(size.0, size.1), fits, "{size:?}");
        }
    }

    #[test]
    fn colours_are_those_of_the_screen() {
        let bgrx = halves(640, 400, [30, 20, 10], [200, 100, 0]);
        let thumbnail = Thumbnail::of(RawPicture { bgrx: &bgrx, width: 640, height: 400 }).unwrap();
        assert_eq!((thumbnail.width, thumbnail.height), (320, 200));
        assert_eq!(thumbnail.rgba.len(), 320 * 200 * 4);
        assert_eq!(thumbnail.rgba[..4], [10, 20, 30, 255]);
        assert_eq!(thumbnail.rgba[319 * 4..320 * 4], [0, 100, 200, 255]);
    }
}
