//! When something happens.

use conclave_room::Timestamp;

/// Now, by both clocks that a call goes by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// Since the call began; never goes back.
    pub running: Timestamp,
    /// The time of day, in milliseconds since 1970 began in UTC; what was signed is dated by it.
    pub unix_ms: u64,
}
