//! Cameras on Linux, by V4L2.

mod ioctl;
mod nodes;
mod offers;
mod source;

use super::format::CameraFormatWish;
use super::selection::select;
use crate::fault::DeviceFault;
use crate::source::{DeviceInfo, VideoSource};

pub(super) use nodes::capture_nodes;

pub(super) fn cameras() -> Vec<DeviceInfo> {
    capture_nodes().into_iter().map(|node| node.info).collect()
}

/// The first of the cameras meant that can be opened; if none can, what is the matter with the first.
pub(super) fn open(wanted: Option<&str>, wish: CameraFormatWish) -> Result<Box<dyn VideoSource>, DeviceFault> {
    let nodes = capture_nodes();
    let mut outcome = Err(DeviceFault::NotFound);
    for (nth, node) in select(&nodes, |node| &node.info, wanted).into_iter().enumerate() {
        match source::open(node, wish) {
            Ok(source) => return Ok(Box::new(source)),
            Err(fault) if nth == 0 => outcome = Err(fault),
            Err(_) => {}
        }
    }
    outcome
}
