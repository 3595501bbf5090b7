//! Pictures and sound as they pass between threads.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use thiserror::Error;

use crate::clock::MediaTime;

/// The longest side of a picture, in pixels.
pub const MAX_SIDE: u32 = 4096;

/// Samples in an [`AudioFrame`].
pub const AUDIO_FRAME_SAMPLES: usize = 480;

/// 10 ms of sound: 480 samples at 48 kHz, mono, full scale at 1.0.
#[derive(Debug, Clone, PartialEq)]
pub struct AudioFrame {
    /// The samples, oldest first.
    pub samples: [f32; AUDIO_FRAME_SAMPLES],
}

/// A picture: I420 with 8 bits, limited range, matrix as the source delivered it. Cheap to clone.
#[derive(Clone)]
pub struct VideoFrame {
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    /// When the picture was taken.
    pub captured: MediaTime,
    pixels: Arc<FrameBuffer>,
}

/// One plane of a picture, rows packed without gaps.
#[derive(Clone, Copy)]
pub struct Plane<'a> {
    /// `width * height` samples, the top row first.
    pub samples: &'a [u8],
    /// Samples across; also the distance between rows.
    pub width: usize,
    /// Samples down.
    pub height: usize,
}

/// A plane that is being filled.
pub struct PlaneMut<'a> {
    /// `width * height` samples, the top row first.
    pub samples: &'a mut [u8],
    /// Samples across; also the distance between rows.
    pub width: usize,
    /// Samples down.
    pub height: usize,
}

/// A picture with no pixels, or one with a side over [`MAX_SIDE`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("no picture has this size")]
pub struct InvalidFrameSize;

/// Memory for a picture, while it is being filled. Its planes are packed: luma, then the two chroma planes with half
/// the width and height, rounded up.
pub struct FrameBuffer {
    width: u32,
    height: u32,
    samples: Vec<u8>,
    home: Weak<Shelf>,
}

/// Keeps the memory of pictures that nobody holds any more for the next ones of the same sizes: at 30 pictures a
/// second the page faults of fresh memory cost more than drawing.
#[derive(Clone, Default)]
pub struct FramePool {
    shelf: Arc<Shelf>,
}

#[derive(Default)]
struct Shelf(Mutex<Vec<Vec<u8>>>);

/// Pictures in flight at once rarely exceed this; what is over is freed.
const SHELF_CAPACITY: usize = 8;

fn chroma_side(side: u32) -> usize {
    (side as usize).div_ceil(2)
}

fn sample_count(width: u32, height: u32) -> usize {
    width as usize * height as usize + 2 * chroma_side(width) * chroma_side(height)
}

impl FramePool {
    /// An empty pool.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Memory for a picture; what is in it is unspecified.
    ///
    /// # Errors
    /// [`InvalidFrameSize`].
    pub fn take(&self, width: u32, height: u32) -> Result<FrameBuffer, InvalidFrameSize> {
        let mut buffer = FrameBuffer::without_samples(width, height)?;
        let wanted = sample_count(width, height);
        let mut shelved = self.shelf.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(index) = shelved.iter().position(|samples| samples.len() == wanted) {
            buffer.samples = shelved.remove(index);
        }
        drop(shelved);
        buffer.samples.resize(wanted, 0);
        buffer.home = Arc::downgrade(&self.shelf);
        Ok(buffer)
    }
}

impl FrameBuffer {
    /// Memory of its own for a picture, all zero.
    ///
    /// # Errors
    /// [`InvalidFrameSize`].
    pub fn new(width: u32, height: u32) -> Result<Self, InvalidFrameSize> {
        let mut buffer = Self::without_samples(width, height)?;
        buffer.samples = vec![0; sample_count(width, height)];
        Ok(buffer)
    }

    fn without_samples(width: u32, height: u32) -> Result<Self, InvalidFrameSize> {
        let valid = 1..=MAX_SIDE;
        if !valid.contains(&width) || !valid.contains(&height) {
            return Err(InvalidFrameSize);
        }
        Ok(Self { width, height, samples: Vec::new(), home: Weak::new() })
    }

    /// Pixels across.
    #[must_use]
    pub fn width(&self) -> u32 {
        self.width
    }

    /// Pixels down.
    #[must_use]
    pub fn height(&self) -> u32 {
        self.height
    }

    /// All samples: luma, then U, then V, rows packed without gaps.
    #[must_use]
    pub fn samples(&self) -> &[u8] {
        &self.samples
    }

    /// All samples, to fill: luma, then U, then V, rows packed without gaps.
    pub fn samples_mut(&mut self) -> &mut [u8] {
        &mut self.samples
    }

    /// Luma, U and V.
    #[must_use]
    pub fn planes(&self) -> [Plane<'_>; 3] {
        let (width, height) = (self.width as usize, self.height as usize);
        let (chroma_width, chroma_height) = (chroma_side(self.width), chroma_side(self.height));
        let (luma, chroma) = self.samples.split_at(width * height);
        let (u, v) = chroma.split_at(chroma_width * chroma_height);
        let plane = |samples, width, height| Plane { samples, width, height };
        [plane(luma, width, height), plane(u, chroma_width, chroma_height), plane(v, chroma_width, chroma_height)]
    }

