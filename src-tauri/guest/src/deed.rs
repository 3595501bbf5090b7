//! What a conference wants its page to do.

use conclave_conference::Deed;
use conclave_protocol::bytes::encode;
use conclave_protocol::ids::{LinkGeneration, OfferRound, ParticipantId};
use conclave_protocol::intent::{DeviceChoice, ScreenChoice};
use conclave_protocol::line::{TileSize, VideoLine};
use conclave_protocol::notice::{DeviceKind, Notice};
use conclave_protocol::signal::IceCandidate;
use conclave_protocol::signalling::IceServer;
use conclave_protocol::snapshot::EndReason;
use conclave_protocol::sound::SoundProcessing;
use conclave_room::{LinkRole, RemoteSignal};
use conclave_trust::{TransportError, read_transport};
use serde::Serialize;
use ts_rs::TS;

/// One thing to do, in the order in which they come; [`Deed`] says more of each.
#[derive(Debug, Serialize, TS)]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum GuestDeed {
    /// Open the signalling socket; the former one, if any, is closed.
    OpenSocket {
        /// The number its events come back with.
        socket: u32,
    },
    /// Close the signalling socket once what was sent is written.
    CloseSocket,
    /// Say something to the server.
    SendToServer {
        /// JSON.
        text: String,
    },
    /// Build a link.
    OpenLink {
        /// To whom.
        #[ts(type = "string")]
        peer: ParticipantId,
        /// Which attempt.
        #[ts(type = "number")]
        generation: LinkGeneration,
        /// Who offers.
        role: GuestRole,
        /// STUN and TURN servers.
        ice_servers: Vec<GuestIceServer>,
    },
    /// Answer an offer.
    ApplyOffer {
        /// To whom the link is.
        #[ts(type = "string")]
        peer: ParticipantId,
        /// Which attempt.
        #[ts(type = "number")]
        generation: LinkGeneration,
        /// The offer's number.
        #[ts(type = "number")]
        round: OfferRound,
        /// RFC 8866 text.
        sdp: String,
        /// SHA-256 of the only certificate that the other end may show, in hexadecimal.
        fingerprint: String,
    },
    /// Take the answer to the last offer.
    ApplyAnswer {
        /// To whom the link is.
        #[ts(type = "string")]
        peer: ParticipantId,
        /// Which attempt.
        #[ts(type = "number")]
        generation: LinkGeneration,
        /// RFC 8866 text.
        sdp: String,
        /// As of an offer.
        fingerprint: String,
    },
    /// Take a candidate.
    ApplyCandidate {
        /// To whom the link is.
        #[ts(type = "string")]
        peer: ParticipantId,
        /// Which attempt.
        #[ts(type = "number")]
        generation: LinkGeneration,
        /// As the other end has it.
        candidate: IceCandidate,
    },
    /// Offer again with new ICE credentials.
    RestartIce {
        /// To whom the link is.
        #[ts(type = "string")]
        peer: ParticipantId,
        /// Which attempt.
        #[ts(type = "number")]
        generation: LinkGeneration,
        /// The number of the offer that this makes.
        #[ts(type = "number")]
        round: OfferRound,
    },
    /// Both ends have proven who they are: media may flow.
    Verified {
        /// To whom the link is.
        #[ts(type = "string")]
        peer: ParticipantId,
        /// Which attempt.
        #[ts(type = "number")]
        generation: LinkGeneration,
    },
    /// Close a link.
    CloseLink {
        /// To whom.
        #[ts(type = "string")]
        peer: ParticipantId,
        /// Which attempt.
        #[ts(type = "number")]
        generation: LinkGeneration,
    },
    /// Send this on a link's control channel.
    SendControl {
        /// To whom.
        #[ts(type = "string")]
        peer: ParticipantId,
        /// Which attempt.
        #[ts(type = "number")]
        generation: LinkGeneration,
        /// The sealed message, base64url.
        sealed: String,
    },
    /// How large a participant draws this end's picture.
    SetDemand {
        /// Who.
        #[ts(type = "string")]
        peer: ParticipantId,
        /// Which of this end's lines.
        line: VideoLine,
        /// How large.
        size: TileSize,
    },
    /// Open a device, and put it in the former one's place.
    OpenDevice {
        /// Which kind.
        kind: DeviceKind,
        /// Which one; `None` closes the former one.
        device: Option<DeviceChoice>,
        /// The number its answer comes back with.
        generation: u32,
    },
    /// Show the others a screen, or none.
    ShareScreen {
        /// Which one.
        screen: Option<ScreenChoice>,
        /// The number its answer comes back with.
        generation: u32,
    },
    /// Silence the microphone, or let it be heard.
    MuteMicrophone {
        /// Whether it is silent.
        muted: bool,
    },
    /// Have the microphone's sound processed in this way.
    ProcessSound {
        /// In which.
        processing: SoundProcessing,
    },
    /// How loud a participant is played.
    SetVolume {
        /// Who.
        #[ts(type = "string")]
        peer: ParticipantId,
        /// 0 silent, 1 as sent, at most 2.
        volume: f32,
    },
    /// Tell the person.
    Notify {
        /// What.
        notice: Notice,
    },
    /// The call is over: release the devices.
    End {
        /// Why.
        reason: EndReason,
    },
}

