//! A V4L2 camera as a source of pictures.

use std::io;
use std::mem::ManuallyDrop;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use v4l::Device;
use v4l::buffer::{Flags, Metadata, Type};
use v4l::device::Handle;
use v4l::fraction::Fraction;
use v4l::io::mmap::Stream;
use v4l::io::traits::{CaptureStream, Stream as _};
use v4l::v4l_sys::{
    VIDEO_MAX_FRAME, v4l2_colorspace_V4L2_COLORSPACE_JPEG, v4l2_field_V4L2_FIELD_INTERLACED,
    v4l2_field_V4L2_FIELD_NONE, v4l2_quantization_V4L2_QUANTIZATION_FULL_RANGE,
};
use v4l::video::Capture;
use v4l::video::capture::Parameters;

use super::ioctl::{self, PixelFormat};
use super::nodes::Node;
use super::offers::{self, Offer};
use crate::camera::convert::{ColourRange, Converter, DeliveredFormat};
use crate::camera::format::{CameraFormatWish, PixelEncoding, rank};
use crate::camera::patience::Patience;
use crate::clock::MediaTime;
use crate::fault::DeviceFault;
use crate::frame::VideoFrame;
use crate::source::VideoSource;

/// Buffers that the driver fills in turn: one with us, one being filled, two for when we are late.
const BUFFERS: u32 = 4;

/// A driver's stamp that is further back than this is not believed.
const MAX_CAPTURE_AGE: Duration = Duration::from_secs(2);

/// How many of the best formats are tried before the camera counts as unreadable.
const MAX_ATTEMPTS: usize = 8;

pub(super) struct V4lSource {
    stream: ManuallyDrop<Stream<'static>>,
    device: Arc<Handle>,
    path: PathBuf,
    id: String,
    converter: Converter,
    patience: Patience,
}

/// Opens the device, sets it to the best format that it accepts, and starts it.
pub(super) fn open(node: &Node, wish: CameraFormatWish) -> Result<V4lSource, DeviceFault> {
    let device = Device::with_path(&node.path).map_err(|error| opening_fault(&error))?;
    let offers = offers::offers(&device, wish);
    let formats: Vec<_> = offers.iter().map(|offer| offer.format).collect();
    let mut outcome = DeviceFault::UnsupportedFormat;
    for format in rank(&formats, wish).into_iter().take(MAX_ATTEMPTS) {
        let Some(&offer) = offers.iter().find(|offer| offer.format == format) else {
            continue;
        };
        match start(&device, offer) {
            Ok((stream, delivered)) => {
                return Ok(V4lSource {
                    stream: ManuallyDrop::new(stream),
                    device: device.handle(),
                    path: node.path.clone(),
                    id: node.info.id.clone(),
                    converter: Converter::new(delivered),
                    patience: Patience::new(),
                });
            }
            Err(error) => match opening_fault(&error) {
                // Also what a camera says when the USB has no room for that much (ENOSPC): a smaller one may fit.
                fault @ (DeviceFault::UnsupportedFormat | DeviceFault::Failed) => outcome = fault,
                fault => return Err(fault),
            },
        }
    }
    Err(outcome)
}

