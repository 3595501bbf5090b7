//! Two ends, or three, and a server that does what a test wants it to do with what they send each other.

use conclave_keys::password::Password;
use conclave_keys::room_key::RoomKey;
use conclave_protocol::ids::{HostKeyHash, OfferRound};
use conclave_protocol::invite::InviteSecret;
use conclave_protocol::notice::{CommandRefusal, SecurityProblem};
use conclave_protocol::signal::IceCandidate;
use conclave_protocol::signalling::SignedOrder;
use conclave_protocol::snapshot::{EndReason, Knock};

use super::*;

pub(super) const ADA: ParticipantId = ParticipantId([1; 16]);
pub(super) const BOB: ParticipantId = ParticipantId([2; 16]);
pub(super) const CLEO: ParticipantId = ParticipantId([3; 16]);
/// Noon of some day.
pub(super) const NOW_MS: u64 = 1_800_000_000_000;
pub(super) const GENERATION: LinkGeneration = LinkGeneration(1);
pub(super) const HOST: HostKeyHash = HostKeyHash([3; 16]);
pub(super) const SECRET: InviteSecret = InviteSecret([7; 16]);

/// A description whose only content is its transport.
pub(super) fn sdp(fingerprint: u8, ufrag: &str, setup: &str) -> String {
    let digits = vec![format!("{fingerprint:02X}"); 32].join(":");
    with_fingerprint(&format!("a=fingerprint:sha-256 {digits}\r\n"), ufrag, setup)
}

pub(super) fn with_fingerprint(attribute: &str, ufrag: &str, setup: &str) -> String {
    format!(
        "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\n\
         {attribute}a=ice-ufrag:{ufrag}\r\na=ice-pwd:0123456789012345678901\r\na=setup:{setup}\r\n"
    )
}

/// Something on its way through the server.
#[derive(Clone)]
pub(super) struct Relayed {
    pub(super) from: ParticipantId,
    pub(super) to: ParticipantId,
    pub(super) payload: SealedBytes,
}

/// One participant: its trust, and a link that answers every offer.
pub(super) struct End {
    pub(super) id: ParticipantId,
    pub(super) trust: Trust,
    /// What it describes itself by.
    pub(super) offer: String,
    pub(super) answer: String,
    pub(super) heard: Vec<Signal>,
    pub(super) verified: Vec<(VerifiedPeer, Box<ControlKeys>)>,
    pub(super) failed: usize,
    pub(super) problems: Vec<SecurityProblem>,
    pub(super) knocks: BTreeMap<ParticipantId, Knock>,
    pub(super) removed: Vec<ParticipantId>,
    pub(super) ended: Option<EndReason>,
    pub(super) orders: Vec<SignedOrder>,
    pub(super) refusals: Vec<CommandRefusal>,
    pub(super) outbox: Vec<Relayed>,
    /// Said on links.
    pub(super) said: Vec<(ParticipantId, PeerMessage)>,
}

impl End {
    pub(super) fn new(id: ParticipantId, secret: InviteSecret, password: Option<&str>) -> Self {
        Self::with_host(id, secret, HOST, password)
    }

    pub(super) fn with_host(
        id: ParticipantId,
        secret: InviteSecret,
        host: HostKeyHash,
        password: Option<&str>,
    ) -> Self {
        let password = password.map(|password| Password::new(password).unwrap());
        let key = RoomKey::new(&secret, host, password.as_ref()).unwrap();
        Self::of(id, DeviceIdentity::generate().unwrap(), key, host)
    }

    pub(super) fn of(id: ParticipantId, identity: DeviceIdentity, key: RoomKey, host: HostKeyHash) -> Self {
        let mut trust = Trust::new(identity, key, host, KnownDevices::default());
        trust.set_now(NOW_MS);
        trust.set_me(id);
        Self {
            id,
            trust,
            offer: sdp(id.0[0], "offers", "actpass"),
            answer: sdp(id.0[0], "answers", "active"),
            heard: Vec::new(),
            verified: Vec::new(),
            failed: 0,
            problems: Vec::new(),
            knocks: BTreeMap::new(),
            removed: Vec::new(),
            ended: None,
            orders: Vec::new(),
            refusals: Vec::new(),
            outbox: Vec::new(),
            said: Vec::new(),
        }
    }

