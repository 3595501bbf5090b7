//! The V4L2 requests that are made past the `v4l` crate's own wrappers, because those panic on what a device may well
//! say: a name that isn't UTF-8 (the kernel cuts names at 31 bytes), or a colour space newer than the crate.

use std::io;

use v4l::buffer::Type;
use v4l::device::Handle;
use v4l::v4l_sys::{v4l2_capability, v4l2_field_V4L2_FIELD_NONE, v4l2_fmtdesc, v4l2_format};
use v4l::v4l2;
use v4l::v4l2::vidioc::{_IOC_TYPE, VIDIOC_ENUM_FMT, VIDIOC_QUERYCAP, VIDIOC_S_FMT};

/// What a device node says it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Capability {
    pub(super) card: String,
    pub(super) bus: String,
    /// `V4L2_CAP_*` of this node; other nodes of the same device have their own.
    pub(super) node: u32,
}

/// The picture format a device was set to, as far as it matters to us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct PixelFormat {
    pub(super) fourcc: u32,
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) field: u32,
    pub(super) bytes_per_line: u32,
    pub(super) colorspace: u32,
    pub(super) quantization: u32,
}

/// More formats than any device has: a driver that never ends its list doesn't hang us.
const MAX_FORMATS: u32 = 64;

/// Who it is and what it can do (`VIDIOC_QUERYCAP`).
pub(super) fn capability(device: &Handle) -> io::Result<Capability> {
    let mut answer: v4l2_capability = zeroed();
    request(device, VIDIOC_QUERYCAP, &mut answer)?;
    Ok(Capability { card: text(&answer.card), bus: text(&answer.bus_info), node: answer.device_caps })
}

/// The four-character codes of what it delivers (`VIDIOC_ENUM_FMT`).
pub(super) fn picture_formats(device: &Handle) -> Vec<u32> {
    let nth = |index| {
        let mut answer: v4l2_fmtdesc = zeroed();
        answer.index = index;
        answer.type_ = Type::VideoCapture as u32;
        request(device, VIDIOC_ENUM_FMT, &mut answer).ok()?;
        Some(answer.pixelformat)
    };
    (0..MAX_FORMATS).map_while(nth).collect()
}

/// Sets size and packing, and says what the driver made of it (`VIDIOC_S_FMT`).
pub(super) fn set_picture_format(device: &Handle, fourcc: u32, width: u32, height: u32) -> io::Result<PixelFormat> {
    let mut format: v4l2_format = zeroed();
    format.type_ = Type::VideoCapture as u32;
    format.fmt.pix.width = width;
    format.fmt.pix.height = height;
    format.fmt.pix.pixelformat = fourcc;
    format.fmt.pix.field = v4l2_field_V4L2_FIELD_NONE;
    request(device, VIDIOC_S_FMT, &mut format)?;
    // SAFETY: all members are integers, and `pix` is the one that belongs to this buffer type.
    let got = unsafe { format.fmt.pix };
    Ok(PixelFormat {
        fourcc: got.pixelformat,
        width: got.width,
        height: got.height,
        field: got.field,
        bytes_per_line: got.bytesperline,
        colorspace: got.colorspace,
        quantization: got.quantization,
    })
}

/// Arguments that the kernel reads and writes in place.
///
/// # Safety
/// Integers and arrays or unions of them, so that all zeroes and whatever the kernel writes are values; no pointers.
unsafe trait Argument {}
// SAFETY: see linux/videodev2.h.
unsafe impl Argument for v4l2_capability {}
// SAFETY: see linux/videodev2.h.
unsafe impl Argument for v4l2_fmtdesc {}
// SAFETY: see linux/videodev2.h; the union's only member with pointers, `win`, is not used for capture.
unsafe impl Argument for v4l2_format {}

fn zeroed<T: Argument>() -> T {
    // SAFETY: `Argument` promises it.
    unsafe { std::mem::zeroed() }
}

/// Makes the request with its argument; asks again when a signal came between.
fn request<T: Argument>(device: &Handle, code: _IOC_TYPE, argument: &mut T) -> io::Result<()> {
    // The kernel reads and writes as many bytes as the request's code says (asm-generic/ioctl.h).
    let expected = (code >> 16 & 0x3FFF) as usize;
    if expected != size_of::<T>() {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    loop {
        // SAFETY: `argument` is valid for reads and writes of the size that the request's code states, and
        // holds no pointers.
        let done = unsafe { v4l2::ioctl(device.fd(), code, std::ptr::from_mut(argument).cast()) };
        match done {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            done => return done,
        }
    }
}

fn text(bytes: &[u8]) -> String {
    let end = bytes.iter().position(|&byte| byte == 0).unwrap_or(bytes.len());
    String::from_utf8_lossy(&bytes[..end]).trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cut_within_a_character_is_still_a_name() {
        assert_eq!(text(b"Cam\xC3\xA9ra \xE6\x91\0junk"), "Cam\u{e9}ra \u{fffd}");
        assert_eq!(text(b"no end"), "no end");
    }
}
