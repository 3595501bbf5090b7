//! What happens to a room.

use conclave_protocol::ids::{LinkGeneration, OfferRound, ParticipantId};
use conclave_protocol::intent::{DeviceChoice, Intent, ScreenChoice};
use conclave_protocol::notice::{DeviceFault, DeviceKind, ScreenFault};
use conclave_protocol::peer::PeerMessage;
use conclave_protocol::signal::{IceCandidate, Signal};
use conclave_protocol::signalling::ServerMessage;
use conclave_protocol::snapshot::{EndReason, Governance, Knock, Recognition, VerifiedIdentity};

/// A request's number: an answer to an earlier request than the latest is dropped.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Generation(pub u32);

impl Generation {
    /// The number after this one.
    #[must_use]
    pub(crate) fn next(self) -> Self {
        Self(self.0.wrapping_add(1))
    }
}

/// One thing that happened.
#[derive(Debug, Clone, PartialEq)]
pub enum Input {
    /// The person asked for something.
    Intent(Intent),
    /// Something about the signalling socket opened as `socket`.
    Server {
        /// Which opening of the socket.
        socket: Generation,
        /// What happened.
        event: ServerEvent,
    },
    /// A participant said something through the server; already unsealed.
    Signal {
        /// Who, as stamped by the server.
        from: ParticipantId,
        /// What.
        signal: Signal,
    },
    /// Something about a link.
    Link {
        /// To whom.
        peer: ParticipantId,
        /// Which attempt.
        generation: LinkGeneration,
        /// What happened.
        event: LinkEvent,
    },
    /// Somebody who is not let in says who they are and asks to be; `None` when they don't wait any more.
    Knock {
        /// Who, as stamped by the server.
        from: ParticipantId,
        /// What they say.
        knock: Option<Knock>,
    },
    /// The host put somebody out.
    Removed {
        /// Who.
        participant: ParticipantId,
    },
    /// The host ended the call for this end.
    Ended(EndReason),
    /// How the room is run now.
    Governance(Governance),
    /// What is known of a participant's device.
    Recognised {
        /// Who.
        participant: ParticipantId,
        /// What.
        recognition: Recognition,
    },
    /// The code that everybody shows who sees the same devices in the room.
    RoomCode(Option<String>),
    /// Something about this end's devices.
    Media(MediaEvent),
    /// Something about the screen that this end shares, or is to share.
    Sharing(SharingEvent),
    /// Time passed: [`crate::Room::next_deadline`] is reached.
    Tick,
}

/// Something about the signalling socket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ServerEvent {
    /// The socket is up.
    Opened,
    /// The server said something. `Relayed` never comes this way: it is unsealed into [`Input::Signal`].
    Message(ServerMessage),
    /// The socket is gone, or could not be opened.
    Closed,
}

/// Something about a link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LinkEvent {
    /// An offer or an answer of this end, to be sent. Which one follows from the link's role.
    LocalDescription {
        /// The number of the offer that this is, or answers.
        round: OfferRound,
        /// RFC 8866 text.
        sdp: String,
    },
    /// A candidate of this end, to be sent.
    LocalCandidate(IceCandidate),
    /// Both ends have proven who they are. Comes before [`LinkEvent::Connected`].
    Verified(VerifiedIdentity),
    /// The link is up, or up again: messages and media flow.
    Connected,
    /// Nothing arrives for a while; it may come back by itself.
    Interrupted,
    /// The link is beyond repair; a new one is needed.
    Failed,
    /// The participant said something on the control channel.
    Message(PeerMessage),
}

/// Something about this end's devices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MediaEvent {
    /// The device asked for by an `Open…` effect delivers; the former one is released.
    Ready {
        /// Which kind.
        kind: DeviceKind,
        /// The effect's number.
        generation: Generation,
    },
    /// The device asked for by an `Open…` effect can't be had; the former one goes on.
    OpenFailed {
        /// Which kind.
        kind: DeviceKind,
        /// The effect's number.
        generation: Generation,
        /// Why.
        fault: DeviceFault,
    },
    /// The active device is at fault; it is being looked after.
    Fault {
        /// Which kind.
        kind: DeviceKind,
        /// Which device.
        device: DeviceChoice,
        /// What is the matter.
        fault: DeviceFault,
    },
    /// The active device works again.
    Recovered {
        /// Which kind.
        kind: DeviceKind,
        /// Which device.
        device: DeviceChoice,
    },
}

/// Something about the screen that this end shares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SharingEvent {
    /// The screen asked for delivers, or none does where none was asked for; the former one is released.
    Ready {
        /// The effect's number.
        generation: Generation,
    },
    /// The screen asked for can't be had; the former one goes on.
    Refused {
        /// The effect's number.
        generation: Generation,
        /// Why.
        fault: ScreenFault,
    },
    /// The screen that was shared is gone, and nothing is shared any more.
    Ended {
        /// Which one.
        screen: ScreenChoice,
        /// Why.
        fault: ScreenFault,
    },
}
