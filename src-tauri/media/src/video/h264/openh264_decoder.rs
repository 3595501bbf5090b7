//! The OpenH264 decoder behind a safe interface. Its C++ interface is used as it is, because the crate's own wrapper
//! has concealment off and takes a concealed picture for an error.

use std::ffi::{c_int, c_long, c_void};
use std::ptr::{NonNull, null_mut};

use openh264_sys2::source::APILoader;
use openh264_sys2::{
    DECODER_OPTION, DECODER_OPTION_ERROR_CON_IDC, DECODER_OPTION_TRACE_LEVEL, ISVCDecoder, ISVCDecoderVtbl,
    SBufferInfo, SDecodingParam, SSysMEMBuffer, WELS_LOG_QUIET, dsErrorFree, dsFramePending,
};
use thiserror::Error;

use crate::frame::MAX_SIDE;

/// The decoder could make nothing of what it was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum DecodeError {
    /// It could not be opened.
    #[error("the decoder could not be opened (code {0})")]
    Open(i64),
    /// It gave no picture and says why.
    #[error("the decoder failed (state {0:#x})")]
    Failed(i32),
    /// It gave a picture that can't be one.
    #[error("the decoder gave an impossible picture")]
    Impossible,
}

/// Missing parts are copied from the picture before, but not across keyframes (`ERROR_CON_SLICE_COPY`).
const CONCEALMENT: c_int = 2;

/// Whether a picture is what its sender encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PictureIntegrity {
    /// It is.
    Intact,
    /// Missing parts were guessed, in it or in a picture it is predicted from.
    Concealed,
}

/// A decoded picture in the decoder's own memory.
pub(super) struct RawPicture<'a> {
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) integrity: PictureIntegrity,
    pub(super) planes: [RawPlane<'a>; 3],
}

/// One plane: rows are `stride` apart, the last one may be shorter.
pub(super) struct RawPlane<'a> {
    pub(super) samples: &'a [u8],
    pub(super) stride: usize,
}

/// An open decoder.
pub(super) struct OpenH264Decoder {
    decoder: NonNull<ISVCDecoder>,
}

// SAFETY: the decoder has no thread affinity and no threads of its own as configured; `&mut self` on every call keeps
// it to one thread at a time.
unsafe impl Send for OpenH264Decoder {}

impl OpenH264Decoder {
    pub(super) fn open() -> Result<Self, DecodeError> {
        let mut decoder: *mut ISVCDecoder = null_mut();
        // SAFETY: the function writes a pointer to `decoder`, or leaves it null.
        let code = unsafe { APILoader::WelsCreateDecoder(&raw mut decoder) };
        let decoder = NonNull::new(decoder).filter(|_| code == 0).ok_or(DecodeError::Open(code))?;
        let mut opened = Self { decoder };
        // Before anything else: it writes its warnings to the standard error stream.
        opened.set_option(DECODER_OPTION_TRACE_LEVEL, WELS_LOG_QUIET)?;
        let parameters = SDecodingParam::default();
        let initialise = opened.table().Initialize.ok_or(DecodeError::Open(0))?;
        // SAFETY: the decoder is alive, and copies what it needs of the parameters.
        opened_or(unsafe { initialise(opened.decoder.as_ptr(), &raw const parameters) })?;
        opened.set_option(DECODER_OPTION_ERROR_CON_IDC, CONCEALMENT)?;
        Ok(opened)
    }

    fn set_option(&mut self, option: DECODER_OPTION, mut value: c_int) -> Result<(), DecodeError> {
        let set = self.table().SetOption.ok_or(DecodeError::Open(0))?;
        // SAFETY: the decoder is alive; both options that are set here are integers, and no pointer is kept.
        opened_or(unsafe { set(self.decoder.as_ptr(), option, (&raw mut value).cast::<c_void>()) })
    }

