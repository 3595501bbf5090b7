//! What waits to be written to one client: bounded in bytes, and never waited for by who adds to it.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::extract::ws::Utf8Bytes;
use tokio::sync::{Notify, watch};

use super::ending::Ending;
use crate::metrics::MessageKind;

/// A message to write.
#[derive(Debug, Clone)]
pub(crate) struct Outgoing {
    /// Its JSON.
    pub(crate) text: Utf8Bytes,
    /// What it is counted as.
    pub(crate) kind: MessageKind,
}

/// The message does not fit any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct QueueFull;

/// What the writer is to do next.
#[derive(Debug)]
pub(crate) enum Task {
    /// Write this message.
    Write(Outgoing),
    /// Write a ping.
    Ping,
    /// Everything is written: write the last words and stop.
    End(Ending),
}

/// One client's send queue, shared by whoever has something for it and its writer.
#[derive(Clone)]
pub(crate) struct SendQueue {
    shared: Arc<Shared>,
}

struct Shared {
    limit_bytes: usize,
    waiting: Mutex<Waiting>,
    changed: Notify,
    ending: watch::Sender<Option<Ending>>,
}

#[derive(Default)]
struct Waiting {
    messages: VecDeque<Outgoing>,
    /// Of the messages, and of the one that is being written.
    bytes: usize,
    writing_bytes: usize,
    ping: bool,
}

impl SendQueue {
    pub(crate) fn new(limit_bytes: usize) -> Self {
        Self {
            shared: Arc::new(Shared {
                limit_bytes,
                waiting: Mutex::default(),
                changed: Notify::new(),
                ending: watch::Sender::new(None),
            }),
        }
    }

    /// Adds a message; nothing happens once the queue has ended.
    ///
    /// # Errors
    /// [`QueueFull`] when it does not fit; it is not added.
    pub(crate) fn push(&self, message: Outgoing) -> Result<(), QueueFull> {
        if self.ending().is_some() {
            return Ok(());
        }
        let mut waiting = self.waiting();
        let bytes = waiting.bytes + message.text.len();
        if bytes > self.shared.limit_bytes {
            return Err(QueueFull);
        }
        waiting.bytes = bytes;
        waiting.messages.push_back(message);
        self.shared.changed.notify_one();
        Ok(())
    }

    /// Has a ping written ahead of the messages. Two of them are one when the first is still waiting.
    pub(crate) fn ping(&self) {
        self.waiting().ping = true;
        self.shared.changed.notify_one();
    }

    /// Ends the connection, for the first reason given. What waits is still written, except to a client that does not
    /// read.
    pub(crate) fn end(&self, ending: Ending) {
        let first = self.shared.ending.send_if_modified(|current| {
            let first = current.is_none();
            if first {
                *current = Some(ending);
            }
            first
        });
        if first && !ending.writes_what_waits() {
            let mut waiting = self.waiting();
            waiting.messages.clear();
            waiting.bytes = waiting.writing_bytes;
        }
        self.shared.changed.notify_one();
    }

    /// Why the connection ends, once it does.
    pub(crate) fn ending(&self) -> Option<Ending> {
        *self.shared.ending.borrow()
    }

    /// Waits for the end.
    pub(crate) async fn ended(&self) -> Ending {
        let mut ending = self.shared.ending.subscribe();
        loop {
            if let Some(ending) = *ending.borrow_and_update() {
                return ending;
            }
            // The sender lives as long as `self`: there is always another change to wait for.
            let _ = ending.changed().await;
        }
    }

    /// The writer's next task; asking for it says that the one before is done. There is one writer.
    pub(crate) async fn next(&self) -> Task {
        loop {
            let changed = self.shared.changed.notified();
            if let Some(task) = self.take() {
                return task;
            }
            changed.await;
        }
    }

    fn take(&self) -> Option<Task> {
        // Read before the messages: what was pushed before the end is then found among them.
        let ending = self.ending();
        let mut waiting = self.waiting();
        waiting.bytes -= std::mem::take(&mut waiting.writing_bytes);
        if std::mem::take(&mut waiting.ping) && ending.is_none() {
            return Some(Task::Ping);
        }
        if let Some(message) = waiting.messages.pop_front() {
            waiting.writing_bytes = message.text.len();
            return Some(Task::Write(message));
        }
        ending.map(Task::End)
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        // No code that holds the lock can panic half-way through a change.
        self.shared.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use conclave_protocol::signalling::SignallingError;
    use futures_util::FutureExt as _;

    use super::*;
    use crate::registry::Closure;

    fn message(text: &str) -> Outgoing {
        Outgoing { text: text.to_owned().into(), kind: MessageKind::Relayed }
    }

    fn next(queue: &SendQueue) -> Task {
        queue.next().now_or_never().expect("something to do")
    }

    fn written(queue: &SendQueue) -> String {
        match next(queue) {
            Task::Write(message) => message.text.as_str().to_owned(),
            other => panic!("{other:?} instead of a message"),
        }
    }

    #[test]
    fn messages_leave_in_order_and_a_ping_ahead_of_them() {
        let queue = SendQueue::new(10);
        queue.push(message("one")).unwrap();
        queue.push(message("two")).unwrap();
        queue.ping();
        queue.ping();
        assert!(matches!(next(&queue), Task::Ping));
        assert_eq!(written(&queue), "one");
        assert_eq!(written(&queue), "two");
    }

    #[test]
    fn a_message_counts_until_it_is_written() {
        let queue = SendQueue::new(6);
        queue.push(message("one")).unwrap();
        queue.push(message("two")).unwrap();
        assert_eq!(queue.push(message("3")), Err(QueueFull));
        assert_eq!(written(&queue), "one");
        assert_eq!(queue.push(message("3")), Err(QueueFull), "one is being written");
        assert_eq!(written(&queue), "two");
        queue.push(message("3")).unwrap();
        queue.push(message("4")).unwrap();
    }

    #[test]
    fn what_waits_is_written_before_the_last_words() {
        let queue = SendQueue::new(10);
        queue.push(message("one")).unwrap();
        queue.end(Ending::Closed(Closure::Goodbye));
        queue.push(message("too late")).unwrap();
        assert_eq!(written(&queue), "one");
        assert!(matches!(next(&queue), Task::End(Ending::Closed(Closure::Goodbye))));
    }

    #[test]
    fn nothing_more_is_written_to_who_does_not_read() {
        let queue = SendQueue::new(10);
        let too_slow = Ending::Closed(Closure::Refused(SignallingError::TooSlow));
        queue.push(message("one")).unwrap();
        queue.end(too_slow);
        queue.end(Ending::Closed(Closure::Goodbye));
        assert_eq!(queue.ended().now_or_never(), Some(too_slow), "the first reason stands");
        assert!(matches!(next(&queue), Task::End(ending) if ending == too_slow));
    }
}
