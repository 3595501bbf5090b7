//! Encoding.

use opus::{Application, Bitrate, Channels, Signal};

use crate::clock::AUDIO_CLOCK_HZ;

/// Samples in a packet: 20 ms.
pub(crate) const PACKET_SAMPLES: usize = 960;

/// Full-band speech (RFC 6716 section 2.1.1 recommends 28 to 40 kbit/s), with room for the redundant copies.
const BITRATE_BPS: i32 = 32_000;

/// From 7 on the encoder looks for speech itself, which discontinuous transmission needs to tell it from noise.
/// 9 costs about 0.2 ms a packet.
const COMPLEXITY: i32 = 9;

/// Expected loss before any is known: the encoder adds redundant copies only when it expects some.
pub(crate) const FIRST_EXPECTED_LOSS_PERCENT: u8 = 10;

/// Longest packet: what an RTP packet of a call holds.
const MAX_BYTES: usize = 1_180;

/// In silence the encoder gives packets of at most this size, which say nothing.
const SILENT_BYTES: usize = 2;

/// What 20 ms of sound became.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Encoded<'a> {
    /// A packet to send.
    Packet(&'a [u8]),
    /// Silence for a while already: nothing to send.
    Silence,
}

/// An Opus encoder for a voice: variable bit rate, in-band FEC, discontinuous transmission.
#[derive(Debug)]
pub(crate) struct VoiceEncoder {
    opus: opus::Encoder,
    bytes: Box<[u8; MAX_BYTES]>,
}

impl VoiceEncoder {
    /// # Errors
    /// When there is no memory for it.
    pub(crate) fn new() -> Result<Self, opus::Error> {
        let mut opus = opus::Encoder::new(AUDIO_CLOCK_HZ, Channels::Mono, Application::Voip)?;
        opus.set_bitrate(Bitrate::Bits(BITRATE_BPS))?;
        opus.set_vbr(true)?;
        opus.set_signal(Signal::Voice)?;
        opus.set_complexity(COMPLEXITY)?;
        opus.set_inband_fec(true)?;
        opus.set_packet_loss_perc(i32::from(FIRST_EXPECTED_LOSS_PERCENT))?;
        opus.set_dtx(true)?;
        let bytes = Box::new([0; MAX_BYTES]);
        Ok(Self { opus, bytes })
    }

    /// How much loss to prepare for; over 100 is 100.
    pub(crate) fn expect_loss(&mut self, percent: u8) -> Result<(), opus::Error> {
        self.opus.set_packet_loss_perc(i32::from(percent.min(100)))
    }

    pub(crate) fn encode(&mut self, sound: &[f32; PACKET_SAMPLES]) -> Result<Encoded<'_>, opus::Error> {
        let length = self.opus.encode_float(sound, &mut self.bytes[..])?;
        let packet = self.bytes.get(..length).unwrap_or_default();
        Ok(if length <= SILENT_BYTES { Encoded::Silence } else { Encoded::Packet(packet) })
    }
}

#[cfg(test)]
mod tests {
    use std::f32::consts::TAU;

    use super::super::packet::has_redundancy;
    use super::*;

    fn tone(packet: usize, hz: f32) -> [f32; PACKET_SAMPLES] {
        std::array::from_fn(|n| ((packet * PACKET_SAMPLES + n) as f32 * TAU * hz / 48_000.0).sin() * 0.141)
    }

    /// A crude voice: a pitch with overtones, swelling and ebbing like syllables.
    fn voice(packet: usize) -> [f32; PACKET_SAMPLES] {
        std::array::from_fn(|n| {
            let t = (packet * PACKET_SAMPLES + n) as f32 / 48_000.0;
            let swell = (TAU * 3.0 * t).sin().max(0.0);
            (1..20).map(|k| (TAU * 130.0 * k as f32 * t).sin() / k as f32).sum::<f32>() * 0.1 * swell
        })
    }

    #[test]
    fn silence_is_not_sent_after_a_while() {
        let mut encoder = VoiceEncoder::new().unwrap();
        let sent = (0..100).filter(|_| encoder.encode(&[0.0; PACKET_SAMPLES]).unwrap() != Encoded::Silence).count();
        assert!((1..25).contains(&sent), "{sent} of 100 packets of silence were sent");
    }

    #[test]
    fn a_steady_tone_is_not_taken_for_silence() {
        let mut encoder = VoiceEncoder::new().unwrap();
        for hz in [100.0, 440.0, 3_000.0] {
            let silent =
                (0..1_500).filter(|&packet| encoder.encode(&tone(packet, hz)).unwrap() == Encoded::Silence).count();
            assert_eq!(silent, 0, "{hz} Hz");
        }
    }

    #[test]
    fn a_voice_fits_the_bitrate_and_carries_redundant_copies() {
        let mut encoder = VoiceEncoder::new().unwrap();
        encoder.expect_loss(15).unwrap();
        let (mut bytes, mut redundant, mut loud) = (0, 0, 0);
        for packet in 0..500 {
            if let Encoded::Packet(packet) = encoder.encode(&voice(packet)).unwrap() {
                bytes += packet.len();
                loud += 1;
                redundant += usize::from(has_redundancy(packet));
            }
        }
        let bps = bytes * 8 / 10;
        assert!((12_000..44_000).contains(&bps), "{bps} bit/s");
        assert!(redundant * 3 > loud, "{redundant} of {loud} packets are redundant");
    }
}
