//! What happened to a participant's sound on its way.

use std::time::Duration;

/// Totals since the participant was added, but for the two delays of the present.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct JitterBufferStatistics {
    /// Packets that came, without duplicates and those that could not be placed.
    pub packets: u64,
    /// Packets that never came.
    pub lost: u64,
    /// Packets that came after their turn.
    pub late: u64,
    /// Packets that came again.
    pub duplicates: u64,
    /// Packets that came in time and were given up: too many waited.
    pub discarded: u64,
    /// Packets that are no Opus, or that the decoder refused.
    pub invalid: u64,
    /// Times the sender started anew.
    pub restarts: u64,
    /// Lost packets that were played from the redundant copy in the next one.
    pub fec_recovered: u64,
    /// Sound that was missing and made up. Pauses of the sender don't count.
    pub concealed: Duration,
    /// Times a pitch period was cut out to catch up.
    pub accelerated: u64,
    /// Times a pitch period was repeated to gain time.
    pub expanded: u64,
    /// How much later than the fastest packet of late sound is played.
    pub delay: Duration,
    /// How much later it should be, as the network is.
    pub target_delay: Duration,
    /// The mean time from a packet's arrival to the playing of its first sample.
    pub mean_wait: Duration,
}
