//! What a link tells its owner.

use bytes::Bytes;
use tokio::sync::mpsc;

use crate::candidate::IceCandidate;
use crate::line::Line;

/// One thing a link tells.
#[derive(Clone, PartialEq, Eq)]
pub enum LinkEvent {
    /// An offer or an answer of this end, to be sent to the other. Which one follows from the link's role.
    LocalDescription {
        /// RFC 8866 text.
        sdp: String,
    },
    /// A candidate of this end, to be sent to the other.
    LocalCandidate(IceCandidate),
    /// Messages and media flow; again after an interruption.
    Connected,
    /// Nothing has arrived for three seconds, or ICE lost its path. It may come back by itself; an ICE restart helps.
    Interrupted,
    /// Beyond repair: the link is to be closed and another one built.
    Failed,
    /// A message on the control channel. Never before the first [`LinkEvent::Connected`].
    Control(Bytes),
    /// The other end can't go on without a keyframe of what this end sends.
    KeyframeRequested {
        /// Which line.
        line: Line,
    },
    /// What fits through to the other end, when that has changed noticeably.
    SendBandwidth {
        /// Bits a second of everything this end sends.
        bps: u64,
    },
}

impl std::fmt::Debug for LinkEvent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Descriptions, candidates and messages are private.
        match self {
            Self::LocalDescription { sdp } => write!(f, "LocalDescription({} B)", sdp.len()),
            Self::LocalCandidate(_) => f.write_str("LocalCandidate(…)"),
            Self::Connected => f.write_str("Connected"),
            Self::Interrupted => f.write_str("Interrupted"),
            Self::Failed => f.write_str("Failed"),
            Self::Control(message) => write!(f, "Control({} B)", message.len()),
            Self::KeyframeRequested { line } => write!(f, "KeyframeRequested({line:?})"),
            Self::SendBandwidth { bps } => write!(f, "SendBandwidth({bps})"),
        }
    }
}

/// A link's events, in order.
#[derive(Debug)]
pub struct LinkEvents(pub(crate) mpsc::Receiver<LinkEvent>);

impl LinkEvents {
    /// The next event; `None` once the link is closed and everything it told has been taken. May be cancelled.
    pub async fn next(&mut self) -> Option<LinkEvent> {
        self.0.recv().await
    }
}
