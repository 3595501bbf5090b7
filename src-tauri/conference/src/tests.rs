//! Two conferences, a server that relays between them, and links that a test lets come up when it wants.

use std::collections::VecDeque;
use std::time::Duration;

use conclave_keys::identity::DeviceIdentity;
use conclave_keys::known_devices::KnownDevices;
use conclave_keys::room_key::RoomKey;
use conclave_protocol::bytes::SealedBytes;
use conclave_protocol::ids::{HostKeyHash, JoinOrder, LinkGeneration, OfferRound, ParticipantId, ResumeToken};
use conclave_protocol::intent::Intent;
use conclave_protocol::invite::InviteSecret;
use conclave_protocol::line::TileSize;
use conclave_protocol::peer::{ClientKind, DisplayName};
use conclave_protocol::signalling::{ClientMessage, Member, Recipient, ServerMessage, Standing};
use conclave_protocol::snapshot::{LinkPhase, RemoteParticipant};
use conclave_protocol::sound::SoundProcessing;
use conclave_room::{Generation, LinkRole, RemoteSignal, RoomConfig, ServerEvent, Timestamp};

use crate::{Conference, ConferenceConfig, Deed, Moment, TransportEvent};

const ADA: ParticipantId = ParticipantId([1; 16]);
const BOB: ParticipantId = ParticipantId([2; 16]);
const SECRET: InviteSecret = InviteSecret([7; 16]);
const HOST: HostKeyHash = HostKeyHash([3; 16]);
const NOW: Moment = Moment { running: Timestamp(Duration::from_secs(1)), unix_ms: 1_800_000_000_000 };

struct End {
    id: ParticipantId,
    conference: Conference,
    socket: Generation,
    generation: LinkGeneration,
    /// What waits to be relayed, and what waits on the control channel.
    relayed: VecDeque<SealedBytes>,
    said: VecDeque<Vec<u8>>,
    /// The other end's offers and answers, as they are to be applied.
    applied: Vec<String>,
    verified: usize,
    closed: usize,
}

impl End {
    fn new(id: ParticipantId, name: &str, client: ClientKind) -> Self {
        let key = RoomKey::new(&SECRET, HOST, None).unwrap();
        let room = RoomConfig {
            room: key.room(),
            host: HOST,
            name: DisplayName::from_untrusted(name),
            client,
            camera: None,
            microphone: None,
            speaker: None,
            microphone_muted: false,
            sound_processing: SoundProcessing::default(),
            view: TileSize::HIDDEN,
            seed: 1,
        };
        let identity = DeviceIdentity::generate().unwrap();
        let config = ConferenceConfig { room, key, identity, hosted: None, known: KnownDevices::default() };
        Self {
            id,
            conference: Conference::new(config, NOW),
            socket: Generation::default(),
            generation: LinkGeneration::default(),
            relayed: VecDeque::new(),
            said: VecDeque::new(),
            applied: Vec::new(),
            verified: 0,
            closed: 0,
        }
    }

    fn other(&self) -> ParticipantId {
        if self.id == ADA { BOB } else { ADA }
    }

    fn member(&self) -> Member {
        Member { participant: self.id, order: JoinOrder(if self.id == ADA { 1 } else { 2 }) }
    }

    fn server(&mut self, event: ServerEvent) {
        self.conference.server(NOW, self.socket, event);
        self.carry_out();
    }

    fn link(&mut self, event: TransportEvent) {
        self.conference.link(NOW, self.other(), self.generation, event);
        self.carry_out();
    }

    /// A link that describes itself, and answers every offer.
    fn carry_out(&mut self) {
        while let Some(deed) = self.conference.poll() {
            match deed {
                Deed::OpenSocket { socket } => self.socket = socket,
                Deed::SendToServer(ClientMessage::Relay { to, payload }) => {
                    assert_eq!(to, Recipient::Participant(self.other()));
                    self.relayed.push_back(payload);
                }
                Deed::OpenLink { generation, role, .. } => {
                    self.generation = generation;
                    if role == LinkRole::Offerer {
                        self.describe(OfferRound::FIRST, "actpass");
                    }
                }
                Deed::ApplyRemote { remote: RemoteSignal::Offer(round, sdp), .. } => {
                    self.applied.push(sdp);
                    self.describe(round, "active");
                }
                Deed::ApplyRemote { remote: RemoteSignal::Answer(sdp), .. } => self.applied.push(sdp),
                Deed::Verified { .. } => self.verified += 1,
                Deed::CloseLink { .. } => self.closed += 1,
                Deed::SendControl { generation, sealed, .. } => {
                    assert_eq!(generation, self.generation);
                    self.said.push_back(sealed);
                }
                _ => {}
            }
        }
    }

    fn describe(&mut self, round: OfferRound, setup: &str) {
        let fingerprint = vec![format!("{:02X}", self.id.0[0]); 32].join(":");
        let sdp = format!(
            "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\nm=video 9 UDP/TLS/RTP/SAVPF 102\r\n\
             a=fingerprint:sha-256 {fingerprint}\r\na=ice-ufrag:abcd\r\na=ice-pwd:0123456789012345678901\r\n\
             a=setup:{setup}\r\na=rtpmap:102 H264/90000\r\na=fmtp:102 packetization-mode=1\r\n"
        );
        self.conference.link(NOW, self.other(), self.generation, TransportEvent::LocalDescription { round, sdp });
    }

    fn sees(&self) -> &RemoteParticipant {
        &self.conference.snapshot().others[0]
    }
}

