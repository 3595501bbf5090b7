//! Why a connection ends.

use conclave_protocol::signalling::SignallingError;

use crate::registry::Closure;

/// Why a connection ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ending {
    /// This server closes it.
    Closed(Closure),
    /// The client closed it.
    ByClient,
    /// The client answered no pings.
    Silent,
    /// It broke.
    Broken,
}

impl Ending {
    pub(crate) fn refused(error: SignallingError) -> Self {
        Self::Closed(Closure::Refused(error))
    }

    /// Whether there is still somebody to write to.
    pub(crate) fn writes_what_waits(self) -> bool {
        match self {
            Self::Closed(Closure::Refused(SignallingError::TooSlow)) | Self::ByClient | Self::Silent | Self::Broken => {
                false
            }
            Self::Closed(_) => true,
        }
    }

    /// The name under which it is counted.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Closed(Closure::Goodbye) => "left",
            Self::Closed(Closure::Refused(error)) => error_label(error),
            Self::ByClient => "closed_by_client",
            Self::Silent => "silent",
            Self::Broken => "broken",
        }
    }
}

fn error_label(error: SignallingError) -> &'static str {
    match error {
        SignallingError::Malformed => "malformed",
        SignallingError::TooLarge => "too_large",
        SignallingError::HelloExpected => "hello_expected",
        SignallingError::HelloTimeout => "hello_timeout",
        SignallingError::UnexpectedHello => "unexpected_hello",
        SignallingError::UnsupportedVersion => "unsupported_version",
        SignallingError::TooManyMessages => "too_many_messages",
        SignallingError::TooManyConnections => "too_many_connections",
        SignallingError::RoomFull => "room_full",
        SignallingError::WrongToken => "wrong_token",
        SignallingError::Replaced => "replaced",
        SignallingError::TooSlow => "too_slow",
        SignallingError::ShuttingDown => "shutting_down",
        SignallingError::NotTheHost => "not_the_host",
        SignallingError::NotAdmitted => "not_admitted",
        SignallingError::Locked => "locked",
        SignallingError::Removed => "removed",
    }
}
