//! Encoder, packetiser, assembler and decoder together on the test pattern, without threads and on a virtual clock.
#![cfg(test)]

use std::time::{Duration, Instant};

use bytes::Bytes;
use conclave_media::clock::MediaTime;
use conclave_media::frame::{FrameBuffer, VideoFrame};
use conclave_media::video::h264::decoder::Decoder;
use conclave_media::video::h264::encoder::{EncodedPicture, LayerEncoder, PictureRequest};
use conclave_media::video::h264::packetise::MAX_PAYLOAD_LENGTH;
use conclave_media::video::h264::reference::Verdict;
use conclave_media::video::pattern::{Pattern, PatternStamp, read_stamp};
use conclave_media::video::receiver::FrameAssembler;
use conclave_media::video::scale::Scaler;
use conclave_media::video::{PictureIntegrity, VideoLayer, VideoPacket};

/// The pattern at 1280x720 and 30 pictures a second, as a layer gets it.
struct Source {
    pattern: Pattern,
    scaler: Scaler,
    layer: VideoLayer,
}

impl Source {
    fn new(layer: VideoLayer) -> Self {
        Self { pattern: Pattern::new(1280, 720, 30).unwrap(), scaler: Scaler::new(), layer }
    }

    /// The layer's n-th picture.
    fn picture(&self, n: u32) -> VideoFrame {
        let number = n * 30 / self.layer.fps();
        let frame = self.pattern.draw(number, captured(number)).unwrap();
        let halves = [(1280, 720), (640, 360), (320, 180)];
        let wanted = self.layer.picture_size(1280, 720);
        halves
            .into_iter()
            .filter(|size| *size >= wanted)
            .fold(frame, |frame, (width, height)| self.scaler.scale(&frame, width, height).unwrap())
    }
}

fn captured(frame_number: u32) -> MediaTime {
    // An hour after the clock's zero; whole microseconds, as the stamp has them.
    MediaTime::from_duration(Duration::from_secs(3_600) + Duration::from_micros(33_333) * frame_number)
}

/// The receiving end, on a virtual clock.
struct Receiver {
    assembler: FrameAssembler,
    decoder: Decoder,
    sequence: u16,
    now: Instant,
}

/// A picture and its verdict.
struct Received {
    verdict: Verdict,
    picture: Option<(VideoFrame, PictureIntegrity)>,
}

impl Received {
    fn stamp(&self) -> Option<PatternStamp> {
        self.picture.as_ref().and_then(|(frame, _)| read_stamp(frame))
    }
}

impl Receiver {
    fn new() -> Self {
        Self { assembler: FrameAssembler::new(), decoder: Decoder::new(), sequence: 65_000, now: Instant::now() }
    }

    /// Receives a picture's packets but for those lost, and waits for them in vain.
    fn receive(&mut self, timestamp: u32, payloads: &[Bytes], is_lost: impl Fn(usize) -> bool) -> Vec<Received> {
        for (index, payload) in payloads.iter().enumerate() {
            let packet = VideoPacket {
                sequence: self.sequence,
                timestamp,
                marker: index + 1 == payloads.len(),
                payload: payload.clone(),
                ssrc: 7,
                arrival: self.now,
            };
            self.sequence = self.sequence.wrapping_add(1);
            if !is_lost(index) {
                self.assembler.insert(packet);
            }
        }
        let mut received = Vec::new();
        // The wait for what is lost is over at once on this clock; pictures stay 33 ms apart by their timestamps.
        while let Some((unit, verdict)) = self.assembler.poll(self.now + Duration::from_secs(1)) {
            let decodes = matches!(verdict, Verdict::Decodable | Verdict::Broken);
            let picture = if decodes { self.decoder.decode(&unit, MediaTime::default()).ok().flatten() } else { None };
            received.push(Received { verdict, picture });
        }
        self.now += Duration::from_millis(33);
        received
    }
}

fn encode(encoder: &mut LayerEncoder, frame: &VideoFrame) -> EncodedPicture {
    encoder.encode(frame, PictureRequest::Any).unwrap().expect("no picture is skipped")
}

