//! What can be the matter with a device.

use thiserror::Error;

/// What is the matter with a camera, microphone or speaker, or with a file that stands in for one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Error)]
pub enum DeviceFault {
    /// There is none of that name, or none at all.
    #[error("there is no such device")]
    NotFound,
    /// Another program uses it.
    #[error("another program uses the device")]
    Busy,
    /// The system doesn't let us use it.
    #[error("the system does not permit the use of the device")]
    PermissionDenied,
    /// It offers no format that we read.
    #[error("the device has no format that can be read")]
    UnsupportedFormat,
    /// It was pulled out.
    #[error("the device was unplugged")]
    Unplugged,
    /// It delivers nothing any more.
    #[error("the device delivers nothing")]
    Stalled,
    /// Anything else the system said.
    #[error("the device failed")]
    Failed,
}

/// News of a device in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DeviceNotice {
    /// It is at fault; it is being reopened until it works.
    Fault(DeviceFault),
    /// It works again.
    Recovered,
}

/// Why a source did not take the former one's place; the former one goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Error)]
pub enum ReplaceTrackError {
    /// The new source could not be had.
    #[error(transparent)]
    Device(#[from] DeviceFault),
    /// A later request came before this one was done.
    #[error("a later request took this one's place")]
    Superseded,
    /// The sender was closed before the request was done.
    #[error("the sender is closed")]
    Closed,
}
