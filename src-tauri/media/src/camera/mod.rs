//! Cameras: which there are, and pictures from one of them.
//!
//! A camera is a [`VideoSource`] like the test pattern: opened and read on one thread, a picture at a time, newest
//! first. When it stalls, breaks or is pulled out it says so by a [`DeviceFault`] and is done; whoever reads it opens it
//! anew, by the same id or name, until it's there again.
//!
//! Two backends give the same:
//! - [`CameraBackend::V4l2`], the default on Linux, by the `v4l` crate: it knows how many bytes a picture has, waits no
//!   longer than told, and says at once when the camera is pulled out.
//! - [`CameraBackend::Nokhwa`], everywhere else and on request, by the `nokhwa` crate. It has none of the three, which
//!   is why it isn't the default on Linux; what it takes to use it all the same stands in `portable`.

mod convert;
mod format;
mod jpeg;
#[cfg(target_os = "linux")]
mod linux;
mod patience;
mod portable;
mod range;
mod selection;

use crate::fault::DeviceFault;
use crate::source::{DeviceInfo, VideoSource};

pub use format::{CameraFormat, CameraFormatWish, FrameRate, PixelEncoding, rank};

/// The environment variable that chooses the backend: `v4l2` or `nokhwa`.
pub const BACKEND_VARIABLE: &str = "CONCLAVE_CAMERA_BACKEND";

/// The way to the cameras.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CameraBackend {
    /// Video4Linux directly.
    #[cfg(target_os = "linux")]
    V4l2,
    /// nokhwa: Video4Linux, AVFoundation or Media Foundation.
    Nokhwa,
}

impl CameraBackend {
    /// The best on this system, unless [`BACKEND_VARIABLE`] says otherwise.
    #[must_use]
    pub fn chosen() -> Self {
        let named = std::env::var(BACKEND_VARIABLE).ok().and_then(|name| Self::named(&name));
        named.unwrap_or_default()
    }

    fn named(name: &str) -> Option<Self> {
        match name {
            #[cfg(target_os = "linux")]
            "v4l2" => Some(Self::V4l2),
            "nokhwa" => Some(Self::Nokhwa),
            _ => None,
        }
    }

    /// The cameras that pictures can be had from, also those that are in use or forbidden just now.
    #[must_use]
    pub fn cameras(self) -> Vec<DeviceInfo> {
        match self {
            #[cfg(target_os = "linux")]
            Self::V4l2 => linux::cameras(),
            Self::Nokhwa => portable::cameras(),
        }
    }

    /// The ids of the cameras that a name or id may mean, the likeliest first: those that [`open`] tries, in that order.
    #[must_use]
    pub fn meant(self, name: Option<&str>) -> Vec<String> {
        let cameras = self.cameras();
        selection::select(&cameras, |camera| camera, name).into_iter().map(|camera| camera.id.clone()).collect()
    }

    /// Opens a camera; see [`open`].
    ///
    /// # Errors
    /// As [`open`].
    pub fn open(self, name: Option<&str>, wish: CameraFormatWish) -> Result<Box<dyn VideoSource>, DeviceFault> {
        match self {
            #[cfg(target_os = "linux")]
            Self::V4l2 => linux::open(name, wish),
            Self::Nokhwa => portable::open(name, wish),
        }
    }
}

impl Default for CameraBackend {
    /// The best on this system.
    fn default() -> Self {
        #[cfg(target_os = "linux")]
        return Self::V4l2;
        #[cfg(not(target_os = "linux"))]
        return Self::Nokhwa;
    }
}

/// The cameras that pictures can be had from.
#[must_use]
pub fn cameras() -> Vec<DeviceInfo> {
    CameraBackend::chosen().cameras()
}

/// The ids of the cameras that a name or id may mean, the likeliest first.
#[must_use]
pub fn meant(name: Option<&str>) -> Vec<String> {
    CameraBackend::chosen().meant(name)
}

/// Opens the camera of this id or name, or the first that can be opened, in the format that comes nearest to the wish
/// at the least cost. Its first picture may take three seconds; later, 700 ms without one is a stall.
///
/// # Errors
/// [`DeviceFault::NotFound`], [`DeviceFault::Busy`], [`DeviceFault::PermissionDenied`],
/// [`DeviceFault::UnsupportedFormat`], or [`DeviceFault::Failed`] for the rest.
pub fn open(name: Option<&str>, wish: CameraFormatWish) -> Result<Box<dyn VideoSource>, DeviceFault> {
    CameraBackend::chosen().open(name, wish)
}
