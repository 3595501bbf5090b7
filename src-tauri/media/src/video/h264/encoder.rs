//! Encoding one layer's pictures.

use std::time::Duration;

use bytes::Bytes;

use crate::clock::MediaTime;
use crate::frame::VideoFrame;
use crate::video::h264::openh264_encoder::{EncoderSettings, OpenH264Encoder};
use crate::video::h264::packetise::packetise;
use crate::video::layer::{LayerLadder, VideoLayer};
use crate::video::pace::FrameRateMeter;

pub use crate::video::h264::openh264_encoder::EncodeError;

/// The slice length asked for, in bytes: with what the encoder exceeds it by, slices fit a packet.
const MAX_SLICE_LENGTH: u32 = 1100;

/// The source's frame rate must differ by this part before the encoder is told.
const FRAME_RATE_TOLERANCE: f32 = 0.2;

/// The lowest and highest bit rates that a layer can be set to, in bit/s.
const BITRATE_RANGE_BPS: std::ops::RangeInclusive<u32> = 30_000..=8_000_000;

/// What the next picture must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PictureRequest {
    /// Whatever is cheapest.
    Any,
    /// A keyframe.
    Keyframe,
}

/// One encoded picture.
#[derive(Debug, Clone)]
pub struct EncodedPicture {
    /// Whether it is decodable without any other; it has its parameter sets with it then.
    pub keyframe: bool,
    /// 0 for what others are predicted from, 1 for what can be left out.
    pub temporal_layer: u8,
    /// RTP payloads (RFC 6184); the marker bit belongs to the last.
    pub payloads: Vec<Bytes>,
}

impl EncodedPicture {
    /// All payloads together, in bytes.
    #[must_use]
    pub fn len(&self) -> usize {
        self.payloads.iter().map(Bytes::len).sum()
    }

    /// Whether there is nothing in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.payloads.is_empty()
    }
}

/// The encoder of one layer. Follows the source's size, with a keyframe, and its frame rate, without one.
pub struct LayerEncoder {
    layer: VideoLayer,
    /// `None`: the layer's own.
    bitrate_bps: Option<u32>,
    limit_bps: Option<u32>,
    meter: FrameRateMeter,
    open: Option<OpenEncoder>,
}

struct OpenEncoder {
    encoder: OpenH264Encoder,
    settings: EncoderSettings,
    started: MediaTime,
}

impl LayerEncoder {
    /// An encoder for pictures of this layer; it is opened by the first one.
    #[must_use]
    pub fn new(layer: VideoLayer) -> Self {
        Self { layer, bitrate_bps: None, limit_bps: None, meter: FrameRateMeter::default(), open: None }
    }

    /// Changes the bit rate from the next picture on, without a keyframe; `None` for the layer's own.
    pub fn set_bitrate(&mut self, bitrate_bps: Option<u32>) {
        let (lowest, highest) = (*BITRATE_RANGE_BPS.start(), *BITRATE_RANGE_BPS.end());
        self.bitrate_bps = bitrate_bps.map(|bps| bps.clamp(lowest, highest));
    }

    /// The most that a picture's receivers can be sent; without a keyframe too.
    pub fn set_bitrate_limit(&mut self, limit_bps: Option<u32>) {
        self.limit_bps = limit_bps;
    }

    /// Encodes a picture that has the layer's size already. `None` when the encoder left it out.
    ///
    /// # Errors
    /// [`EncodeError`]; the encoder is opened anew for the next picture, which will be a keyframe.
    pub fn encode(
        &mut self,
        frame: &VideoFrame,
        request: PictureRequest,
    ) -> Result<Option<EncodedPicture>, EncodeError> {
        self.meter.on_frame(frame.captured);
        let result = self.try_encode(frame, request);
        if result.is_err() {
            self.open = None;
        }
        result
    }

    fn try_encode(
        &mut self,
        frame: &VideoFrame,
        request: PictureRequest,
    ) -> Result<Option<EncodedPicture>, EncodeError> {
        let wanted = self.wanted_settings(frame);
        let mut open = match self.open.take() {
            Some(open) if (open.settings.width, open.settings.height) == (wanted.width, wanted.height) => open,
            _ => OpenEncoder::open(wanted, frame.captured)?,
        };
        open.follow(wanted)?;
        if request == PictureRequest::Keyframe {
            open.encoder.force_keyframe()?;
        }
        let picture = open.encoder.encode(frame, frame.captured.since(open.started))?;
        self.open = Some(open);
        Ok(picture.map(|picture| EncodedPicture {
            keyframe: picture.keyframe,
            temporal_layer: picture.temporal_layer,
            payloads: packetise(&picture.data, &picture.nals),
        }))
    }

    fn wanted_settings(&self, frame: &VideoFrame) -> EncoderSettings {
        let full = self.layer.fps() as f32;
        let bitrate_bps = self.bitrate_bps.unwrap_or_else(|| self.layer.bitrate_for(frame.width, frame.height));
        EncoderSettings {
            width: frame.width,
            height: frame.height,
            // A screen's pictures come as it changes, which says nothing of how fast they can follow each other.
            fps: match self.layer.ladder() {
                LayerLadder::Camera => self.meter.fps().map_or(full, |fps| fps.clamp(1.0, full)),
                LayerLadder::Screen => full,
            },
            bitrate_bps: self.limit_bps.map_or(bitrate_bps, |limit| bitrate_bps.min(limit)),
            max_slice_length: MAX_SLICE_LENGTH,
            ladder: self.layer.ladder(),
        }
    }
}

impl OpenEncoder {
    fn open(settings: EncoderSettings, started: MediaTime) -> Result<Self, EncodeError> {
        Ok(Self { encoder: OpenH264Encoder::open(&settings)?, settings, started: started - Duration::from_millis(1) })
    }

    fn follow(&mut self, wanted: EncoderSettings) -> Result<(), EncodeError> {
        if wanted.bitrate_bps != self.settings.bitrate_bps {
            self.encoder.set_bitrate(wanted.bitrate_bps)?;
            self.settings.bitrate_bps = wanted.bitrate_bps;
        }
        if (wanted.fps - self.settings.fps).abs() > self.settings.fps * FRAME_RATE_TOLERANCE {
            self.encoder.set_frame_rate(wanted.fps)?;
            self.settings.fps = wanted.fps;
        }
        Ok(())
    }
}
