//! What a page tells its conference.

use conclave_conference::TransportEvent;
use conclave_protocol::ids::{LinkGeneration, OfferRound, ParticipantId};
use conclave_protocol::intent::{DeviceChoice, Intent, ScreenChoice};
use conclave_protocol::notice::{DeviceFault, DeviceKind, ScreenFault};
use conclave_protocol::signal::IceCandidate;
use serde::Deserialize;
use ts_rs::TS;

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Deserialize, TS)]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum GuestEvent {
    /// The person asked for something.
    Intent {
        /// What.
        intent: Intent,
    },
    /// Something about the signalling socket.
    Socket {
        /// Which opening of it.
        socket: u32,
        /// What happened.
        event: GuestSocketEvent,
    },
    /// Something about a link.
    Link {
        /// To whom.
        #[ts(type = "string")]
        peer: ParticipantId,
        /// Which attempt.
        #[ts(type = "number")]
        generation: LinkGeneration,
        /// What happened.
        event: GuestLinkEvent,
    },
    /// The device asked for delivers.
    DeviceReady {
        /// Which kind.
        kind: DeviceKind,
        /// The deed's number.
        generation: u32,
    },
    /// The device asked for can't be had.
    DeviceRefused {
        /// Which kind.
        kind: DeviceKind,
        /// The deed's number.
        generation: u32,
        /// Why.
        fault: DeviceFault,
    },
    /// The device in use is at fault.
    DeviceFault {
        /// Which kind.
        kind: DeviceKind,
        /// Which device.
        device: DeviceChoice,
        /// What is the matter.
        fault: DeviceFault,
    },
    /// The device in use works again.
    DeviceRecovered {
        /// Which kind.
        kind: DeviceKind,
        /// Which device.
        device: DeviceChoice,
    },
    /// The screen asked for delivers, or none does where none was asked for.
    SharingReady {
        /// The deed's number.
        generation: u32,
    },
    /// The screen asked for can't be had.
    SharingRefused {
        /// The deed's number.
        generation: u32,
        /// Why.
        fault: ScreenFault,
    },
    /// The screen that was shared is gone.
    SharingEnded {
        /// Which one.
        screen: ScreenChoice,
        /// Why.
        fault: ScreenFault,
    },
    /// The deadline is reached.
    Tick,
}

/// Something about the signalling socket.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum GuestSocketEvent {
    /// It is up.
    Opened,
    /// The server said something.
    Message {
        /// JSON, as it came.
        text: String,
    },
    /// It is gone, or could not be opened.
    Closed,
}

/// Something about a link. What comes on its control channel goes in by [`crate::Guest::control`].
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum GuestLinkEvent {
    /// An offer or an answer of this end.
    LocalDescription {
        /// The number of the offer that this is, or answers.
        #[ts(type = "number")]
        round: OfferRound,
        /// RFC 8866 text.
        sdp: String,
    },
    /// A candidate of this end.
    LocalCandidate {
        /// As the browser has it.
        candidate: IceCandidate,
    },
    /// The transport is up, or up again.
    Connected,
    /// Nothing arrives for a while.
    Interrupted,
    /// The transport is beyond repair.
    Failed,
}

impl From<GuestLinkEvent> for TransportEvent {
    fn from(event: GuestLinkEvent) -> Self {
        match event {
            GuestLinkEvent::LocalDescription { round, sdp } => Self::LocalDescription { round, sdp },
            GuestLinkEvent::LocalCandidate { candidate } => Self::LocalCandidate(candidate),
            GuestLinkEvent::Connected => Self::Connected,
            GuestLinkEvent::Interrupted => Self::Interrupted,
            GuestLinkEvent::Failed => Self::Failed,
        }
    }
}
