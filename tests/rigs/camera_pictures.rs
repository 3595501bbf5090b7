//! Pictures as a camera delivers them: the test pattern, of which each picture says its number, packed or compressed.

use conclave_media::video::pattern::Pattern;
use conclave_media::{MediaTime, VideoFrame};
use jpeg_encoder::{ColorType, Encoder, SamplingFactor};

use super::error::{Result, RigError};

/// How a camera packs a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CameraEncoding {
    /// JPEG, 4:2:2, full range, without Huffman tables: what a webcam sends.
    Mjpeg,
    /// 4:2:2, packed.
    Yuyv,
    /// 4:2:0, chroma in pairs.
    Nv12,
    /// 4:2:0, three planes.
    I420,
}

impl CameraEncoding {
    /// Its four-character code in V4L2.
    #[must_use]
    pub fn fourcc(self) -> &'static str {
        match self {
            Self::Mjpeg => "MJPG",
            Self::Yuyv => "YUYV",
            Self::Nv12 => "NV12",
            Self::I420 => "YU12",
        }
    }

    /// A picture's bytes.
    ///
    /// # Errors
    /// When it is too large for a JPEG.
    pub fn pack(self, picture: &VideoFrame) -> Result<Vec<u8>> {
        Ok(match self {
            Self::Mjpeg => without_huffman_tables(jpeg(picture)?),
            Self::Yuyv => yuyv(picture),
            Self::Nv12 => nv12(picture),
            Self::I420 => picture.samples().to_vec(),
        })
    }
}

/// The first pictures of the test pattern, packed.
///
/// # Errors
/// When there is no pattern or no JPEG of that size.
pub fn pattern_pictures(encoding: CameraEncoding, width: u32, height: u32, count: u32) -> Result<Vec<Vec<u8>>> {
    let pattern = Pattern::new(width, height, 30).map_err(unpaintable)?;
    let picture = |number| pattern.draw(number, MediaTime::default()).map_err(unpaintable);
    (0..count).map(|number| encoding.pack(&picture(number)?)).collect()
}

fn unpaintable(error: impl std::error::Error) -> RigError {
    RigError::Build { what: "a camera's picture".to_owned(), output: error.to_string() }
}

/// The quality of a usual webcam: a 720p picture has about 100 KB.
const JPEG_QUALITY: u8 = 85;

fn jpeg(picture: &VideoFrame) -> Result<Vec<u8>> {
    let [y, u, v] = picture.planes();
    let full = |sample: u8, zero: f32, scale: f32, centre: f32| {
        ((f32::from(sample) - zero) * scale + centre).round().clamp(0.0, 255.0) as u8
    };
    let luma = |sample: u8| full(sample, 16.0, 255.0 / 219.0, 0.0);
    let chroma = |sample: u8| full(sample, 128.0, 255.0 / 224.0, 128.0);
    let mut pixels = Vec::with_capacity(y.samples.len() * 3);
    for (row, samples) in y.rows().enumerate() {
        for (column, &sample) in samples.iter().enumerate() {
            let at = row / 2 * u.width + column / 2;
            pixels.extend([luma(sample), chroma(u.samples[at]), chroma(v.samples[at])]);
        }
    }
    let side = |side: u32| u16::try_from(side).map_err(unpaintable);
    let mut jpeg = Vec::new();
    let mut encoder = Encoder::new(&mut jpeg, JPEG_QUALITY);
    encoder.set_sampling_factor(SamplingFactor::R_4_2_2);
    encoder.encode(&pixels, side(picture.width)?, side(picture.height)?, ColorType::Ycbcr).map_err(unpaintable)?;
    Ok(jpeg)
}

/// The JPEG without its DHT segments (ITU-T T.81 section B.2.4.2): decoders of cameras know the standard tables.
fn without_huffman_tables(mut jpeg: Vec<u8>) -> Vec<u8> {
    const DHT: u8 = 0xC4;
    const SOS: u8 = 0xDA;
    let mut at = 2;
    while let Some(&[_, marker, high, low]) = jpeg.get(at..).and_then(<[u8]>::first_chunk) {
        let end = at + 2 + usize::from(u16::from_be_bytes([high, low]));
        match marker {
            SOS => break,
            DHT => drop(jpeg.drain(at..end)),
            _ => at = end,
        }
    }
    jpeg
}

fn yuyv(picture: &VideoFrame) -> Vec<u8> {
    let [y, u, v] = picture.planes();
    let mut packed = Vec::with_capacity(y.samples.len() * 2);
    for (row, samples) in y.rows().enumerate() {
        for (column, pair) in samples.chunks_exact(2).enumerate() {
            let at = row / 2 * u.width + column;
            packed.extend([pair[0], u.samples[at], pair[1], v.samples[at]]);
        }
    }
    packed
}

fn nv12(picture: &VideoFrame) -> Vec<u8> {
    let [y, u, v] = picture.planes();
    let mut packed = y.samples.to_vec();
    packed.extend(u.samples.iter().zip(v.samples).flat_map(|(&u, &v)| [u, v]));
    packed
}
