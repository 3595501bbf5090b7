//! Where a packet belongs in its stream: 16-bit sequence numbers and 32-bit timestamps as numbers that don't wrap,
//! duplicates, and the sender that starts anew (RFC 3550 appendix A.1).

/// A jump in sequence numbers up to this is loss.
const MAX_DROPOUT: i64 = 3_000;

/// A packet up to this far behind the newest is a late one. Also how far back duplicates are known.
const MAX_MISORDER: i64 = 127;

/// Transit that changes by more than this, two seconds, is no network's doing.
const MAX_TRANSIT_STEP: i64 = 96_000;

/// What a packet says about its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) sequence: u16,
    pub(super) timestamp: u32,
    /// Arrival on the buffer's clock.
    pub(super) arrival: i64,
}

/// Its place: numbers that don't wrap.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) sequence: i64,
    pub(super) timestamp: i64,
}

/// What to do with a packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It belongs to the stream.
    Belongs(Place),
    /// It was here before.
    Duplicate,
    /// It doesn't fit; the next one decides whether the stream starts anew with it. Keep it until then.
    Strange,
    /// The sender started anew with the packet kept last, and this one follows it.
    Restarts {
        /// The place of the packet that was kept.
        kept: Place,
        /// This one's place.
        this: Place,
    },
}

#[derive(Debug)]
struct Stream {
    newest: Place,
    first_sequence: i64,
    received: i64,
    /// Bit n: the packet n before the newest came.
    seen: u128,
    transit: i64,
}

/// The sequence of packets so far.
#[derive(Debug, Default)]
pub(super) struct Reception {
    stream: Option<Stream>,
    strange: Option<Header>,
    lost_before_restart: i64,
}

fn extend_sequence(near: i64, sequence: u16) -> i64 {
    near + i64::from(sequence.wrapping_sub(near as u16) as i16)
}

fn extend_timestamp(near: i64, timestamp: u32) -> i64 {
    near + i64::from(timestamp.wrapping_sub(near as u32) as i32)
}

impl Stream {
    fn new(header: Header) -> Self {
        let newest = Place { sequence: i64::from(header.sequence), timestamp: i64::from(header.timestamp) };
        Self {
            newest,
            first_sequence: newest.sequence,
            received: 1,
            seen: 1,
            transit: header.arrival - newest.timestamp,
        }
    }

    fn place(&self, header: Header) -> Place {
        Place {
            sequence: extend_sequence(self.newest.sequence, header.sequence),
            timestamp: extend_timestamp(self.newest.timestamp, header.timestamp),
        }
    }

    fn fits(&self, place: Place, arrival: i64) -> bool {
        let ahead = place.sequence - self.newest.sequence;
        let transit_step = arrival - place.timestamp - self.transit;
        (-MAX_MISORDER..=MAX_DROPOUT).contains(&ahead) && transit_step.abs() <= MAX_TRANSIT_STEP
    }

    fn take(&mut self, place: Place, arrival: i64) -> Verdict {
        let ahead = place.sequence - self.newest.sequence;
        if ahead > 0 {
            let shift = u32::try_from(ahead).unwrap_or(u32::MAX);
            self.seen = self.seen.checked_shl(shift).unwrap_or(0) | 1;
            self.newest = place;
        } else {
            let bit = 1 << -ahead;
            if self.seen & bit != 0 {
                return Verdict::Duplicate;
            }
            self.seen |= bit;
        }
        self.received += 1;
        self.transit = arrival - place.timestamp;
        Verdict::Belongs(place)
    }

    fn lost(&self) -> i64 {
        (self.newest.sequence - self.first_sequence + 1 - self.received).max(0)
    }
}

