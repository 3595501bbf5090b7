//! How much fits through to the other end, estimated from its transport-wide feedback
//! (draft-holmer-rmcat-transport-wide-cc-extensions-01). Pure: time comes from outside.
//!
//! Three observations make one estimate. What the other end acknowledges is what the path carries, when there is more
//! than it carries. A queue that stands and grows says that there is. So does loss, when sending less makes it less;
//! loss that stays the same is the path's own and no reason to send less. What nothing that is sent can show, how much
//! more would fit, is probed for.

mod announcer;
mod control;
mod delay;
mod estimator;
mod loss;
mod probe;
#[cfg(test)]
mod simulation;
mod windowed_rate;

use std::time::{Duration, Instant};

pub(crate) use self::control::BandwidthControl;
#[cfg(test)]
use self::estimator::Estimator;
pub(crate) use self::probe::{ProbeId, ProbeMember, ProbeOrder, ProbePace};

/// What the other end says of one packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PacketFeedback {
    /// When it left.
    pub(crate) departure: Instant,
    /// With every header.
    pub(crate) wire_bytes: usize,
    /// Whether it is there.
    pub(crate) fate: PacketFate,
}

/// Whether a packet is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PacketFate {
    /// Since then, on a clock of the other end's.
    Arrived(Duration),
    /// Not when the feedback was made.
    Lost,
}
