//! What a process put on the wire, datagram by datagram. Media is encrypted but its RTP header is not (RFC 3711), so
//! sources and sequence numbers can be followed from outside.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use super::error::{Result, RigError};

/// `struct trace_record` of `impaired_network.c`.
const RECORD_BYTES: usize = 32;

/// What became of a datagram.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It went out, perhaps later.
    Sent,
    /// It was lost by chance.
    Lost,
    /// It was lost in a blackout.
    BlackedOut,
}

/// One datagram that a process sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SentDatagram {
    /// When, on the machine's monotonic clock.
    pub at: Duration,
    /// To which port.
    pub destination_port: u16,
    /// Its size in bytes.
    pub length: u16,
    /// What became of it.
    pub fate: Fate,
    head: [u8; 16],
}

/// The readable part of an RTP packet (RFC 3550 section 5.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RtpHeader {
    /// Which stream.
    pub ssrc: u32,
    /// Its place in the stream.
    pub sequence: u16,
    /// The stream's own clock.
    pub timestamp: u32,
    /// The format, as negotiated.
    pub payload_type: u8,
}

impl SentDatagram {
    /// The RTP header, when it is an RTP packet and not RTCP, STUN or DTLS (RFC 7983, RFC 5761).
    #[must_use]
    pub fn rtp(&self) -> Option<RtpHeader> {
        let [first, second, s0, s1, t0, t1, t2, t3, i0, i1, i2, i3, ..] = self.head;
        let rtcp = (192..=223).contains(&second);
        let rtp = (128..=191).contains(&first) && !rtcp && self.length >= 12;
        rtp.then(|| RtpHeader {
            ssrc: u32::from_be_bytes([i0, i1, i2, i3]),
            sequence: u16::from_be_bytes([s0, s1]),
            timestamp: u32::from_be_bytes([t0, t1, t2, t3]),
            payload_type: second & 0x7f,
        })
    }
}

/// The RTP packets of a trace by their stream (SSRC), each in the order sent.
#[must_use]
pub fn rtp_streams(trace: &[SentDatagram]) -> BTreeMap<u32, Vec<(SentDatagram, RtpHeader)>> {
    let mut streams = BTreeMap::<u32, Vec<_>>::new();
    for datagram in trace {
        if let Some(header) = datagram.rtp() {
            streams.entry(header.ssrc).or_default().push((*datagram, header));
        }
    }
    streams
}

pub(super) fn read_trace(file: &Path) -> Result<Vec<SentDatagram>> {
    let bytes = std::fs::read(file).map_err(RigError::io("reading a network's trace"))?;
    // A process killed while writing leaves a torn last record, which is not counted.
    Ok(bytes.chunks_exact(RECORD_BYTES).filter_map(read_record).collect())
}

fn read_record(record: &[u8]) -> Option<SentDatagram> {
    let (time, rest) = record.split_first_chunk::<8>()?;
    let (port, rest) = rest.split_first_chunk::<2>()?;
    let (length, rest) = rest.split_first_chunk::<2>()?;
    let (fate, rest) = rest.split_first()?;
    Some(SentDatagram {
        at: Duration::from_micros(u64::from_ne_bytes(*time)),
        destination_port: u16::from_ne_bytes(*port),
        length: u16::from_ne_bytes(*length),
        fate: match fate {
            0 => Fate::Sent,
            1 => Fate::Lost,
            _ => Fate::BlackedOut,
        },
        head: rest.last_chunk::<16>().copied()?,
    })
}
