//! Getting pixels from the server, by memory that both have where it is on this computer.

use std::fs::File;
use std::os::fd::OwnedFd;
use std::os::unix::fs::FileExt as _;

use x11rb::connection::Connection as _;
use x11rb::protocol::shm;
use x11rb::protocol::xproto::{ConnectionExt as _, ImageFormat};

use crate::fault::DeviceFault;
use crate::screen::x11::display::{BYTES_A_PIXEL, Display, broken, fault};
use crate::screen::x11::view::View;

/// All bits of a pixel.
const ALL_PLANES: u32 = u32::MAX;

/// Gets pixels, and keeps what it needs for that.
#[derive(Default)]
pub(super) struct Grabber {
    way: Way,
}

#[derive(Default)]
enum Way {
    #[default]
    Unknown,
    /// The server writes into this file, which is only in memory. Read as a file, not mapped: that costs a copy, and
    /// needs no trust in what the server does to the memory meanwhile.
    Shared(Segment),
    /// The server is elsewhere, and sends the pixels.
    Sent,
}

struct Segment {
    file: File,
    number: shm::Seg,
    bytes: usize,
}

impl Grabber {
    /// Fills `into` with the view's pixels, row by row from the top.
    pub(super) fn grab(&mut self, display: &Display, view: &View, into: &mut Vec<u8>) -> Result<(), DeviceFault> {
        let bytes = usize::from(view.width) * usize::from(view.height) * BYTES_A_PIXEL;
        self.prepare(display, bytes)?;
        let View { drawable, left, top, width, height, .. } = *view;
        let (connection, format) = (&display.connection, ImageFormat::Z_PIXMAP);
        match &self.way {
            Way::Shared(segment) => {
                let (number, format) = (segment.number, format.into());
                let got = shm::get_image(connection, drawable, left, top, width, height, ALL_PLANES, format, number, 0);
                got.map_err(broken)?.reply().map_err(fault)?;
                into.resize(bytes, 0);
                segment.file.read_exact_at(into, 0).map_err(|_| DeviceFault::Failed)
            }
            Way::Unknown | Way::Sent => {
                let got = connection.get_image(format, drawable, left, top, width, height, ALL_PLANES);
                *into = got.map_err(broken)?.reply().map_err(fault)?.data;
                if into.len() == bytes { Ok(()) } else { Err(DeviceFault::UnsupportedFormat) }
            }
        }
    }

    /// Sees to it that there is memory for so many bytes.
    fn prepare(&mut self, display: &Display, bytes: usize) -> Result<(), DeviceFault> {
        match &self.way {
            Way::Sent => return Ok(()),
            Way::Shared(segment) if segment.bytes >= bytes => return Ok(()),
            Way::Shared(segment) => {
                shm::detach(&display.connection, segment.number).map_err(broken)?;
            }
            Way::Unknown => {}
        }
        self.way = match share(display, bytes) {
            Some(segment) => Way::Shared(segment),
            None => Way::Sent,
        };
        Ok(())
    }
}

/// Memory that the server has too; `None` when it can't be had.
fn share(display: &Display, bytes: usize) -> Option<Segment> {
    let version = shm::query_version(&display.connection).ok()?.reply().ok()?;
    // Sharing by a file came with 1.2.
    if (version.major_version, version.minor_version) < (1, 2) {
        return None;
    }
    let file = rustix::fs::memfd_create("conclave-screen", rustix::fs::MemfdFlags::CLOEXEC).ok()?;
    rustix::fs::ftruncate(&file, u64::try_from(bytes).ok()?).ok()?;
    let file = File::from(file);
    let number = display.connection.generate_id().ok()?;
    let theirs = OwnedFd::from(file.try_clone().ok()?);
    // A server at the other end of a network answers that it can't.
    shm::attach_fd(&display.connection, number, theirs, false).ok()?.check().ok()?;
    Some(Segment { file, number, bytes })
}
