//! From a screen's pixels to a picture.

use yuv::{BufferStoreMut, YuvConversionMode, YuvPlanarImageMut, YuvRange, YuvStandardMatrix, bgra_to_yuv420};

use crate::clock::MediaTime;
use crate::fault::DeviceFault;
use crate::frame::{FramePool, VideoFrame};

/// Pixels as a screen has them: rows from the top, packed; blue, green, red, and a byte that means nothing.
#[derive(Debug, Clone, Copy)]
pub(super) struct RawPicture<'a> {
    /// `4 * width * height` bytes.
    pub(super) bgrx: &'a [u8],
    pub(super) width: u32,
    pub(super) height: u32,
}

/// I420 by BT.601 in limited range, as what cameras deliver, and as everyone here shows pictures. An odd side loses its
/// last row or column: 4:2:0 has no half samples.
pub(super) fn to_frame(
    pool: &FramePool,
    picture: RawPicture<'_>,
    captured: MediaTime,
) -> Result<VideoFrame, DeviceFault> {
    let (width, height) = (picture.width & !1, picture.height & !1);
    let mut buffer = pool.take(width, height).map_err(|_| DeviceFault::UnsupportedFormat)?;
    let [luma, u, v] = buffer.planes_mut();
    let mut planes = YuvPlanarImageMut {
        y_plane: BufferStoreMut::Borrowed(luma.samples),
        y_stride: width,
        u_plane: BufferStoreMut::Borrowed(u.samples),
        u_stride: width / 2,
        v_plane: BufferStoreMut::Borrowed(v.samples),
        v_stride: width / 2,
        width,
        height,
    };
    let rows = picture.bgrx.get(..(picture.width * height * 4) as usize).ok_or(DeviceFault::Failed)?;
    bgra_to_yuv420(
        &mut planes,
        rows,
        picture.width * 4,
        YuvRange::Limited,
        YuvStandardMatrix::Bt601,
        YuvConversionMode::Balanced,
    )
    .map_err(|_| DeviceFault::Failed)?;
    Ok(buffer.into_frame(captured))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::screen::test_pixels::halves;

    #[test]
    fn black_and_white_are_those_of_the_limited_range() {
        let bgrx = halves(64, 32, [0; 3], [255; 3]);
        let picture = RawPicture { bgrx: &bgrx, width: 64, height: 32 };
        let frame = to_frame(&FramePool::new(), picture, MediaTime::default()).unwrap();
        let [luma, u, v] = frame.planes();
        assert_eq!((luma.samples[0], luma.samples[63]), (16, 235));
        assert!(u.samples.iter().chain(v.samples).all(|sample| *sample == 128));
    }

    #[test]
    fn colours_are_by_bt_601() {
        let bgrx = halves(64, 32, [0, 0, 255], [255, 0, 0]);
        let picture = RawPicture { bgrx: &bgrx, width: 64, height: 32 };
        let frame = to_frame(&FramePool::new(), picture, MediaTime::default()).unwrap();
        let at = |luma: usize, chroma: usize| {
            let planes = frame.planes();
            [planes[0].samples[luma], planes[1].samples[chroma], planes[2].samples[chroma]]
        };
        let near = |found: [u8; 3], wanted: [u8; 3]| found.iter().zip(wanted).all(|(a, b)| a.abs_diff(b) <= 1);
        assert!(near(at(0, 0), [81, 90, 240]), "red is {:?}", at(0, 0));
        assert!(near(at(63, 31), [41, 240, 110]), "blue is {:?}", at(63, 31));
    }

    #[test]
    fn odd_sides_lose_their_last_row_and_column() {
        let bgrx = halves(65, 33, [0; 3], [255; 3]);
        let picture = RawPicture { bgrx: &bgrx, width: 65, height: 33 };
        let frame = to_frame(&FramePool::new(), picture, MediaTime::default()).unwrap();
        assert_eq!((frame.width, frame.height), (64, 32));
        assert_eq!(frame.planes()[0].samples[64 * 31 + 63], 235);
    }

    #[test]
    fn too_few_pixels_and_too_large_sides_are_refused() {
        let pool = FramePool::new();
        let refused = |bgrx: &[u8], width, height| {
            to_frame(&pool, RawPicture { bgrx, width, height }, MediaTime::default()).unwrap_err()
        };
        assert_eq!(refused(&[0; 100], 64, 32), DeviceFault::Failed);
        assert_eq!(refused(&[0; 20_000], 5_000, 1), DeviceFault::UnsupportedFormat);
        assert_eq!(refused(&[0; 40_000], 5_000, 2), DeviceFault::UnsupportedFormat);
    }
}
