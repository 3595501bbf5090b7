//! What a conference wants done.

use conclave_protocol::ids::{LinkGeneration, OfferRound, ParticipantId};
use conclave_protocol::intent::{DeviceChoice, ScreenChoice};
use conclave_protocol::line::{TileSize, VideoLine};
use conclave_protocol::notice::{DeviceKind, Notice};
use conclave_protocol::signalling::{ClientMessage, IceServer};
use conclave_protocol::snapshot::EndReason;
use conclave_protocol::sound::SoundProcessing;
use conclave_room::{Generation, LinkRole, RemoteSignal};

/// One thing to do, in the order in which they come. Those that the room asks for are told of at
/// [`conclave_room::Effect`].
#[derive(Debug)]
pub enum Deed {
    /// Open the signalling socket; the former one, if any, is closed.
    OpenSocket {
        /// The number its events come back with.
        socket: Generation,
    },
    /// Close the signalling socket once what was sent is written.
    CloseSocket,
    /// Say something to the server.
    SendToServer(ClientMessage),
    /// Build a link.
    OpenLink {
        /// To whom.
        peer: ParticipantId,
        /// Which attempt.
        generation: LinkGeneration,
        /// Who offers.
        role: LinkRole,
        /// STUN and TURN servers to gather candidates with.
        ice_servers: Vec<IceServer>,
    },
    /// Give the link what the other side sent.
    ApplyRemote {
        /// To whom the link is.
        peer: ParticipantId,
        /// Which attempt.
        generation: LinkGeneration,
        /// What was sent.
        remote: RemoteSignal,
    },
    /// Offer again with new ICE credentials.
    RestartIce {
        /// To whom the link is.
        peer: ParticipantId,
        /// Which attempt.
        generation: LinkGeneration,
        /// The number of the offer that this makes.
        round: OfferRound,
    },
    /// Both ends of the link have proven who they are: media may flow, as soon as the transport is up.
    Verified {
        /// To whom the link is.
        peer: ParticipantId,
        /// Which attempt.
        generation: LinkGeneration,
    },
    /// Close a link, once what was said on it is written or a short time is over.
    CloseLink {
        /// To whom.
        peer: ParticipantId,
        /// Which attempt.
        generation: LinkGeneration,
    },
    /// Send this on a link's control channel. If it can't be sent, the link has failed: the other end takes none that
    /// comes after a missing one.
    SendControl {
        /// To whom.
        peer: ParticipantId,
        /// Which attempt.
        generation: LinkGeneration,
        /// The sealed message.
        sealed: Vec<u8>,
    },
    /// How large a participant draws this end's picture, on the link that stands.
    SetDemand {
        /// Who.
        peer: ParticipantId,
        /// Which of this end's lines.
        line: VideoLine,
        /// How large.
        size: TileSize,
    },
    /// Open a device and, once it delivers, put it in the former one's place.
    OpenDevice {
        /// Which kind.
        kind: DeviceKind,
        /// Which one; `None` closes the former one.
        device: Option<DeviceChoice>,
        /// The number its answer comes back with.
        generation: Generation,
    },
    /// Show the others a monitor or window and, once it delivers, put it in the former one's place.
    ShareScreen {
        /// Which one; `None` ends sharing.
        screen: Option<ScreenChoice>,
        /// The number its answer comes back with.
        generation: Generation,
    },
    /// Silence the microphone, or let it be heard.
    MuteMicrophone {
        /// Whether it is silent.
        muted: bool,
    },
    /// Have the microphone's sound processed in this way from now on.
    ProcessSound(SoundProcessing),
    /// How loud a participant is played.
    SetVolume {
        /// Who.
        peer: ParticipantId,
        /// 0 silent, 1 as sent, at most 2.
        volume: f32,
    },
    /// Tell the person.
    Notify(Notice),
    /// The call is over, and links and socket are closed; devices are to be released.
    End(EndReason),
}
