//! What the connection says, forwarded. Its handler runs on the connection's own driver: waiting there would stop ICE
//! and DTLS.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::mpsc;
use webrtc::data_channel::DataChannel;
use webrtc::media_stream::track_remote::TrackRemote;
use webrtc::peer_connection::{
    PeerConnectionEventHandler, RTCIceConnectionState, RTCIceGatheringState, RTCPeerConnectionIceEvent,
    RTCPeerConnectionState,
};

use crate::candidate::IceCandidate;

/// Signals that may wait for the link's task. It takes them within microseconds; a peer that floods it with channels
/// or tracks past this loses the link.
const QUEUE: usize = 256;

/// One thing the connection said.
pub(super) enum Signal {
    Candidate(IceCandidate),
    Ice(RTCIceConnectionState),
    Connection(RTCPeerConnectionState),
    Track(Arc<dyn TrackRemote>),
    Channel(Arc<dyn DataChannel>),
}

/// Holds the sending half only, never the connection: that would keep it alive for ever.
pub(super) struct Forwarder {
    signals: mpsc::Sender<Signal>,
    overflowed: Arc<AtomicBool>,
}

/// The receiving half.
pub(super) struct Signals {
    signals: mpsc::Receiver<Signal>,
    overflowed: Arc<AtomicBool>,
}

impl Signals {
    /// The next signal; `None` when the connection is gone or more was said than the queue holds. May be cancelled.
    pub(super) async fn next(&mut self) -> Option<Signal> {
        let signal = self.signals.recv().await;
        signal.filter(|_| !self.overflowed.load(Ordering::Acquire))
    }
}

pub(super) fn forwarder() -> (Forwarder, Signals) {
    let (sender, receiver) = mpsc::channel(QUEUE);
    let overflowed = Arc::new(AtomicBool::new(false));
    let forwarder = Forwarder { signals: sender, overflowed: Arc::clone(&overflowed) };
    let signals = Signals { signals: receiver, overflowed };
    (forwarder, signals)
}

impl Forwarder {
    fn forward(&self, signal: Signal) {
        if let Err(mpsc::error::TrySendError::Full(_)) = self.signals.try_send(signal) {
            self.overflowed.store(true, Ordering::Release);
        }
    }
}

#[async_trait::async_trait]
impl PeerConnectionEventHandler for Forwarder {
    async fn on_ice_candidate(&self, event: RTCPeerConnectionIceEvent) {
        if let Ok(init) = event.candidate.to_json() {
            self.forward(Signal::Candidate(IceCandidate {
                candidate: init.candidate,
                // Everything is bundled on the first line (RFC 8843), whatever its mid.
                sdp_mid: None,
                sdp_m_line_index: Some(0),
            }));
        }
    }

    async fn on_ice_gathering_state_change(&self, state: RTCIceGatheringState) {
        if state == RTCIceGatheringState::Complete {
            self.forward(Signal::Candidate(IceCandidate {
                candidate: String::new(),
                sdp_mid: None,
                sdp_m_line_index: Some(0),
            }));
        }
    }

    async fn on_ice_connection_state_change(&self, state: RTCIceConnectionState) {
        self.forward(Signal::Ice(state));
    }

    async fn on_connection_state_change(&self, state: RTCPeerConnectionState) {
        self.forward(Signal::Connection(state));
    }

    async fn on_data_channel(&self, channel: Arc<dyn DataChannel>) {
        self.forward(Signal::Channel(channel));
    }

    async fn on_track(&self, track: Arc<dyn TrackRemote>) {
        self.forward(Signal::Track(track));
    }
}
