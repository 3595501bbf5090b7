//! One picture in the sizes of all layers, each made once, by the first layer that needs it.

use std::sync::{Arc, OnceLock};

use crate::frame::VideoFrame;
use crate::video::layer::VideoLayer;
use crate::video::scale::{ScaleError, Scaler};

/// Which source a picture is from; a later source has a greater number.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct SourceGeneration(pub(crate) u64);

/// A captured picture on its way to the layers.
pub(crate) struct Pyramid {
    pub(crate) source: VideoFrame,
    pub(crate) generation: SourceGeneration,
    scaler: Arc<Scaler>,
    levels: [OnceLock<Result<VideoFrame, ScaleError>>; VideoLayer::ALL.len()],
}

impl Pyramid {
    pub(crate) fn new(source: VideoFrame, generation: SourceGeneration, scaler: Arc<Scaler>) -> Self {
        Self { source, generation, scaler, levels: Default::default() }
    }

    /// The picture in a layer's size. Scaled from the next larger layer's picture: 720 to 360 to 180 lines are exact
    /// halves, which are cheap, and a larger layer's picture is there already when that layer runs. Layers' threads
    /// that need the same level at once wait for the one that makes it.
    pub(crate) fn level(&self, layer: VideoLayer) -> Result<VideoFrame, ScaleError> {
        let make = || {
            let (width, height) = layer.picture_size(self.source.width, self.source.height);
            match layer.larger() {
                Some(larger) => self.scaler.scale(&self.level(larger)?, width, height),
                None => self.scaler.scale(&self.source, width, height),
            }
        };
        // There is one cell for each layer.
        self.levels.get(layer.index()).map_or(Err(ScaleError::Resample), |cell| cell.get_or_init(make).clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::MediaTime;
    use crate::frame::FrameBuffer;
    use crate::video::layer::LayerLadder;

    fn pyramid(width: u32, height: u32) -> Pyramid {
        let source = FrameBuffer::new(width, height).unwrap().into_frame(MediaTime::default());
        Pyramid::new(source, SourceGeneration(1), Arc::default())
    }

    #[test]
    fn every_layer_gets_its_size() {
        for (source, sizes) in [
            ((1280, 720), [(320, 180), (640, 360), (1280, 720)]),
            ((1920, 1080), [(320, 180), (640, 360), (1280, 720)]),
            ((640, 480), [(240, 180), (480, 360), (640, 480)]),
            ((321, 181), [(318, 180), (320, 180), (320, 180)]),
            ((720, 1280), [(180, 320), (360, 640), (720, 1280)]),
        ] {
            let pyramid = pyramid(source.0, source.1);
            let made = LayerLadder::Camera.layers().iter().map(|layer| {
                let frame = pyramid.level(*layer).unwrap();
                (frame.width, frame.height)
            });
            assert_eq!(made.collect::<Vec<_>>(), sizes, "{source:?}");
        }
    }

    #[test]
    fn a_level_is_made_once_and_the_source_is_not_copied() {
        let pyramid = pyramid(1280, 720);
        let level = |layer| pyramid.level(layer).unwrap().samples().as_ptr();
        assert_eq!(level(VideoLayer::P720), pyramid.source.samples().as_ptr());
        assert_eq!(level(VideoLayer::P180), level(VideoLayer::P180));
        assert_eq!(level(VideoLayer::P360), level(VideoLayer::P360));
    }
}
