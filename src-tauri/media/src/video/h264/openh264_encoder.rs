//! The OpenH264 encoder behind a safe interface. Its C++ interface is used as it is, because the crate's own wrapper
//! has neither temporal layers nor options at run time.

use std::ffi::{c_int, c_void};
use std::ops::Range;
use std::ptr::{NonNull, null_mut};
use std::time::Duration;

use bytes::Bytes;
use openh264_sys2::source::APILoader;
use openh264_sys2::{
    CONSTANT_ID, ENCODER_OPTION, ENCODER_OPTION_BITRATE, ENCODER_OPTION_DATAFORMAT, ENCODER_OPTION_FRAME_RATE,
    ENCODER_OPTION_TRACE_LEVEL, ISVCEncoder, ISVCEncoderVtbl, LOW_COMPLEXITY, PRO_BASELINE, RC_BITRATE_MODE,
    SBitrateInfo, SCREEN_CONTENT_REAL_TIME, SEncParamExt, SFrameBSInfo, SLayerBSInfo, SM_SIZELIMITED_SLICE,
    SPATIAL_LAYER_0, SSourcePicture, VIDEO_CODING_LAYER, WELS_LOG_QUIET, videoFormatI420, videoFrameTypeIDR,
};
use thiserror::Error;

use crate::frame::VideoFrame;
use crate::video::layer::LayerLadder;

/// The encoder gave up; it must be opened anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum EncodeError {
    /// It could not be opened with these settings.
    #[error("the encoder could not be opened (code {0})")]
    Open(i32),
    /// A picture has another size than the encoder was opened for.
    #[error("the picture's size is not the encoder's")]
    Size,
    /// It refused a picture or an option.
    #[error("the encoder failed (code {0})")]
    Failed(i32),
}

/// The finest and the coarsest quantiser of a screen's pictures. At 30 the smallest text is as good as the screen's own,
/// and nobody sees what is finer than 20; ARCHITECTURE.md has the figures.
const SCREEN_QUANTISER: (c_int, c_int) = (20, 30);

/// What an encoder is opened with.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct EncoderSettings {
    /// Even.
    pub(super) width: u32,
    /// Even.
    pub(super) height: u32,
    pub(super) fps: f32,
    pub(super) bitrate_bps: u32,
    /// The longest slice, in bytes. The encoder keeps it as well as it can.
    pub(super) max_slice_length: u32,
    /// What the pictures are of.
    pub(super) ladder: LayerLadder,
}

/// An encoded picture as the encoder gives it.
pub(super) struct RawPicture {
    pub(super) keyframe: bool,
    pub(super) temporal_layer: u8,
    /// With start codes.
    pub(super) data: Bytes,
    /// The NAL units in `data`, without start codes.
    pub(super) nals: Vec<Range<usize>>,
}

/// An open encoder.
pub(super) struct OpenH264Encoder {
    encoder: NonNull<ISVCEncoder>,
    info: Box<SFrameBSInfo>,
    width: u32,
    height: u32,
}

// SAFETY: the encoder has no thread affinity; `&mut self` on every call keeps it to one thread at a time.
unsafe impl Send for OpenH264Encoder {}

fn check(code: c_int) -> Result<(), EncodeError> {
    if code == 0 { Ok(()) } else { Err(EncodeError::Failed(code)) }
}

impl OpenH264Encoder {
    pub(super) fn open(settings: &EncoderSettings) -> Result<Self, EncodeError> {
        let mut encoder: *mut ISVCEncoder = null_mut();
        // SAFETY: the function writes a pointer to `encoder`, or leaves it null.
        let code = unsafe { APILoader::WelsCreateSVCEncoder(&raw mut encoder) };
        let encoder = NonNull::new(encoder).filter(|_| code == 0).ok_or(EncodeError::Open(code))?;
        let mut opened = Self { encoder, info: Box::default(), width: settings.width, height: settings.height };
        opened.initialise(settings).map_err(|error| match error {
            EncodeError::Failed(code) => EncodeError::Open(code),
            other => other,
        })?;
        Ok(opened)
    }

