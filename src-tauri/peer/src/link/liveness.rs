//! Whether a link is up. Pure: time comes from outside.

use std::time::{Duration, Instant};

/// Nothing heard for this long is an interruption.
pub(crate) const SILENCE: Duration = Duration::from_secs(3);
/// A DTLS handshake that has not ended this long after ICE found a path has died: under loss some do, and nobody says
/// so.
const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(5);
/// An interruption this long is the end.
const MAX_INTERRUPTION: Duration = Duration::from_secs(30);

/// How soon the end of an interruption is noticed.
const RETURN_CHECK_INTERVAL: Duration = Duration::from_millis(100);

/// What a link's owner is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Transition {
    Connected,
    Interrupted,
    Failed,
}

/// What the connection says of its transport: ICE and DTLS together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Transport {
    Connecting,
    Connected,
    Disconnected,
    Failed,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// One of the descriptions is missing.
    Negotiating,
    Connecting {
        give_up: Instant,
    },
    Up,
    Interrupted {
        since: Instant,
    },
    Failed,
}

/// Follows a link from its first description to its failure.
#[derive(Debug)]
pub(crate) struct Liveness {
    connect_timeout: Duration,
    state: State,
    transport: Transport,
    is_control_open: bool,
    heard: Option<Instant>,
}

impl Liveness {
    pub(crate) fn new(connect_timeout: Duration) -> Self {
        Self {
            connect_timeout,
            state: State::Negotiating,
            transport: Transport::Connecting,
            is_control_open: false,
            heard: None,
        }
    }

    /// Both descriptions are applied.
    pub(crate) fn negotiated(&mut self, now: Instant) {
        if self.state == State::Negotiating {
            self.state = State::Connecting { give_up: now + self.connect_timeout };
        }
    }

    /// ICE has found a path.
    pub(crate) fn ice_connected(&mut self, now: Instant) {
        if let State::Connecting { give_up } = &mut self.state {
            *give_up = (*give_up).min(now + HANDSHAKE_TIMEOUT);
        }
    }

    pub(crate) fn transport(&mut self, transport: Transport) {
        self.transport = transport;
    }

    pub(crate) fn control_opened(&mut self) {
        self.is_control_open = true;
    }

    /// The connection has ended by itself.
    pub(crate) fn ended(&mut self) {
        self.transport = Transport::Failed;
    }

    /// When anything last arrived.
    pub(crate) fn heard(&mut self, at: Option<Instant>) {
        self.heard = self.heard.max(at);
    }

    /// What has changed by `now`.
    pub(crate) fn poll(&mut self, now: Instant) -> Option<Transition> {
        if self.state == State::Failed {
            return None;
        }
        if self.transport == Transport::Failed {
            return Some(self.fail());
        }
        match self.state {
            State::Connecting { .. } | State::Negotiating
                if self.transport == Transport::Connected && self.is_control_open =>
            {
                self.state = State::Up;
                self.heard(Some(now));
                Some(Transition::Connected)
            }
            State::Connecting { give_up } if give_up <= now => Some(self.fail()),
            State::Up if self.transport == Transport::Disconnected || self.silent_at().is_some_and(|at| at <= now) => {
                self.state = State::Interrupted { since: now };
                Some(Transition::Interrupted)
            }
            State::Interrupted { since } if self.is_back(since) => {
                self.state = State::Up;
                Some(Transition::Connected)
            }
            State::Interrupted { since } if since + MAX_INTERRUPTION <= now => Some(self.fail()),
            _ => None,
        }
    }

    /// When [`Liveness::poll`] has something to say though nothing else happens.
    pub(crate) fn deadline(&self, now: Instant) -> Option<Instant> {
        match self.state {
            State::Negotiating | State::Failed => None,
            State::Connecting { give_up } => Some(give_up),
            State::Up => self.silent_at(),
            // What arrives wakes nobody: it is looked for.
            State::Interrupted { since } => Some((since + MAX_INTERRUPTION).min(now + RETURN_CHECK_INTERVAL)),
        }
    }

    fn silent_at(&self) -> Option<Instant> {
        self.heard.map(|heard| heard + SILENCE)
    }

    fn is_back(&self, since: Instant) -> bool {
        self.transport != Transport::Disconnected && self.heard.is_some_and(|heard| heard > since)
    }

