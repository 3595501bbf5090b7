//! Who gets what is sent.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use arc_swap::ArcSwap;
use bytes::Bytes;

/// 20 ms of sound, encoded once for all links.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EncodedAudioPacket {
    /// One Opus packet, at most 1,180 bytes.
    pub payload: Bytes,
    /// RTP timestamp of its first sample, 48 kHz. Goes on over mutes and changes of source, and never back.
    pub timestamp: u32,
    /// The first packet of a talkspurt (RFC 3551 section 4.1): nothing was sent before it.
    pub marker: bool,
}

/// Whatever takes packets to send.
pub trait EncodedAudioSink: Send + Sync {
    /// Takes a packet. Called on the thread `audio-in`: must not block.
    fn packet(&self, packet: &EncodedAudioPacket);
}

type List = Vec<(u64, Arc<dyn EncodedAudioSink>)>;

/// The sinks at present. Reading them takes no lock, so that a sink may attach and detach sinks.
#[derive(Default)]
pub(super) struct Sinks {
    list: ArcSwap<List>,
    next: AtomicU64,
}

impl Sinks {
    pub(super) fn attach(self: &Arc<Self>, sink: &Arc<dyn EncodedAudioSink>) -> AudioSubscription {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        self.list.rcu(|list| {
            let mut list = List::clone(list);
            list.push((number, Arc::clone(sink)));
            list
        });
        AudioSubscription { sinks: Arc::clone(self), number }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.list.load().is_empty()
    }

    pub(super) fn send(&self, packet: &EncodedAudioPacket) {
        for (_, sink) in self.list.load().iter() {
            sink.packet(packet);
        }
    }
}

/// A sink's attachment; dropping it detaches the sink.
pub struct AudioSubscription {
    sinks: Arc<Sinks>,
    number: u64,
}

impl Drop for AudioSubscription {
    fn drop(&mut self) {
        self.sinks.list.rcu(|list| {
            let mut list = List::clone(list);
            list.retain(|(number, _)| *number != self.number);
            list
        });
    }
}
