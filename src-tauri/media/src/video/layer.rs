//! The sizes that pictures are sent in.

use std::time::Duration;

/// One of the sizes that a line's pictures are encoded in, each once and for all who want it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum VideoLayer {
    /// At most 320x180, 15 pictures a second, 150 kbit/s.
    P180,
    /// At most 640x360, 30 pictures a second, 600 kbit/s.
    P360,
    /// At most 1280x720, 30 pictures a second, 1.8 Mbit/s.
    P720,
}

/// The least that a small picture of an odd source may have on a side: one macroblock, below which no encoder goes.
const MIN_SIDE: u32 = 16;

/// No layer is encoded with less, however small the source: keyframes would take too long.
const MIN_BITRATE_BPS: u32 = 64_000;

impl VideoLayer {
    /// All of them, smallest first.
    pub const ALL: [Self; 3] = [Self::P180, Self::P360, Self::P720];

    /// Its place in [`VideoLayer::ALL`].
    #[must_use]
    pub const fn index(self) -> usize {
        self as usize
    }

    /// The box that pictures are fitted into: pixels across and down for a picture that is wider than high, the other
    /// way round for one that is higher than wide.
    #[must_use]
    pub const fn bounds(self) -> (u32, u32) {
        match self {
            Self::P180 => (320, 180),
            Self::P360 => (640, 360),
            Self::P720 => (1280, 720),
        }
    }

    /// The most pictures a second.
    #[must_use]
    pub const fn fps(self) -> u32 {
        match self {
            Self::P180 => 15,
            Self::P360 | Self::P720 => 30,
        }
    }

    /// The shortest time between two pictures.
    #[must_use]
    pub const fn frame_interval(self) -> Duration {
        Duration::from_nanos(1_000_000_000 / self.fps() as u64)
    }

    /// The bit rate of pictures that fill the bounds.
    #[must_use]
    pub const fn bitrate_bps(self) -> u32 {
        match self {
            Self::P180 => 150_000,
            Self::P360 => 600_000,
            Self::P720 => 1_800_000,
        }
    }

    /// The bit rate of pictures of this size: less in proportion where the source doesn't fill the bounds.
    #[must_use]
    pub fn bitrate_for(self, width: u32, height: u32) -> u32 {
        let (full_width, full_height) = self.bounds();
        let full = u64::from(full_width * full_height);
        let pixels = (u64::from(width) * u64::from(height)).min(full);
        let bps = u64::from(self.bitrate_bps()) * pixels / full;
        (bps as u32).max(MIN_BITRATE_BPS)
    }

    /// The smallest layer that fills a tile of this many device pixels, the largest where none does.
    #[must_use]
    pub fn for_tile(width: u32, height: u32) -> Self {
        let fills = |layer: &Self| {
            let (full_width, full_height) = layer.bounds();
            width <= full_width && height <= full_height
        };
        Self::ALL.into_iter().find(fills).unwrap_or(Self::P720)
    }

    /// The size in which a source's pictures are encoded: the largest with the source's proportions that fits the
    /// bounds and is not larger than the source, sides rounded down to even as 4:2:0 wants them. There are no black
    /// bars: the viewer's tile decides how to frame the picture.
    #[must_use]
    pub fn picture_size(self, source_width: u32, source_height: u32) -> (u32, u32) {
        let (source_width, source_height) = (source_width.max(1), source_height.max(1));
        let (long, short) = self.bounds();
        let (max_width, max_height) = if source_width >= source_height { (long, short) } else { (short, long) };
        // Sides are at most 4096, so the products fit.
        let (width, height) = if source_width * max_height >= source_height * max_width {
            let width = source_width.min(max_width);
            (width, source_height * width / source_width)
        } else {
            let height = source_height.min(max_height);
            (source_width * height / source_height, height)
        };
        ((width & !1).max(MIN_SIDE), (height & !1).max(MIN_SIDE))
    }

    /// The next larger layer.
    pub(crate) const fn larger(self) -> Option<Self> {
        match self {
            Self::P180 => Some(Self::P360),
            Self::P360 => Some(Self::P720),
            Self::P720 => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tile_gets_the_smallest_layer_that_fills_it() {
        let cases = [
            ((1, 1), VideoLayer::P180),
            ((320, 180), VideoLayer::P180),
            ((321, 180), VideoLayer::P360),
            ((640, 361), VideoLayer::P720),
            ((3840, 2160), VideoLayer::P720),
        ];
        for ((width, height), layer) in cases {
            assert_eq!(VideoLayer::for_tile(width, height), layer, "{width}x{height}");
        }
    }

    #[test]
    fn proportions_are_kept_and_nothing_is_enlarged() {
        let cases = [
            (VideoLayer::P720, (1280, 720), (1280, 720)),
            (VideoLayer::P720, (1920, 1080), (1280, 720)),
            (VideoLayer::P360, (1280, 720), (640, 360)),
            (VideoLayer::P720, (640, 480), (640, 480)),
            (VideoLayer::P360, (640, 480), (480, 360)),
            (VideoLayer::P180, (640, 480), (240, 180)),
            (VideoLayer::P720, (720, 1280), (720, 1280)),
            (VideoLayer::P180, (720, 1280), (180, 320)),
            (VideoLayer::P720, (853, 479), (852, 478)),
            (VideoLayer::P180, (4096, 16), (320, 16)),
            (VideoLayer::P180, (0, 0), (16, 16)),
        ];
        for (layer, (width, height), size) in cases {
            assert_eq!(layer.picture_size(width, height), size, "{layer:?} of {width}x{height}");
        }
    }

    #[test]
    fn small_pictures_get_fewer_bits() {
        assert_eq!(VideoLayer::P720.bitrate_for(1280, 720), 1_800_000);
        assert_eq!(VideoLayer::P720.bitrate_for(640, 360), 450_000);
        assert_eq!(VideoLayer::P720.bitrate_for(4096, 4096), 1_800_000);
        assert_eq!(VideoLayer::P180.bitrate_for(16, 16), 64_000);
    }
}
