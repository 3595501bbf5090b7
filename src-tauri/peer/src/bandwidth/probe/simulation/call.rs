//! One end of a call on a virtual clock: a camera in three sizes, sound, the pacer, clusters, and feedback.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use super::network::{Network, Path};
use crate::bandwidth::{BandwidthControl, PacketFate, PacketFeedback, ProbeMember, ProbePace};
use crate::send::{Pacer, pacing_bps};

/// 180p15, 360p30 and 720p30, in bits a second; those of the media crate, which this one does not know.
const LAYERS_BPS: [u64; 3] = [150_000, 600_000, 1_800_000];
const PICTURE_INTERVALS_MS: [u128; 3] = [66, 33, 33];
const KEYFRAME_BYTES: [usize; 3] = [6_000, 15_000, 50_000];
pub(super) const P360: usize = 1;
pub(super) const P720: usize = 2;
/// As the call's own choice of a layer has them.
const RESERVED_BPS: u64 = 64_000;
const UPGRADE_MARGIN_PERCENT: u64 = 130;
pub(super) const WANTED_BPS: u64 = LAYERS_BPS[P720] * UPGRADE_MARGIN_PERCENT / 100 + RESERVED_BPS;

const DEFAULT_PACING_BPS: u64 = 5_000_000;
const PACKET_BYTES: usize = 1_200;
/// 20 ms of Opus at 32 kbit/s.
const SOUND_PACKET_BYTES: usize = 80 + 64;
const STEP: Duration = Duration::from_millis(1);
const FEEDBACK_INTERVAL_MS: u128 = 50;
const EPOCH: Duration = Duration::from_secs(1_000);

struct Packet {
    feedback: PacketFeedback,
    member: Option<ProbeMember>,
}

pub(super) struct Call {
    start: Instant,
    now: Instant,
    pub(super) network: Network,
    control: BandwidthControl,
    /// What is probed for.
    pub(super) wanted_bps: u64,
    /// How much of its layer's rate the camera uses; nothing when it is off.
    pub(super) used_share: f64,
    credit: f64,
    queue: VecDeque<usize>,
    pacer: Pacer,
    pacing_bps: u64,
    pace: Option<ProbePace>,
    under_way: VecDeque<Packet>,
    told_bps: Option<u64>,
    pub(super) layer: usize,
    pub(super) steps_at: [u32; 3],
    /// When the layer changed, in seconds, and to which.
    pub(super) changes: Vec<(f64, usize)>,
    /// When clusters left, in seconds, and how fast.
    pub(super) probes: Vec<(f64, u64)>,
    pub(super) padding_bytes: usize,
}

impl Call {
    pub(super) fn new(seed: u64, path: Path, used_share: f64) -> Self {
        println!("seed {seed}, {path:?}, {:.0} % of the layer used", used_share * 100.0);
        let start = Instant::now();
        let mut call = Self {
            start,
            now: start,
            network: Network::new(seed, path, start),
            control: BandwidthControl::new(),
            wanted_bps: WANTED_BPS,
            used_share,
            credit: 0.0,
            queue: VecDeque::new(),
            pacer: Pacer::new(start),
            pacing_bps: DEFAULT_PACING_BPS,
            pace: None,
            under_way: VecDeque::new(),
            told_bps: None,
            layer: P720,
            steps_at: [0; 3],
            changes: Vec::new(),
            probes: Vec::new(),
            padding_bytes: 0,
        };
        call.take_picture(KEYFRAME_BYTES[P720]);
        call
    }

    pub(super) fn seconds(&self) -> f64 {
        (self.now - self.start).as_secs_f64()
    }

    pub(super) fn estimate_bps(&self) -> u64 {
        self.told_bps.unwrap_or_default()
    }

    pub(super) fn run(&mut self, seconds: f64) {
        let (end, probes) = (self.now + Duration::from_secs_f64(seconds), self.probes.len());
        self.network.waits.clear();
        while self.now < end {
            self.step();
        }
        println!(
            "at {:5.1} s: layer {}, estimate {:8}, sound waited {:?} (p95), {:?} (most), clusters {:?}, changes {:.2?}",
            self.seconds(),
            self.layer,
            self.estimate_bps(),
            self.wait_at(0.95),
            self.wait_at(1.0),
            &self.probes[probes..],
            self.changes,
        );
    }

    /// Runs until the layer is `layer`; how long that took.
    pub(super) fn run_until(&mut self, layer: usize, patience_seconds: f64) -> f64 {
        let began = self.seconds();
        while self.layer != layer {
            self.step();
            let took = self.seconds() - began;
            assert!(took < patience_seconds, "layer {}, {} bit/s", self.layer, self.estimate_bps());
        }
        println!("{:.2} s to layer {layer}", self.seconds() - began);
        self.seconds() - began
    }

    /// What this share of sound waited at most since the last run began.
    pub(super) fn wait_at(&self, share: f64) -> Duration {
        let mut waits = self.network.waits.clone();
        waits.sort();
        waits[((waits.len() - 1) as f64 * share) as usize]
    }

