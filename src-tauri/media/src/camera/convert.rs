//! From what a camera delivers to I420 in limited range.

use thiserror::Error;
use yuv::{BufferStoreMut, YuvPackedImage, YuvPlanarImageMut, yuyv422_to_yuv420};
use zune_jpeg::JpegDecoder;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

use super::format::PixelEncoding;
use super::jpeg::{self, BrokenJpeg, JpegColour};
use super::range;
use crate::clock::MediaTime;
use crate::frame::{FrameBuffer, FramePool, InvalidFrameSize, VideoFrame};

/// What a camera was set to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct DeliveredFormat {
    pub(super) encoding: PixelEncoding,
    pub(super) width: u32,
    pub(super) height: u32,
    /// Bytes from one row to the next of an unpacked picture; no meaning for JPEG.
    pub(super) stride: usize,
    pub(super) range: ColourRange,
}

/// What black and white are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ColourRange {
    /// 16 to 235.
    Limited,
    /// 0 to 255; JPEG always (JFIF 1.02).
    Full,
}

/// A picture that can't be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub(super) enum BadPicture {
    #[error("fewer bytes than a picture has")]
    Short,
    #[error(transparent)]
    Outline(#[from] BrokenJpeg),
    #[error("a JPEG that doesn't decode")]
    Undecodable,
    #[error("another size than the camera was set to")]
    Size,
}

impl From<InvalidFrameSize> for BadPicture {
    fn from(_: InvalidFrameSize) -> Self {
        Self::Size
    }
}

/// Turns a camera's buffers into pictures.
pub(super) struct Converter {
    format: DeliveredFormat,
    pool: FramePool,
    /// The JPEG with the tables it lacks.
    completed: Vec<u8>,
    /// A decoded JPEG: Y, Cb, Cr for each pixel.
    interleaved: Vec<u8>,
}

/// Bytes a row of packed luma and chroma, without a gap behind it.
pub(super) fn packed_row(encoding: PixelEncoding, width: u32) -> usize {
    match encoding {
        PixelEncoding::Yuyv => width as usize * 2,
        PixelEncoding::Nv12 | PixelEncoding::I420 => width as usize,
        PixelEncoding::Mjpeg => 0,
    }
}

impl Converter {
    /// Sides must be even.
    pub(super) fn new(mut format: DeliveredFormat) -> Self {
        format.stride = format.stride.max(packed_row(format.encoding, format.width));
        Self { format, pool: FramePool::new(), completed: Vec::new(), interleaved: Vec::new() }
    }

    pub(super) fn convert(&mut self, bytes: &[u8], captured: MediaTime) -> Result<VideoFrame, BadPicture> {
        let mut picture = self.pool.take(self.format.width, self.format.height)?;
        match self.format.encoding {
            PixelEncoding::Yuyv => unpack_yuyv(bytes, self.format.stride, &mut picture)?,
            PixelEncoding::Nv12 => split_nv12(bytes, self.format.stride, &mut picture)?,
            PixelEncoding::I420 => copy_i420(bytes, self.format.stride, &mut picture)?,
            PixelEncoding::Mjpeg => self.decode_jpeg(bytes, &mut picture)?,
        }
        if self.format.range == ColourRange::Full {
            let [y, u, v] = picture.planes_mut();
            range::limit_luma(y.samples);
            range::limit_chroma(u.samples);
            range::limit_chroma(v.samples);
        }
        Ok(picture.into_frame(captured))
    }

    fn decode_jpeg(&mut self, bytes: &[u8], picture: &mut FrameBuffer) -> Result<(), BadPicture> {
        let outline = jpeg::outline(bytes)?;
        if (outline.width, outline.height) != (self.format.width, self.format.height) {
            return Err(BadPicture::Size);
        }
        let mut jpeg = bytes.get(..outline.length).ok_or(BadPicture::Short)?;
        if !outline.has_huffman_tables {
            jpeg::with_standard_huffman_tables(jpeg, &mut self.completed);
            jpeg = &self.completed;
        }
        match outline.colour {
            JpegColour::Grey => {
                let [y, u, v] = picture.planes_mut();
                decode(jpeg, ColorSpace::Luma, y.samples)?;
                u.samples.fill(128);
                v.samples.fill(128);
            }
            JpegColour::YCbCr => {
                self.interleaved.resize(self.format.width as usize * self.format.height as usize * 3, 0);
                decode(jpeg, ColorSpace::YCbCr, &mut self.interleaved)?;
                halve_chroma(&self.interleaved, picture);
            }
        }
        Ok(())
    }
}

