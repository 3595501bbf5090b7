//! Packets on their way from the network's threads to the decode thread.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use crate::video::receiver::packet::VideoPacket;

/// The most packets that wait: several seconds of the largest layer, should the thread be held up.
const CAPACITY: usize = 2048;

/// A bounded queue that never makes the network wait.
#[derive(Default)]
pub(super) struct Inbox {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    packets: Vec<VideoPacket>,
    overflowed: u64,
    closed: bool,
}

impl Inbox {
    /// Puts a packet in. One that finds no room is lost, as if by the network.
    pub(super) fn put(&self, packet: VideoPacket) {
        let mut state = self.lock();
        if state.closed {
            return;
        }
        if state.packets.len() < CAPACITY {
            state.packets.push(packet);
            drop(state);
            self.changed.notify_one();
        } else {
            state.overflowed += 1;
        }
    }

    /// All packets that wait, as soon as there are any, or none at the deadline. `None` once closed.
    pub(super) fn take(&self, deadline: Option<Instant>) -> Option<Vec<VideoPacket>> {
        let mut state = self.lock();
        loop {
            if state.closed {
                return None;
            }
            let left = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
            if !state.packets.is_empty() || left.is_some_and(|left| left.is_zero()) {
                return Some(std::mem::take(&mut state.packets));
            }
            state = match left {
                Some(left) => self.changed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0,
                None => self.changed.wait(state).unwrap_or_else(PoisonError::into_inner),
            };
        }
    }

    /// How many packets wait.
    pub(super) fn backlog(&self) -> usize {
        self.lock().packets.len()
    }

    /// How many packets found no room.
    pub(super) fn overflowed(&self) -> u64 {
        self.lock().overflowed
    }

    /// Ends the thread that takes.
    pub(super) fn close(&self) {
        let mut state = self.lock();
        state.closed = true;
        state.packets.clear();
        drop(state);
        self.changed.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use bytes::Bytes;

    use super::*;

    fn packet() -> VideoPacket {
        VideoPacket {
            sequence: 0,
            timestamp: 0,
            marker: false,
            payload: Bytes::new(),
            ssrc: 0,
            arrival: Instant::now(),
        }
    }

    #[test]
    fn it_is_bounded_and_counts_what_it_refused() {
        let inbox = Inbox::default();
        (0..CAPACITY + 5).for_each(|_| inbox.put(packet()));
        assert_eq!(inbox.take(None).unwrap().len(), CAPACITY);
        assert_eq!(inbox.overflowed(), 5);
    }

    #[test]
    fn a_deadline_ends_the_wait_and_so_does_closing() {
        let inbox = Inbox::default();
        assert_eq!(inbox.take(Some(Instant::now() + Duration::from_millis(1))), Some(Vec::new()));
        inbox.close();
        inbox.put(packet());
        assert_eq!(inbox.take(None), None);
    }
}
