//! Sends numbered, timed datagrams in each of the ways that programs do: what the impaired network is tested on.
//!
//! `udp_probe ADDRESS COUNT sendto|sendmsg|sendmmsg|gso`

use std::io;
use std::net::{Ipv4Addr, SocketAddrV4, UdpSocket};
use std::os::fd::AsRawFd as _;
use std::time::Duration;

use conclave_tests::rigs::datagram_probe::{PROBE_BYTES, ProbeDatagram};

/// Datagrams at once, then a pause, so that a receiver of default size keeps up.
const BURST: u32 = 10;
const PAUSE: Duration = Duration::from_millis(2);

fn main() -> io::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [address, count, method] = arguments.as_slice() else {
        return Err(io::Error::other("udp_probe ADDRESS COUNT sendto|sendmsg|sendmmsg|gso"));
    };
    let address: SocketAddrV4 = address.parse().map_err(io::Error::other)?;
    let count: u32 = count.parse().map_err(io::Error::other)?;
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
    for first in (0..count).step_by(BURST as usize) {
        let burst: Vec<[u8; PROBE_BYTES]> =
            (first..count.min(first + BURST)).map(|number| ProbeDatagram::now(number).to_bytes()).collect();
        match method.as_str() {
            "sendto" => burst.iter().try_for_each(|bytes| socket.send_to(bytes, address).map(drop))?,
            "sendmsg" => burst.iter().try_for_each(|bytes| send_messages(&socket, address, &[bytes], None))?,
            "sendmmsg" => {
                let parts: Vec<&[u8]> = burst.iter().map(<[u8; PROBE_BYTES]>::as_slice).collect();
                send_messages(&socket, address, &parts, None)?;
            }
            "gso" => send_messages(&socket, address, &[&burst.concat()], Some(PROBE_BYTES as u16))?,
            _ => return Err(io::Error::other("an unknown method")),
        }
        std::thread::sleep(PAUSE);
    }
    Ok(())
}

/// One `sendmsg` for one part, one `sendmmsg` for several; `segment` has the kernel cut each part up.
fn send_messages(socket: &UdpSocket, to: SocketAddrV4, parts: &[&[u8]], segment: Option<u16>) -> io::Result<()> {
    let mut address = libc::sockaddr_in {
        sin_family: libc::AF_INET as libc::sa_family_t,
        sin_port: to.port().to_be(),
        sin_addr: libc::in_addr { s_addr: u32::from(*to.ip()).to_be() },
        sin_zero: [0; 8],
    };
    let mut vectors: Vec<libc::iovec> = parts
        .iter()
        .map(|part| libc::iovec { iov_base: part.as_ptr().cast_mut().cast(), iov_len: part.len() })
        .collect();
    // Aligned as control messages must be.
    let mut control = [0u64; 4];
    let mut messages: Vec<libc::mmsghdr> = Vec::new();
    for vector in &mut vectors {
        // SAFETY: a message header of zeroes is a valid one without any part.
        let mut message: libc::mmsghdr = unsafe { std::mem::zeroed() };
        message.msg_hdr.msg_name = (&raw mut address).cast();
        message.msg_hdr.msg_namelen = size_of_val(&address) as libc::socklen_t;
        message.msg_hdr.msg_iov = vector;
        message.msg_hdr.msg_iovlen = 1;
        if let Some(size) = segment {
            message.msg_hdr.msg_control = control.as_mut_ptr().cast();
            // SAFETY: the control buffer holds 32 bytes, more than the space of one 16-bit message that is claimed.
            unsafe {
                message.msg_hdr.msg_controllen = libc::CMSG_SPACE(2) as usize;
                let header = libc::CMSG_FIRSTHDR(&message.msg_hdr);
                (*header).cmsg_level = libc::SOL_UDP;
                (*header).cmsg_type = libc::UDP_SEGMENT;
                (*header).cmsg_len = libc::CMSG_LEN(2) as usize;
                libc::CMSG_DATA(header).cast::<u16>().write_unaligned(size);
            }
        }
        messages.push(message);
    }
    // SAFETY: every pointer in the headers is to something that outlives the call, of the length said.
    let sent = unsafe {
        match messages.as_mut_slice() {
            [one] => libc::sendmsg(socket.as_raw_fd(), &one.msg_hdr, 0),
            many => libc::sendmmsg(socket.as_raw_fd(), many.as_mut_ptr(), many.len() as u32, 0) as isize,
        }
    };
    if sent < 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
}
