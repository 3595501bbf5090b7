//! Packets back in the order they were sent in. Pure: the caller says what time it is.
//!
//! A gap is waited for, as what is missing may have been overtaken or been sent again on request, but not for long: a
//! picture that comes late is worth less than a keyframe. When a whole keyframe has come behind a gap, there is
//! nothing to wait for.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use crate::video::h264::access_unit::Continuity;
use crate::video::receiver::packet::VideoPacket;

/// How long a missing packet is waited for: enough for two requests over a bad link.
pub(crate) const MAX_WAIT: Duration = Duration::from_millis(200);

/// How long the very first packet waits for one that it may have overtaken.
pub(crate) const FIRST_WAIT: Duration = Duration::from_millis(20);

/// The most packets held back: about 1.2 MB.
pub(crate) const MAX_HELD: usize = 1024;

/// A packet further than this from where the stream is belongs to another part of it.
const MAX_JUMP: u64 = 1024;

/// What the buffer has seen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct ReorderStatistics {
    /// Packets that arrived, whatever became of them.
    pub(crate) packets: u64,
    /// Packets that were given up.
    pub(crate) lost: u64,
    /// Packets that came twice.
    pub(crate) duplicates: u64,
    /// Packets that came after they were given up.
    pub(crate) late: u64,
}

/// Holds packets back until those before them have come or are given up.
#[derive(Debug, Default)]
pub(crate) struct ReorderBuffer {
    stream: Option<Stream>,
    statistics: ReorderStatistics,
    /// Whether something was lost since the last packet given out.
    lost: bool,
}

/// The packets of one SSRC. Positions are sequence numbers that don't wrap.
#[derive(Debug)]
struct Stream {
    ssrc: u32,
    held: BTreeMap<u64, VideoPacket>,
    /// The highest position seen.
    highest: u64,
    /// The position to give out next; `None` before the first.
    next: Option<u64>,
    /// The sequence number that would confirm that the sender starts anew, far behind.
    restart: Option<u16>,
}

impl Stream {
    fn starting_with(packet: &VideoPacket) -> Self {
        Self {
            ssrc: packet.ssrc,
            held: BTreeMap::new(),
            // Far from zero, so that packets overtaken by the first one have positions too.
            highest: (1 << 32) + u64::from(packet.sequence),
            next: None,
            restart: None,
        }
    }

    /// The position next to the highest one that this sequence number can stand for.
    fn position(&self, sequence: u16) -> u64 {
        let distance = sequence.wrapping_sub(self.highest as u16) as i16;
        self.highest.saturating_add_signed(i64::from(distance))
    }

    /// When to stop waiting for what is missing before the first packet held.
    fn deadline(&self) -> Option<Instant> {
        let first = self.held.values().map(|packet| packet.arrival).min()?;
        Some(first + if self.next.is_some() { MAX_WAIT } else { FIRST_WAIT })
    }

    /// The position of the first packet of the latest keyframe that is here from beginning to end. What is before it
    /// will not be shown any more.
    fn whole_keyframe(&self) -> Option<u64> {
        // Backwards, in one pass: the first position and the timestamp of packets without a gap up to a marker.
        let mut run: Option<(u64, u32)> = None;
        for (&position, packet) in self.held.iter().rev() {
            let continues = run.is_some_and(|run| run == (position + 1, packet.timestamp));
            run = (packet.marker || continues).then_some((position, packet.timestamp));
            if run.is_some() && packet.begins_keyframe() {
                return Some(position);
            }
        }
        None
    }
}

impl ReorderBuffer {
    pub(crate) fn statistics(&self) -> ReorderStatistics {
        self.statistics
    }

    /// Takes a packet as it arrives.
    pub(crate) fn insert(&mut self, packet: VideoPacket) {
        self.statistics.packets += 1;
        let mut stream = match self.stream.take() {
            Some(stream) if stream.ssrc == packet.ssrc => stream,
            former => {
                self.lost |= former.is_some();
                Stream::starting_with(&packet)
            }
        };
        let position = stream.position(packet.sequence);
        let ahead = position.saturating_sub(stream.highest);
        let behind = stream.next.unwrap_or(position).saturating_sub(position);
        if behind > MAX_JUMP && stream.restart != Some(packet.sequence) {
            // A stray packet, or the first of a sender that starts anew: the next one tells.
            stream.restart = Some(packet.sequence.wrapping_add(1));
            self.statistics.late += 1;
        } else if behind > MAX_JUMP || ahead > MAX_JUMP {
            self.statistics.lost += if ahead > 0 { ahead - 1 } else { 0 };
            self.lost = true;
            stream = Stream::starting_with(&packet);
            let start = stream.highest;
            stream.next = Some(start);
            stream.held.insert(start, packet);
        } else if behind > 0 {
            self.statistics.late += 1;
        } else if stream.held.contains_key(&position) {
            self.statistics.duplicates += 1;
        } else {
            stream.highest = stream.highest.max(position);
            stream.held.insert(position, packet);
        }
        self.stream = Some(stream);
    }