fn start(device: &Device, offer: Offer) -> io::Result<(Stream<'static>, DeliveredFormat)> {
    let handle = device.handle();
    let format = offer.format;
    let got = ioctl::set_picture_format(&handle, offer.fourcc, format.width, format.height)?;
    let delivered = delivered(format.encoding, &got);
    let exact = (got.fourcc, got.width, got.height) == (offer.fourcc, format.width, format.height);
    let progressive = [v4l2_field_V4L2_FIELD_NONE, v4l2_field_V4L2_FIELD_INTERLACED].contains(&got.field);
    if !exact || !progressive {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    // Not every driver lets itself be told a rate; it then runs at its own.
    let interval = Fraction::new(format.rate.seconds, format.rate.frames);
    let _ = device.set_params(&Parameters::new(interval));
    let mut stream = Stream::with_buffers(device, Type::VideoCapture, BUFFERS)?;
    // `Stream::next` waits without end inside when it starts the stream itself, so it's started here, with all buffers
    // but the first, which `next` queues.
    for index in 1..VIDEO_MAX_FRAME as usize {
        if CaptureStream::queue(&mut stream, index).is_err() {
            break;
        }
    }
    match stream.start() {
        Ok(()) => Ok((stream, delivered)),
        Err(error) => {
            close(stream);
            Err(error)
        }
    }
}

fn delivered(encoding: PixelEncoding, got: &PixelFormat) -> DeliveredFormat {
    let full_range = encoding == PixelEncoding::Mjpeg
        || got.quantization == v4l2_quantization_V4L2_QUANTIZATION_FULL_RANGE
        || got.colorspace == v4l2_colorspace_V4L2_COLORSPACE_JPEG;
    DeliveredFormat {
        encoding,
        width: got.width,
        height: got.height,
        stride: got.bytes_per_line as usize,
        range: if full_range { ColourRange::Full } else { ColourRange::Limited },
    }
}

/// The stream's own drop panics unless it can be stopped or the device is gone.
fn close(mut stream: Stream<'static>) {
    match stream.stop() {
        Err(error) if error.raw_os_error() != Some(libc::ENODEV) => {
            tracing::warn!(%error, "a camera could not be stopped; its buffers stay until the program ends");
            std::mem::forget(stream);
        }
        _ => drop(stream),
    }
}

impl V4lSource {
    /// Waits until there is something to read, or the device is gone.
    fn wait(&self, until: Instant) -> Result<(), DeviceFault> {
        loop {
            let left = until.saturating_duration_since(Instant::now());
            // Rounded up, so that the last wait isn't a spin.
            let left_ms = i32::try_from(left.as_micros().div_ceil(1000)).unwrap_or(i32::MAX);
            match self.device.poll(libc::POLLIN, left_ms) {
                Ok(0) if left.is_zero() => return Err(self.patience.verdict()),
                Ok(0) => {}
                Ok(_) => return Ok(()),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(self.reading_fault(&error)),
            }
        }
    }

    fn reading_fault(&self, error: &io::Error) -> DeviceFault {
        let gone = |error: &io::Error| matches!(error.raw_os_error(), Some(libc::ENODEV | libc::ENXIO | libc::ENOENT));
        // A camera that is being pulled out answers with an I/O error for a moment.
        if gone(error) || Device::with_path(&self.path).is_err_and(|error| gone(&error)) {
            DeviceFault::Unplugged
        } else {
            tracing::debug!(%error, "reading a camera failed");
            DeviceFault::Failed
        }
    }

    /// The newest picture that the driver has; `None` if it can't be shown.
    fn read(&mut self) -> io::Result<Option<VideoFrame>> {
        for _ in 1..BUFFERS {
            let (bytes, metadata) = self.stream.next()?;
            // We were late: the next one is there already, and it is newer.
            if self.device.poll(libc::POLLIN, 0)? > 0 {
                continue;
            }
            return Ok(picture(&mut self.converter, bytes, metadata));
        }
        let (bytes, metadata) = self.stream.next()?;
        Ok(picture(&mut self.converter, bytes, metadata))
    }
}

fn picture(converter: &mut Converter, bytes: &[u8], metadata: &Metadata) -> Option<VideoFrame> {
    if metadata.flags.contains(Flags::ERROR) {
        return None;
    }
    let used = bytes.get(..metadata.bytesused as usize)?;
    converter.convert(used, captured(metadata, MediaTime::now())).ok()
}

/// When the driver says that the picture was taken, if it says so on our clock and it can be.
fn captured(metadata: &Metadata, now: MediaTime) -> MediaTime {
    let stamp = metadata.timestamp;
    let since_zero = u64::try_from(stamp.sec).ok().zip(u32::try_from(stamp.usec).ok());
    let monotonic = metadata.flags & Flags::TIMESTAMP_MASK == Flags::TIMESTAMP_MONOTONIC;
    match since_zero {
        Some((seconds, micros)) if monotonic && micros < 1_000_000 => {
            let stamp = MediaTime::from_duration(Duration::new(seconds, micros * 1000));
            let believable = stamp <= now && now.since(stamp) <= MAX_CAPTURE_AGE;
            if believable { stamp } else { now }
        }
        _ => now,
    }
}

impl VideoSource for V4lSource {
    fn device_id(&self) -> Option<&str> {
        Some(&self.id)
    }

    fn next_frame(&mut self) -> Result<VideoFrame, DeviceFault> {
        let until = self.patience.begin();
        loop {
            self.wait(until)?;
            match self.read() {
                Ok(Some(frame)) => {
                    self.patience.good();
                    return Ok(frame);
                }
                Ok(None) => self.patience.bad(),
                Err(error) => return Err(self.reading_fault(&error)),
            }
        }
    }
}

impl Drop for V4lSource {
    fn drop(&mut self) {
        // SAFETY: taken once, here, and not used afterwards.
        close(unsafe { ManuallyDrop::take(&mut self.stream) });
    }
}

/// What an error means while the camera is being opened.
fn opening_fault(error: &io::Error) -> DeviceFault {
    match error.raw_os_error() {
        Some(libc::EBUSY) => DeviceFault::Busy,
        Some(libc::EACCES | libc::EPERM) => DeviceFault::PermissionDenied,
        Some(libc::ENOENT | libc::ENODEV | libc::ENXIO) => DeviceFault::NotFound,
        Some(libc::EINVAL | libc::ENOTTY) => DeviceFault::UnsupportedFormat,
        _ if error.kind() == io::ErrorKind::InvalidInput => DeviceFault::UnsupportedFormat,
        _ => DeviceFault::Failed,
    }
}
