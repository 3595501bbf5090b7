//! A participant that keeps to no rules: it has the link and a device, speaks the key agreement as it likes, and builds
//! no links. Whoever it speaks to is a real participant.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use conclave_keys::handshake::OwnDevice;
use conclave_keys::hello::Features;
use conclave_keys::identity::DeviceIdentity;
use conclave_keys::pair::{Pair, Role};
use conclave_keys::pair_sessions::{HelloOutcome, PairSessions};
use conclave_keys::room_key::{EpochKey, RoomKey};
use conclave_keys::session::envelope::EnvelopeType;
use conclave_keys::statement::removal::RemovedDevices;
use conclave_keys::wire::MessageKind;
use conclave_peer::{IncomingPacket, Interfaces, Line, Link, LinkConfig, LinkEvent, PacketSink, Role as LinkRole};
use conclave_protocol::bytes::SealedBytes;
use conclave_protocol::ids::{LinkGeneration, OfferRound, ParticipantId, RoomAddress};
use conclave_protocol::invite::InviteLink;
use conclave_protocol::signal::Signal;
use conclave_protocol::signalling::{ClientMessage, Recipient, ServerMessage};
use tokio::runtime::Runtime;

use super::error::{Result, RigError};
use super::signalling_client::{FromServer, SignallingClient};

const PATIENCE: Duration = Duration::from_secs(5);

/// The participant.
pub struct HostileParticipant {
    runtime: Runtime,
    client: SignallingClient,
    me: ParticipantId,
    identity: DeviceIdentity,
    keys: EpochKey,
    sessions: HashMap<ParticipantId, PairSessions>,
    heard: Vec<(ParticipantId, EnvelopeType)>,
}

impl HostileParticipant {
    /// Joins as the last who came, so that it offers to everybody.
    ///
    /// # Errors
    /// When the server doesn't let it in, or the link is none.
    pub fn join(signalling_url: &str, link: &str, identity: DeviceIdentity) -> Result<Self> {
        let unreadable =
            |reason: String| RigError::Unreadable { what: "an invite link".to_owned(), reason, text: String::new() };
        let link = InviteLink::parse(link).map_err(|error| unreadable(error.to_string()))?;
        let keys = RoomKey::new(&link.secret, link.host, None).map_err(|error| unreadable(error.to_string()))?;
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(RigError::io("starting a runtime"))?;
        let address = RoomAddress { room: link.room, host: link.host };
        let mut client = runtime.block_on(async {
            let mut client = SignallingClient::connect_at(signalling_url).await?;
            client.send(&ClientMessage::hello(address, None)).await?;
            Ok::<_, RigError>(client)
        })?;
        let (me, members) = match runtime.block_on(client.next(PATIENCE))? {
            FromServer::Message(ServerMessage::Welcome { participant, members, .. }) => (participant, members),
            other => return Err(unexpected("a welcome", &other)),
        };
        let session = |peer| PairSessions::new(Pair { me, peer, role: Role::Offerer });
        let sessions = members.iter().map(|member| (member.participant, session(member.participant))).collect();
        Ok(Self { runtime, client, me, identity, keys: keys.first_epoch(), sessions, heard: Vec::new() })
    }

    /// Who it is to the server.
    #[must_use]
    pub fn id(&self) -> ParticipantId {
        self.me
    }

    /// Agrees on keys with somebody who was there before, and shows its device.
    ///
    /// # Errors
    /// When the other doesn't answer.
    pub fn greet(&mut self, peer: ParticipantId) -> Result<()> {
        let own = OwnDevice { identity: &self.identity, features: Features::default() };
        let session = self.sessions.get_mut(&peer).ok_or_else(|| missing("somebody who was there"))?;
        let hello = session.start(&self.keys, own).map_err(|error| missing(&error.to_string()))?;
        self.relay(peer, hello)?;
        let deadline = Instant::now() + PATIENCE;
        while Instant::now() < deadline {
            if let Some(proof) = self.listen(deadline.saturating_duration_since(Instant::now()))? {
                return self.relay(peer, proof);
            }
        }
        Err(missing("an answer to a hello"))
    }

