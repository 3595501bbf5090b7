//! Which screen, as text.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use crate::source::{CameraSpec, SpecError};

/// What to share: `monitor[:ID]`, `window:ID`, `pattern[:WxH@FPS]`, `file:PATH.y4m`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum ScreenSpec {
    /// A monitor by the system's name for it, or the primary one.
    Monitor(Option<String>),
    /// A window by the system's number for it.
    Window(u64),
    /// The test pattern.
    Pattern {
        /// Pixels across.
        width: u32,
        /// Pixels down.
        height: u32,
        /// Pictures a second.
        fps: u32,
    },
    /// A YUV4MPEG2 file, 4:2:0 with 8 bits, played for ever.
    File(PathBuf),
}

impl FromStr for ScreenSpec {
    type Err = SpecError;

    fn from_str(text: &str) -> Result<Self, SpecError> {
        let (kind, rest) = text.split_once(':').unwrap_or((text, ""));
        match kind {
            "monitor" => Ok(Self::Monitor(Some(rest.to_owned()).filter(|id| !id.is_empty()))),
            "window" => rest.parse().map(Self::Window).map_err(|_| SpecError::Window),
            _ => match text.parse()? {
                CameraSpec::Pattern { width, height, fps } => Ok(Self::Pattern { width, height, fps }),
                CameraSpec::File(path) => Ok(Self::File(path)),
                CameraSpec::Device { .. } | CameraSpec::Portrait(_) => Err(SpecError::Kind),
            },
        }
    }
}

impl fmt::Display for ScreenSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Monitor(None) => f.write_str("monitor"),
            Self::Monitor(Some(id)) => write!(f, "monitor:{id}"),
            Self::Window(id) => write!(f, "window:{id}"),
            Self::Pattern { width, height, fps } => write!(f, "pattern:{width}x{height}@{fps}"),
            Self::File(path) => write!(f, "file:{}", path.display()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn specs_read_as_they_print() {
        for text in ["monitor", "monitor:DP-1", "window:54525959", "pattern:1920x1080@15", "file:/a/b c.y4m"] {
            assert_eq!(text.parse::<ScreenSpec>().unwrap().to_string(), text);
        }
        assert_eq!("monitor:".parse(), Ok(ScreenSpec::Monitor(None)));
    }

    #[test]
    fn nonsense_is_refused() {
        for (text, error) in [
            ("window", SpecError::Window),
            ("window:-1", SpecError::Window),
            ("window:editor", SpecError::Window),
            ("device", SpecError::Kind),
            ("", SpecError::Kind),
            ("pattern:1x1@1", SpecError::Pattern),
            ("file:", SpecError::Path),
        ] {
            assert_eq!(text.parse::<ScreenSpec>(), Err(error), "{text}");
        }
    }
}
