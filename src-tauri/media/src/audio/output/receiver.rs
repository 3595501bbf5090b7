//! One participant's sound, as the rest of the program sees it.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::mpsc::SyncSender;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::audio::jitter_buffer::{AudioPacket, JitterBufferStatistics};
use crate::audio::level::SILENCE_DBFS;

/// Gets what a participant says, in pieces of 10 ms: 48 kHz mono, before the volume.
pub type Tap = Box<dyn FnMut(&[f32]) + Send>;

/// How loud a participant can be made: twice as loud as sent.
const MAX_VOLUME: f32 = 2.0;

/// What happened to a participant's sound: totals since the participant was added, and two delays of the present.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AudioReceiveStatistics {
    /// Packets that came, without duplicates.
    pub packets: u64,
    /// Packets that never came.
    pub lost: u64,
    /// Packets that came after their turn.
    pub late: u64,
    /// Lost packets that were played from the redundant copy in the next one.
    pub fec_recovered: u64,
    /// Sound that was missing and made up; pauses of the sender don't count.
    pub concealed: Duration,
    /// Times sound was played faster, and slower, by a pitch period.
    pub accelerated: u64,
    /// Times sound was played slower by a pitch period.
    pub expanded: u64,
    /// How much later than the network's fastest packet sound is played.
    pub delay: Duration,
    /// The mean time from a packet's arrival to the playing of its first sample.
    pub mean_wait: Duration,
    /// How loud the last two seconds were in which something was heard, as [`crate::audio::level`] counts.
    pub level_dbfs: f32,
    /// When something was heard first.
    pub first_audio: Option<Instant>,
}

impl Default for AudioReceiveStatistics {
    fn default() -> Self {
        Self::new(&JitterBufferStatistics::default(), SILENCE_DBFS, None)
    }
}

impl AudioReceiveStatistics {
    pub(super) fn new(buffer: &JitterBufferStatistics, level_dbfs: f32, first_audio: Option<Instant>) -> Self {
        Self {
            packets: buffer.packets,
            lost: buffer.lost,
            late: buffer.late,
            fec_recovered: buffer.fec_recovered,
            concealed: buffer.concealed,
            accelerated: buffer.accelerated,
            expanded: buffer.expanded,
            delay: buffer.delay,
            mean_wait: buffer.mean_wait,
            level_dbfs,
            first_audio,
        }
    }
}

/// What the handle and the thread `audio-out` share.
pub(super) struct Shared {
    volume: AtomicU32,
    level_dbfs: AtomicU32,
    removed: AtomicBool,
    statistics: Mutex<AudioReceiveStatistics>,
    tap: Mutex<Option<Tap>>,
}

impl Default for Shared {
    fn default() -> Self {
        Self {
            volume: AtomicU32::new(1.0_f32.to_bits()),
            level_dbfs: AtomicU32::new(SILENCE_DBFS.to_bits()),
            removed: AtomicBool::new(false),
            statistics: Mutex::default(),
            tap: Mutex::default(),
        }
    }
}

impl Shared {
    pub(super) fn volume(&self) -> f32 {
        f32::from_bits(self.volume.load(Ordering::Relaxed))
    }

    pub(super) fn is_removed(&self) -> bool {
        self.removed.load(Ordering::Relaxed)
    }

    pub(super) fn show(&self, level_dbfs: f32, statistics: AudioReceiveStatistics) {
        self.level_dbfs.store(level_dbfs.to_bits(), Ordering::Relaxed);
        *self.statistics.lock().unwrap_or_else(PoisonError::into_inner) = statistics;
    }

    pub(super) fn tap(&self, samples: &[f32]) {
        if let Some(tap) = &mut *self.tap.lock().unwrap_or_else(PoisonError::into_inner) {
            tap(samples);
        }
    }
}

/// Takes one participant's packets; dropping it removes the participant from the mix.
pub struct AudioReceiver {
    pub(super) shared: Arc<Shared>,
    pub(super) packets: SyncSender<AudioPacket>,
}

impl AudioReceiver {
    /// Takes a packet. Never waits: with hundreds not yet looked at, it is dropped.
    pub fn push(&self, packet: AudioPacket) {
        // Full or closed, the packet is lost as if on the network, and counted as that.
        let _ = self.packets.try_send(packet);
    }

    /// How loud the participant is played: 0 silent, 1 as sent, at most 2.
    pub fn set_volume(&self, volume: f32) {
        let volume = if volume.is_finite() { volume.clamp(0.0, MAX_VOLUME) } else { 1.0 };
        self.shared.volume.store(volume.to_bits(), Ordering::Relaxed);
    }

    /// How loud the participant is at the moment, before the volume, as [`crate::audio::level`] counts.
    #[must_use]
    pub fn level_dbfs(&self) -> f32 {
        f32::from_bits(self.shared.level_dbfs.load(Ordering::Relaxed))
    }

    /// What happened so far.
    #[must_use]
    pub fn statistics(&self) -> AudioReceiveStatistics {
        *self.shared.statistics.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gives what the participant says to `tap` too, on the thread `audio-out`: it must not block. `None` ends that.
    pub fn set_tap(&self, tap: Option<Tap>) {
        *self.shared.tap.lock().unwrap_or_else(PoisonError::into_inner) = tap;
    }
}

impl Drop for AudioReceiver {
    fn drop(&mut self) {
        self.shared.removed.store(true, Ordering::Relaxed);
    }
}
