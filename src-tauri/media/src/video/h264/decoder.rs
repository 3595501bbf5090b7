//! Decoding pictures.

use crate::clock::MediaTime;
use crate::frame::{FramePool, PlaneMut, VideoFrame};
use crate::video::h264::access_unit::AccessUnit;
use crate::video::h264::openh264_decoder::{OpenH264Decoder, RawPlane};

pub use crate::video::h264::openh264_decoder::{DecodeError, PictureIntegrity};

/// A decoder and the memory for its pictures. Opened at the first picture, and anew after a keyframe it failed on.
///
/// Feed it units that a [`super::reference::ReferenceChain`] did not refuse: it trusts their sizes.
#[derive(Default)]
pub struct Decoder {
    decoder: Option<OpenH264Decoder>,
    pool: FramePool,
}

impl Decoder {
    /// A decoder.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Decodes a picture. `None` when there is none in the unit. `captured` is what its frame will say.
    ///
    /// # Errors
    /// [`DecodeError`]; what follows is not to be trusted until the next keyframe.
    pub fn decode(
        &mut self,
        unit: &AccessUnit,
        captured: MediaTime,
    ) -> Result<Option<(VideoFrame, PictureIntegrity)>, DecodeError> {
        let result = self.try_decode(unit, captured);
        // A decoder that can't do with a keyframe will not recover by itself.
        if result.is_err() && unit.is_keyframe() {
            self.decoder = None;
        }
        result
    }

    fn try_decode(
        &mut self,
        unit: &AccessUnit,
        captured: MediaTime,
    ) -> Result<Option<(VideoFrame, PictureIntegrity)>, DecodeError> {
        let decoder = match &mut self.decoder {
            Some(decoder) => decoder,
            none => none.insert(OpenH264Decoder::open()?),
        };
        let Some(picture) = decoder.decode(unit.byte_stream())? else {
            return Ok(None);
        };
        let buffer = self.pool.take(picture.width, picture.height);
        let mut buffer = buffer.map_err(|_| DecodeError::Impossible)?;
        for (from, to) in picture.planes.iter().zip(buffer.planes_mut()) {
            copy_plane(from, to);
        }
        Ok(Some((buffer.into_frame(captured), picture.integrity)))
    }
}

fn copy_plane(from: &RawPlane<'_>, mut to: PlaneMut<'_>) {
    for (to, from) in to.rows_mut().zip(from.samples.chunks(from.stride)) {
        let width = to.len().min(from.len());
        to[..width].copy_from_slice(&from[..width]);
    }
}