    /// Decodes one picture's NAL units, a byte stream with start codes. `None` when it made no picture of them.
    pub(super) fn decode(&mut self, unit: &[u8]) -> Result<Option<RawPicture<'_>>, DecodeError> {
        let length = c_int::try_from(unit.len()).map_err(|_| DecodeError::Impossible)?;
        let decode = self.table().DecodeFrameNoDelay.ok_or(DecodeError::Open(0))?;
        let mut planes = [null_mut::<u8>(); 3];
        let mut info = SBufferInfo::default();
        // SAFETY: the decoder is alive; it reads `length` bytes, and writes three pointers and a whole structure.
        let state = unsafe { decode(self.decoder.as_ptr(), unit.as_ptr(), length, planes.as_mut_ptr(), &raw mut info) };
        if info.iBufferStatus != 1 {
            let harmless = state & !dsFramePending == dsErrorFree;
            return if harmless { Ok(None) } else { Err(DecodeError::Failed(state)) };
        }
        // SAFETY: the union has one member only.
        let memory = unsafe { info.UsrData.sSystemBuffer };
        let layout = Layout::of(&memory).ok_or(DecodeError::Impossible)?;
        let integrity =
            if state & !dsFramePending == dsErrorFree { PictureIntegrity::Intact } else { PictureIntegrity::Concealed };
        let [luma, u, v] = planes.map(NonNull::new);
        let (Some(luma), Some(u), Some(v)) = (luma, u, v) else {
            return Err(DecodeError::Impossible);
        };
        // SAFETY: a picture that is ready has planes of the size and strides it says, which stay as they are until
        // the next call; the lifetime of `&mut self` keeps that from being made.
        let plane = |start: NonNull<u8>, length, stride| RawPlane {
            samples: unsafe { std::slice::from_raw_parts(start.as_ptr(), length) },
            stride,
        };
        Ok(Some(RawPicture {
            width: layout.width,
            height: layout.height,
            integrity,
            planes: [
                plane(luma, layout.luma_length, layout.luma_stride),
                plane(u, layout.chroma_length, layout.chroma_stride),
                plane(v, layout.chroma_length, layout.chroma_stride),
            ],
        }))
    }

    fn table(&self) -> &ISVCDecoderVtbl {
        // SAFETY: a living decoder begins with the pointer to its table of functions, which is never null.
        unsafe { &**self.decoder.as_ptr() }
    }
}

fn opened_or(code: c_long) -> Result<(), DecodeError> {
    if code == 0 { Ok(()) } else { Err(DecodeError::Open(code)) }
}

/// How a picture lies in memory, checked.
struct Layout {
    width: u32,
    height: u32,
    luma_stride: usize,
    luma_length: usize,
    chroma_stride: usize,
    chroma_length: usize,
}

impl Layout {
    fn of(memory: &SSysMEMBuffer) -> Option<Self> {
        let side = |side: c_int| u32::try_from(side).ok().filter(|side| (1..=MAX_SIDE).contains(side));
        let (width, height) = (side(memory.iWidth)?, side(memory.iHeight)?);
        let length = |stride: c_int, width: u32, height: u32| {
            let stride = usize::try_from(stride).ok().filter(|stride| *stride >= width as usize)?;
            // The last row ends with its last sample.
            Some((stride, stride * (height as usize - 1) + width as usize))
        };
        let (luma_stride, luma_length) = length(memory.iStride[0], width, height)?;
        let (chroma_stride, chroma_length) = length(memory.iStride[1], width.div_ceil(2), height.div_ceil(2))?;
        Some(Self { width, height, luma_stride, luma_length, chroma_stride, chroma_length })
    }
}

impl Drop for OpenH264Decoder {
    fn drop(&mut self) {
        if let Some(uninitialise) = self.table().Uninitialize {
            // SAFETY: the decoder is alive; uninitialising one that failed to initialise does nothing.
            unsafe { uninitialise(self.decoder.as_ptr()) };
        }
        // SAFETY: created by `WelsCreateDecoder`, destroyed once, not used after.
        unsafe { APILoader::WelsDestroyDecoder(self.decoder.as_ptr()) };
    }
}
