//! Cameras by `nokhwa`, on every system it knows: the only way to a camera on macOS (AVFoundation) and Windows (Media
//! Foundation), and on Linux a second one beside the direct way.
//!
//! What nokhwa 0.10 does that has to be lived with, and how:
//! - Reading a picture blocks without a limit, for ever when the camera stalls: it's done on a thread of its own, which
//!   is left behind when it hangs. How many may hang is bounded.
//! - Its `CallbackCamera` swallows errors and never joins its thread: not used.
//! - The `Closest` format fails unless the size exists: formats are enumerated and asked for by `Exact`.
//! - On macOS the list of sizes leaves out exactly the asked-for encoding: common sizes are tried too.
//! - On Linux a JPEG comes with all that is behind it in the buffer: the decoder finds its end.
//! - Errors are texts: what they mean is read from the system's error number in them.

mod fault;
mod session;
mod source;

use std::time::Duration;

use nokhwa::utils::{ApiBackend, CameraIndex};
use nokhwa::{native_api_backend, nokhwa_check, nokhwa_initialize, query};

use super::format::CameraFormatWish;
use super::selection::select;
use crate::fault::DeviceFault;
use crate::source::{DeviceInfo, VideoSource};

/// A camera, and what nokhwa opens it by.
#[derive(Debug, Clone)]
struct Listed {
    info: DeviceInfo,
    index: CameraIndex,
}

/// How long the system's question to the user may stand before it counts as refused.
const ANSWER_WITHIN: Duration = Duration::from_secs(30);

pub(super) fn cameras() -> Vec<DeviceInfo> {
    list().into_iter().map(|camera| camera.info).collect()
}

/// The first of the cameras meant that can be opened; if none can, what is the matter with the first.
pub(super) fn open(wanted: Option<&str>, wish: CameraFormatWish) -> Result<Box<dyn VideoSource>, DeviceFault> {
    if !is_permitted() {
        return Err(DeviceFault::PermissionDenied);
    }
    let cameras = list();
    let mut outcome = Err(DeviceFault::NotFound);
    for (nth, camera) in select(&cameras, |camera| &camera.info, wanted).into_iter().enumerate() {
        match source::open(camera, wish) {
            Ok(source) => return Ok(Box::new(source)),
            Err(fault) if nth == 0 => outcome = Err(fault),
            Err(_) => {}
        }
    }
    outcome
}

/// Asks the user where the system wants that (macOS); elsewhere nokhwa says yes at once.
fn is_permitted() -> bool {
    if nokhwa_check() {
        return true;
    }
    let (answer, answered) = std::sync::mpsc::sync_channel(1);
    nokhwa_initialize(move |permitted| {
        let _ = answer.try_send(permitted);
    });
    answered.recv_timeout(ANSWER_WITHIN).unwrap_or(false)
}

fn api() -> ApiBackend {
    native_api_backend().unwrap_or(ApiBackend::Auto)
}

/// On Linux nokhwa lists every `/dev/video*`, so only those that deliver pictures are kept, under the ids that they
/// have there.
#[cfg(target_os = "linux")]
fn list() -> Vec<Listed> {
    let nodes = super::linux::capture_nodes();
    let listed = |camera: nokhwa::utils::CameraInfo| {
        let number = camera.index().as_index().ok()?;
        let node = nodes.iter().find(|node| node.number == number)?;
        Some(Listed { info: node.info.clone(), index: camera.index().clone() })
    };
    let mut cameras: Vec<_> = query(api()).unwrap_or_default().into_iter().filter_map(listed).collect();
    cameras.sort_by_key(|camera| camera.index.as_index().unwrap_or(u32::MAX));
    cameras
}

/// The system's own id is in the field `misc`: a device path on Windows, a unique id on macOS.
#[cfg(not(target_os = "linux"))]
fn list() -> Vec<Listed> {
    let listed = |camera: nokhwa::utils::CameraInfo| Listed {
        info: DeviceInfo {
            name: camera.human_name(),
            id: if camera.misc().is_empty() { camera.human_name() } else { camera.misc() },
        },
        index: camera.index().clone(),
    };
    query(api()).unwrap_or_default().into_iter().map(listed).collect()
}
