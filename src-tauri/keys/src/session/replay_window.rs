//! Which of the latest numbers were seen, so that each message is taken once (RFC 4303, section 3.4.3).

/// How many numbers back from the highest are told apart.
pub(crate) const REPLAY_WINDOW: u64 = 128;

/// Why a number is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Seen {
    Replayed,
    TooOld,
}

#[derive(Debug, Default)]
pub(crate) struct ReplayWindow {
    /// One above the highest number seen; 0 before the first.
    next: u64,
    /// Bit i stands for the number `next - 1 - i`.
    seen: u128,
}

impl ReplayWindow {
    /// Whether a number may still come. Changes nothing: the message may not be genuine.
    pub(crate) fn check(&self, number: u64) -> Result<(), Seen> {
        let Some(back) = self.next.checked_sub(1).and_then(|highest| highest.checked_sub(number)) else {
            return Ok(());
        };
        match back {
            REPLAY_WINDOW.. => Err(Seen::TooOld),
            _ if self.seen >> back & 1 == 1 => Err(Seen::Replayed),
            _ => Ok(()),
        }
    }

    /// Notes the number of a genuine message that [`Self::check`] let pass. The highest number of all is never sent,
    /// and refused as malformed before.
    pub(crate) fn note(&mut self, number: u64) {
        let next = number.saturating_add(1);
        if next > self.next {
            let ahead = u32::try_from(next - self.next).unwrap_or(u32::MAX);
            self.seen = self.seen.checked_shl(ahead).unwrap_or(0);
            self.next = next;
        }
        let back = u32::try_from(self.next - next).unwrap_or(u32::MAX);
        self.seen |= 1_u128.checked_shl(back).unwrap_or(0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn take(window: &mut ReplayWindow, number: u64) -> Result<(), Seen> {
        window.check(number)?;
        window.note(number);
        Ok(())
    }

    #[test]
    fn each_number_is_taken_once_in_any_order_inside_the_window() {
        let mut window = ReplayWindow::default();
        for number in [5, 3, 4, 0, 132, 6, 131] {
            assert_eq!(take(&mut window, number), Ok(()), "{number}");
            assert_eq!(take(&mut window, number), Err(Seen::Replayed), "{number} again");
        }
    }

    #[test]
    fn what_left_the_window_is_too_old() {
        let mut window = ReplayWindow::default();
        window.note(200);
        assert_eq!(window.check(72), Err(Seen::TooOld));
        assert_eq!(window.check(73), Ok(()));
        window.note(u64::MAX - 1);
        assert_eq!(window.check(200), Err(Seen::TooOld));
    }

    #[test]
    fn it_agrees_with_a_plain_set() {
        let (mut window, mut seen, mut state) = (ReplayWindow::default(), BTreeSet::new(), 1_u64);
        for step in 0..20_000_u64 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let number = step / 4 + (state >> 33) % 200;
            let highest = seen.last().copied().unwrap_or(0);
            let expected = if number + REPLAY_WINDOW <= highest {
                Err(Seen::TooOld)
            } else if seen.contains(&number) {
                Err(Seen::Replayed)
            } else {
                Ok(())
            };
            assert_eq!(take(&mut window, number), expected, "step {step}");
            seen.insert(number);
        }
    }
}
