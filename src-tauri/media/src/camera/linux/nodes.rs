//! The cameras among `/dev/video*`.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use v4l::Device;
use v4l::v4l_sys::{V4L2_CAP_STREAMING, V4L2_CAP_VIDEO_CAPTURE};

use super::super::selection::PORT_SIGN;
use super::{ioctl, offers};
use crate::source::DeviceInfo;

/// A node that pictures can be had from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) struct Node {
    /// N of `/dev/videoN`; another one after each time it's plugged in.
    pub(in super::super) number: u32,
    pub(in super::super) path: PathBuf,
    pub(in super::super) info: DeviceInfo,
}

/// The cameras, by node number.
pub(in super::super) fn capture_nodes() -> Vec<Node> {
    let Ok(entries) = fs::read_dir("/dev") else {
        return Vec::new();
    };
    let number = |name: &str| name.strip_prefix("video")?.parse().ok();
    let mut numbers: Vec<u32> = entries.flatten().filter_map(|entry| number(entry.file_name().to_str()?)).collect();
    numbers.sort_unstable();
    let mut found: Vec<(Node, String)> = numbers.into_iter().filter_map(capture_node).collect();
    let ids: Vec<String> = found.iter().map(|(node, _)| node.info.id.clone()).collect();
    for (node, bus) in &mut found {
        // Cheap ones of one make all have the same serial number.
        if ids.iter().filter(|id| **id == node.info.id).count() > 1 {
            node.info.id.push_str(&format!("{PORT_SIGN}{bus}"));
        }
    }
    found.into_iter().map(|(node, _)| node).collect()
}

/// A camera, and where it is plugged in. `None` for what delivers no pictures that we read: a camera's metadata node, a
/// codec, an output.
fn capture_node(number: u32) -> Option<(Node, String)> {
    let path = PathBuf::from(format!("/dev/video{number}"));
    let (card, bus) = match Device::with_path(&path) {
        Ok(device) => {
            let handle = device.handle();
            let capability = ioctl::capability(&handle).ok()?;
            let needed = V4L2_CAP_VIDEO_CAPTURE | V4L2_CAP_STREAMING;
            if capability.node & needed != needed || offers::encodings(&handle).is_empty() {
                return None;
            }
            (capability.card, capability.bus)
        }
        // It can't be asked, but it should be listed: opening it then says what is the matter. A camera's first node is
        // the one with pictures.
        Err(error) if is_refusal(&error) && sysfs(number, "index").as_deref() == Some("0") => Default::default(),
        Err(_) => return None,
    };
    let name = sysfs(number, "name").filter(|name| !name.is_empty()).unwrap_or(card);
    let id = usb_id(number, &bus).unwrap_or_else(|| match bus.as_str() {
        "" => format!("video{number}"),
        bus => bus.to_owned(),
    });
    Some((Node { number, path, info: DeviceInfo { name, id } }, bus))
}

fn is_refusal(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::PermissionDenied | io::ErrorKind::ResourceBusy)
}

/// What stays the same however often the camera is plugged in: maker, product, which of its pictures, and the serial
/// number, or for want of one the port.
fn usb_id(number: u32, bus: &str) -> Option<String> {
    let vendor = sysfs(number, "device/../idVendor")?;
    let product = sysfs(number, "device/../idProduct")?;
    let interface = sysfs(number, "device/bInterfaceNumber").unwrap_or_default();
    let index = sysfs(number, "index").unwrap_or_default();
    let place = match sysfs(number, "device/../serial").filter(|serial| !serial.is_empty()) {
        Some(serial) => format!("#{serial}"),
        None => format!("{PORT_SIGN}{bus}"),
    };
    Some(format!("usb-{vendor}:{product}.{interface}.{index}{place}"))
}

fn sysfs(number: u32, attribute: &str) -> Option<String> {
    let path = Path::new("/sys/class/video4linux").join(format!("video{number}")).join(attribute);
    Some(String::from_utf8_lossy(&fs::read(path).ok()?).trim().to_owned())
}
