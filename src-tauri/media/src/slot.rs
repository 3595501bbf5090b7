//! A slot for the latest of a stream of frames: newest wins, so a slow consumer lowers its own frame rate and never
//! anyone's memory or latency.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// The latest frame that nobody has taken yet. Shared between one or more producers and consumers.
#[derive(Debug)]
pub struct LatestFrame<T> {
    state: Mutex<State<T>>,
    filled: Condvar,
}

#[derive(Debug)]
struct State<T> {
    frame: Option<T>,
    dropped: u64,
    closed: bool,
}

impl<T> Default for LatestFrame<T> {
    fn default() -> Self {
        let state = State { frame: None, dropped: 0, closed: false };
        Self { state: Mutex::new(state), filled: Condvar::new() }
    }
}

impl<T> LatestFrame<T> {
    /// An empty slot.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Puts a frame in; one that was still there is dropped and counted. Does nothing once closed.
    pub fn put(&self, frame: T) {
        let mut state = self.lock();
        if state.closed {
            return;
        }
        let former = state.frame.replace(frame);
        if former.is_some() {
            state.dropped += 1;
        }
        drop(state);
        self.filled.notify_one();
        // A frame's memory is given back outside the lock.
        drop(former);
    }

    /// Takes the frame, if there is one.
    pub fn take(&self) -> Option<T> {
        self.lock().frame.take()
    }

    /// Waits for a frame at most this long. `None` when none came, or when the slot was closed and is empty.
    pub fn take_blocking(&self, timeout: Duration) -> Option<T> {
        let deadline = Instant::now() + timeout;
        let mut state = self.lock();
        loop {
            if let Some(frame) = state.frame.take() {
                return Some(frame);
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if state.closed || left.is_zero() {
                return None;
            }
            state = self.filled.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// How many frames were replaced before anyone took them.
    pub fn dropped(&self) -> u64 {
        self.lock().dropped
    }

    /// Ends the stream: waiting consumers return, later frames are ignored. A frame in the slot can still be taken.
    pub fn close(&self) {
        self.lock().closed = true;
        self.filled.notify_all();
    }

    /// Whether the stream has ended.
    pub fn is_closed(&self) -> bool {
        self.lock().closed
    }

    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[test]
    fn the_newest_frame_wins_and_drops_are_counted() {
        let slot = LatestFrame::new();
        for frame in 0..5 {
            slot.put(frame);
        }
        assert_eq!((slot.take(), slot.take(), slot.dropped()), (Some(4), None, 4));
    }

    #[test]
    fn closing_wakes_whoever_waits() {
        let slot = Arc::new(LatestFrame::<u8>::new());
        let waiter = {
            let slot = Arc::clone(&slot);
            std::thread::spawn(move || slot.take_blocking(Duration::from_secs(60)))
        };
        slot.close();
        assert_eq!(waiter.join().unwrap(), None);
        slot.put(1);
        assert_eq!(slot.take(), None);
        assert!(slot.is_closed());
    }

    #[test]
    fn a_waiter_gets_what_is_put() {
        let slot = Arc::new(LatestFrame::new());
        let waiter = {
            let slot = Arc::clone(&slot);
            std::thread::spawn(move || slot.take_blocking(Duration::from_secs(60)))
        };
        slot.put(7);
        assert_eq!(waiter.join().unwrap(), Some(7));
    }

    #[test]
    fn waiting_ends() {
        let slot = LatestFrame::<u8>::new();
        assert_eq!(slot.take_blocking(Duration::from_millis(1)), None);
    }
}
