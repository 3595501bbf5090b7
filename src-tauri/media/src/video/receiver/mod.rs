//! From a remote line's packets to its pictures.

mod assembler;
mod decode;
mod inbox;
mod packet;
mod presentation;
mod reorder;
mod statistics;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use crate::clock::MediaTime;
use crate::frame::VideoFrame;
use crate::slot::LatestFrame;
use crate::video::worker::Worker;

pub use crate::video::h264::decoder::PictureIntegrity;
pub use assembler::FrameAssembler;
pub use packet::VideoPacket;
pub use statistics::VideoReceiveStatistics;

use decode::{Counts, DecodeLoop, Outlets};
use inbox::Inbox;

/// A picture as it is shown.
#[derive(Debug, Clone)]
pub struct DecodedPicture {
    /// The picture. Its capture time is the time of its decoding: the sender's clock is not ours.
    pub frame: VideoFrame,
    /// The RTP timestamp, 90 kHz, of the sender's clock.
    pub timestamp: u32,
    /// Whether it was a keyframe.
    pub keyframe: bool,
    /// Whether it is what was sent.
    pub integrity: PictureIntegrity,
    /// When it was decoded.
    pub decoded: MediaTime,
}

/// The receiving end of one remote video line. Owns its decode thread; dropping it ends the thread.
pub struct VideoReceiver {
    inbox: Arc<Inbox>,
    latest: Arc<LatestFrame<DecodedPicture>>,
    counts: Arc<Mutex<Counts>>,
    worker: Option<Worker>,
}

impl VideoReceiver {
    /// Starts the decode thread. Both functions are called on it and must not block. Keyframes are asked for at least
    /// 300 ms apart, and again as long as none comes.
    pub fn new(
        on_keyframe_needed: impl Fn() + Send + Sync + 'static,
        on_picture: impl Fn(&DecodedPicture) + Send + Sync + 'static,
    ) -> Self {
        let inbox = Arc::new(Inbox::default());
        let latest = Arc::new(LatestFrame::new());
        let counts = Arc::new(Mutex::new(Counts::default()));
        let outlets = Outlets {
            on_keyframe_needed: Box::new(on_keyframe_needed),
            on_picture: Box::new(on_picture),
            latest: Arc::clone(&latest),
            counts: Arc::clone(&counts),
        };
        let work = {
            let inbox = Arc::clone(&inbox);
            move || DecodeLoop::new(outlets).run(&inbox)
        };
        // A machine that has no thread left shows no picture, and the call goes on.
        let worker =
            Worker::spawn("decode", work).inspect_err(|error| tracing::error!(%error, "no thread to decode on")).ok();
        Self { inbox, latest, counts, worker }
    }

    /// Takes a packet as it arrives. Never blocks.
    pub fn push(&self, packet: VideoPacket) {
        self.inbox.put(packet);
    }

    /// The slot with the latest picture; closed when the receiver is dropped.
    #[must_use]
    pub fn latest(&self) -> Arc<LatestFrame<DecodedPicture>> {
        Arc::clone(&self.latest)
    }

    /// What became of the line's pictures so far.
    #[must_use]
    pub fn statistics(&self) -> VideoReceiveStatistics {
        let counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let mut statistics = counts.statistics;
        counts.meter.fill(&mut statistics, Instant::now());
        statistics
    }
}

impl Drop for VideoReceiver {
    fn drop(&mut self) {
        self.inbox.close();
        self.latest.close();
        if let Some(worker) = self.worker.take() {
            worker.join();
        }
    }
}