impl Reception {
    /// Places a packet.
    pub(super) fn take(&mut self, header: Header) -> Verdict {
        let Some(stream) = &mut self.stream else {
            let stream = Stream::new(header);
            let place = stream.newest;
            self.stream = Some(stream);
            return Verdict::Belongs(place);
        };
        let place = stream.place(header);
        if stream.fits(place, header.arrival) {
            self.strange = None;
            return stream.take(place, header.arrival);
        }
        let Some(kept) = self.strange.replace(header) else {
            return Verdict::Strange;
        };
        let mut anew = Stream::new(kept);
        let kept = anew.newest;
        let this = anew.place(header);
        let follows = this.sequence == kept.sequence + 1 && this.timestamp > kept.timestamp;
        if !follows || !anew.fits(this, header.arrival) {
            return Verdict::Strange;
        }
        anew.take(this, header.arrival);
        self.lost_before_restart += stream.lost();
        *stream = anew;
        self.strange = None;
        Verdict::Restarts { kept, this }
    }

    /// How many packets never came, as far as is known.
    pub(super) fn lost(&self) -> u64 {
        let lost = self.lost_before_restart + self.stream.as_ref().map_or(0, Stream::lost);
        u64::try_from(lost).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packet(sequence: u16, timestamp: u32, arrival: i64) -> Header {
        Header { sequence, timestamp, arrival }
    }

    /// Packet `n` of a steady stream that starts just before both counters wrap.
    fn steady(n: i64) -> Header {
        packet(65_530_u16.wrapping_add(n as u16), (u32::MAX - 2_000).wrapping_add(n as u32 * 960), n * 960)
    }

    fn place(n: i64) -> Verdict {
        Verdict::Belongs(Place { sequence: 65_530 + n, timestamp: i64::from(u32::MAX) - 2_000 + n * 960 })
    }

    #[test]
    fn numbers_go_on_where_counters_wrap() {
        let mut reception = Reception::default();
        for n in (0..40).filter(|n| n % 10 != 3) {
            assert_eq!(reception.take(steady(n)), place(n));
        }
        assert_eq!(reception.lost(), 4);
    }

    #[test]
    fn a_late_packet_is_no_longer_lost_and_a_second_copy_is_told() {
        let mut reception = Reception::default();
        for n in [0, 2, 3] {
            reception.take(steady(n));
        }
        assert_eq!(reception.lost(), 1);
        assert_eq!(reception.take(steady(1)), place(1));
        assert_eq!(reception.lost(), 0);
        for n in 0..4 {
            assert_eq!(reception.take(steady(n)), Verdict::Duplicate);
        }
    }

    #[test]
    fn a_sender_that_starts_anew_is_followed_from_its_second_packet() {
        let mut reception = Reception::default();
        for n in 0..10 {
            reception.take(steady(n));
        }
        let anew = |n: i64| packet(100 + n as u16, 5_000_000 + n as u32 * 960, 9_600 + n * 960);
        assert_eq!(reception.take(anew(0)), Verdict::Strange);
        let at = |n: i64| Place { sequence: 100 + n, timestamp: 5_000_000 + n * 960 };
        assert_eq!(reception.take(anew(1)), Verdict::Restarts { kept: at(0), this: at(1) });
        assert_eq!(reception.take(anew(2)), Verdict::Belongs(at(2)));
    }

    #[test]
    fn one_strange_packet_changes_nothing() {
        let mut reception = Reception::default();
        reception.take(steady(0));
        assert_eq!(reception.take(packet(9, 7_000_000, 0)), Verdict::Strange);
        assert_eq!(reception.take(steady(1)), place(1));
        assert_eq!(reception.take(packet(12, 7_000_960, 960)), Verdict::Strange);
        assert_eq!(reception.take(steady(2)), place(2));
        assert_eq!(reception.lost(), 0);
    }

    #[test]
    fn a_pause_of_an_hour_is_no_restart() {
        let mut reception = Reception::default();
        reception.take(packet(1, 0, 0));
        let hour = 3_600 * 48_000;
        let verdict = reception.take(packet(2, hour as u32, hour + 30_000));
        assert_eq!(verdict, Verdict::Belongs(Place { sequence: 2, timestamp: hour }));
    }
}
