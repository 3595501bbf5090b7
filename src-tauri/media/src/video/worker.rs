//! OS threads that their owners end.

use std::convert::Infallible;
use std::io;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Condvar, Mutex, PoisonError};
use std::thread::{Builder, JoinHandle, current};
use std::time::Duration;

/// How long the end of a thread is waited for. A driver that hangs must not hang the app: the thread is left behind.
const JOIN_TIMEOUT: Duration = Duration::from_secs(5);

/// A thread that can be waited for within bounds.
pub(crate) struct Worker {
    handle: JoinHandle<()>,
    /// Disconnected when the thread has ended, also by a panic. In a mutex so that a worker's owner can be shared.
    running: Mutex<Receiver<Infallible>>,
}

impl Worker {
    /// Starts a thread. What `body` holds is dropped on it.
    pub(crate) fn spawn(name: &str, body: impl FnOnce() + Send + 'static) -> io::Result<Self> {
        let (guard, running) = channel();
        let handle = Builder::new().name(name.to_owned()).spawn(move || {
            // Dropped last, when all that the body held is gone.
            let _guard = guard;
            body();
        })?;
        Ok(Self { handle, running: Mutex::new(running) })
    }

    pub(crate) fn is_finished(&self) -> bool {
        self.handle.is_finished()
    }

    /// Waits for the thread to end, if it isn't the one that asks.
    pub(crate) fn join(self) {
        if self.handle.thread().id() == current().id() {
            return;
        }
        let running = self.running.into_inner().unwrap_or_else(PoisonError::into_inner);
        match running.recv_timeout(JOIN_TIMEOUT) {
            Err(RecvTimeoutError::Timeout) => tracing::warn!(thread = self.handle.thread().name(), "a thread hangs"),
            // A panic has been reported by the thread itself.
            Err(RecvTimeoutError::Disconnected) => drop(self.handle.join()),
            Ok(never) => match never {},
        }
    }
}

/// Tells a thread to end, also while it sleeps.
#[derive(Default)]
pub(crate) struct StopSignal {
    stopped: Mutex<bool>,
    changed: Condvar,
}

/// Whether a thread goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Running {
    /// It does.
    Yes,
    /// It has been told to end.
    Stopped,
}

impl StopSignal {
    pub(crate) fn stop(&self) {
        *self.stopped.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.changed.notify_all();
    }

    pub(crate) fn state(&self) -> Running {
        self.sleep(Duration::ZERO)
    }

    /// Sleeps for this long, or until told to stop.
    pub(crate) fn sleep(&self, duration: Duration) -> Running {
        let stopped = self.stopped.lock().unwrap_or_else(PoisonError::into_inner);
        let (stopped, _) = self
            .changed
            .wait_timeout_while(stopped, duration, |stopped| !*stopped)
            .unwrap_or_else(PoisonError::into_inner);
        if *stopped { Running::Stopped } else { Running::Yes }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};

    use super::*;

    #[test]
    fn a_sleeping_thread_is_woken_to_end() {
        let signal = Arc::new(StopSignal::default());
        let (stopped, worker) = {
            let (signal, stopped) = (Arc::clone(&signal), Arc::new(AtomicBool::new(false)));
            let seen = Arc::clone(&stopped);
            let worker = Worker::spawn("sleeper", move || {
                seen.store(signal.sleep(Duration::from_secs(60)) == Running::Stopped, Ordering::SeqCst);
            });
            (stopped, worker.unwrap())
        };
        assert_eq!(signal.state(), Running::Yes);
        signal.stop();
        worker.join();
        assert!(stopped.load(Ordering::SeqCst));
    }

    #[test]
    fn a_thread_that_panics_has_ended() {
        let worker = Worker::spawn("panics", || std::panic::resume_unwind(Box::new(()))).unwrap();
        worker.join();
    }
}
