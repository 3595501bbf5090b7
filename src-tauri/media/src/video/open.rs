//! From a text to a source of pictures.

use crate::camera;
use crate::fault::DeviceFault;
use crate::screen::ScreenSpec;
use crate::source::{CameraSpec, VideoSource};
use crate::video::layer::LayerLadder;
use crate::video::pattern::Pattern;
use crate::video::portrait::Portrait;
use crate::video::y4m::Y4mFile;

/// What a sender is asked to send, as text; and what is so for all of its kind.
pub trait SourceSpec: Clone + PartialEq + Send + Sync + 'static {
    /// What sources of this kind are sent in.
    const LADDER: LayerLadder;
    /// What becomes of a source that failed while it was sending.
    const AFTER_FAULT: AfterFault;

    /// Whether it names a device that can be open only once.
    fn is_exclusive(&self) -> bool;

    /// Whether a device that is read for `self` already has to be opened again for `next`.
    fn is_read_otherwise(&self, next: &Self) -> bool;
}

/// What becomes of a source that failed while it was sending.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AfterFault {
    /// It is opened again until it works: a camera that was pulled out may come back.
    Reopen,
    /// Nothing is sent any more: what has a closed window's number later is another window.
    End,
}

impl SourceSpec for CameraSpec {
    const LADDER: LayerLadder = LayerLadder::Camera;
    const AFTER_FAULT: AfterFault = AfterFault::Reopen;

    fn is_exclusive(&self) -> bool {
        matches!(self, Self::Device { .. })
    }

    fn is_read_otherwise(&self, next: &Self) -> bool {
        matches!((self, next), (Self::Device { format: a, .. }, Self::Device { format: b, .. }) if a != b)
    }
}

impl SourceSpec for ScreenSpec {
    const LADDER: LayerLadder = LayerLadder::Screen;
    const AFTER_FAULT: AfterFault = AfterFault::End;

    fn is_exclusive(&self) -> bool {
        false
    }

    fn is_read_otherwise(&self, _: &Self) -> bool {
        false
    }
}

/// Opens the sources of a [`crate::video::VideoSender`], on the threads that read them.
pub trait SourceOpener<Spec = CameraSpec>: Send + Sync {
    /// Opens what a spec names.
    ///
    /// # Errors
    /// Why it can't be had.
    fn open(&self, spec: &Spec) -> Result<Box<dyn VideoSource>, DeviceFault>;

    /// The ids of the devices that a spec may mean, the likeliest first.
    fn meant(&self, _spec: &Spec) -> Vec<String> {
        Vec::new()
    }
}

impl<Spec, F> SourceOpener<Spec> for F
where
    F: Fn(&Spec) -> Result<Box<dyn VideoSource>, DeviceFault> + Send + Sync,
{
    fn open(&self, spec: &Spec) -> Result<Box<dyn VideoSource>, DeviceFault> {
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
            CameraSpec::Device { name, .. } => camera::meant(name.as_deref()),
            CameraSpec::Pattern { .. } | CameraSpec::File(_) | CameraSpec::Portrait(_) => Vec::new(),
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
        CameraSpec::Portrait(person) => {
            Ok(Box::new(Portrait::new(*person).map_err(|_| DeviceFault::UnsupportedFormat)?))
        }
        CameraSpec::Device { name, format } => camera::open(name.as_deref(), *format),
    }
}
