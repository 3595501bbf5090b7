//! What a room wants done. Whatever is waited for carries a number, and comes back with it.

use conclave_protocol::ids::{LinkGeneration, OfferRound, ParticipantId};
use conclave_protocol::intent::{DeviceChoice, HostCommand, ScreenChoice};
use conclave_protocol::line::{TileSize, VideoLine};
use conclave_protocol::notice::{DeviceKind, Notice};
use conclave_protocol::peer::{DisplayName, PeerMessage};
use conclave_protocol::signal::{IceCandidate, Signal};
use conclave_protocol::signalling::{ClientMessage, IceServer};
use conclave_protocol::snapshot::EndReason;
use conclave_protocol::sound::SoundProcessing;

use crate::input::Generation;

/// One thing to do.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Open the signalling socket; the former one, if any, is closed.
    OpenSocket {
        /// The number its events come back with.
        socket: Generation,
    },
    /// Close the signalling socket once what was sent is written.
    CloseSocket,
    /// Say something to the server.
    SendToServer(ClientMessage),
    /// Seal this and have the server relay it. Only ever after a welcome on the socket that stands. If it is lost
    /// nevertheless, the room asks again when it matters.
    Signal {
        /// To whom.
        to: ParticipantId,
        /// What.
        signal: Signal,
    },
    /// Somebody is in the room, or the two of us have changed roles: from now on signals may come from them and go to
    /// them. Before any effect about them.
    Meet {
        /// Who.
        peer: ParticipantId,
        /// Who offers.
        role: LinkRole,
    },
    /// Somebody waits to be let into the room: they may ask this end from now on, and no link is built with them. Once
    /// they are inside, [`Effect::Meet`] follows.
    Attend {
        /// Who.
        peer: ParticipantId,
    },
    /// Ask somebody, met before, to be let in; without a link.
    Knock {
        /// Whom.
        peer: ParticipantId,
        /// The name to give.
        name: DisplayName,
    },
    /// Have the room governed, if this end may.
    Govern(HostCommand),
    /// Remember the device, which has proven who it is, as that of whoever has this name.
    ConfirmIdentity {
        /// Whose device.
        peer: ParticipantId,
        /// The name.
        name: DisplayName,
    },
    /// Forget all devices that were seen.
    ForgetDevices,
    /// Somebody is not in the room any more, or waits no more. After every effect about them.
    Part {
        /// Who.
        peer: ParticipantId,
    },
    /// Build a link.
    OpenLink {
        /// To whom.
        peer: ParticipantId,
        /// Which attempt; an earlier one to the same participant has been closed before.
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
    /// Offer again with new ICE credentials, even if the offer before is unanswered. Only ever for a link in which this
    /// end offers, and which has been connected.
    RestartIce {
        /// To whom the link is.
        peer: ParticipantId,
        /// Which attempt.
        generation: LinkGeneration,
        /// The number of the offer that this makes.
        round: OfferRound,
    },
    /// Close a link, once what was said on it is written or a short time is over. What the other side had wanted of it
    /// ends with it.
    CloseLink {
        /// To whom.
        peer: ParticipantId,
        /// Which attempt.
        generation: LinkGeneration,
    },
    /// Say something on a link's control channel.
    SendToPeer {
        /// To whom.
        peer: ParticipantId,
        /// Which attempt.
        generation: LinkGeneration,
        /// What.
        message: PeerMessage,
    },
    /// How large a participant draws this end's picture, on the link that stands. Every link starts with
    /// [`TileSize::HIDDEN`] for all lines, so whoever carries this out forgets it at `CloseLink`; the participant says
    /// it again on the next link.
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
    /// Have the microphone's sound processed in this way from now on, whichever microphone it is.
    ProcessSound(SoundProcessing),
    /// How loud a participant is played. Said again at each new link, unless it is 1.
    SetVolume {
        /// Who.
        peer: ParticipantId,
        /// 0 silent, 1 as sent, at most 2.
        volume: f32,
    },
    /// Tell the person.
    Notify(Notice),
    /// The call is over, and links and socket are closed; devices are to be released. Nothing follows.
    End(EndReason),
}

/// Who offers in a link: whoever joined later.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LinkRole {
    /// This end.
    Offerer,
    /// The other end.
    Answerer,
}

/// What the other end of a link sent about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RemoteSignal {
    /// An offer, and its number.
    Offer(OfferRound, String),
    /// The answer to the latest offer.
    Answer(String),
    /// A candidate.
    Candidate(IceCandidate),
}
