//! What nokhwa's errors mean. They are texts; what the system said is in them as its error number.

use nokhwa::NokhwaError;

use crate::fault::DeviceFault;

/// What Rust's `io::Error` ends with.
const ERRNO: &str = "(os error ";

/// Results of Media Foundation (mferror.h, winerror.h) as Windows' errors print them.
const HRESULTS: [(&str, DeviceFault); 5] = [
    ("0x80070005", DeviceFault::PermissionDenied), // E_ACCESSDENIED
    ("0xC00D3EA2", DeviceFault::Unplugged),        // MF_E_VIDEO_RECORDING_DEVICE_INVALIDATED
    ("0xC00D3EA3", DeviceFault::Busy),             // MF_E_VIDEO_RECORDING_DEVICE_PREEMPTED
    ("0xC00D3704", DeviceFault::Busy),             // MF_E_HW_MFT_FAILED_START_STREAMING
    ("0x800703E3", DeviceFault::Unplugged),        // ERROR_OPERATION_ABORTED
];

/// AVFoundation's own words for a camera that another program has, in nokhwa.
const IN_USE: &str = "Already in use";

pub(super) fn fault(error: &NokhwaError) -> DeviceFault {
    from_text(&error.to_string()).unwrap_or(match error {
        NokhwaError::UnsupportedOperationError(_) | NokhwaError::NotImplementedError(_) => DeviceFault::NotFound,
        NokhwaError::GetPropertyError { .. } | NokhwaError::SetPropertyError { .. } => DeviceFault::UnsupportedFormat,
        _ => DeviceFault::Failed,
    })
}

fn from_text(text: &str) -> Option<DeviceFault> {
    if text.contains(IN_USE) {
        return Some(DeviceFault::Busy);
    }
    if let Some(&(_, fault)) = HRESULTS.iter().find(|(code, _)| text.contains(code)) {
        return Some(fault);
    }
    let (_, number) = text.rsplit_once(ERRNO)?;
    let (number, _) = number.split_once(')')?;
    from_errno(number.parse().ok()?)
}

#[cfg(unix)]
fn from_errno(errno: i32) -> Option<DeviceFault> {
    match errno {
        libc::EBUSY => Some(DeviceFault::Busy),
        libc::EACCES | libc::EPERM => Some(DeviceFault::PermissionDenied),
        libc::ENOENT => Some(DeviceFault::NotFound),
        libc::ENODEV | libc::ENXIO => Some(DeviceFault::Unplugged),
        _ => None,
    }
}

#[cfg(not(unix))]
fn from_errno(_: i32) -> Option<DeviceFault> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reading(text: &str) -> DeviceFault {
        fault(&NokhwaError::ReadFrameError(text.into()))
    }

    #[test]
    fn the_systems_error_number_is_found_in_the_text() {
        assert_eq!(reading("No such device (os error 19)"), DeviceFault::Unplugged);
        assert_eq!(reading("Device or resource busy (os error 16)"), DeviceFault::Busy);
        let opening = NokhwaError::OpenDeviceError("0".into(), "V4L2 Error: Permission denied (os error 13)".into());
        assert_eq!(fault(&opening), DeviceFault::PermissionDenied);
    }

    #[test]
    fn results_of_media_foundation_are_known() {
        assert_eq!(reading("The video recording device is no longer present. (0xC00D3EA2)"), DeviceFault::Unplugged);
        assert_eq!(reading("Access is denied. (0x80070005)"), DeviceFault::PermissionDenied);
    }

    #[test]
    fn the_rest_is_a_failure() {
        for text in ["", "(os error ", "(os error x)", "(os error 99999999999)", "Stream Not Started"] {
            assert_eq!(reading(text), DeviceFault::Failed, "{text}");
        }
    }
}
