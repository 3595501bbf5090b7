//! The way to the system's sound.

#[cfg(target_os = "linux")]
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use cpal::traits::{DeviceTrait, HostTrait};
use cpal::{ErrorKind, Host};

use crate::fault::DeviceFault;
use crate::source::DeviceInfo;

/// Which way sound goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Direction {
    Capture,
    Playback,
}

/// The connection to the sound server is kept for all: cpal's PulseAudio connection leaves a thread and a socket
/// behind when it is dropped before the server is gone.
static SHARED: Mutex<Option<Arc<Host>>> = Mutex::new(None);

#[cfg(target_os = "linux")]
/// Whether a sound server was seen. It is then waited for: going round it to ALSA would take the hardware from it.
static SERVER_SEEN: AtomicBool = AtomicBool::new(false);

pub(super) fn fault_of(error: &cpal::Error) -> DeviceFault {
    match error.kind() {
        ErrorKind::DeviceBusy => DeviceFault::Busy,
        ErrorKind::DeviceNotAvailable | ErrorKind::StreamInvalidated => DeviceFault::Unplugged,
        ErrorKind::PermissionDenied => DeviceFault::PermissionDenied,
        ErrorKind::UnsupportedConfig | ErrorKind::UnsupportedOperation => DeviceFault::UnsupportedFormat,
        _ => DeviceFault::Failed,
    }
}

/// The connection in use, or a new one. May take as long as the server does.
fn acquire() -> Result<Arc<Host>, DeviceFault> {
    let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(host) = &*shared {
        return Ok(Arc::clone(host));
    }
    let host = Arc::new(connect().map_err(|error| fault_of(&error))?);
    *shared = Some(Arc::clone(&host));
    Ok(host)
}

#[cfg(target_os = "linux")]
fn connect() -> Result<Host, cpal::Error> {
    match cpal::host_from_id(cpal::HostId::PulseAudio) {
        Ok(host) => {
            SERVER_SEEN.store(true, Ordering::Relaxed);
            Ok(host)
        }
        Err(error) if SERVER_SEEN.load(Ordering::Relaxed) || std::env::var_os("PULSE_SERVER").is_some() => Err(error),
        Err(_) => cpal::host_from_id(cpal::HostId::Alsa),
    }
}

#[cfg(not(target_os = "linux"))]
fn connect() -> Result<Host, cpal::Error> {
    Ok(cpal::default_host())
}

/// Forgets a connection that is broken.
fn discard(broken: &Arc<Host>) {
    let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
    if shared.as_ref().is_some_and(|host| Arc::ptr_eq(host, broken)) {
        *shared = None;
    }
}

/// What the system has at the moment. Made by [`survey`].
pub(super) struct Survey {
    direction: Direction,
    host: Arc<Host>,
    devices: Vec<(DeviceInfo, cpal::Device)>,
}

/// Asks the system for its devices of one direction. May take as long as the sound server does.
pub(super) fn survey(direction: Direction) -> Result<Survey, DeviceFault> {
    let host = acquire()?;
    // A connection that broke while nobody used it shows only now.
    let (host, devices) = match host.devices() {
        Ok(devices) => (host, devices),
        Err(_) => {
            discard(&host);
            let host = acquire()?;
            let devices = host.devices().map_err(|error| {
                discard(&host);
                fault_of(&error)
            })?;
            (host, devices)
        }
    };
    let devices = devices
        .filter(|device| match direction {
            Direction::Capture => device.supports_input(),
            Direction::Playback => device.supports_output(),
        })
        .filter_map(|device| Some((info(&device)?, device)))
        .collect();
    Ok(Survey { direction, host, devices })
}

fn info(device: &cpal::Device) -> Option<DeviceInfo> {
    Some(DeviceInfo { name: device.description().ok()?.name().to_owned(), id: device.id().ok()?.id().to_owned() })
}

impl Survey {
    /// All devices.
    pub(super) fn infos(&self) -> impl Iterator<Item = &DeviceInfo> {
        self.devices.iter().map(|(info, _)| info)
    }

    /// The device with this id, else with this name.
    pub(super) fn find(&self, wanted: &str) -> Option<(DeviceInfo, cpal::Device)> {
        let by_id = self.devices.iter().find(|(info, _)| info.id == wanted);
        let found = by_id.or_else(|| self.devices.iter().find(|(info, _)| info.name == wanted));
        found.cloned()
    }

    /// The system's default device. A speaker's monitor is none: where there is no microphone, PulseAudio has it stand
    /// in, and everybody would hear himself.
    pub(super) fn default(&self) -> Option<(DeviceInfo, cpal::Device)> {
        let device = match self.direction {
            Direction::Capture => self.host.default_input_device(),
            Direction::Playback => self.host.default_output_device(),
        }?;
        Some((info(&device)?, device)).filter(|(info, _)| !is_monitor(self.direction, &info.id))
    }

    /// Whether these are devices of ALSA, with no sound server between.
    #[cfg(target_os = "linux")]
    pub(super) fn is_alsa(&self) -> bool {
        self.host.id() == cpal::HostId::Alsa
    }

    /// Whether these are devices of ALSA, which is Linux's alone.
    #[cfg(not(target_os = "linux"))]
    pub(super) fn is_alsa(&self) -> bool {
        false
    }
}

/// Whether it is what a speaker plays, in the guise of a microphone.
pub(super) fn is_monitor(direction: Direction, id: &str) -> bool {
    direction == Direction::Capture && id.ends_with(".monitor")
}