    /// Luma, U and V, to fill.
    pub fn planes_mut(&mut self) -> [PlaneMut<'_>; 3] {
        let (width, height) = (self.width as usize, self.height as usize);
        let (chroma_width, chroma_height) = (chroma_side(self.width), chroma_side(self.height));
        let (luma, chroma) = self.samples.split_at_mut(width * height);
        let (u, v) = chroma.split_at_mut(chroma_width * chroma_height);
        let plane = |samples, width, height| PlaneMut { samples, width, height };
        [plane(luma, width, height), plane(u, chroma_width, chroma_height), plane(v, chroma_width, chroma_height)]
    }

    /// The finished picture.
    #[must_use]
    pub fn into_frame(self, captured: MediaTime) -> VideoFrame {
        VideoFrame { width: self.width, height: self.height, captured, pixels: Arc::new(self) }
    }
}

impl Drop for FrameBuffer {
    fn drop(&mut self) {
        if let Some(shelf) = self.home.upgrade() {
            let mut shelved = shelf.0.lock().unwrap_or_else(PoisonError::into_inner);
            // What nobody took for longest is of a size that is not used any more.
            if shelved.len() >= SHELF_CAPACITY {
                shelved.remove(0);
            }
            shelved.push(std::mem::take(&mut self.samples));
        }
    }
}

impl VideoFrame {
    /// The same pixels, seen again at a later time: what a screen gives while nothing on it changes.
    #[must_use]
    pub fn seen_again(&self, captured: MediaTime) -> Self {
        Self { captured, ..self.clone() }
    }

    /// Whether the two are one picture, perhaps seen at different times. Pictures that only look the same are two.
    #[must_use]
    pub fn is_same_picture(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.pixels, &other.pixels)
    }

    /// Luma, U and V.
    #[must_use]
    pub fn planes(&self) -> [Plane<'_>; 3] {
        self.pixels.planes()
    }

    /// All samples: luma, then U, then V, rows packed without gaps.
    #[must_use]
    pub fn samples(&self) -> &[u8] {
        self.pixels.samples()
    }
}

impl<'a> Plane<'a> {
    /// The rows, the top one first.
    pub fn rows(&self) -> std::slice::ChunksExact<'a, u8> {
        self.samples.chunks_exact(self.width)
    }
}

impl PlaneMut<'_> {
    /// The rows, the top one first.
    pub fn rows_mut(&mut self) -> std::slice::ChunksExactMut<'_, u8> {
        self.samples.chunks_exact_mut(self.width)
    }
}

impl fmt::Debug for VideoFrame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VideoFrame({}x{} at {:?})", self.width, self.height, self.captured)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn odd_sizes_round_chroma_up() {
        let buffer = FrameBuffer::new(5, 3).unwrap();
        let sizes = buffer.planes().map(|p| (p.width, p.height, p.samples.len()));
        assert_eq!(sizes, [(5, 3, 15), (3, 2, 6), (3, 2, 6)]);
    }

    #[test]
    fn impossible_sizes_are_refused() {
        for (width, height) in [(0, 1), (1, 0), (MAX_SIDE + 1, 1), (1, u32::MAX)] {
            assert!(FrameBuffer::new(width, height).is_err());
            assert!(FramePool::new().take(width, height).is_err());
        }
    }

    #[test]
    fn a_picture_seen_again_is_the_same_and_a_copy_is_not() {
        let blank = || FrameBuffer::new(16, 16).unwrap().into_frame(MediaTime::default());
        let frame = blank();
        let later = MediaTime::from_duration(std::time::Duration::from_secs(1));
        let again = frame.seen_again(later);
        assert!(again.is_same_picture(&frame) && again.captured == later);
        assert!(!frame.is_same_picture(&blank()));
    }

    #[test]
    fn memory_comes_back_to_its_pool() {
        let pool = FramePool::new();
        let frame = pool.take(64, 64).unwrap().into_frame(MediaTime::default());
        let (copy, address) = (frame.clone(), frame.samples().as_ptr());
        drop(frame);
        let other = pool.take(64, 64).unwrap();
        assert_ne!(other.samples().as_ptr(), address, "still held by the copy");
        drop(copy);
        assert_eq!(pool.take(64, 64).unwrap().samples().as_ptr(), address);
    }

    #[test]
    fn a_pool_is_bounded_and_forgets_sizes_that_are_not_used() {
        let pool = FramePool::new();
        let many: Vec<_> = (0..20).map(|_| pool.take(16, 16).unwrap()).collect();
        drop(many);
        assert_eq!(pool.shelf.0.lock().unwrap().len(), SHELF_CAPACITY);
        for _ in 0..SHELF_CAPACITY {
            let two_sizes = (pool.take(32, 32).unwrap(), pool.take(64, 64).unwrap());
            drop(two_sizes);
        }
        let shelved = pool.shelf.0.lock().unwrap();
        assert_eq!(shelved.len(), SHELF_CAPACITY);
        assert_eq!(shelved.iter().filter(|samples| samples.len() == sample_count(32, 32)).count(), 1);
        assert_eq!(shelved.iter().filter(|samples| samples.len() == sample_count(64, 64)).count(), 1);
    }
}
