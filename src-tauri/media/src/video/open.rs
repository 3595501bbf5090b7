//! From a text to a source of pictures.

use crate::camera::{self, CameraFormatWish};
use crate::fault::DeviceFault;
use crate::source::{CameraSpec, VideoSource};
use crate::video::pattern::Pattern;
use crate::video::y4m::Y4mFile;

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
