//! The sizes that pictures are sent in.

use std::time::Duration;

/// One of the sizes that a line's pictures are encoded in, each once and for all who want it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum VideoLayer {
    /// Of a camera: at most 320x180, 15 pictures a second, 150 kbit/s.
    P180,
    /// Of a camera: at most 640x360, 30 pictures a second, 600 kbit/s.
    P360,
    /// Of a camera: at most 1280x720, 30 pictures a second, 1.8 Mbit/s.
    P720,
    /// Of a screen: at most 640x360, 5 pictures a second, 300 kbit/s. No text can be read in it: for small tiles.
    Screen360,
    /// Of a screen: at most 1920x1080, 15 pictures a second, 2.5 Mbit/s.
    Screen1080,
}

/// The layers of one kind of line. A link carries one of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LayerLadder {
    /// Faces: what moves is to stay fluent.
    Camera,
    /// Text: what is shown is to stay sharp, and comes later rather than blurred.
    Screen,
}

impl LayerLadder {
    /// Its layers, smallest first.
    #[must_use]
    pub const fn layers(self) -> &'static [VideoLayer] {
        match self {
            Self::Camera => &[VideoLayer::P180, VideoLayer::P360, VideoLayer::P720],
            Self::Screen => &[VideoLayer::Screen360, VideoLayer::Screen1080],
        }
    }

    /// The smallest layer, which any link that carries the line at all can carry.
    #[must_use]
    pub const fn smallest(self) -> VideoLayer {
        match self {
            Self::Camera => VideoLayer::P180,
            Self::Screen => VideoLayer::Screen360,
        }
    }

    /// The smallest layer that fills a tile of this many device pixels, the largest where none does.
    #[must_use]
    pub fn for_tile(self, width: u32, height: u32) -> VideoLayer {
        let fills = |layer: &VideoLayer| {
            let (full_width, full_height) = layer.bounds();
            width <= full_width && height <= full_height
        };
        let layers = self.layers().iter().copied();
        layers.clone().find(fills).or(layers.last()).unwrap_or(self.smallest())
    }
}

/// The least that a small picture of an odd source may have on a side: one macroblock, below which no encoder goes.
const MIN_SIDE: u32 = 16;

/// No layer is encoded with less, however small the source: keyframes would take too long.
const MIN_BITRATE_BPS: u32 = 64_000;

impl VideoLayer {
    /// All there are.
    pub const ALL: [Self; 5] = [Self::P180, Self::P360, Self::P720, Self::Screen360, Self::Screen1080];

    /// Its place in [`VideoLayer::ALL`].
    #[must_use]
    pub const fn index(self) -> usize {
        self as usize
    }

    /// Of which ladder it is.
    #[must_use]
    pub const fn ladder(self) -> LayerLadder {
        match self {
            Self::P180 | Self::P360 | Self::P720 => LayerLadder::Camera,
            Self::Screen360 | Self::Screen1080 => LayerLadder::Screen,
        }
    }

    /// The box that pictures are fitted into: pixels across and down for a picture that is wider than high, the other
    /// way round for one that is higher than wide.
    #[must_use]
    pub const fn bounds(self) -> (u32, u32) {
        match self {
            Self::P180 => (320, 180),
            Self::P360 | Self::Screen360 => (640, 360),
            Self::P720 => (1280, 720),
            Self::Screen1080 => (1920, 1080),
        }
    }

    /// The most pictures a second.
    #[must_use]
    pub const fn fps(self) -> u32 {
        match self {
            Self::Screen360 => 5,
            Self::P180 | Self::Screen1080 => 15,
            Self::P360 | Self::P720 => 30,
        }
    }

    /// The shortest time between two pictures.
    #[must_use]
    pub const fn frame_interval(self) -> Duration {
        Duration::from_nanos(1_000_000_000 / self.fps() as u64)
    }

    /// The most that pictures which fill the bounds take.
    #[must_use]
    pub const fn bitrate_bps(self) -> u32 {
        match self {
            Self::P180 => 150_000,
            Self::Screen360 => 300_000,
            Self::P360 => 600_000,
            Self::P720 => 1_800_000,
            Self::Screen1080 => 2_500_000,
        }
    }

    /// The least that a link must carry for this layer to be better than the next smaller one. A face needs its whole
    /// bit rate to be fluent. A screen that is read is still for most of the time: with less than its bit rate it is as
    /// sharp, and new pages come later.
    #[must_use]
    pub const fn least_bps(self) -> u32 {
        match self {
            Self::Screen1080 => 800_000,
            Self::P180 | Self::P360 | Self::P720 | Self::Screen360 => self.bitrate_bps(),
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

    /// The next larger layer of its ladder.
    pub(crate) const fn larger(self) -> Option<Self> {
        match self {
            Self::P180 => Some(Self::P360),
            Self::P360 => Some(Self::P720),
            Self::Screen360 => Some(Self::Screen1080),
            Self::P720 | Self::Screen1080 => None,
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
            assert_eq!(LayerLadder::Camera.for_tile(width, height), layer, "{width}x{height}");
        }
        for ((width, height), layer) in [
            ((320, 200), VideoLayer::Screen360),
            ((641, 360), VideoLayer::Screen1080),
            ((3840, 2160), VideoLayer::Screen1080),
        ] {
            assert_eq!(LayerLadder::Screen.for_tile(width, height), layer, "{width}x{height}");
        }
    }

    #[test]
    fn every_layer_is_on_its_ladder_once() {
        let mut found: Vec<_> = [LayerLadder::Camera, LayerLadder::Screen]
            .into_iter()
            .flat_map(|ladder| ladder.layers().iter().inspect(move |layer| assert_eq!(layer.ladder(), ladder)))
            .copied()
            .collect();
        for pair in found.windows(2).filter(|pair| pair[0].ladder() == pair[1].ladder()) {
            assert!(pair[0].bitrate_bps() < pair[1].least_bps(), "{pair:?}");
            assert_eq!(pair[0].larger(), Some(pair[1]));
        }
        found.sort_unstable();
        assert_eq!(found, VideoLayer::ALL);
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
            (VideoLayer::Screen1080, (1920, 1200), (1728, 1080)),
            (VideoLayer::Screen1080, (3440, 1440), (1920, 802)),
            (VideoLayer::Screen1080, (801, 607), (800, 606)),
            (VideoLayer::Screen360, (1920, 1080), (640, 360)),
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