    /// The shortest time between two changes up or down, in seconds, later than `after`.
    pub(super) fn shortest_stay(&self, after: f64) -> f64 {
        let times: Vec<f64> = self.changes.iter().map(|(at, _)| *at).filter(|at| *at > after).collect();
        times.windows(2).map(|pair| pair[1] - pair[0]).fold(f64::INFINITY, f64::min)
    }

    /// As after an ICE restart.
    pub(super) fn change_path(&mut self) {
        self.control.path_changed(self.now);
    }

    fn step(&mut self) {
        self.now += STEP;
        self.steps_at[self.layer] += 1;
        let ms = (self.now - self.start).as_millis();
        self.network.step(self.now, STEP);
        self.credit += LAYERS_BPS[self.layer] as f64 / 8.0 * STEP.as_secs_f64() * self.used_share;
        if self.used_share > 0.0 && ms.is_multiple_of(PICTURE_INTERVALS_MS[self.layer]) {
            let bytes = self.credit.max(100.0);
            self.credit -= bytes;
            self.take_picture(bytes as usize);
        }
        if ms.is_multiple_of(20) {
            let arrives = self.network.send_sound(self.now, SOUND_PACKET_BYTES);
            let member = self.pace.as_mut().map(|pace| pace.sent(SOUND_PACKET_BYTES));
            self.pacer.sent(SOUND_PACKET_BYTES);
            self.left(SOUND_PACKET_BYTES, arrives, member);
        }
        self.send_video();
        if ms.is_multiple_of(FEEDBACK_INTERVAL_MS) {
            self.take_feedback();
        }
        self.poll();
    }

    fn take_picture(&mut self, bytes: usize) {
        let packets = bytes.div_ceil(PACKET_BYTES);
        self.queue.extend((0..packets).map(|_| bytes / packets + 64));
    }

    fn send_video(&mut self) {
        loop {
            if let Some(pace) = self.pace.take_if(|pace| pace.is_done(self.now)) {
                self.control.cluster_left(self.now, pace.order().id, pace.packets());
            }
            let waits = match &self.pace {
                Some(pace) => pace.wait(self.now).is_some(),
                None => {
                    let waiting = self.queue.iter().sum();
                    waiting == 0 || self.pacer.wait(self.now, self.pacing_bps, waiting).is_some()
                }
            };
            if waits {
                return;
            }
            let picture_bytes = self.queue.pop_front();
            let padding_bytes = self.pace.as_ref().map_or(0, |pace| pace.order().padding_wire_bytes);
            let wire_bytes = picture_bytes.unwrap_or(padding_bytes);
            if picture_bytes.is_none() {
                self.padding_bytes += wire_bytes;
            }
            let arrives = self.network.send(self.now, wire_bytes);
            let member = self.pace.as_mut().map(|pace| pace.sent(wire_bytes));
            self.pacer.sent(wire_bytes);
            self.left(wire_bytes, arrives, member);
            if picture_bytes.is_some() {
                self.control.picture_left(self.now);
                self.poll();
            }
        }
    }

    fn left(&mut self, wire_bytes: usize, arrives: Option<Instant>, member: Option<ProbeMember>) {
        let fate = arrives.map_or(PacketFate::Lost, |at| PacketFate::Arrived(EPOCH + (at - self.start)));
        let feedback = PacketFeedback { departure: self.now, wire_bytes, fate };
        self.under_way.push_back(Packet { feedback, member });
    }

    /// Everything that is decided by now, as seen by a feedback that travels back.
    fn take_feedback(&mut self) {
        let seen_at = (EPOCH + (self.now - self.start)).saturating_sub(self.network.path.delay);
        let is_seen = |packet: &Packet| matches!(packet.feedback.fate, PacketFate::Arrived(at) if at <= seen_at);
        let Some(newest) = self.under_way.iter().rposition(is_seen) else { return };
        let packets: Vec<_> = self.under_way.drain(..=newest).map(|packet| (packet.feedback, packet.member)).collect();
        self.control.feedback(self.now, &packets);
    }

    fn poll(&mut self) {
        if self.pace.is_none()
            && let Some(order) = self.control.poll(self.now, self.wanted_bps)
        {
            self.probes.push((self.seconds(), order.rate_bps));
            self.pace = Some(ProbePace::new(order, self.now));
        }
        if let Some(bps) = self.control.known_bps(self.now)
            && self.control.is_noticeable(self.now, bps)
        {
            self.told_bps = Some(bps);
            self.pacing_bps = pacing_bps(bps);
            self.choose(bps);
        }
    }

    fn choose(&mut self, bps: u64) {
        let fits = |layer: &usize| {
            let margin = if *layer > self.layer { UPGRADE_MARGIN_PERCENT } else { 100 };
            bps.saturating_sub(RESERVED_BPS) >= LAYERS_BPS[*layer] * margin / 100
        };
        let layer = (0..LAYERS_BPS.len()).rev().find(fits).unwrap_or_default();
        if layer != self.layer {
            self.layer = layer;
            self.changes.push((self.seconds(), layer));
            self.credit = 0.0;
            self.take_picture(KEYFRAME_BYTES[layer]);
        }
    }
}
