//! From a text to a source of pictures.

use crate::camera::{self, CameraFormatWish};
use crate::fault::DeviceFault;
use crate::source::{CameraSpec, VideoSource};
use crate::video::pattern::Pattern;
use crate::video::y4m::Y4mFile;

/// Opens the sources of a [`crate::video::VideoSender`], on the threads that read them.
pub trait SourceOpener: Send + Sync {
    /// Opens what a spec names.
    ///
    /// # Errors
    /// Why it can't be had.
    fn open(&self, spec: &CameraSpec) -> Result<Box<dyn VideoSource>, DeviceFault>;

    /// The ids of the devices that a spec may mean, the likeliest first.
    fn meant(&self, _spec: &CameraSpec) -> Vec<String> {
        Vec::new()
    }
}

impl<F> SourceOpener for F
where
    F: Fn(&CameraSpec) -> Result<Box<dyn VideoSource>, DeviceFault> + Send + Sync,
{
    fn open(&self, spec: &CameraSpec) -> Result<Box<dyn VideoSource>, DeviceFault> {
        self(spec)
    }
}

/// The system's cameras, and what this crate makes itself.
pub(super) struct SystemSources;

impl SourceOpener for SystemSources {
    fn open(&self, spec: &CameraSpec) -> Result<Box<dyn VideoSource>, DeviceFault> {
        open_source(spec)
    }

    fn meant(&self, spec: &CameraSpec) -> Vec<String> {
        match spec {
            CameraSpec::Device(name) => camera::meant(name.as_deref()),
            CameraSpec::Pattern { .. } | CameraSpec::File(_) => Vec::new(),
        }
    }
}

/// Opens what a spec names.
///
/// # Errors
/// Why it can't be had.
pub fn open_source(spec: &CameraSpec) -> Result<Box<dyn VideoSource>, DeviceFault> {
    match spec {
        CameraSpec::Pattern { width, height, fps } => {
            let pattern = Pattern::new(*width, *height, *fps).map_err(|_| DeviceFault::UnsupportedFormat)?;
            Ok(Box::new(pattern))
        }
        CameraSpec::File(path) => Ok(Box::new(Y4mFile::open(path)?)),
        CameraSpec::Device(name) => camera::open(name.as_deref(), CameraFormatWish::default()),
    }
}
