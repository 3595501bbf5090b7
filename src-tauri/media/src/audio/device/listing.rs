//! The lists of devices to choose from.

use std::sync::mpsc;
use std::time::Duration;

use super::host::{Direction, is_monitor, survey};
use super::stream::Hangable;
use crate::fault::DeviceFault;
use crate::source::DeviceInfo;

/// How long a listing may take.
const PATIENCE: Duration = Duration::from_secs(3);

/// ALSA lists every way to use a card and every plugin; this stands for a card with all conversions.
const ALSA_CARD: &str = "plughw:CARD=";

/// What the user set up for ALSA.
const ALSA_DEFAULT: &str = "default";

/// The system's microphones. What speakers play, which sound servers list as microphones too, is left out.
///
/// # Errors
/// Why they can't be listed; [`DeviceFault::Stalled`] when the system doesn't answer within three seconds.
pub fn microphones() -> Result<Vec<DeviceInfo>, DeviceFault> {
    list(Direction::Capture)
}

/// The system's speakers and headphones.
///
/// # Errors
/// Why they can't be listed; [`DeviceFault::Stalled`] when the system doesn't answer within three seconds.
pub fn speakers() -> Result<Vec<DeviceInfo>, DeviceFault> {
    list(Direction::Playback)
}

fn list(direction: Direction) -> Result<Vec<DeviceInfo>, DeviceFault> {
    let (sender, answer) = mpsc::sync_channel(1);
    let hangable = Hangable::enter().ok_or(DeviceFault::Stalled)?;
    let lister = std::thread::Builder::new().name("sound-list".into()).spawn(move || {
        let listed = survey(direction).map(|survey| {
            let devices = survey.infos().cloned().collect();
            if survey.is_alsa() { of_alsa(devices) } else { of_server(direction, devices) }
        });
        // Whoever asked may have given up.
        let _ = sender.send(listed);
        drop(hangable);
    });
    lister.map_err(|_| DeviceFault::Failed)?;
    answer.recv_timeout(PATIENCE).map_err(|_| DeviceFault::Stalled)?
}

fn of_server(direction: Direction, mut devices: Vec<DeviceInfo>) -> Vec<DeviceInfo> {
    devices.retain(|device| !is_monitor(direction, &device.id));
    devices
}

fn of_alsa(mut devices: Vec<DeviceInfo>) -> Vec<DeviceInfo> {
    devices.retain(|device| device.id == ALSA_DEFAULT || device.id.starts_with(ALSA_CARD));
    // Each card is there by its name and by its number.
    let by_name = devices.iter().any(|device| device.id != ALSA_DEFAULT && !is_numbered(&device.id));
    devices.retain(|device| !(by_name && is_numbered(&device.id)));
    devices
}

fn is_numbered(id: &str) -> bool {
    let card = id.strip_prefix(ALSA_CARD);
    card.is_some_and(|card| card.starts_with(|first: char| first.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn devices(ids: &[&str]) -> Vec<DeviceInfo> {
        let device = |id: &&str| DeviceInfo { name: "x".into(), id: (*id).into() };
        ids.iter().map(device).collect()
    }

    #[test]
    fn of_alsa_only_cards_and_the_default_are_listed() {
        let junk = [
            "null",
            "lavrate",
            "jack",
            "default",
            "sysdefault:CARD=PCH",
            "front:CARD=PCH,DEV=0",
            "surround51:CARD=PCH,DEV=0",
            "hw:CARD=PCH,DEV=0",
            "plughw:CARD=PCH,DEV=0",
            "hw:CARD=0,DEV=0",
            "plughw:CARD=0,DEV=0",
            "hdmi:CARD=NVidia,DEV=0",
        ];
        assert_eq!(of_alsa(devices(&junk)), devices(&["default", "plughw:CARD=PCH,DEV=0"]));
        let numbered = devices(&["plughw:CARD=1,DEV=0"]);
        assert_eq!(of_alsa(numbered.clone()), numbered);
    }

    #[test]
    fn of_a_sound_server_all_but_monitors_are_listed() {
        let sources = devices(&["alsa_input.usb-Blue.mono", "null", "alsa_output.pci.stereo.monitor"]);
        let expected = devices(&["alsa_input.usb-Blue.mono", "null"]);
        assert_eq!(of_server(Direction::Capture, sources), expected);
        let odd_speaker = devices(&["my.monitor"]);
        assert_eq!(of_server(Direction::Playback, odd_speaker.clone()), odd_speaker);
    }
}