    /// Does what its trust wants, as a call would.
    pub(super) fn act(&mut self) {
        while let Some(effect) = self.trust.poll() {
            match effect {
                TrustEffect::Relay { to, payload } => self.outbox.push(Relayed { from: self.id, to, payload }),
                TrustEffect::Signal { from, signal } => {
                    if let Signal::Offer { generation, round, .. } = &signal {
                        if *round == OfferRound::FIRST {
                            self.trust.link_opened(from);
                        }
                        let sdp = self.answer.clone();
                        self.trust.send(from, Signal::Answer { generation: *generation, round: *round, sdp });
                    }
                    self.heard.push(signal);
                }
                TrustEffect::Say { to, message } => self.said.push((to, message)),
                TrustEffect::Verified { peer, verified, control, .. } => {
                    self.verified.push((verified, control));
                    self.trust.link_connected(peer);
                }
                TrustEffect::Failed { .. } => self.failed += 1,
                TrustEffect::Ask { peer } => {
                    let name = DisplayName::from_untrusted(&format!("Guest {}", self.id.0[0]));
                    self.trust.knock(peer, name);
                }
                TrustEffect::Problem { problem, .. } => self.problems.push(problem),
                TrustEffect::Knock { peer, knock: Some(knock) } => drop(self.knocks.insert(peer, knock)),
                TrustEffect::Knock { peer, knock: None } => drop(self.knocks.remove(&peer)),
                TrustEffect::Removed { peer } => {
                    self.removed.push(peer);
                    self.trust.link_closed(peer);
                    self.trust.part(peer);
                }
                TrustEffect::End(reason) => self.ended = Some(reason),
                TrustEffect::Order(order) => self.orders.push(*order),
                TrustEffect::CommandRefused(refusal) => self.refusals.push(refusal),
            }
        }
    }

    /// Builds a link, the first or another.
    pub(super) fn offer_to(&mut self, peer: ParticipantId, generation: LinkGeneration) {
        self.trust.link_closed(peer);
        self.trust.link_opened(peer);
        let sdp = self.offer.clone();
        self.trust.send(peer, Signal::Offer { generation, round: OfferRound::FIRST, sdp });
        let candidate = IceCandidate { candidate: "candidate:1".to_owned(), sdp_mid: None, sdp_m_line_index: None };
        self.trust.send(peer, Signal::Candidate { generation, candidate });
        self.act();
    }

    pub(super) fn receive(&mut self, message: &Relayed) {
        self.trust.receive(message.from, &message.payload);
        self.act();
    }

    /// What another said on the link.
    pub(super) fn hear(&mut self, from: ParticipantId, message: &PeerMessage) {
        match message {
            PeerMessage::Statements { packed } => self.trust.hear_statements(from, packed),
            PeerMessage::Epoch { told } => self.trust.hear_epoch(from, told),
            _ => {}
        }
        self.act();
    }

    pub(super) fn took_description(&self) -> bool {
        self.heard.iter().any(|signal| matches!(signal, Signal::Offer { .. } | Signal::Answer { .. }))
    }
}

/// Ada offers, Bob answers.
pub(super) struct Room {
    pub(super) ends: Vec<End>,
}

impl Room {
    pub(super) fn new() -> Self {
        Self::of(End::new(ADA, SECRET, None), End::new(BOB, SECRET, None))
    }

    pub(super) fn of(mut ada: End, mut bob: End) -> Self {
        ada.trust.meet(BOB, LinkRole::Offerer);
        bob.trust.meet(ADA, LinkRole::Answerer);
        Self { ends: vec![ada, bob] }
    }

    pub(super) fn ada(&mut self) -> &mut End {
        &mut self.ends[0]
    }

    pub(super) fn bob(&mut self) -> &mut End {
        &mut self.ends[1]
    }

    pub(super) fn connect(&mut self) {
        self.ada().offer_to(BOB, GENERATION);
        self.relay_all(|message| vec![message]);
    }

    /// Carries messages until there are none, each as `server` has it.
    pub(super) fn relay_all(&mut self, mut server: impl FnMut(Relayed) -> Vec<Relayed>) {
        for _ in 0..1000 {
            let Some(message) =
                self.ends.iter_mut().find_map(|end| (!end.outbox.is_empty()).then(|| end.outbox.remove(0)))
            else {
                return;
            };
            for message in server(message) {
                if let Some(end) = self.ends.iter_mut().find(|end| end.id == message.to) {
                    end.receive(&message);
                }
            }
        }
        panic!("they never stop");
    }

    /// Everything that goes through an honest server.
    pub(super) fn transcript() -> Vec<Relayed> {
        let mut room = Self::new();
        let mut all = Vec::new();
        room.ada().offer_to(BOB, GENERATION);
        room.relay_all(|message| {
            all.push(message.clone());
            vec![message]
        });
        all
    }

    pub(super) fn assert_verified(&mut self) {
        let (ada, bob) = (self.ada().verified.pop().expect("Ada"), self.bob().verified.pop().expect("Bob"));
        assert_eq!(ada.0.emoji, bob.0.emoji);
        assert_eq!(ada.0.device, self.bob().trust.own_device());
        assert_eq!(bob.0.device, self.ada().trust.own_device());
        assert!(self.ends.iter().all(|end| end.failed == 0), "a link failed");
    }

    pub(super) fn assert_nothing_verified(&self) {
        assert!(self.ends.iter().all(|end| end.verified.is_empty()));
    }
}