    /// The next packet in order, when it is there or what is missing before it was waited for long enough.
    pub(crate) fn pop(&mut self, now: Instant) -> Option<(VideoPacket, Continuity)> {
        let stream = self.stream.as_mut()?;
        let (&first, packet) = stream.held.first_key_value()?;
        let position = match stream.next {
            Some(next) if next == first => first,
            None if packet.begins_keyframe() => first,
            _ => {
                let overdue = stream.deadline().is_some_and(|deadline| deadline <= now);
                let target =
                    if overdue || stream.held.len() > MAX_HELD { Some(first) } else { stream.whole_keyframe() };
                let target = target?;
                if let Some(next) = stream.next {
                    self.statistics.lost += target - next - stream.held.range(..target).count() as u64;
                    self.lost = true;
                }
                stream.held = stream.held.split_off(&target);
                target
            }
        };
        let packet = stream.held.remove(&position)?;
        stream.next = Some(position + 1);
        stream.restart = None;
        let continuity = if self.lost { Continuity::AfterLoss } else { Continuity::Continuous };
        self.lost = false;
        Some((packet, continuity))
    }

    /// When [`ReorderBuffer::pop`] will give a packet at the latest, if any is held.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        self.stream.as_ref()?.deadline()
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use proptest::prelude::*;

    use super::*;

    fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    fn packet(sequence: u16, arrival: Instant) -> VideoPacket {
        VideoPacket {
            sequence,
            timestamp: 0,
            marker: false,
            payload: Bytes::from_static(&[0x41, 0x88]),
            ssrc: 1,
            arrival,
        }
    }

    /// The packets of a keyframe of three packets.
    fn keyframe(sequence: u16, timestamp: u32, arrival: Instant) -> Vec<VideoPacket> {
        (0..3)
            .map(|i| VideoPacket {
                timestamp,
                marker: i == 2,
                payload: Bytes::from_static(if i == 0 { &[0x78, 0, 2, 0x67, 1] } else { &[0x65, 0x88] }),
                ..packet(sequence.wrapping_add(i), arrival)
            })
            .collect()
    }

    fn drain(buffer: &mut ReorderBuffer, now: Instant) -> Vec<(u16, bool)> {
        std::iter::from_fn(|| buffer.pop(now))
            .map(|(packet, continuity)| (packet.sequence, continuity == Continuity::AfterLoss))
            .collect()
    }

    #[test]
    fn packets_come_out_in_order_once_over_the_wrap() {
        let now = Instant::now();
        let mut buffer = ReorderBuffer::default();
        let mut seen = Vec::new();
        for sequence in [65_533, 65_535, 65_534, 65_534, 1, 0, 65_533, 2] {
            buffer.insert(packet(sequence, now));
            seen.extend(drain(&mut buffer, now + FIRST_WAIT));
        }
        let wanted = [65_533, 65_534, 65_535, 0, 1, 2].map(|sequence| (sequence, false));
        assert_eq!(seen, wanted);
        let statistics = buffer.statistics();
        assert_eq!((statistics.packets, statistics.lost), (8, 0));
        assert_eq!(statistics.duplicates + statistics.late, 2);
    }

    #[test]
    fn a_gap_is_waited_for_and_then_given_up() {
        let start = Instant::now();
        let mut buffer = ReorderBuffer::default();
        buffer.insert(packet(1, start));
        assert_eq!(drain(&mut buffer, start + FIRST_WAIT), [(1, false)]);
        buffer.insert(packet(4, start + ms(30)));
        buffer.insert(packet(3, start + ms(60)));
        assert_eq!(buffer.deadline(), Some(start + ms(30) + MAX_WAIT));
        assert_eq!(drain(&mut buffer, start + ms(29) + MAX_WAIT), []);
        assert_eq!(drain(&mut buffer, start + ms(30) + MAX_WAIT), [(3, true), (4, false)]);
        assert_eq!(buffer.statistics().lost, 1);
        buffer.insert(packet(2, start + ms(300)));
        assert_eq!(drain(&mut buffer, start + ms(300)), []);
        assert_eq!(buffer.statistics().late, 1);
    }

    #[test]
    fn what_was_sent_again_fills_the_gap() {
        let start = Instant::now();
        let mut buffer = ReorderBuffer::default();
        for sequence in [1, 2, 4, 5] {
            buffer.insert(packet(sequence, start));
        }
        assert_eq!(drain(&mut buffer, start + FIRST_WAIT), [(1, false), (2, false)]);
        buffer.insert(packet(3, start + ms(150)));
        assert_eq!(drain(&mut buffer, start + ms(150)), [(3, false), (4, false), (5, false)]);
    }

    #[test]
    fn the_first_packet_waits_for_one_that_it_overtook() {
        let start = Instant::now();
        let mut buffer = ReorderBuffer::default();
        let picture = keyframe(7, 0, start);
        buffer.insert(picture[1].clone());
        assert_eq!(drain(&mut buffer, start), []);
        buffer.insert(picture[0].clone());
        assert_eq!(drain(&mut buffer, start), [(7, false), (8, false)]);
    }

