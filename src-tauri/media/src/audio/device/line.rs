//! A device in use: the stream that is open, kept open by the supervisor.

use std::time::{Duration, Instant};

use super::stream::{Kind, Opened, Request, Signals, StreamThread};
use super::supervisor::{Choice, Resolve, Step, Supervisor, View};
use crate::fault::{DeviceFault, DeviceNotice};

/// What a line has to say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LinePoll {
    /// Nothing new.
    Quiet,
    /// A stream was opened, at this rate; what a former one's ring held is gone.
    Opened {
        /// Samples a second.
        rate_hz: u32,
    },
    /// News for the person.
    Notice(DeviceNotice),
}

/// A microphone or speaker by name, or the default one. Never blocks.
pub(crate) struct DeviceLine<K: Kind> {
    name: Option<String>,
    supervisor: Supervisor,
    stream: Option<StreamThread<K>>,
    end: Option<K::End>,
}

impl<K: Kind> DeviceLine<K> {
    /// Begins to open a device.
    pub(crate) fn open(name: Option<String>, resolve: Resolve) -> Self {
        Self { supervisor: Supervisor::new(name.is_some(), resolve, Instant::now()), name, stream: None, end: None }
    }

    /// Looks after the device; call often.
    ///
    /// # Errors
    /// The fault for which a device that never worked is given up.
    pub(crate) fn poll(&mut self, now: Instant) -> Result<LinePoll, DeviceFault> {
        let view = match self.stream.as_mut().map(StreamThread::poll) {
            Some(Ok(Opened { end, rate_hz })) => {
                self.end = Some(end);
                return Ok(LinePoll::Opened { rate_hz });
            }
            Some(Err(view)) => view,
            // Where no thread could be had, none will answer.
            None => View::Refused(DeviceFault::Stalled),
        };
        match self.supervisor.step(now, view) {
            Step::Nothing => Ok(LinePoll::Quiet),
            Step::Notify(notice) => Ok(LinePoll::Notice(notice)),
            Step::GiveUp(fault) => Err(fault),
            Step::Open(choice) => {
                self.reopen(choice);
                Ok(LinePoll::Quiet)
            }
        }
    }

    fn reopen(&mut self, choice: Choice) {
        self.end = None;
        // Dropped before the next is opened: some devices can be open only once.
        self.stream = None;
        let request = match choice {
            Choice::Wanted => Request { device: self.name.clone(), awaited: None },
            Choice::Fallback => Request { device: None, awaited: self.name.clone() },
        };
        self.stream = StreamThread::open(request).ok();
    }

    /// The ring of the stream that works at present, and its signals.
    pub(crate) fn end(&mut self) -> Option<(&mut K::End, &Signals)> {
        if !self.supervisor.is_running() {
            return None;
        }
        Some((self.end.as_mut()?, self.stream.as_ref()?.signals()))
    }

    /// Closes the device, waiting so long for the system at most.
    pub(crate) fn close(self, patience: Duration) {
        drop(self.end);
        if let Some(stream) = self.stream {
            stream.close(patience);
        }
    }
}
