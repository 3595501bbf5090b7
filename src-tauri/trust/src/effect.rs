//! What comes of what happens.

use conclave_keys::identity::DeviceKey;
use conclave_keys::safety::emoji::SafetyEmoji;
use conclave_keys::session::channel::{ChannelOpener, ChannelSealer};
use conclave_protocol::bytes::SealedBytes;
use conclave_protocol::ids::{LinkGeneration, ParticipantId};
use conclave_protocol::notice::{CommandRefusal, SecurityProblem};
use conclave_protocol::peer::PeerMessage;
use conclave_protocol::signal::Signal;
use conclave_protocol::signalling::SignedOrder;
use conclave_protocol::snapshot::{EndReason, Knock};

/// What the key agreement wants done.
#[derive(Debug)]
pub enum TrustEffect {
    /// Have the server relay this.
    Relay {
        /// To whom.
        to: ParticipantId,
        /// What.
        payload: SealedBytes,
    },
    /// Say this on the link's control channel.
    Say {
        /// To whom.
        to: ParticipantId,
        /// What.
        message: PeerMessage,
    },
    /// The other said this, and nobody else can have.
    Signal {
        /// Who.
        from: ParticipantId,
        /// What.
        signal: Signal,
    },
    /// Both ends of the link have proven who they are: media may flow.
    Verified {
        /// To whom the link is.
        peer: ParticipantId,
        /// Which attempt.
        generation: LinkGeneration,
        /// Who is at its other end.
        verified: VerifiedPeer,
        /// What seals and opens the messages of its control channel.
        control: Box<ControlKeys>,
    },
    /// The link's other end is not who it should be.
    Failed {
        /// To whom the link was to be.
        peer: ParticipantId,
        /// Which attempt.
        generation: LinkGeneration,
    },
    /// Tell the person.
    Problem {
        /// In whose name it came.
        peer: ParticipantId,
        /// What is wrong.
        problem: SecurityProblem,
    },
    /// Whoever governs has not let this end in: ask, by [`crate::Trust::knock`].
    Ask {
        /// Whom.
        peer: ParticipantId,
    },
    /// Somebody asks to be let in; `None` when they don't any more.
    Knock {
        /// Who.
        peer: ParticipantId,
        /// What they say.
        knock: Option<Knock>,
    },
    /// The host put them out: close the link at once.
    Removed {
        /// Whom.
        peer: ParticipantId,
    },
    /// The call is over for this end.
    End(EndReason),
    /// Have the server obey this.
    Order(Box<SignedOrder>),
    /// What the person wanted was not done.
    CommandRefused(CommandRefusal),
}

/// Who is at the other end of a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VerifiedPeer {
    /// Their device.
    pub device: DeviceKey,
    /// What both ends show.
    pub emoji: SafetyEmoji,
}

/// Seals and opens the messages of a link's control channel.
#[derive(Debug)]
pub struct ControlKeys {
    /// Seals what this end says.
    pub sealer: ChannelSealer,
    /// Opens what the other end says.
    pub opener: ChannelOpener,
}