    fn fail(&mut self) -> Transition {
        self.state = State::Failed;
        Transition::Failed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TIMEOUT: Duration = Duration::from_secs(8);

    fn at(start: Instant, seconds: f64) -> Instant {
        start + Duration::from_secs_f64(seconds)
    }

    fn up(start: Instant) -> Liveness {
        let mut liveness = Liveness::new(TIMEOUT);
        liveness.negotiated(start);
        liveness.transport(Transport::Connected);
        liveness.control_opened();
        assert_eq!(liveness.poll(start), Some(Transition::Connected));
        liveness
    }

    #[test]
    fn connected_takes_both_the_transport_and_the_control_channel() {
        let start = Instant::now();
        for control_first in [true, false] {
            let mut liveness = Liveness::new(TIMEOUT);
            liveness.negotiated(start);
            if control_first {
                liveness.control_opened();
            } else {
                liveness.transport(Transport::Connected);
            }
            assert_eq!(liveness.poll(start), None);
            liveness.control_opened();
            liveness.transport(Transport::Connected);
            assert_eq!(liveness.poll(start), Some(Transition::Connected));
            assert_eq!(liveness.poll(start), None);
        }
    }

    #[test]
    fn a_link_that_does_not_connect_in_time_fails_by_itself() {
        let start = Instant::now();
        let mut liveness = Liveness::new(TIMEOUT);
        assert_eq!(liveness.deadline(start), None);
        assert_eq!(liveness.poll(at(start, 100.0)), None, "without descriptions there is nothing to time");
        liveness.negotiated(start);
        assert_eq!(liveness.deadline(start), Some(at(start, 8.0)));
        assert_eq!(liveness.poll(at(start, 7.9)), None);
        assert_eq!(liveness.poll(at(start, 8.0)), Some(Transition::Failed));
        assert_eq!(liveness.poll(at(start, 9.0)), None);
    }

    #[test]
    fn a_handshake_that_dies_silently_fails_before_the_whole_timeout() {
        let start = Instant::now();
        let mut liveness = Liveness::new(TIMEOUT);
        liveness.negotiated(start);
        liveness.ice_connected(at(start, 0.5));
        assert_eq!(liveness.poll(at(start, 5.4)), None);
        assert_eq!(liveness.poll(at(start, 5.5)), Some(Transition::Failed));
    }

    #[test]
    fn silence_interrupts_and_any_arrival_brings_the_link_back() {
        let start = Instant::now();
        let mut liveness = up(start);
        liveness.heard(Some(at(start, 1.0)));
        assert_eq!(liveness.deadline(start), Some(at(start, 4.0)));
        assert_eq!(liveness.poll(at(start, 3.9)), None);
        assert_eq!(liveness.poll(at(start, 4.0)), Some(Transition::Interrupted));
        assert_eq!(liveness.poll(at(start, 6.0)), None);
        liveness.heard(Some(at(start, 6.5)));
        assert_eq!(liveness.poll(at(start, 6.5)), Some(Transition::Connected));
    }

    #[test]
    fn a_lost_path_interrupts_at_once_and_is_back_when_ice_has_one() {
        let start = Instant::now();
        let mut liveness = up(start);
        liveness.transport(Transport::Disconnected);
        assert_eq!(liveness.poll(at(start, 0.5)), Some(Transition::Interrupted));
        liveness.heard(Some(at(start, 0.6)));
        assert_eq!(liveness.poll(at(start, 0.7)), None);
        liveness.transport(Transport::Connected);
        assert_eq!(liveness.poll(at(start, 0.8)), Some(Transition::Connected));
    }

    #[test]
    fn a_long_interruption_is_a_failure() {
        let start = Instant::now();
        let mut liveness = up(start);
        assert_eq!(liveness.poll(at(start, 3.0)), Some(Transition::Interrupted));
        assert_eq!(liveness.deadline(at(start, 5.0)), Some(at(start, 5.1)), "an arrival is looked for");
        assert_eq!(liveness.deadline(at(start, 32.95)), Some(at(start, 33.0)));
        assert_eq!(liveness.poll(at(start, 32.9)), None);
        assert_eq!(liveness.poll(at(start, 33.0)), Some(Transition::Failed));
    }

    #[test]
    fn a_connection_that_ends_fails_in_any_state_but_only_once() {
        let start = Instant::now();
        let mut liveness = up(start);
        liveness.ended();
        assert_eq!(liveness.poll(start), Some(Transition::Failed));
        assert_eq!(liveness.poll(start), None);
        assert_eq!(liveness.deadline(start), None);
    }
}
