//! How a link does.

mod flags;
mod observations;
mod path;
mod rate;
mod reception;

use std::time::Duration;

pub(crate) use self::flags::LineFlags;
pub(crate) use self::observations::Observations;
pub(crate) use self::path::path_in_use;
pub(crate) use self::reception::Reception;
use crate::line::Line;

/// How a link does, since it was opened.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct LinkStatistics {
    /// To the other end and back.
    pub round_trip: Option<Duration>,
    /// Bytes of RTP sent, headers included.
    pub sent_bytes: u64,
    /// Bytes of RTP received, headers included.
    pub received_bytes: u64,
    /// RTP packets sent, again or not.
    pub sent_packets: u64,
    /// RTP packets received.
    pub received_packets: u64,
    /// One for each line, in their order.
    pub lines: Vec<LineStatistics>,
    /// The address of this end that is in use.
    pub local_candidate: Option<CandidateInfo>,
    /// The address of the other end that is in use.
    pub remote_candidate: Option<CandidateInfo>,
    /// Bits a second of RTP sent, over the last two seconds.
    pub send_bps: u64,
    /// Bits a second of RTP received, over the last two seconds.
    pub receive_bps: u64,
    /// What fits through to the other end.
    pub estimated_bps: Option<u64>,
    /// Control messages that were too long.
    pub control_messages_dropped: u64,
}

/// How one line does, since the link was opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineStatistics {
    /// Which line.
    pub line: Line,
    /// Whether the other end takes what this end sends.
    pub takes: bool,
    /// What this end sends.
    pub sent: SentStatistics,
    /// What this end receives.
    pub received: ReceivedStatistics,
}

/// How what this end sends on a line does.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SentStatistics {
    /// RTP packets, those sent again included.
    pub packets: u64,
    /// Their bytes, headers included.
    pub bytes: u64,
    /// Packets sent again because the other end asked.
    pub retransmitted: u64,
    /// Bytes of packets that carried nothing but filled probes; they are in `bytes` too.
    pub padding_bytes: u64,
    /// Packets the other end says it misses in all (RFC 3550 section 6.4.1), not counting what was sent again in time.
    pub lost: u64,
    /// Jitter of arrival as the other end measures it.
    pub jitter: Duration,
    /// Packets the other end has asked for again.
    pub nacks: u64,
    /// Keyframes the other end has asked for, by PLI or FIR.
    pub keyframe_requests: u64,
}

/// How what this end receives on a line does.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ReceivedStatistics {
    /// RTP packets, late ones and duplicates included.
    pub packets: u64,
    /// Their bytes, headers included.
    pub bytes: u64,
    /// Packets that have not arrived at all.
    pub lost: u64,
    /// Jitter of arrival (RFC 3550 section 6.4.1).
    pub jitter: Duration,
    /// Packets this end has asked for again.
    pub nacks: u64,
    /// Keyframes this end has asked for.
    pub keyframe_requests: u64,
}

/// One end of the path in use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CandidateInfo {
    /// How the address was learnt.
    pub kind: CandidateKind,
    /// `udp` or `tcp`.
    pub protocol: String,
    /// `ip:port`.
    pub address: String,
}

/// How an address was learnt (RFC 8445 section 4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CandidateKind {
    /// An interface's own.
    Host,
    /// Told by a STUN server.
    ServerReflexive,
    /// Seen in the other end's checks.
    PeerReflexive,
    /// A TURN server's.
    Relay,
}
