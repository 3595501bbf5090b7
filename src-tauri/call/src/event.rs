//! What reaches the driver task, in the order it happened.

use conclave_conference::TransportEvent;
use conclave_protocol::ids::{LinkGeneration, ParticipantId};
use conclave_protocol::intent::Intent;
use conclave_room::{Generation, ServerEvent};
use tokio::sync::oneshot;

use crate::statistics::{CallStatistics, SoundLevels};

/// How many events may wait for the driver. Senders wait for a place.
pub(crate) const EVENT_QUEUE: usize = 512;

/// One thing for the driver.
pub(crate) enum Event {
    /// From the app.
    Intent(Intent),
    /// From the signalling socket.
    Socket { socket: Generation, event: ServerEvent },
    /// From a link's task.
    Link { peer: ParticipantId, generation: LinkGeneration, event: TransportEvent },
    /// The app asks for figures.
    Statistics(oneshot::Sender<CallStatistics>),
    /// The app asks how loud everyone is.
    Levels(oneshot::Sender<SoundLevels>),
}