#[test]
fn the_stamp_survives_every_layer_at_its_bit_rate() {
    // A screen's layers leave out pictures rather than blur them, so they have no rate to keep.
    for layer in [VideoLayer::P180, VideoLayer::P360, VideoLayer::P720] {
        let (source, mut encoder, mut receiver) = (Source::new(layer), LayerEncoder::new(layer), Receiver::new());
        let pictures = 10 * layer.fps();
        let (mut bytes, mut temporal_layers) = (0, Vec::new());
        for n in 0..pictures {
            let frame = source.picture(n);
            let encoded = encode(&mut encoder, &frame);
            assert_eq!(encoded.keyframe, n == 0, "{layer:?} picture {n}");
            assert!(encoded.payloads.iter().all(|p| p.len() <= MAX_PAYLOAD_LENGTH));
            bytes += encoded.len();
            temporal_layers.push(encoded.temporal_layer);
            let received = receiver.receive(frame.captured.to_rtp_90k(), &encoded.payloads, |_| false);
            let [only] = received.as_slice() else { panic!("{layer:?} picture {n}: {} units", received.len()) };
            assert_eq!(only.picture.as_ref().unwrap().1, PictureIntegrity::Intact, "{layer:?} picture {n}");
            assert_eq!(only.stamp(), read_stamp(&frame), "{layer:?} picture {n}");
            assert!(only.stamp().is_some_and(|stamp| stamp.captured == frame.captured));
        }
        let bps = bytes as f64 * 8.0 / 10.0;
        let target = f64::from(layer.bitrate_bps());
        assert!((0.8..1.1).contains(&(bps / target)), "{layer:?}: {bps} bit/s");
        let spare = temporal_layers.iter().filter(|layer| **layer == 1).count();
        assert_eq!(spare, pictures as usize / 2, "half of the pictures can be left out");
    }
}

#[test]
fn every_keyframe_stands_alone() {
    let (source, mut encoder) = (Source::new(VideoLayer::P360), LayerEncoder::new(VideoLayer::P360));
    for n in 0..20 {
        let frame = source.picture(n);
        let request = if n % 5 == 3 { PictureRequest::Keyframe } else { PictureRequest::Any };
        let encoded = encoder.encode(&frame, request).unwrap().unwrap();
        assert_eq!(encoded.keyframe, n == 0 || n % 5 == 3, "picture {n}");
        if encoded.keyframe {
            let received = Receiver::new().receive(0, &encoded.payloads, |_| false);
            assert_eq!(received[0].stamp(), read_stamp(&frame), "picture {n} in a receiver of its own");
        }
    }
}

#[test]
fn the_bit_rate_changes_both_ways_without_a_keyframe() {
    let layer = VideoLayer::P360;
    let (source, mut encoder) = (Source::new(layer), LayerEncoder::new(layer));
    let mut n = 0;
    for (target, expected) in [(None, 600_000.0), (Some(200_000), 200_000.0), (Some(1_200_000), 1_200_000.0)] {
        encoder.set_bitrate(target);
        let mut bytes = 0;
        for second in 0..6 {
            for _ in 0..30 {
                let encoded = encode(&mut encoder, &source.picture(n));
                assert!(!encoded.keyframe || n == 0);
                n += 1;
                // The rate control takes some seconds to get there.
                bytes += if second >= 3 { encoded.len() } else { 0 };
            }
        }
        let bps = bytes as f64 * 8.0 / 3.0;
        assert!((0.7..1.2).contains(&(bps / expected)), "asked for {expected}, got {bps}");
    }
}

#[test]
fn a_slow_camera_gets_the_whole_bit_rate() {
    let layer = VideoLayer::P360;
    let (source, mut encoder) = (Source::new(layer), LayerEncoder::new(layer));
    // Ten pictures a second.
    let bytes: usize = (0..100).map(|n| encode(&mut encoder, &source.picture(3 * n)).len()).sum();
    let bps = bytes as f64 * 8.0 / 10.0;
    assert!((0.75..1.2).contains(&(bps / 600_000.0)), "{bps} bit/s");
}

#[test]
fn the_size_may_change_at_any_picture() {
    let scaler = Scaler::new();
    let (mut encoder, mut receiver) = (LayerEncoder::new(VideoLayer::P720), Receiver::new());
    let sizes = [(1280, 720), (640, 360), (320, 180), (240, 426), (16, 16), (854, 480), (1280, 720)];
    for (round, (width, height)) in sizes.into_iter().enumerate() {
        for n in 0..5 {
            let number = 5 * round as u32 + n;
            let drawn = Pattern::new(1280, 720, 30).unwrap().draw(number, captured(number)).unwrap();
            let frame = scaler.scale(&drawn, width, height).unwrap();
            let encoded = encode(&mut encoder, &frame);
            assert_eq!(encoded.keyframe, n == 0);
            let received = receiver.receive(frame.captured.to_rtp_90k(), &encoded.payloads, |_| false);
            let (picture, integrity) = received[0].picture.as_ref().unwrap();
            assert_eq!((picture.width, picture.height, *integrity), (width, height, PictureIntegrity::Intact));
            if width > 200 {
                assert_eq!(read_stamp(picture).unwrap().frame_number, number);
            }
        }
    }
}

