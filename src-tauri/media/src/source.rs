//! Where pictures and sound come from and go to, as text and as traits.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use thiserror::Error;

use crate::camera::CameraFormatWish;
use crate::fault::DeviceFault;
use crate::frame::{MAX_SIDE, VideoFrame};
use crate::video::portrait;

/// Slowest and fastest a test pattern or file may run, in pictures a second.
pub const FPS_RANGE: std::ops::RangeInclusive<u32> = 5..=120;

/// Smallest sides of a test pattern, in pixels: its stamp needs them.
pub const MIN_PATTERN_SIZE: (u32, u32) = (160, 90);

/// Lowest and highest test tone, in Hz.
pub const TONE_RANGE_HZ: std::ops::RangeInclusive<u32> = 20..=20_000;

/// Whatever gives pictures. Opened and read on one OS thread; the first picture proves that it works.
pub trait VideoSource: Send {
    /// Waits for the next picture: at most 3 s for the first one, at most 700 ms for any other.
    ///
    /// # Errors
    /// The fault that ended the source, [`DeviceFault::Stalled`] when nothing came in time. A source that failed is
    /// dropped and opened anew.
    fn next_frame(&mut self) -> Result<VideoFrame, DeviceFault>;

    /// The id of the device it reads, as listed; `None` for what isn't a device.
    fn device_id(&self) -> Option<&str> {
        None
    }
}

/// A device as listed.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct DeviceInfo {
    /// What people call it.
    pub name: String,
    /// What the system calls it; unique on this machine.
    pub id: String,
}

/// A text that names no source or sink.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum SpecError {
    /// No such kind.
    #[error("unknown kind of source")]
    Kind,
    /// Not a size and rate of the form `1280x720@30`, or beyond what is supported.
    #[error("a pattern's size and rate look like 1280x720@30")]
    Pattern,
    /// Not a size and rate of the form `1280x720@30`, or beyond what is supported.
    #[error("a camera's size and rate look like 1280x720@30")]
    CameraFormat,
    /// Not a number of Hz that can be heard.
    #[error("a tone is a number of Hz from 20 to 20000")]
    Tone,
    /// Nobody of this number.
    #[error("there is no such person to draw")]
    Portrait,
    /// `file:` without a path.
    #[error("the file's path is missing")]
    Path,
    /// Not a window's number.
    #[error("a window is a number")]
    Window,
}

/// Which pictures: `pattern[:WxH@FPS]` (1280x720@30 if not said), `device[@WxH@FPS][:NAME]` (the same), `file:PATH.y4m`,
/// `portrait:NUMBER` (from 0).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum CameraSpec {
    /// The test pattern.
    Pattern {
        /// Pixels across.
        width: u32,
        /// Pixels down.
        height: u32,
        /// Pictures a second.
        fps: u32,
    },
    /// A camera.
    Device {
        /// Its name or id; `None` for the system's first.
        name: Option<String>,
        /// What it is to deliver, as nearly as it can.
        format: CameraFormatWish,
    },
    /// A YUV4MPEG2 file, 4:2:0 with 8 bits, played for ever.
    File(PathBuf),
    /// Somebody who isn't there: one of [`crate::video::portrait::PEOPLE`].
    Portrait(u8),
}

/// Which sound to send: `tone[:HZ]` (440 if not said, -20 dBFS), `device[:NAME]`, `file:PATH.wav`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum MicrophoneSpec {
    /// A sine tone.
    Tone {
        /// Its frequency.
        hz: u32,
    },
    /// A microphone by name or id, or the system's default.
    Device(Option<String>),
    /// A WAV file, played for ever.
    File(PathBuf),
}

/// Where to play: `device[:NAME]`, `null`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum SpeakerSpec {
    /// A speaker by name or id, or the system's default.
    Device(Option<String>),
    /// Nowhere, at the pace of a speaker.
    Null,
}

impl CameraSpec {
    /// A camera by name or id, or the system's first, as it is usually read.
    #[must_use]
    pub fn device(name: Option<&str>) -> Self {
        Self::Device { name: name.map(str::to_owned), format: CameraFormatWish::default() }
    }
}

/// `KIND` or `KIND:REST`; an empty rest is none.
fn split(text: &str) -> (&str, Option<&str>) {
    match text.split_once(':') {
        Some((kind, rest)) => (kind, Some(rest).filter(|rest| !rest.is_empty())),
        None => (text, None),
    }
}

fn file(rest: Option<&str>) -> Result<PathBuf, SpecError> {
    rest.map(PathBuf::from).ok_or(SpecError::Path)
}

/// `1280x720@30`, within what is supported.
fn format(text: &str) -> Option<CameraFormatWish> {
    let (size, fps) = text.split_once('@')?;
    let (width, height) = size.split_once('x')?;
    let (width, height, fps) = (width.parse().ok()?, height.parse().ok()?, fps.parse().ok()?);
    let fits = (MIN_PATTERN_SIZE.0..=MAX_SIDE).contains(&width) && (MIN_PATTERN_SIZE.1..=MAX_SIDE).contains(&height);
    (fits && FPS_RANGE.contains(&fps)).then_some(CameraFormatWish { width, height, fps })
}

fn pattern(rest: Option<&str>) -> Option<CameraSpec> {
    let CameraFormatWish { width, height, fps } = rest.map_or_else(|| Some(CameraFormatWish::default()), format)?;
    Some(CameraSpec::Pattern { width, height, fps })
}

