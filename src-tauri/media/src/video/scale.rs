//! Making pictures smaller.

use std::sync::{Mutex, PoisonError};

use fast_image_resize::images::{TypedImage, TypedImageRef};
use fast_image_resize::pixels::U8;
use fast_image_resize::{FilterType, ResizeAlg, ResizeOptions, Resizer};
use thiserror::Error;

use crate::frame::{FramePool, InvalidFrameSize, Plane, PlaneMut, VideoFrame};

/// A picture could not be made smaller.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ScaleError {
    /// The wanted size is none that a picture has.
    #[error(transparent)]
    Size(#[from] InvalidFrameSize),
    /// The resampler refused.
    #[error("a plane could not be resampled")]
    Resample,
}

/// Makes pictures smaller, and keeps the memory it needs for that.
#[derive(Default)]
pub struct Scaler {
    pool: FramePool,
    resizer: Mutex<Resizer>,
}

/// Columns or rows that may be cut off rather than resampled for.
const CUT: u32 = 1;

fn is_cut(from: u32, to: u32) -> bool {
    (to..=to + CUT).contains(&from)
}

/// An even side only: the chroma of an odd one would lack a sample.
fn is_half(from: u32, to: u32) -> bool {
    to.is_multiple_of(2) && (2 * to..=2 * (to + CUT)).contains(&from)
}

impl Scaler {
    /// A scaler with no memory yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The picture in another size, usually a smaller one. What is left over of an odd side is cut off.
    ///
    /// # Errors
    /// [`ScaleError`].
    pub fn scale(&self, frame: &VideoFrame, width: u32, height: u32) -> Result<VideoFrame, ScaleError> {
        if (frame.width, frame.height) == (width, height) {
            return Ok(frame.clone());
        }
        let mut buffer = self.pool.take(width, height)?;
        let planes = frame.planes().into_iter().zip(buffer.planes_mut());
        if is_cut(frame.width, width) && is_cut(frame.height, height) {
            planes.for_each(|(from, to)| cut(from, to));
        } else if is_half(frame.width, width) && is_half(frame.height, height) {
            planes.for_each(|(from, to)| halve(from, to));
        } else {
            let mut resizer = self.resizer.lock().unwrap_or_else(PoisonError::into_inner);
            for (from, to) in planes {
                resample(&mut resizer, from, to)?;
            }
        }
        Ok(buffer.into_frame(frame.captured))
    }
}

fn cut(from: Plane<'_>, mut to: PlaneMut<'_>) {
    for (from, to) in from.rows().zip(to.rows_mut()) {
        let width = to.len().min(from.len());
        to[..width].copy_from_slice(&from[..width]);
    }
}

/// Each sample is the mean of four. Written so that the compiler vectorises it: a general resampler takes twice the
/// time for this case, which is by far the most frequent.
fn halve(from: Plane<'_>, mut to: PlaneMut<'_>) {
    let mut rows = from.rows();
    for to in to.rows_mut() {
        let (Some(upper), Some(lower)) = (rows.next(), rows.next()) else {
            return;
        };
        for ((to, upper), lower) in to.iter_mut().zip(upper.chunks_exact(2)).zip(lower.chunks_exact(2)) {
            let sum = u16::from(upper[0]) + u16::from(upper[1]) + u16::from(lower[0]) + u16::from(lower[1]);
            *to = ((sum + 2) / 4) as u8;
        }
    }
}

fn resample(resizer: &mut Resizer, from: Plane<'_>, to: PlaneMut<'_>) -> Result<(), ScaleError> {
    let side = |side: usize| u32::try_from(side).map_err(|_| ScaleError::Resample);
    // Typed, so that only the code for this kind of sample is built.
    let source = TypedImageRef::<U8>::from_buffer(side(from.width)?, side(from.height)?, from.samples)
        .map_err(|_| ScaleError::Resample)?;
    let mut target = TypedImage::<U8>::from_buffer(side(to.width)?, side(to.height)?, to.samples)
        .map_err(|_| ScaleError::Resample)?;
    let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::Bilinear)).use_alpha(false);
    resizer.resize_typed(&source, &mut target, &options).map_err(|_| ScaleError::Resample)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::MediaTime;
    use crate::frame::FrameBuffer;

    /// A picture whose luma rises from left to right and whose chroma rises from top to bottom.
    fn ramp(width: u32, height: u32) -> VideoFrame {
        let mut buffer = FrameBuffer::new(width, height).unwrap();
        let [mut luma, mut u, mut v] = buffer.planes_mut();
        for row in luma.rows_mut() {
            let width = row.len();
            row.iter_mut().enumerate().for_each(|(x, s)| *s = (x * 200 / width) as u8);
        }
        for plane in [&mut u, &mut v] {
            let height = plane.height;
            plane.rows_mut().enumerate().for_each(|(y, row)| row.fill((y * 200 / height) as u8));
        }
        buffer.into_frame(MediaTime::default())
    }

    #[test]
    fn every_way_of_scaling_keeps_the_picture() {
        let scaler = Scaler::new();
        for (from, to) in [
            ((1280, 720), (640, 360)),
            ((854, 480), (426, 240)),
            ((1281, 721), (1280, 720)),
            ((1920, 1080), (1280, 720)),
            ((640, 480), (480, 360)),
            ((641, 479), (320, 238)),
            ((16, 16), (48, 48)),
        ] {
            let scaled = scaler.scale(&ramp(from.0, from.1), to.0, to.1).unwrap();
            assert_eq!((scaled.width, scaled.height), to);
            let wanted = ramp(to.0, to.1);
            for (scaled, wanted) in scaled.planes().iter().zip(wanted.planes()) {
                let worst = scaled.samples.iter().zip(wanted.samples).map(|(a, b)| a.abs_diff(*b)).max();
                // A sample of the coarser picture stands for a range of the ramp.
                let step = 200 / wanted.width.min(wanted.height).min(from.1 as usize) as u8 + 8;
                assert!(worst.unwrap() <= step, "{from:?} to {to:?}: off by {worst:?}, allowed {step}");
            }
        }
    }

    #[test]
    fn the_same_size_costs_nothing() {
        let frame = ramp(320, 180);
        let same = Scaler::new().scale(&frame, 320, 180).unwrap();
        assert_eq!(same.samples().as_ptr(), frame.samples().as_ptr());
    }

    #[test]
    fn halving_is_the_mean_of_four() {
        let mut buffer = FrameBuffer::new(4, 4).unwrap();
        let samples = [0, 255, 10, 20, 255, 255, 30, 41, 1, 1, 0, 0, 1, 1, 0, 1];
        buffer.planes_mut()[0].samples.copy_from_slice(&samples);
        let frame = Scaler::new().scale(&buffer.into_frame(MediaTime::default()), 2, 2).unwrap();
        assert_eq!(frame.planes()[0].samples, [191, 25, 1, 0]);
    }

    #[test]
    fn no_size_is_an_error() {
        assert!(Scaler::new().scale(&ramp(16, 16), 0, 16).is_err());
    }
}
