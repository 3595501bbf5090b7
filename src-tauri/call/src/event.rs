//! What reaches the driver task, in the order it happened.

use conclave_media::fault::DeviceNotice;
use conclave_protocol::ids::{LinkGeneration, ParticipantId};
use conclave_protocol::intent::Intent;
use conclave_protocol::notice::DeviceKind;
use conclave_protocol::signalling::ServerMessage;
use conclave_room::{Generation, LinkEvent, MediaEvent};
use tokio::sync::oneshot;

use crate::statistics::CallStatistics;

/// How many events may wait for the driver. Senders on tasks wait for a place; media threads never do.
pub(crate) const EVENT_QUEUE: usize = 512;

/// One thing for the driver.
pub(crate) enum Event {
    /// From the app.
    Intent(Intent),
    /// From the signalling socket.
    Socket { socket: Generation, event: SocketEvent },
    /// From a link's task.
    Link { peer: ParticipantId, generation: LinkGeneration, event: LinkEvent },
    /// The answer to an `OpenDevice` effect.
    Media(MediaEvent),
    /// From the device in use.
    Device { kind: DeviceKind, notice: DeviceNotice },
    /// The app asks for figures.
    Statistics(oneshot::Sender<CallStatistics>),
}

/// From the signalling socket.
pub(crate) enum SocketEvent {
    /// Connected.
    Opened,
    /// The server said something.
    Message(ServerMessage),
    /// Gone, or never there.
    Closed,
}
