//! From packets that come when they like to sound that never stops.
//!
//! After the design of WebRTC's NetEQ: the delay that is aimed at follows from how late packets are
//! (`delay`); sound that waits too long is played faster, too short a wait is stretched (`stretch`); what is lost
//! comes from the next packet's redundant copy or is made up by the decoder. A pause of the sender (silence is not
//! sent) is told from loss by its sequence numbers, and is where the delay is set right at no cost.
//!
//! Pure: no clock, thread or I/O of its own; its clock is the samples it was asked for (`clock`). Everything is
//! bounded, whatever comes from the network.

mod clock;
mod delay;
mod playout;
mod reception;
mod statistics;
mod stretch;

use std::collections::{BTreeMap, VecDeque};
use std::time::Instant;

use bytes::Bytes;

use self::clock::{PlayoutClock, duration_of};
use self::delay::DelayEstimator;
use self::playout::Playhead;
use self::reception::{Header, Place, Reception, Verdict};
pub use self::statistics::JitterBufferStatistics;
use crate::frame::AudioFrame;

/// Longest payload that is taken: no Opus packet of a call is longer.
pub const MAX_PAYLOAD: usize = 1_500;

/// Longest packet: 120 ms (RFC 6716 section 3.2.5).
pub const MAX_PACKET_SAMPLES: usize = 5_760;

/// Packets between two frames; more than any network brings in 10 ms that is worth listening to.
const MAX_INCOMING: usize = 256;

/// Packets that wait for their turn: two and a half seconds of the usual 20 ms.
const MAX_QUEUED: usize = 128;

/// A packet of sound from the network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AudioPacket {
    /// RTP sequence number.
    pub sequence: u16,
    /// RTP timestamp, 48 kHz.
    pub timestamp: u32,
    /// One Opus packet.
    pub payload: Bytes,
    /// When it came.
    pub arrival: Instant,
}

/// What a frame consists of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Playout {
    /// What the sender said.
    Sound,
    /// What the sender may have said: a packet is missing.
    Concealment,
    /// Nothing: the sender pauses, or nothing came for long.
    Silence,
}

/// A payload that can't be decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the payload can't be decoded")]
pub struct Undecodable;

/// Turns payloads into 48 kHz mono sound, remembering what came before.
pub trait FrameDecoder {
    /// How many samples a payload holds; `None` when it is no valid packet. Never over [`MAX_PACKET_SAMPLES`].
    fn samples(&self, payload: &[u8]) -> Option<usize>;

    /// Whether a payload holds a redundant copy of the packet before it.
    fn has_redundancy(&self, payload: &[u8]) -> bool;

    /// Appends a payload's sound.
    ///
    /// # Errors
    /// [`Undecodable`]; nothing is appended.
    fn decode(&mut self, payload: &[u8], sound: &mut Vec<f32>) -> Result<(), Undecodable>;

    /// Appends `samples` of the sound before a payload, from its redundant copy.
    ///
    /// # Errors
    /// [`Undecodable`]; nothing is appended.
    fn decode_redundancy(&mut self, payload: &[u8], samples: usize, sound: &mut Vec<f32>) -> Result<(), Undecodable>;

    /// Appends `samples` that go on plausibly from what was decoded last.
    fn conceal(&mut self, samples: usize, sound: &mut Vec<f32>);
}

/// A packet that waits for its turn.
#[derive(Debug)]
struct Queued {
    sequence: i64,
    payload: Bytes,
    samples: usize,
    arrival: i64,
}

/// One participant's sound. See the module.
#[derive(Debug)]
pub struct JitterBuffer<D> {
    decoder: D,
    clock: PlayoutClock,
    incoming: VecDeque<AudioPacket>,
    reception: Reception,
    kept: Option<(AudioPacket, usize, i64)>,
    queue: BTreeMap<i64, Queued>,
    delay: DelayEstimator,
    playhead: Playhead,
    statistics: JitterBufferStatistics,
    wait_samples: i64,
    waits: i64,
}

impl<D: FrameDecoder> JitterBuffer<D> {
    /// An empty buffer.
    pub fn new(decoder: D) -> Self {
        Self {
            decoder,
            clock: PlayoutClock::default(),
            incoming: VecDeque::new(),
            reception: Reception::default(),
            kept: None,
            queue: BTreeMap::new(),
            delay: DelayEstimator::default(),
            playhead: Playhead::default(),
            statistics: JitterBufferStatistics::default(),
            wait_samples: 0,
            waits: 0,
        }
    }

    /// Takes a packet. Of more than 256 between two frames the oldest are dropped.
    pub fn insert(&mut self, packet: AudioPacket) {
        if self.incoming.len() == MAX_INCOMING {
            self.incoming.pop_front();
            self.statistics.discarded += 1;
        }
        self.incoming.push_back(packet);
    }

    /// Fills `frame` with the next 10 ms. `now` must not go backwards.
    pub fn pull(&mut self, now: Instant, frame: &mut AudioFrame) -> Playout {
        self.clock.pull(now);
        while let Some(packet) = self.incoming.pop_front() {
            self.admit(packet);
        }
        self.play(frame)
    }

    /// What happened so far.
    #[must_use]
    pub fn statistics(&self) -> JitterBufferStatistics {
        JitterBufferStatistics {
            lost: self.reception.lost(),
            concealed: duration_of(self.playhead.concealed()),
            delay: duration_of(self.playhead.delay()),
            target_delay: duration_of(self.delay.target()),
            mean_wait: duration_of(self.wait_samples / self.waits.max(1)),
            ..self.statistics
        }
    }

    fn admit(&mut self, packet: AudioPacket) {
        let samples = Some(&packet.payload)
            .filter(|payload| (1..=MAX_PAYLOAD).contains(&payload.len()))
            .and_then(|payload| self.decoder.samples(payload))
            .filter(|samples| (1..=MAX_PACKET_SAMPLES).contains(samples));
        let Some(samples) = samples else {
            self.statistics.invalid += 1;
            return;
        };
        let arrival = self.clock.of_arrival(packet.arrival);
        let header = Header { sequence: packet.sequence, timestamp: packet.timestamp, arrival };
        match self.reception.take(header) {
            Verdict::Belongs(place) => self.enqueue(place, packet.payload, samples, arrival),
            Verdict::Duplicate => self.statistics.duplicates += 1,
            Verdict::Strange => self.kept = Some((packet, samples, arrival)),
            Verdict::Restarts { kept: place, this } => {
                self.restart();
                if let Some((kept, samples, arrival)) = self.kept.take() {
                    self.enqueue(place, kept.payload, samples, arrival);
                }
                self.enqueue(this, packet.payload, samples, arrival);
            }
        }
    }

    fn restart(&mut self) {
        self.statistics.restarts += 1;
        self.statistics.discarded += self.queue.len() as u64;
        self.queue.clear();
        self.delay.restart();
        self.playhead.restart();
    }

    fn enqueue(&mut self, place: Place, payload: Bytes, samples: usize, arrival: i64) {
        self.statistics.packets += 1;
        self.delay.observe(arrival, arrival - place.timestamp, samples);
        if self.playhead.is_past(place.timestamp) {
            self.statistics.late += 1;
            return;
        }
        let queued = Queued { sequence: place.sequence, payload, samples, arrival };
        if self.queue.insert(place.timestamp, queued).is_some() {
            self.statistics.discarded += 1;
        }
        if self.queue.len() > MAX_QUEUED {
            self.queue.pop_first();
            self.statistics.discarded += 1;
        }
    }
}
