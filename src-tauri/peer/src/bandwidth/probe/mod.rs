//! Probing: a short cluster of packets, faster than what is sent otherwise, whose spreading on the way says what the
//! path carries. Without it a sender that sends little never learns that it could send more.

mod cluster;
mod pace;
mod schedule;
#[cfg(test)]
mod simulation;

pub(super) use self::cluster::Cluster;
pub(crate) use self::pace::ProbePace;
pub(super) use self::schedule::{Circumstances, PathState, ProbeSchedule};

/// Which cluster; unique on a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ProbeId(pub(crate) u32);

/// A cluster to be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ProbeOrder {
    pub(crate) id: ProbeId,
    /// How fast its packets leave.
    pub(crate) rate_bps: u64,
    /// At least so many, with every header.
    pub(crate) wire_bytes: usize,
    /// How large each packet is, with every header, that only fills it.
    pub(crate) padding_wire_bytes: usize,
}

/// A packet's place in a cluster.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ProbeMember {
    pub(crate) id: ProbeId,
    /// From zero, in order of departure.
    pub(crate) index: u16,
}

/// What a cluster says of the path.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum ProbeOutcome {
    /// It arrived as fast as it left, at so many bits a second: the path may carry more.
    Carried { bps: f64 },
    /// It arrived slower than it left, at so many bits a second: that is what the path carries.
    Saturated { bps: f64 },
    /// Too little of it arrived, or too unevenly.
    Unusable,
}