    fn initialise(&mut self, settings: &EncoderSettings) -> Result<(), EncodeError> {
        // Before anything else: it writes its warnings to the standard error stream.
        self.set_option(ENCODER_OPTION_TRACE_LEVEL, WELS_LOG_QUIET)?;
        let mut parameters = SEncParamExt::default();
        let get_default_parameters = self.table().GetDefaultParams.ok_or(EncodeError::Open(0))?;
        let initialise = self.table().InitializeExt.ok_or(EncodeError::Open(0))?;
        // SAFETY: the encoder is alive and `parameters` is a whole structure of the type it fills.
        check(unsafe { get_default_parameters(self.encoder.as_ptr(), &raw mut parameters) })?;
        let (width, height) = (settings.width as c_int, settings.height as c_int);
        parameters.iPicWidth = width;
        parameters.iPicHeight = height;
        parameters.iRCMode = RC_BITRATE_MODE;
        parameters.iTargetBitrate = settings.bitrate_bps as c_int;
        // Unset, the rate control takes the rate for far higher and the bit rate runs away.
        parameters.fMaxFrameRate = settings.fps;
        parameters.iComplexityMode = LOW_COMPLEXITY;
        // Keyframes come when asked for and at no other time.
        parameters.uiIntraPeriod = 0;
        parameters.bEnableSceneChangeDetect = false;
        // The numbers of parameter sets stay, and every keyframe repeats the sets.
        parameters.eSpsPpsIdStrategy = CONSTANT_ID;
        // Each layer has a thread of its own already.
        parameters.iMultipleThreadIdc = 1;
        match settings.ladder {
            LayerLadder::Camera => {
                // A skipped picture is a jerk for all viewers; a link that is full drops pictures by itself.
                parameters.bEnableFrameSkip = false;
                // Every other picture is one that nothing is predicted from.
                parameters.iTemporalLayerNum = 2;
            }
            LayerLadder::Screen => {
                parameters.iUsageType = SCREEN_CONTENT_REAL_TIME;
                // What doesn't fit the bit rate comes later, and not blurred.
                parameters.bEnableFrameSkip = true;
                parameters.iMinQp = SCREEN_QUANTISER.0;
                parameters.iMaxQp = SCREEN_QUANTISER.1;
                // Pictures are few, and each refines the one before.
                parameters.iTemporalLayerNum = 1;
            }
        }
        parameters.iSpatialLayerNum = 1;
        parameters.uiMaxNalSize = settings.max_slice_length;
        let layer = &mut parameters.sSpatialLayers[0];
        layer.iVideoWidth = width;
        layer.iVideoHeight = height;
        layer.fFrameRate = settings.fps;
        layer.iSpatialBitrate = settings.bitrate_bps as c_int;
        layer.uiProfileIdc = PRO_BASELINE;
        layer.sSliceArgument.uiSliceMode = SM_SIZELIMITED_SLICE;
        layer.sSliceArgument.uiSliceSizeConstraint = settings.max_slice_length;
        // SAFETY: the encoder is alive, and copies what it needs of the parameters.
        check(unsafe { initialise(self.encoder.as_ptr(), &raw const parameters) })?;
        self.set_option(ENCODER_OPTION_DATAFORMAT, videoFormatI420)
    }

    /// Makes the next picture a keyframe.
    pub(super) fn force_keyframe(&mut self) -> Result<(), EncodeError> {
        let force = self.table().ForceIntraFrame.ok_or(EncodeError::Failed(0))?;
        // SAFETY: the encoder is alive and initialised.
        check(unsafe { force(self.encoder.as_ptr(), true) })
    }

    /// Changes the target, without a keyframe.
    pub(super) fn set_bitrate(&mut self, bitrate_bps: u32) -> Result<(), EncodeError> {
        let target = SBitrateInfo { iLayer: SPATIAL_LAYER_0, iBitrate: bitrate_bps as c_int };
        self.set_option(ENCODER_OPTION_BITRATE, target)
    }

    /// Changes what the rate control takes the frame rate for, without a keyframe.
    pub(super) fn set_frame_rate(&mut self, fps: f32) -> Result<(), EncodeError> {
        self.set_option(ENCODER_OPTION_FRAME_RATE, fps)
    }

    /// `value` must be of the type that the option has in `codec_app_def.h`.
    fn set_option<T>(&mut self, option: ENCODER_OPTION, mut value: T) -> Result<(), EncodeError> {
        let set = self.table().SetOption.ok_or(EncodeError::Failed(0))?;
        // SAFETY: the encoder is alive, reads a value of the option's type and keeps no pointer to it; the callers
        // pass that type.
        check(unsafe { set(self.encoder.as_ptr(), option, (&raw mut value).cast::<c_void>()) })
    }

