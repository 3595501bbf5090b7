//! Nothing of a link is heard before its other end has proven who it is.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use conclave_peer::{IncomingPacket, Line, PacketSink};

use super::incoming::ParticipantMedia;

/// Stands between a link's receivers and the participant's decoders. Shut until it is opened.
pub(super) struct Gate {
    media: Arc<ParticipantMedia>,
    is_open: AtomicBool,
    turned_away: AtomicU64,
}

impl Gate {
    pub(super) fn new(media: Arc<ParticipantMedia>) -> Self {
        Self { media, is_open: AtomicBool::new(false), turned_away: AtomicU64::new(0) }
    }

    pub(super) fn open(&self) {
        self.is_open.store(true, Ordering::Release);
        let turned_away = self.turned_away.load(Ordering::Relaxed);
        if turned_away > 0 {
            tracing::debug!(turned_away, "packets came before the link was proven");
        }
    }
}

impl PacketSink for Gate {
    fn packet(&self, line: Line, packet: IncomingPacket) {
        if self.is_open.load(Ordering::Acquire) {
            self.media.packet(line, packet);
        } else {
            self.turned_away.fetch_add(1, Ordering::Relaxed);
        }
    }
}
