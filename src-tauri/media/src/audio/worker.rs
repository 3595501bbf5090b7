//! A thread that its handle owns.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;

/// Whether the handle is gone.
#[derive(Debug, Clone, Default)]
pub(super) struct Closing(Arc<AtomicBool>);

impl Closing {
    pub(super) fn is_set(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}

/// A thread that runs until its handle is dropped, which doesn't wait for it, or closed, which does.
#[derive(Debug)]
pub(super) struct Worker {
    closing: Closing,
    thread: Option<JoinHandle<()>>,
}

impl Worker {
    /// `run` must look at its argument often, and return when it is set. A system that has no thread left gets none:
    /// the call goes on without this sound.
    pub(super) fn spawn(name: &str, run: impl FnOnce(&Closing) + Send + 'static) -> Self {
        let closing = Closing::default();
        let theirs = closing.clone();
        let thread = std::thread::Builder::new().name(name.into()).spawn(move || run(&theirs));
        if let Err(error) = &thread {
            tracing::error!(%error, name, "a thread could not be started");
        }
        Self { closing, thread: thread.ok() }
    }

    /// Ends a wait of the thread's.
    pub(super) fn wake(&self) {
        if let Some(thread) = &self.thread {
            thread.thread().unpark();
        }
    }

    /// Ends the thread, and waits for it. From the thread itself it can't wait.
    pub(super) fn close(mut self) {
        self.cancel();
        if let Some(thread) = self.thread.take().filter(|thread| thread.thread().id() != std::thread::current().id()) {
            // A panic was reported where it happened.
            let _ = thread.join();
        }
    }

    fn cancel(&self) {
        self.closing.0.store(true, Ordering::Release);
        self.wake();
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.cancel();
    }
}