    #[test]
    fn a_whole_keyframe_ends_the_wait() {
        let start = Instant::now();
        let mut buffer = ReorderBuffer::default();
        buffer.insert(packet(1, start));
        assert_eq!(drain(&mut buffer, start + FIRST_WAIT), [(1, false)]);
        for packet in [packet(3, start), packet(5, start)].into_iter().chain(keyframe(7, 9, start)) {
            buffer.insert(packet);
        }
        assert_eq!(drain(&mut buffer, start + ms(1)), [(7, true), (8, false), (9, false)]);
        assert_eq!(buffer.statistics().lost, 3, "2, 4 and 6; 3 and 5 had come");
    }

    #[test]
    fn the_latest_of_several_keyframes_is_gone_on_from() {
        let start = Instant::now();
        let mut buffer = ReorderBuffer::default();
        buffer.insert(packet(1, start));
        drain(&mut buffer, start + FIRST_WAIT);
        for packet in keyframe(3, 8, start).into_iter().chain(keyframe(6, 9, start)).chain([packet(9, start)]) {
            buffer.insert(packet);
        }
        assert_eq!(drain(&mut buffer, start), [(6, true), (7, false), (8, false), (9, false)]);
    }

    #[test]
    fn half_a_keyframe_does_not_end_the_wait() {
        let start = Instant::now();
        let mut buffer = ReorderBuffer::default();
        buffer.insert(packet(1, start));
        drain(&mut buffer, start + FIRST_WAIT);
        let picture = keyframe(7, 9, start);
        buffer.insert(picture[0].clone());
        buffer.insert(picture[2].clone());
        assert_eq!(drain(&mut buffer, start + ms(1)), []);
    }

    #[test]
    fn what_is_held_is_bounded() {
        let start = Instant::now();
        let mut buffer = ReorderBuffer::default();
        buffer.insert(packet(0, start));
        drain(&mut buffer, start + FIRST_WAIT);
        for sequence in 2..60_000_u16 {
            buffer.insert(packet(sequence, start));
            while buffer.pop(start).is_some() {}
            assert!(buffer.stream.as_ref().unwrap().held.len() <= MAX_HELD + 1);
        }
        assert_eq!(buffer.statistics().lost, 1);
    }

    #[test]
    fn a_sender_that_starts_anew_is_followed() {
        let start = Instant::now();
        let later = start + ms(500);
        let mut buffer = ReorderBuffer::default();
        buffer.insert(packet(30_000, start));
        drain(&mut buffer, start + FIRST_WAIT);
        // Far ahead: at once. Far behind: one alone is a stray.
        buffer.insert(packet(40_000, later));
        assert_eq!(drain(&mut buffer, later), [(40_000, true)]);
        buffer.insert(packet(10_000, later));
        buffer.insert(packet(40_001, later));
        assert_eq!(drain(&mut buffer, later), [(40_001, false)]);
        buffer.insert(packet(20_000, later));
        buffer.insert(packet(20_001, later));
        assert_eq!(drain(&mut buffer, later), [(20_001, true)]);
        buffer.insert(VideoPacket { ssrc: 2, ..packet(5, later) });
        assert_eq!(drain(&mut buffer, later + FIRST_WAIT), [(5, true)]);
    }

    proptest! {
        /// On a virtual clock, packets are delayed, lost and repeated at random.
        #[test]
        fn packets_never_go_back_and_nothing_waits_too_long(
            first in any::<u16>(),
            fates in proptest::collection::vec((0_u64..250, 0_u8..10), 1..300),
        ) {
            let start = Instant::now();
            let mut arrivals = Vec::new();
            for (index, (delay, fate)) in fates.iter().enumerate() {
                let sent = start + ms(5 * index as u64);
                let sequence = first.wrapping_add(index as u16);
                if *fate > 0 {
                    arrivals.push(packet(sequence, sent + ms(*delay)));
                }
                if *fate > 8 {
                    arrivals.push(packet(sequence, sent + ms(delay + 40)));
                }
            }
            arrivals.sort_by_key(|packet| packet.arrival);
            let mut buffer = ReorderBuffer::default();
            let mut last: Option<u16> = None;
            let (mut given, count) = (0_u64, arrivals.len() as u64);
            let mut arrivals = arrivals.into_iter().peekable();
            let mut now = start;
            while arrivals.peek().is_some() || buffer.deadline().is_some() {
                // To whatever comes first: the next packet or the next deadline.
                let next = arrivals.peek().map(|packet| packet.arrival).into_iter().chain(buffer.deadline()).min();
                now = now.max(next.unwrap());
                while let Some(packet) = arrivals.next_if(|packet| packet.arrival <= now) {
                    buffer.insert(packet);
                }
                while let Some((packet, _)) = buffer.pop(now) {
                    prop_assert!(last.is_none_or(|last| (packet.sequence.wrapping_sub(last) as i16) > 0));
                    prop_assert!(now - packet.arrival <= MAX_WAIT);
                    last = Some(packet.sequence);
                    given += 1;
                }
            }
            let statistics = buffer.statistics();
            prop_assert_eq!(statistics.packets, count);
            prop_assert_eq!(given + statistics.duplicates + statistics.late, count);
        }
    }
}
