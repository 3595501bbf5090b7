//! A program that does with a camera what a call does, and tells all of it: what cameras are tested by.
//!
//! Shims can be loaded into a new process only, so this is one: `camera_probe list` prints the cameras, `camera_probe
//! watch [NAME]` reads one, and opens it anew whenever it fails; `dawdle` instead of `watch` does so too slowly.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use conclave_media::camera::{BACKEND_VARIABLE, CameraBackend};
use serde::{Deserialize, Serialize};

use super::error::Result;
use super::fake_cameras::FakeCameras;
use super::process::{Line, Mark, Process};

/// Something that happened in the probe.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum ProbeEvent {
    /// There is this camera.
    Camera {
        /// What people call it.
        name: String,
        /// What it is opened by.
        id: String,
    },
    /// The listing is over.
    Listed,
    /// The camera was opened.
    Opened,
    /// A picture came.
    Picture(ProbePicture),
    /// The camera failed, or could not be opened.
    Fault {
        /// The name of the `DeviceFault`.
        fault: String,
    },
    /// The camera that failed was closed.
    Closed {
        /// How long that took.
        took_ms: u64,
    },
}

/// A picture that came.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ProbePicture {
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    /// The number that the picture carries; `None` if it can't be read.
    pub number: Option<u32>,
    /// How far its samples are from those of the pattern with that number, on average over the worst plane; `None`
    /// without a number.
    pub difference: Option<f64>,
    /// When the camera says it was taken, on the media clock.
    pub captured_us: u64,
    /// When it was there, on the media clock.
    pub arrived_us: u64,
}

/// The probe as a process.
#[derive(Debug)]
pub struct CameraProbe {
    process: Process,
}

impl CameraProbe {
    /// Starts the probe `program` with these arguments among these cameras.
    ///
    /// # Errors
    /// When it can't be started.
    pub fn start(program: &str, arguments: &[&str], cameras: &FakeCameras, backend: CameraBackend) -> Result<Self> {
        let (variable, folder): (_, &Path) = cameras.environment();
        let mut command = Command::new(program);
        command
            .args(arguments)
            .env("LD_PRELOAD", cameras.shim())
            .env(variable, folder)
            .env(BACKEND_VARIABLE, backend_name(backend));
        Ok(Self { process: Process::start(format!("camera probe ({})", backend_name(backend)), command)? })
    }

    /// The end of what happened so far.
    #[must_use]
    pub fn mark(&self) -> Mark {
        self.process.mark()
    }

    /// Waits for an event after a mark.
    ///
    /// # Errors
    /// When it doesn't come in time, or the probe ends before.
    pub fn wait_for<T>(
        &self,
        what: &str,
        from: Mark,
        within: Duration,
        mut find: impl FnMut(ProbeEvent) -> Option<T>,
    ) -> Result<T> {
        self.process.wait_for_line(what, from, within, |Line { text, .. }| find(serde_json::from_str(text).ok()?))
    }

    /// Waits for the camera to fail or not to open, and says how.
    ///
    /// # Errors
    /// When nothing of that happens in time.
    pub fn wait_for_fault(&self, from: Mark, within: Duration) -> Result<String> {
        self.wait_for("a fault", from, within, |event| match event {
            ProbeEvent::Fault { fault } => Some(fault),
            _ => None,
        })
    }

    /// Waits for so many pictures.
    ///
    /// # Errors
    /// When they don't come in time.
    pub fn wait_for_pictures(&self, from: Mark, count: usize, within: Duration) -> Result<Vec<ProbePicture>> {
        let mut pictures = Vec::new();
        self.wait_for(&format!("{count} pictures"), from, within, |event| {
            if let ProbeEvent::Picture(picture) = event {
                pictures.push(picture);
            }
            (pictures.len() >= count).then_some(())
        })?;
        Ok(pictures)
    }

    /// Waits for the list of cameras: names and ids.
    ///
    /// # Errors
    /// When it doesn't come in time.
    pub fn wait_for_list(&self) -> Result<Vec<(String, String)>> {
        let mut cameras = Vec::new();
        self.wait_for("the list", Mark::default(), Duration::from_secs(10), |event| match event {
            ProbeEvent::Camera { name, id } => {
                cameras.push((name, id));
                None
            }
            ProbeEvent::Listed => Some(()),
            _ => None,
        })?;
        Ok(cameras)
    }

    /// What a failure shows of it.
    #[must_use]
    pub fn story(&self) -> String {
        self.process.story()
    }
}

fn backend_name(backend: CameraBackend) -> &'static str {
    match backend {
        CameraBackend::V4l2 => "v4l2",
        CameraBackend::Nokhwa => "nokhwa",
    }
}
