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

/// What the system's sound is reached by.
struct System {
    host: Host,
    /// The sound server whose devices `host` lists.
    #[cfg(target_os = "linux")]
    server: Option<pulseaudio::Client>,
}

/// The connection to the sound server is kept for all: a PulseAudio connection leaves a thread and a socket behind when
/// it is dropped before the server is gone.
static SHARED: Mutex<Option<Arc<System>>> = Mutex::new(None);

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
fn acquire() -> Result<Arc<System>, DeviceFault> {
    let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(system) = &*shared {
        return Ok(Arc::clone(system));
    }
    let system = Arc::new(connect()?);
    *shared = Some(Arc::clone(&system));
    Ok(system)
}

#[cfg(target_os = "linux")]
fn connect() -> Result<System, DeviceFault> {
    super::cookie::ensure();
    match cpal::host_from_id(cpal::HostId::PulseAudio) {
        Ok(host) => {
            let server = super::pulse::connect()?;
            SERVER_SEEN.store(true, Ordering::Relaxed);
            Ok(System { host, server: Some(server) })
        }
        Err(error) if SERVER_SEEN.load(Ordering::Relaxed) || std::env::var_os("PULSE_SERVER").is_some() => {
            Err(fault_of(&error))
        }
        Err(_) => {
            let host = cpal::host_from_id(cpal::HostId::Alsa).map_err(|error| fault_of(&error))?;
            Ok(System { host, server: None })
        }
    }
}

#[cfg(not(target_os = "linux"))]
fn connect() -> Result<System, DeviceFault> {
    Ok(System { host: cpal::default_host() })
}

/// Forgets a connection that is broken.
fn discard(broken: &Arc<System>) {
    let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
    if shared.as_ref().is_some_and(|system| Arc::ptr_eq(system, broken)) {
        *shared = None;
    }
}

/// A device of the system's.
#[derive(Clone)]
pub(crate) struct Found {
    pub(super) info: DeviceInfo,
    pub(super) device: cpal::Device,
}

/// What the system has at the moment. Made by [`survey`].
pub(crate) struct Survey {
    direction: Direction,
    system: Arc<System>,
    devices: Vec<Found>,
}

/// Asks the system for its devices of one direction. May take as long as the sound server does.
pub(super) fn survey(direction: Direction) -> Result<Survey, DeviceFault> {
    let system = acquire()?;
    // A connection that broke while nobody used it shows only now.
    let (system, devices) = match system.host.devices() {
        Ok(devices) => (system, devices),
        Err(_) => {
            discard(&system);
            let system = acquire()?;
            let devices = system.host.devices().map_err(|error| {
                discard(&system);
                fault_of(&error)
            })?;
            (system, devices)
        }
    };
    let devices = devices
        .filter(|device| match direction {
            Direction::Capture => device.supports_input(),
            Direction::Playback => device.supports_output(),
        })
        .filter_map(found)
        .collect();
    Ok(Survey { direction, system, devices })
}

fn found(device: cpal::Device) -> Option<Found> {
    let info = DeviceInfo { name: device.description().ok()?.name().to_owned(), id: device.id().ok()?.id().to_owned() };
    Some(Found { info, device })
}

impl Survey {
    /// All devices.
    pub(super) fn infos(&self) -> impl Iterator<Item = &DeviceInfo> {
        self.devices.iter().map(|found| &found.info)
    }

    /// The device with this id, else with this name.
    pub(super) fn find(&self, wanted: &str) -> Option<Found> {
        let by_id = self.devices.iter().find(|found| found.info.id == wanted);
        let found = by_id.or_else(|| self.devices.iter().find(|found| found.info.name == wanted));
        found.cloned()
    }

    /// The system's default device. A speaker's monitor is none: where there is no microphone, PulseAudio has it stand
    /// in, and everybody would hear himself.
    pub(super) fn default(&self) -> Option<Found> {
        let device = match self.direction {
            Direction::Capture => self.system.host.default_input_device(),
            Direction::Playback => self.system.host.default_output_device(),
        }?;
        found(device).filter(|found| !is_monitor(self.direction, &found.info.id))
    }

    /// The sound server whose devices these are.
    #[cfg(target_os = "linux")]
    pub(super) fn server(&self) -> Option<&pulseaudio::Client> {
        self.system.server.as_ref()
    }

    /// Whether these are devices of ALSA, with no sound server between.
    #[cfg(target_os = "linux")]
    pub(super) fn is_alsa(&self) -> bool {
        self.system.host.id() == cpal::HostId::Alsa
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
