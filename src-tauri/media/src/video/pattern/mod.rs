//! The test pattern: a picture that moves and is textured as a camera's is, and that says in itself which it is and
//! when it was taken.

mod artwork;
mod stamp;

use std::time::Duration;

use crate::clock::MediaTime;
use crate::fault::DeviceFault;
use crate::frame::{FramePool, InvalidFrameSize, VideoFrame};
use crate::source::{FPS_RANGE, MIN_PATTERN_SIZE, VideoSource};
use crate::video::pace::Pacer;

use artwork::Artwork;
pub use stamp::{PatternStamp, StampRow, read_stamp};

/// The test pattern as a source, at its own pace.
pub struct Pattern {
    artwork: Artwork,
    pool: FramePool,
    pacer: Pacer,
    size: (u32, u32),
    next_number: u32,
}

impl Pattern {
    /// A pattern of this size and rate.
    ///
    /// # Errors
    /// [`InvalidFrameSize`] for a size or rate outside of what a [`crate::CameraSpec`] may ask for.
    pub fn new(width: u32, height: u32, fps: u32) -> Result<Self, InvalidFrameSize> {
        let (min_width, min_height) = MIN_PATTERN_SIZE;
        if width < min_width || height < min_height || !FPS_RANGE.contains(&fps) {
            return Err(InvalidFrameSize);
        }
        let pool = FramePool::new();
        // Refuses sizes that are too large before anything is drawn.
        drop(pool.take(width, height)?);
        Ok(Self {
            artwork: Artwork::new(width, height)?,
            pool,
            pacer: Pacer::new(Duration::from_secs(1) / fps),
            size: (width, height),
            next_number: 0,
        })
    }

    /// Draws the picture with this number, at once.
    ///
    /// # Errors
    /// [`InvalidFrameSize`] never, as [`Pattern::new`] has checked the size.
    pub fn draw(&self, frame_number: u32, captured: MediaTime) -> Result<VideoFrame, InvalidFrameSize> {
        let mut buffer = self.pool.take(self.size.0, self.size.1)?;
        self.artwork.draw(&mut buffer, frame_number);
        let stamp = PatternStamp { frame_number, captured };
        stamp::write(&stamp, &mut buffer);
        Ok(buffer.into_frame(captured))
    }
}

impl VideoSource for Pattern {
    fn next_frame(&mut self) -> Result<VideoFrame, DeviceFault> {
        let now = self.pacer.wait();
        let number = self.next_number;
        self.next_number = number.wrapping_add(1);
        self.draw(number, now).map_err(|_| DeviceFault::Failed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn luma_difference(a: &VideoFrame, b: &VideoFrame) -> f64 {
        let (a, b) = (a.planes()[0], b.planes()[0]);
        let sum: u64 = a.samples.iter().zip(b.samples).map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
        sum as f64 / a.samples.len() as f64
    }

    #[test]
    fn the_picture_moves_and_is_not_flat() {
        for (width, height) in [(1280, 720), (161, 91), (480, 640)] {
            let pattern = Pattern::new(width, height, 30).unwrap();
            let frames: Vec<_> = (0..3).map(|n| pattern.draw(n * 10, MediaTime::default()).unwrap()).collect();
            assert!(luma_difference(&frames[0], &frames[1]) > 1.0);
            assert!(luma_difference(&frames[1], &frames[2]) > 1.0);
            let mut levels = frames[0].planes()[0].samples.to_vec();
            levels.sort_unstable();
            levels.dedup();
            assert!(levels.len() > 100, "{} levels of grey", levels.len());
        }
    }

    #[test]
    fn pictures_come_at_the_asked_rate_and_are_numbered() {
        let mut pattern = Pattern::new(160, 90, 100).unwrap();
        let frames: Vec<_> = (0..11).map(|_| pattern.next_frame().unwrap()).collect();
        let numbers: Vec<_> = frames.iter().map(|f| read_stamp(f).unwrap().frame_number).collect();
        assert_eq!(numbers, (0..11).collect::<Vec<_>>());
        let took = frames[10].captured.since(frames[0].captured);
        assert!(took >= Duration::from_millis(95), "{took:?}");
    }

    #[test]
    fn impossible_patterns_are_refused() {
        for (width, height, fps) in [(0, 0, 30), (159, 90, 30), (5_000, 5_000, 30), (1280, 720, 0), (1280, 720, 1_000)]
        {
            assert!(Pattern::new(width, height, fps).is_err());
        }
    }
}