    /// Encodes a picture. `None` when the encoder left it out.
    pub(super) fn encode(
        &mut self,
        frame: &VideoFrame,
        since_start: Duration,
    ) -> Result<Option<RawPicture>, EncodeError> {
        let [luma, u, v] = frame.planes();
        if (luma.width, luma.height) != (self.width as usize, self.height as usize) {
            return Err(EncodeError::Size);
        }
        let picture = SSourcePicture {
            iColorFormat: videoFormatI420,
            iStride: [luma.width as c_int, u.width as c_int, v.width as c_int, 0],
            pData: [
                luma.samples.as_ptr().cast_mut(),
                u.samples.as_ptr().cast_mut(),
                v.samples.as_ptr().cast_mut(),
                null_mut(),
            ],
            iPicWidth: self.width as c_int,
            iPicHeight: self.height as c_int,
            uiTimeStamp: since_start.as_millis() as i64,
            ..SSourcePicture::default()
        };
        let encode = self.table().EncodeFrame.ok_or(EncodeError::Failed(0))?;
        // SAFETY: the planes live through the call and have the size and strides given, as checked above; the encoder
        // only reads them. `info` is a whole structure of the type it fills.
        check(unsafe { encode(self.encoder.as_ptr(), &raw const picture, &raw mut *self.info) })?;
        Ok(self.collect())
    }

    /// Copies what the encoder has written, which is overwritten by the next picture.
    fn collect(&self) -> Option<RawPicture> {
        let count = usize::try_from(self.info.iLayerNum).unwrap_or(0);
        let layers = self.info.sLayerInfo.get(..count).unwrap_or_default();
        let mut data = Vec::with_capacity(usize::try_from(self.info.iFrameSizeInBytes).unwrap_or(0));
        let mut nals = Vec::new();
        let mut temporal_layer = 0;
        for layer in layers {
            if i32::from(layer.uiLayerType) == VIDEO_CODING_LAYER {
                temporal_layer = layer.uiTemporalId;
            }
            copy_layer(layer, &mut data, &mut nals);
        }
        (!nals.is_empty()).then(|| RawPicture {
            keyframe: self.info.eFrameType == videoFrameTypeIDR,
            temporal_layer,
            data: data.into(),
            nals,
        })
    }

    fn table(&self) -> &ISVCEncoderVtbl {
        // SAFETY: a living encoder begins with the pointer to its table of functions, which is never null.
        unsafe { &**self.encoder.as_ptr() }
    }
}

fn copy_layer(layer: &SLayerBSInfo, data: &mut Vec<u8>, nals: &mut Vec<Range<usize>>) {
    let count = usize::try_from(layer.iNalCount).unwrap_or(0);
    if count == 0 || layer.pNalLengthInByte.is_null() || layer.pBsBuf.is_null() {
        return;
    }
    // SAFETY: the encoder has filled an array of `iNalCount` lengths, valid until the next call.
    let lengths = unsafe { std::slice::from_raw_parts(layer.pNalLengthInByte, count) };
    let total = lengths.iter().map(|length| usize::try_from(*length).unwrap_or(0)).sum();
    // SAFETY: the NAL units lie behind each other from `pBsBuf`, as long as their lengths say, until the next call.
    let bytes = unsafe { std::slice::from_raw_parts(layer.pBsBuf, total) };
    let mut rest = bytes;
    for length in lengths {
        let (nal, behind) = rest.split_at_checked(usize::try_from(*length).unwrap_or(0)).unwrap_or((rest, &[]));
        rest = behind;
        // Start codes have three or four bytes.
        let code = nal.iter().position(|byte| *byte == 1).map_or(0, |one| one + 1);
        nals.push(data.len() + code..data.len() + nal.len());
        data.extend_from_slice(nal);
    }
}

impl Drop for OpenH264Encoder {
    fn drop(&mut self) {
        if let Some(uninitialise) = self.table().Uninitialize {
            // SAFETY: the encoder is alive; uninitialising one that failed to initialise does nothing.
            unsafe { uninitialise(self.encoder.as_ptr()) };
        }
        // SAFETY: created by `WelsCreateSVCEncoder`, destroyed once, not used after.
        unsafe { APILoader::WelsDestroySVCEncoder(self.encoder.as_ptr()) };
    }
}