    /// Whether somebody answers its Hello.
    ///
    /// # Errors
    /// When the server is gone.
    pub fn is_answered_by(&mut self, peer: ParticipantId, within: Duration) -> Result<bool> {
        let own = OwnDevice { identity: &self.identity, features: Features::default() };
        let session = self.sessions.get_mut(&peer).ok_or_else(|| missing("somebody who was there"))?;
        let hello = session.start(&self.keys, own).map_err(|error| missing(&error.to_string()))?;
        self.relay(peer, hello)?;
        let deadline = Instant::now() + within;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(false);
            }
            match self.listen(left) {
                Ok(Some(_)) => return Ok(true),
                Ok(None) => {}
                Err(RigError::Deadline { .. }) => return Ok(false),
                Err(error) => return Err(error),
            }
        }
    }

    /// Shows somebody statements, whatever they are.
    ///
    /// # Errors
    /// When there is no session, or no server.
    pub fn show(&mut self, peer: ParticipantId, statements: &[Vec<u8>]) -> Result<()> {
        let mut packed = Vec::new();
        for statement in statements {
            packed.extend_from_slice(&u32::try_from(statement.len()).unwrap_or(u32::MAX).to_be_bytes());
            packed.extend_from_slice(statement);
        }
        self.say(peer, EnvelopeType::Statement, &packed)
    }

    /// Offers somebody a link.
    ///
    /// # Errors
    /// When there is no session, or no server.
    pub fn offer(&mut self, peer: ParticipantId, sdp: &str) -> Result<()> {
        let generation = LinkGeneration(1);
        let offer = Signal::Offer { generation, round: OfferRound::FIRST, sdp: sdp.to_owned() };
        self.say(peer, EnvelopeType::Signal, &offer.to_json())
    }

    /// Says anything in a session.
    ///
    /// # Errors
    /// When there is no session, or no server.
    pub fn say(&mut self, peer: ParticipantId, kind: EnvelopeType, plain: &[u8]) -> Result<()> {
        let session = self.sessions.get_mut(&peer).ok_or_else(|| missing("a session"))?;
        let sealed = session.seal(kind, plain).map_err(|error| missing(&error.to_string()))?;
        self.relay(peer, sealed)
    }

    /// Listens for a while, and says what kinds of envelopes came from that one.
    ///
    /// # Errors
    /// When the server is gone.
    pub fn heard_from(&mut self, peer: ParticipantId, within: Duration) -> Result<Vec<EnvelopeType>> {
        let deadline = Instant::now() + within;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            match self.listen(left) {
                Ok(_) if !left.is_zero() => {}
                Ok(_) | Err(RigError::Deadline { .. }) => break,
                Err(error) => return Err(error),
            }
        }
        Ok(self.heard.iter().filter(|(from, _)| *from == peer).map(|(_, kind)| *kind).collect())
    }

    /// Takes one message. The proof of its device, if that was an answer to its Hello.
    fn listen(&mut self, within: Duration) -> Result<Option<SealedBytes>> {
        let said = self.runtime.block_on(self.client.next(within))?;
        let FromServer::Message(message) = said else { return Err(unexpected("a message", &said)) };
        let ServerMessage::Relayed { from, payload } = message else { return Ok(None) };
        let Some(session) = self.sessions.get_mut(&from) else { return Ok(None) };
        match MessageKind::of(&payload.0) {
            Some(MessageKind::Hello) => {
                let own = OwnDevice { identity: &self.identity, features: Features::default() };
                let outcome = session.receive_hello(&self.keys, own, &RemovedDevices::default(), &payload);
                if let Ok(HelloOutcome::Ready { device_proof }) = outcome {
                    return Ok(Some(device_proof));
                }
            }
            Some(MessageKind::Envelope) => {
                self.heard.extend(session.open(&payload).ok().map(|opened| (from, opened.kind)));
            }
            Some(MessageKind::Note) | None => {}
        }
        Ok(None)
    }

    fn relay(&mut self, to: ParticipantId, payload: SealedBytes) -> Result<()> {
        let relay = ClientMessage::Relay { to: Recipient::Participant(to), payload };
        self.runtime.block_on(self.client.send(&relay))
    }
}

/// The offer of a real link that nobody builds.
///
/// # Errors
/// When the system has no socket for it.
pub fn description() -> Result<String> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .map_err(RigError::io("starting a runtime"))?;
    runtime.block_on(async {
        let config = LinkConfig { interfaces: Interfaces::LoopbackOnly, ..LinkConfig::new(LinkRole::Offerer) };
        let (link, mut events) =
            Link::open(config, Arc::new(Deaf)).await.map_err(|error| missing(&error.to_string()))?;
        let sdp = loop {
            match events.next().await {
                Some(LinkEvent::LocalDescription { sdp }) => break sdp,
                Some(_) => {}
                None => return Err(missing("a description")),
            }
        };
        link.close().await;
        Ok(sdp)
    })
}

/// Hears nothing.
struct Deaf;

impl PacketSink for Deaf {
    fn packet(&self, _: Line, _: IncomingPacket) {}
}

fn missing(what: &str) -> RigError {
    RigError::io(format!("speaking as a hostile participant: {what}"))(std::io::ErrorKind::NotFound.into())
}

fn unexpected(what: &str, said: &FromServer) -> RigError {
    RigError::Unreadable { what: what.to_owned(), reason: "something else came".to_owned(), text: format!("{said:?}") }
}
