//! A camera opened by nokhwa: set to the best format that it accepts, and read. Not for another thread.

use nokhwa::Camera;
use nokhwa::utils::{CameraFormat as NokhwaFormat, FrameFormat, RequestedFormat, RequestedFormatType, Resolution};

use super::{Listed, api, fault::fault};
use crate::camera::convert::{BadPicture, ColourRange, Converter, DeliveredFormat};
use crate::camera::format::{CameraFormat, CameraFormatWish, FrameRate, PixelEncoding, rank};
use crate::clock::MediaTime;
use crate::fault::DeviceFault;
use crate::frame::VideoFrame;

/// What is asked of nokhwa; the rest of its formats we don't read.
const READABLE: [FrameFormat; 3] = [FrameFormat::NV12, FrameFormat::YUYV, FrameFormat::MJPEG];

/// Tried besides what the camera lists.
const COMMON_SIZES: [(u32, u32); 4] = [(1280, 720), (1920, 1080), (640, 480), (640, 360)];

/// How many of the best formats are tried before the camera counts as unreadable.
const MAX_ATTEMPTS: usize = 12;

pub(super) struct Session {
    camera: Camera,
    converter: Converter,
}

impl Session {
    pub(super) fn open(listed: &Listed, wish: CameraFormatWish) -> Result<Self, DeviceFault> {
        let any = RequestedFormat::with_formats(RequestedFormatType::None, &READABLE);
        let mut camera =
            Camera::with_backend(listed.index.clone(), any, api()).map_err(|error| opening_fault(&error))?;
        let mut offers: Vec<_> =
            camera.compatible_camera_formats().unwrap_or_default().iter().filter_map(read).collect();
        if cfg!(not(target_os = "linux")) {
            offers.extend(common_offers(wish));
        }
        let format = choose(&mut camera, &rank(&offers, wish))?;
        camera.open_stream().map_err(|error| opening_fault(&error))?;
        let converter = Converter::new(DeliveredFormat {
            encoding: format.encoding,
            width: format.width,
            height: format.height,
            // nokhwa doesn't tell the distance between rows; what it hands out is packed on Linux and Windows, and on
            // macOS at the widths in use.
            stride: 0,
            range: match format.encoding {
                PixelEncoding::Mjpeg => ColourRange::Full,
                _ => ColourRange::Limited,
            },
        });
        Ok(Self { camera, converter })
    }

    /// Waits for the next picture, without a limit.
    pub(super) fn next(&mut self) -> Result<Result<VideoFrame, BadPicture>, DeviceFault> {
        let bytes = self.camera.frame_raw().map_err(|error| fault(&error))?;
        Ok(self.converter.convert(&bytes, MediaTime::now()))
    }
}

/// A camera that goes away while it is being opened was not there.
fn opening_fault(error: &nokhwa::NokhwaError) -> DeviceFault {
    match fault(error) {
        DeviceFault::Unplugged => DeviceFault::NotFound,
        other => other,
    }
}

/// Sets the camera to the first of these that it accepts.
fn choose(camera: &mut Camera, ranked: &[CameraFormat]) -> Result<CameraFormat, DeviceFault> {
    let mut outcome = DeviceFault::UnsupportedFormat;
    for format in ranked.iter().take(MAX_ATTEMPTS) {
        let Some(exact) = written(format) else {
            continue;
        };
        let request = RequestedFormat::with_formats(RequestedFormatType::Exact(exact), &READABLE);
        match camera.set_camera_requset(request) {
            Ok(got) if (got.resolution(), got.format()) == (exact.resolution(), exact.format()) => return Ok(*format),
            Ok(_) => {}
            Err(error) => match opening_fault(&error) {
                fault @ (DeviceFault::UnsupportedFormat | DeviceFault::Failed) => outcome = fault,
                fault => return Err(fault),
            },
        }
    }
    Err(outcome)
}

fn common_offers(wish: CameraFormatWish) -> impl Iterator<Item = CameraFormat> {
    let sizes = COMMON_SIZES.into_iter().chain([(wish.width, wish.height)]);
    sizes.flat_map(move |(width, height)| {
        [PixelEncoding::Nv12, PixelEncoding::Yuyv, PixelEncoding::Mjpeg].map(|encoding| CameraFormat {
            encoding,
            width,
            height,
            rate: FrameRate::whole(wish.fps),
        })
    })
}

fn read(format: &NokhwaFormat) -> Option<CameraFormat> {
    Some(CameraFormat {
        encoding: match format.format() {
            FrameFormat::NV12 => PixelEncoding::Nv12,
            FrameFormat::YUYV => PixelEncoding::Yuyv,
            FrameFormat::MJPEG => PixelEncoding::Mjpeg,
            FrameFormat::GRAY | FrameFormat::RAWRGB | FrameFormat::RAWBGR => return None,
        },
        width: format.width(),
        height: format.height(),
        rate: FrameRate::new(format.frame_rate(), 1)?,
    })
}

/// `None` for what nokhwa has no word for.
fn written(format: &CameraFormat) -> Option<NokhwaFormat> {
    let encoding = match format.encoding {
        PixelEncoding::Nv12 => FrameFormat::NV12,
        PixelEncoding::Yuyv => FrameFormat::YUYV,
        PixelEncoding::Mjpeg => FrameFormat::MJPEG,
        PixelEncoding::I420 => return None,
    };
    (format.rate.seconds == 1)
        .then(|| NokhwaFormat::new(Resolution::new(format.width, format.height), encoding, format.rate.frames))
}
