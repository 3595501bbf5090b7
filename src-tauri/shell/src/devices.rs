//! Which cameras, microphones and speakers there are, and which of them a page may ask for.

use conclave_call::media::source::{CameraSpec, MicrophoneSpec, SpeakerSpec};
use conclave_call::media::{DeviceFault, DeviceInfo, ScreenSpec, audio, camera};
use conclave_call::protocol::intent::{DeviceChoice, Intent, ScreenChoice};
use conclave_call::protocol::notice::DeviceKind;
use serde::Serialize;
use thiserror::Error;
use ts_rs::TS;

/// A device that can be chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Device {
    /// What it is asked for by.
    pub choice: DeviceChoice,
    /// What people call it.
    pub name: String,
}

/// All devices that are there now.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DeviceList {
    /// Cameras.
    pub cameras: Vec<Device>,
    /// Microphones.
    pub microphones: Vec<Device>,
    /// Speakers and headphones.
    pub speakers: Vec<Device>,
}

/// Lists the devices. Asks the system, and may wait for it. Of a kind that the system can't list there are none.
#[must_use]
pub fn list() -> DeviceList {
    let sound = |listed: Result<Vec<DeviceInfo>, DeviceFault>| {
        listed.unwrap_or_else(|fault| {
            // Asked for every few seconds: not worth a line of the log each time.
            tracing::debug!(%fault, "sound devices could not be listed");
            Vec::new()
        })
    };
    DeviceList {
        cameras: devices(camera::cameras()),
        microphones: devices(sound(audio::microphones())),
        speakers: devices(sound(audio::speakers())),
    }
}

fn devices(found: Vec<DeviceInfo>) -> Vec<Device> {
    let choice = |device: &DeviceInfo| DeviceChoice(CameraSpec::device(Some(&device.id)).to_string());
    found.into_iter().map(|device| Device { choice: choice(&device), name: device.name }).collect()
}

/// A choice that a page must not make: a file, which it could have read out to others, or nothing that is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error, Serialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum DeviceError {
    /// That.
    #[error("no such device can be chosen")]
    NotADevice,
}

/// Whether a page may ask for this.
///
/// # Errors
/// [`DeviceError::NotADevice`].
pub fn check(kind: DeviceKind, choice: &DeviceChoice) -> Result<(), DeviceError> {
    let allowed = match kind {
        DeviceKind::Camera => matches!(choice.0.parse(), Ok(CameraSpec::Device { .. } | CameraSpec::Pattern { .. })),
        DeviceKind::Microphone => {
            matches!(choice.0.parse(), Ok(MicrophoneSpec::Device(_) | MicrophoneSpec::Tone { .. }))
        }
        DeviceKind::Speaker => matches!(choice.0.parse(), Ok(SpeakerSpec::Device(_) | SpeakerSpec::Null)),
    };
    if allowed { Ok(()) } else { Err(DeviceError::NotADevice) }
}

/// Whether a page may have this shared: a monitor, a window, or the test pattern, but no file.
///
/// # Errors
/// [`DeviceError::NotADevice`].
pub fn check_screen(choice: &ScreenChoice) -> Result<(), DeviceError> {
    match choice.0.parse() {
        Ok(ScreenSpec::Monitor(_) | ScreenSpec::Window(_) | ScreenSpec::Pattern { .. }) => Ok(()),
        Ok(ScreenSpec::File(_)) | Err(_) => Err(DeviceError::NotADevice),
    }
}

/// Whether a page may ask for this of a call.
///
/// # Errors
/// [`DeviceError::NotADevice`].
pub fn check_intent(intent: &Intent) -> Result<(), DeviceError> {
    match intent {
        Intent::SelectCamera { camera: Some(camera) } => check(DeviceKind::Camera, camera),
        Intent::SelectMicrophone { microphone: Some(microphone) } => check(DeviceKind::Microphone, microphone),
        Intent::SelectSpeaker { speaker } => check(DeviceKind::Speaker, speaker),
        Intent::ShareScreen { screen } => check_screen(screen),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_can_t_have_files_sent() {
        let choice = |text: &str| DeviceChoice(text.to_owned());
        for text in ["device", "device:/dev/video0", "pattern", "pattern:320x180@15"] {
            assert_eq!(check(DeviceKind::Camera, &choice(text)), Ok(()), "{text}");
        }
        for text in ["file:/a.y4m", "", "tone", "pattern:1x1@1"] {
            assert_eq!(check(DeviceKind::Camera, &choice(text)), Err(DeviceError::NotADevice), "{text}");
        }
        let file = Intent::SelectMicrophone { microphone: Some(choice("file:/a.wav")) };
        assert_eq!(check_intent(&file), Err(DeviceError::NotADevice));
        assert_eq!(check_intent(&Intent::SelectCamera { camera: None }), Ok(()));
        let share = |text: &str| check_intent(&Intent::ShareScreen { screen: ScreenChoice(text.to_owned()) });
        for text in ["monitor", "monitor:DP-1", "window:54525959", "pattern"] {
            assert_eq!(share(text), Ok(()), "{text}");
        }
        for text in ["file:/a.y4m", "device", "", "window:x"] {
            assert_eq!(share(text), Err(DeviceError::NotADevice), "{text}");
        }
    }

    #[test]
    fn a_device_is_asked_for_by_its_id() {
        let found = devices(vec![DeviceInfo { name: "Webcam".into(), id: "usb-1:2".into() }]);
        assert_eq!(found[0].choice.0, "device:usb-1:2");
        assert_eq!(found[0].choice.0.parse(), Ok(CameraSpec::device(Some("usb-1:2"))));
    }
}
