//! The two data channels of every link. Both are negotiated in advance (W3C `RTCDataChannelInit.negotiated`): each end
//! creates them before the first description, and neither announces them in-band.
//!
//! | label | id | delivery | carries |
//! |---|---|---|---|
//! | `control` | 0 | ordered, reliable | messages of at most 16 KiB, binary or text; the link does not look into them |
//! | `heartbeat` | 1 | unordered, never retransmitted | see [`heartbeat`] |

pub(crate) mod control;
pub mod heartbeat;

pub use control::MAX_CONTROL_MESSAGE_BYTES;

use rtc::data_channel::RTCDataChannelInit;
use tokio::sync::watch;

/// The control channel's label.
pub const CONTROL_LABEL: &str = "control";
/// The control channel's SCTP stream.
pub const CONTROL_ID: u16 = 0;
/// The heartbeat channel's label.
pub const HEARTBEAT_LABEL: &str = "heartbeat";
/// The heartbeat channel's SCTP stream.
pub const HEARTBEAT_ID: u16 = 1;

pub(crate) fn control_init() -> RTCDataChannelInit {
    RTCDataChannelInit { ordered: true, negotiated: Some(CONTROL_ID), ..RTCDataChannelInit::default() }
}

pub(crate) fn heartbeat_init() -> RTCDataChannelInit {
    RTCDataChannelInit {
        ordered: false,
        max_retransmits: Some(0),
        negotiated: Some(HEARTBEAT_ID),
        ..RTCDataChannelInit::default()
    }
}

/// Whether messages of this end arrive: its channels are open, and so are the other end's.
#[derive(Debug, Clone)]
pub(crate) struct Readiness {
    /// This end's `control` channel is open.
    pub(crate) opened: watch::Receiver<bool>,
    /// The other end has sent a heartbeat, so it has opened its channels.
    pub(crate) heard: watch::Receiver<bool>,
}

/// The channels ended before they were ready.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NeverReady;

impl Readiness {
    /// Waits until both are so.
    pub(crate) async fn wait(&mut self) -> Result<(), NeverReady> {
        self.opened.wait_for(|open| *open).await.map_err(|_| NeverReady)?;
        self.heard.wait_for(|heard| *heard).await.map_err(|_| NeverReady)?;
        Ok(())
    }
}
