//! One link to one participant: plain WebRTC, as browsers speak it. The only crate that imports `webrtc` and `rtc`.
//!
//! Every link has the same lines for its whole life: microphone, camera, screen, screen's sound, and data. Muting,
//! switching sources and sharing a screen never negotiate anew; only an ICE restart offers again.
#![forbid(unsafe_code)]

mod activity;
mod bandwidth;
mod candidate;
pub mod channel;
mod config;
mod engine;
mod event;
mod interceptor;
mod line;
mod link;
mod negotiation;
mod network;
mod receive;
mod send;
mod statistics;

pub use candidate::{IceCandidate, MAX_CANDIDATE_LENGTH};
pub use config::{IceServer, Interfaces, LinkConfig, Role};
pub use event::{LinkEvent, LinkEvents};
pub use line::{Line, LineKind};
pub use link::{Link, LinkError, Step};
pub use negotiation::{DescriptionError, MAX_DESCRIPTION_LENGTH};
pub use network::{Fate, Impairment};
pub use receive::{IncomingPacket, PacketSink};
pub use send::{LineSender, MAX_PAYLOAD_BYTES, OutgoingPacket, SendError};
pub use statistics::{
    CandidateInfo, CandidateKind, LineStatistics, LinkStatistics, ReceivedStatistics, SentStatistics,
};