#[test]
fn a_lost_spare_picture_costs_nothing_else_and_a_lost_reference_all_until_a_keyframe() {
    let (source, mut encoder, mut receiver) =
        (Source::new(VideoLayer::P360), LayerEncoder::new(VideoLayer::P360), Receiver::new());
    let (mut chain_broken, mut spare_losses, mut reference_losses) = (false, 0, 0);
    for n in 0..200 {
        let frame = source.picture(n);
        let request = if n % 40 == 0 { PictureRequest::Keyframe } else { PictureRequest::Any };
        let encoded = encoder.encode(&frame, request).unwrap().unwrap();
        let is_spare = encoded.temporal_layer == 1;
        // Spare pictures go wholly or in part; one reference of each second group.
        let lose_all = is_spare && n % 7 == 0;
        let lose_first = (is_spare && n % 11 == 0) || n % 80 == 50;
        spare_losses += u32::from(is_spare && (lose_all || lose_first));
        let lost_reference = lose_first && !is_spare;
        reference_losses += u32::from(lost_reference);
        chain_broken = lost_reference || (chain_broken && !encoded.keyframe);
        let is_lost = |index| lose_all || (lose_first && index == 0);
        let received = receiver.receive(frame.captured.to_rtp_90k(), &encoded.payloads, is_lost);
        let whole = !lose_all && !lose_first;
        for unit in &received {
            assert_eq!(unit.verdict == Verdict::Decodable, whole && !chain_broken, "picture {n}");
            if unit.verdict == Verdict::Decodable {
                assert_eq!(unit.picture.as_ref().unwrap().1, PictureIntegrity::Intact, "picture {n}");
                assert_eq!(unit.stamp(), read_stamp(&frame), "picture {n}");
            }
        }
    }
    assert!(spare_losses > 20 && reference_losses == 2, "{spare_losses} and {reference_losses} losses");
}

#[test]
fn a_flat_picture_and_noise_are_encoded_too() {
    let (mut encoder, mut receiver) = (LayerEncoder::new(VideoLayer::P720), Receiver::new());
    let mut state = 1_u32;
    for n in 0..12 {
        let mut buffer = FrameBuffer::new(1280, 720).unwrap();
        if n % 4 < 2 {
            buffer.samples_mut().fill(128);
        } else {
            buffer.samples_mut().iter_mut().for_each(|sample| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                *sample = (state >> 24) as u8;
            });
        }
        let frame = buffer.into_frame(captured(n));
        let encoded = encode(&mut encoder, &frame);
        assert!(encoded.payloads.iter().all(|p| p.len() <= MAX_PAYLOAD_LENGTH));
        let received = receiver.receive(frame.captured.to_rtp_90k(), &encoded.payloads, |_| false);
        assert_eq!(received[0].picture.as_ref().unwrap().1, PictureIntegrity::Intact);
    }
}

#[test]
fn a_hostile_stream_neither_ends_the_decoder_nor_survives_its_next_keyframe() {
    let source = Source::new(VideoLayer::P180);
    for seed in 1..=40_u32 {
        let (mut encoder, mut receiver) = (LayerEncoder::new(VideoLayer::P180), Receiver::new());
        let mut state = seed.wrapping_mul(0x9E37_79B9) | 1;
        let mut dice = move || {
            state ^= state << 13;
            state ^= state >> 17;
            state ^= state << 5;
            state as usize
        };
        for n in 0..24 {
            let frame = source.picture(n);
            let hostile = n % 8 != 7;
            let request = if hostile { PictureRequest::Any } else { PictureRequest::Keyframe };
            let mut encoded = encoder.encode(&frame, request).unwrap().unwrap();
            for payload in encoded.payloads.iter_mut().filter(|_| hostile) {
                let mut bytes = payload.to_vec();
                for _ in 0..dice() % 6 {
                    // Mostly headers, where a byte does the most.
                    let reach = if dice() % 4 == 0 { bytes.len() } else { bytes.len().min(40) };
                    let at = dice() % reach;
                    bytes[at] = dice() as u8;
                }
                *payload = bytes.into();
            }
            let received = receiver.receive(frame.captured.to_rtp_90k(), &encoded.payloads, |_| false);
            if !hostile {
                let last = received.last().unwrap();
                assert_eq!(last.verdict, Verdict::Decodable, "seed {seed} picture {n}");
                assert_eq!(last.stamp(), read_stamp(&frame), "seed {seed} picture {n}");
            }
        }
    }
}