/// Decodes into exactly `out`. Strict: half a picture is none.
fn decode(jpeg: &[u8], colour: ColorSpace, out: &mut [u8]) -> Result<(), BadPicture> {
    let options = DecoderOptions::default().jpeg_set_out_colorspace(colour).set_strict_mode(true);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(jpeg), options);
    decoder.decode_headers().map_err(|_| BadPicture::Undecodable)?;
    if decoder.output_buffer_size() != Some(out.len()) {
        return Err(BadPicture::Undecodable);
    }
    decoder.decode_into(out).map_err(|_| BadPicture::Undecodable)
}

fn unpack_yuyv(bytes: &[u8], stride: usize, picture: &mut FrameBuffer) -> Result<(), BadPicture> {
    let (width, height) = (picture.width(), picture.height());
    let packed = YuvPackedImage {
        yuy: bytes.get(..stride * height as usize).ok_or(BadPicture::Short)?,
        yuy_stride: u32::try_from(stride).map_err(|_| BadPicture::Size)?,
        width,
        height,
    };
    let [y, u, v] = picture.planes_mut();
    let mut planar = YuvPlanarImageMut {
        y_stride: width,
        u_stride: width / 2,
        v_stride: width / 2,
        y_plane: BufferStoreMut::Borrowed(y.samples),
        u_plane: BufferStoreMut::Borrowed(u.samples),
        v_plane: BufferStoreMut::Borrowed(v.samples),
        width,
        height,
    };
    yuyv422_to_yuv420(&mut planar, &packed).map_err(|_| BadPicture::Size)
}

fn split_nv12(bytes: &[u8], stride: usize, picture: &mut FrameBuffer) -> Result<(), BadPicture> {
    let height = picture.height() as usize;
    let (luma, chroma) = bytes.split_at_checked(stride * height).ok_or(BadPicture::Short)?;
    let [mut y, mut u, mut v] = picture.planes_mut();
    copy_rows(luma, stride, &mut y)?;
    let pairs = chroma.get(..stride * (height / 2)).ok_or(BadPicture::Short)?;
    for ((row, u), v) in pairs.chunks_exact(stride).zip(u.rows_mut()).zip(v.rows_mut()) {
        let (pairs, _) = row.as_chunks();
        for ((&pair, u), v) in pairs.iter().zip(u).zip(v) {
            // As one number, because that is a seventh of the time of taking the bytes one by one.
            let pair = u16::from_le_bytes(pair);
            (*u, *v) = (pair as u8, (pair >> 8) as u8);
        }
    }
    Ok(())
}

/// The chroma rows of I420 in a camera's buffer are half as far apart as the luma rows (`V4L2_PIX_FMT_YUV420`).
fn copy_i420(bytes: &[u8], stride: usize, picture: &mut FrameBuffer) -> Result<(), BadPicture> {
    let height = picture.height() as usize;
    let (luma, chroma) = bytes.split_at_checked(stride * height).ok_or(BadPicture::Short)?;
    let (cb, cr) = chroma.split_at_checked(stride / 2 * (height / 2)).ok_or(BadPicture::Short)?;
    let [mut y, mut u, mut v] = picture.planes_mut();
    copy_rows(luma, stride, &mut y)?;
    copy_rows(cb, stride / 2, &mut u)?;
    copy_rows(cr, stride / 2, &mut v)
}

fn copy_rows(from: &[u8], stride: usize, to: &mut crate::frame::PlaneMut<'_>) -> Result<(), BadPicture> {
    let (width, height) = (to.width, to.height);
    let from = from.get(..stride * height).ok_or(BadPicture::Short)?;
    for (from, to) in from.chunks_exact(stride).zip(to.rows_mut()) {
        to.copy_from_slice(&from[..width]);
    }
    Ok(())
}

/// The mean chroma of each square of four pixels.
fn halve_chroma(interleaved: &[u8], picture: &mut FrameBuffer) {
    let row = picture.width() as usize * 3;
    let [mut y, mut u, mut v] = picture.planes_mut();
    for (pixels, y) in interleaved.chunks_exact(row).zip(y.rows_mut()) {
        for (pixel, y) in pixels.chunks_exact(3).zip(y) {
            *y = pixel[0];
        }
    }
    for ((rows, u), v) in interleaved.chunks_exact(row * 2).zip(u.rows_mut()).zip(v.rows_mut()) {
        let (upper, lower) = rows.split_at(row);
        for (((a, b), u), v) in upper.chunks_exact(6).zip(lower.chunks_exact(6)).zip(u).zip(v) {
            let mean =
                |i: usize| (u16::from(a[i]) + u16::from(a[i + 3]) + u16::from(b[i]) + u16::from(b[i + 3]) + 2) / 4;
            (*u, *v) = (mean(1) as u8, mean(2) as u8);
        }
    }
}

#[cfg(test)]
#[path = "convert_tests.rs"]
mod tests;