fn tone(rest: Option<&str>) -> Option<MicrophoneSpec> {
    let hz = rest.unwrap_or("440").parse().ok()?;
    TONE_RANGE_HZ.contains(&hz).then_some(MicrophoneSpec::Tone { hz })
}

impl FromStr for CameraSpec {
    type Err = SpecError;

    fn from_str(text: &str) -> Result<Self, SpecError> {
        match split(text) {
            ("pattern", rest) => pattern(rest).ok_or(SpecError::Pattern),
            ("device", rest) => Ok(Self::device(rest)),
            ("file", rest) => file(rest).map(Self::File),
            ("portrait", rest) => {
                let person = rest.and_then(|rest| rest.parse().ok()).filter(|person| *person < portrait::PEOPLE);
                person.map(Self::Portrait).ok_or(SpecError::Portrait)
            }
            (kind, rest) => {
                let text = kind.strip_prefix("device@").ok_or(SpecError::Kind)?;
                let format = format(text).ok_or(SpecError::CameraFormat)?;
                Ok(Self::Device { name: rest.map(str::to_owned), format })
            }
        }
    }
}

impl FromStr for MicrophoneSpec {
    type Err = SpecError;

    fn from_str(text: &str) -> Result<Self, SpecError> {
        match split(text) {
            ("tone", rest) => tone(rest).ok_or(SpecError::Tone),
            ("device", rest) => Ok(Self::Device(rest.map(str::to_owned))),
            ("file", rest) => file(rest).map(Self::File),
            _ => Err(SpecError::Kind),
        }
    }
}

impl FromStr for SpeakerSpec {
    type Err = SpecError;

    fn from_str(text: &str) -> Result<Self, SpecError> {
        match split(text) {
            ("device", rest) => Ok(Self::Device(rest.map(str::to_owned))),
            ("null", None) => Ok(Self::Null),
            _ => Err(SpecError::Kind),
        }
    }
}

fn write_device(f: &mut fmt::Formatter<'_>, name: Option<&str>) -> fmt::Result {
    match name {
        Some(name) => write!(f, "device:{name}"),
        None => f.write_str("device"),
    }
}

impl fmt::Display for CameraSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pattern { width, height, fps } => write!(f, "pattern:{width}x{height}@{fps}"),
            Self::Device { name, format } if *format == CameraFormatWish::default() => write_device(f, name.as_deref()),
            Self::Device { name, format: CameraFormatWish { width, height, fps } } => {
                write!(f, "device@{width}x{height}@{fps}")?;
                name.iter().try_for_each(|name| write!(f, ":{name}"))
            }
            Self::File(path) => write!(f, "file:{}", path.display()),
            Self::Portrait(person) => write!(f, "portrait:{person}"),
        }
    }
}

impl fmt::Display for MicrophoneSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tone { hz } => write!(f, "tone:{hz}"),
            Self::Device(name) => write_device(f, name.as_deref()),
            Self::File(path) => write!(f, "file:{}", path.display()),
        }
    }
}

impl fmt::Display for SpeakerSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Device(name) => write_device(f, name.as_deref()),
            Self::Null => f.write_str("null"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn specs_read_as_they_print() {
        let device = ["device", "device:USB cam: left", "device@640x360@15", "device@640x360@30:a@b: c"];
        for text in device.into_iter().chain(["pattern:320x180@15", "file:/a/b c.y4m", "portrait:1"]) {
            assert_eq!(text.parse::<CameraSpec>().unwrap().to_string(), text);
        }
        for text in ["tone:440", "device:x", "file:a.wav"] {
            assert_eq!(text.parse::<MicrophoneSpec>().unwrap().to_string(), text);
        }
        for text in ["device", "device:x", "null"] {
            assert_eq!(text.parse::<SpeakerSpec>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn what_is_not_said_has_a_default() {
        let pattern = CameraSpec::Pattern { width: 1280, height: 720, fps: 30 };
        assert_eq!("pattern".parse(), Ok(pattern));
        assert_eq!("tone".parse(), Ok(MicrophoneSpec::Tone { hz: 440 }));
        assert_eq!("device:".parse(), Ok(CameraSpec::device(None)));
        assert_eq!("device@1280x720@30:x".parse(), Ok(CameraSpec::device(Some("x"))));
    }

    #[test]
    fn nonsense_is_refused() {
        for text in ["device@", "device@640x360", "device@1x1@30", "device@640x360@500:x", "device@640x360@30@30"] {
            assert_eq!(text.parse::<CameraSpec>(), Err(SpecError::CameraFormat), "{text}");
        }
        for text in
            ["pattern:0x720@30", "pattern:1280x720@0", "pattern:99999x99999@30", "pattern:720p", "pattern:1x1@30"]
        {
            assert_eq!(text.parse::<CameraSpec>(), Err(SpecError::Pattern), "{text}");
        }
        assert_eq!("file:".parse::<CameraSpec>(), Err(SpecError::Path));
        assert_eq!("webcam".parse::<CameraSpec>(), Err(SpecError::Kind));
        assert_eq!("tone:-1".parse::<MicrophoneSpec>(), Err(SpecError::Tone));
        assert_eq!("null:x".parse::<SpeakerSpec>(), Err(SpecError::Kind));
    }
}