/// Both in the room, and nothing relayed yet.
fn two() -> (End, End) {
    let (mut ada, mut bob) = (End::new(ADA, "Ada", ClientKind::App), End::new(BOB, "Bob", ClientKind::Browser));
    for (end, members) in [(&mut ada, vec![]), (&mut bob, vec![End::new(ADA, "Ada", ClientKind::App).member()])] {
        end.carry_out();
        end.server(ServerEvent::Opened);
        let Member { participant, order } = end.member();
        let welcome = ServerMessage::Welcome {
            participant,
            token: ResumeToken([9; 16]),
            order,
            standing: Standing::Inside,
            members,
            ice_servers: Vec::new(),
        };
        end.server(ServerEvent::Message(welcome));
    }
    ada.server(ServerEvent::Message(ServerMessage::Joined { member: bob.member() }));
    (ada, bob)
}

/// Relays until both have nothing more to say; what is for `held` stays where it is from the time when the other end
/// believes it.
fn relay(one: &mut End, other: &mut End, held: Option<ParticipantId>) {
    loop {
        let holds = |from: &End, to: &End| held == Some(to.id) && from.verified > 0;
        if !holds(one, other)
            && let Some(payload) = one.relayed.pop_front()
        {
            other.server(ServerEvent::Message(ServerMessage::Relayed { from: one.id, payload }));
        } else if !holds(other, one)
            && let Some(payload) = other.relayed.pop_front()
        {
            one.server(ServerEvent::Message(ServerMessage::Relayed { from: other.id, payload }));
        } else {
            return;
        }
    }
}

fn converse(one: &mut End, other: &mut End) {
    while let Some(sealed) = one.said.pop_front() {
        other.link(TransportEvent::Control(sealed));
    }
    while let Some(sealed) = other.said.pop_front() {
        one.link(TransportEvent::Control(sealed));
    }
}

#[test]
fn a_link_counts_once_it_is_up_and_its_other_end_has_proven_itself_in_whichever_order() {
    for up_first in [true, false] {
        let (mut ada, mut bob) = two();
        if up_first {
            relay(&mut ada, &mut bob, Some(ADA));
            ada.link(TransportEvent::Connected);
            assert_eq!((ada.verified, ada.sees().link), (0, LinkPhase::Connecting));
            relay(&mut ada, &mut bob, None);
        } else {
            relay(&mut ada, &mut bob, None);
            assert_eq!((ada.verified, ada.sees().link), (1, LinkPhase::Connecting));
            ada.link(TransportEvent::Connected);
        }
        assert_eq!((ada.verified, ada.sees().link), (1, LinkPhase::Connected), "up first: {up_first}");
    }
}

#[test]
fn each_end_tells_the_other_from_which_rate_to_send() {
    let (mut ada, mut bob) = two();
    relay(&mut ada, &mut bob, None);
    for end in [&ada, &bob] {
        let [applied] = &end.applied[..] else { panic!("{:?}", end.applied) };
        assert!(applied.contains("a=fmtp:102 packetization-mode=1;x-google-start-bitrate=1500\r\n"), "{applied}");
    }
}

#[test]
fn devices_that_are_forgotten_during_a_call_stay_so() {
    let (mut ada, mut bob) = two();
    relay(&mut ada, &mut bob, None);
    for end in [&mut ada, &mut bob] {
        end.link(TransportEvent::Connected);
    }
    converse(&mut ada, &mut bob);
    assert_eq!(ada.conference.known_devices().iter().count(), 1);
    ada.conference.intent(NOW, Intent::ForgetDevices);
    ada.conference.tick(NOW);
    assert_eq!(ada.conference.known_devices().iter().count(), 0);
}

#[test]
fn what_is_said_before_the_proof_has_come_is_heard_after_it() {
    let (mut ada, mut bob) = two();
    relay(&mut ada, &mut bob, Some(ADA));
    assert_eq!((ada.verified, bob.verified), (0, 1), "the proof for Ada is on its way");
    ada.link(TransportEvent::Connected);
    bob.link(TransportEvent::Connected);
    converse(&mut ada, &mut bob);
    assert_eq!(ada.sees().client, None);
    relay(&mut ada, &mut bob, None);
    converse(&mut ada, &mut bob);
    assert_eq!((bob.sees().client, ada.sees().client), (Some(ClientKind::App), Some(ClientKind::Browser)));
}

#[test]
fn who_says_too_much_before_the_proof_loses_the_link() {
    let (mut ada, mut bob) = two();
    relay(&mut ada, &mut bob, Some(ADA));
    for message in 0..64 {
        ada.link(TransportEvent::Control(vec![0; 16]));
        assert_eq!(ada.closed, 0, "{message}");
    }
    ada.link(TransportEvent::Control(vec![0; 16]));
    assert_eq!(ada.closed, 1);
}

#[test]
fn a_message_that_was_changed_on_its_way_is_no_message() {
    let (mut ada, mut bob) = two();
    relay(&mut ada, &mut bob, None);
    ada.link(TransportEvent::Connected);
    bob.link(TransportEvent::Connected);
    for sealed in std::mem::take(&mut ada.said) {
        let changed: Vec<u8> = sealed.iter().map(|byte| byte ^ 1).collect();
        bob.link(TransportEvent::Control(changed));
    }
    assert_eq!((bob.sees().client, bob.sees().link), (None, LinkPhase::Connected));
}

#[test]
fn what_comes_of_an_earlier_link_is_nobodys() {
    let (mut ada, mut bob) = two();
    relay(&mut ada, &mut bob, None);
    ada.link(TransportEvent::Connected);
    bob.link(TransportEvent::Connected);
    let said: Vec<_> = ada.said.drain(..).collect();
    let earlier = LinkGeneration(bob.generation.0 - 1);
    for sealed in said {
        bob.conference.link(NOW, ADA, earlier, TransportEvent::Control(sealed));
    }
    assert_eq!(bob.sees().client, None);
}