/// Who offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum GuestRole {
    /// This end.
    Offerer,
    /// The other.
    Answerer,
}

/// A STUN or TURN server, as `RTCIceServer` has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct GuestIceServer {
    urls: Vec<String>,
    username: String,
    credential: String,
}

impl From<IceServer> for GuestIceServer {
    fn from(IceServer { urls, username, credential }: IceServer) -> Self {
        Self { urls, username: username.unwrap_or_default(), credential: credential.unwrap_or_default() }
    }
}

impl GuestDeed {
    /// The same for a page.
    ///
    /// # Errors
    /// [`TransportError`] of a description; those that come here have been read before.
    pub(crate) fn of(deed: Deed) -> Result<Self, TransportError> {
        Ok(match deed {
            Deed::OpenSocket { socket } => Self::OpenSocket { socket: socket.0 },
            Deed::CloseSocket => Self::CloseSocket,
            Deed::SendToServer(message) => Self::SendToServer { text: message.to_json() },
            Deed::OpenLink { peer, generation, role, ice_servers } => Self::OpenLink {
                peer,
                generation,
                role: match role {
                    LinkRole::Offerer => GuestRole::Offerer,
                    LinkRole::Answerer => GuestRole::Answerer,
                },
                ice_servers: ice_servers.into_iter().map(GuestIceServer::from).collect(),
            },
            Deed::ApplyRemote { peer, generation, remote } => match remote {
                RemoteSignal::Offer(round, sdp) => {
                    let fingerprint = fingerprint(&sdp)?;
                    Self::ApplyOffer { peer, generation, round, sdp, fingerprint }
                }
                RemoteSignal::Answer(sdp) => {
                    let fingerprint = fingerprint(&sdp)?;
                    Self::ApplyAnswer { peer, generation, sdp, fingerprint }
                }
                RemoteSignal::Candidate(candidate) => Self::ApplyCandidate { peer, generation, candidate },
            },
            Deed::RestartIce { peer, generation, round } => Self::RestartIce { peer, generation, round },
            Deed::Verified { peer, generation } => Self::Verified { peer, generation },
            Deed::CloseLink { peer, generation } => Self::CloseLink { peer, generation },
            Deed::SendControl { peer, generation, sealed } => {
                Self::SendControl { peer, generation, sealed: encode(&sealed) }
            }
            Deed::SetDemand { peer, line, size } => Self::SetDemand { peer, line, size },
            Deed::OpenDevice { kind, device, generation } => {
                Self::OpenDevice { kind, device, generation: generation.0 }
            }
            Deed::ShareScreen { screen, generation } => Self::ShareScreen { screen, generation: generation.0 },
            Deed::MuteMicrophone { muted } => Self::MuteMicrophone { muted },
            Deed::ProcessSound(processing) => Self::ProcessSound { processing },
            Deed::SetVolume { peer, volume } => Self::SetVolume { peer, volume },
            Deed::Notify(notice) => Self::Notify { notice },
            Deed::End(reason) => Self::End { reason },
        })
    }
}

fn fingerprint(sdp: &str) -> Result<String, TransportError> {
    let bytes = read_transport(sdp)?.fingerprint.0;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}
