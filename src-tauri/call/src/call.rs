//! The handle of a running call.

use conclave_keys::known_devices::KnownDevices;
use conclave_protocol::intent::Intent;
use conclave_protocol::notice::Notice;
use conclave_protocol::snapshot::{EndReason, RoomSnapshot};
use thiserror::Error;
use tokio::sync::{broadcast, mpsc, oneshot, watch};
use tokio::task::JoinHandle;

use crate::config::CallConfig;
use crate::driver::{Driver, Readers};
use crate::event::{EVENT_QUEUE, Event};
use crate::statistics::{CallStatistics, SoundLevels};

/// How many notices a slow reader may be behind before it misses the oldest.
const NOTICE_QUEUE: usize = 64;

/// Why a call could not be started.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum JoinError {
    /// The system gave no random bytes.
    #[error("the system's random source failed")]
    Random,
}

/// A running call. Dropping it leaves the room.
pub struct Call {
    events: mpsc::Sender<Event>,
    readers: Readers,
    driver: JoinHandle<EndReason>,
    /// Never sent on: its end tells the driver that the handle is gone.
    handle: oneshot::Sender<()>,
}

impl Call {
    /// Starts joining the room. Must be called on a tokio runtime, which then runs the call's tasks. With the call
    /// comes all that the person should know, from the first moment on; a reader that is too slow misses the oldest.
    ///
    /// # Errors
    /// [`JoinError`].
    pub fn join(config: CallConfig) -> Result<(Self, broadcast::Receiver<Notice>), JoinError> {
        let mut seed = [0; 8];
        getrandom::fill(&mut seed).map_err(|_| JoinError::Random)?;
        let (events, inbox) = mpsc::channel(EVENT_QUEUE);
        let (notices, notice_reader) = broadcast::channel(NOTICE_QUEUE);
        let (handle, handle_gone) = oneshot::channel();
        let seed = u64::from_ne_bytes(seed);
        let (driver, readers) = Driver::new(config, seed, events.clone(), notices);
        let driver = tokio::spawn(driver.run(inbox, handle_gone));
        Ok((Self { events, readers, driver, handle }, notice_reader))
    }

    /// Asks for something. What comes of it shows in the snapshots.
    pub async fn dispatch(&self, intent: Intent) {
        // A call that is over has nobody to ask.
        let _ = self.events.send(Event::Intent(intent)).await;
    }

    /// All that a UI draws, as it changes.
    #[must_use]
    pub fn snapshots(&self) -> watch::Receiver<RoomSnapshot> {
        self.readers.snapshots.clone()
    }

    /// The devices that were seen in this call and before, as they change: to be kept for the next one.
    #[must_use]
    pub fn known_devices(&self) -> watch::Receiver<KnownDevices> {
        self.readers.known_devices.clone()
    }

    /// The call's figures so far; `None` when it is over.
    pub async fn statistics(&self) -> Option<CallStatistics> {
        let (answer, figures) = oneshot::channel();
        self.events.send(Event::Statistics(answer)).await.ok()?;
        figures.await.ok()
    }

    /// How loud everyone is at the moment; worth asking ten times a second. `None` when the call is over.
    pub async fn levels(&self) -> Option<SoundLevels> {
        let (answer, levels) = oneshot::channel();
        self.events.send(Event::Levels(answer)).await.ok()?;
        levels.await.ok()
    }

    /// Waits for the end of the call: all links closed, devices released, threads joined.
    pub async fn ended(self) -> EndReason {
        let Self { driver, handle, .. } = self;
        let reason = driver.await.unwrap_or(EndReason::Crashed);
        drop(handle);
        reason
    }
}
