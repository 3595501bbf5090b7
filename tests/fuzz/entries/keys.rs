//! What anybody can send by way of the server, and what is handed round in the host's name.

use std::fmt::Debug;

use conclave_keys::handshake::OwnDevice;
use conclave_keys::hello::{Features, Hello};
use conclave_keys::identity::DeviceIdentity;
use conclave_keys::pair::{Pair, Role};
use conclave_keys::pair_sessions::{HelloOutcome, PairSessions};
use conclave_keys::room_key::{EpochKey, RoomKey};
use conclave_keys::session::envelope::EnvelopeType;
use conclave_keys::statement::admission::Admission;
use conclave_keys::statement::handover::Handover;
use conclave_keys::statement::policy::Policy;
use conclave_keys::statement::removal::{Removal, RemovedDevices};
use conclave_keys::statement::{AnyStatement, Signed, Statement};
use conclave_protocol::bytes::SealedBytes;
use conclave_protocol::ids::{HostKeyHash, ParticipantId};
use conclave_protocol::invite::InviteSecret;

use super::script::Script;

/// More envelopes would only take time.
const MAX_ENVELOPES: usize = 400;

struct End {
    keys: EpochKey,
    identity: DeviceIdentity,
    sessions: PairSessions,
}

impl End {
    fn new(role: Role) -> Option<Self> {
        let (me, peer, seed) = match role {
            Role::Offerer => (ParticipantId([1; 16]), ParticipantId([2; 16]), 1),
            Role::Answerer => (ParticipantId([2; 16]), ParticipantId([1; 16]), 2),
        };
        let keys = RoomKey::new(&InviteSecret([7; 16]), HostKeyHash([3; 16]), None).ok()?.first_epoch();
        let identity = DeviceIdentity::from_seed(&[seed; 32]);
        Some(Self { keys, identity, sessions: PairSessions::new(Pair { me, peer, role }) })
    }

    fn start(&mut self) -> Option<SealedBytes> {
        let own = OwnDevice { identity: &self.identity, features: Features(0) };
        self.sessions.start(&self.keys, own).ok()
    }

    fn hear(&mut self, hello: &SealedBytes) -> Option<HelloOutcome> {
        let own = OwnDevice { identity: &self.identity, features: Features(0) };
        self.sessions.receive_hello(&self.keys, own, &RemovedDevices::default(), hello).ok()
    }
}

/// Any bytes as a sealed Hello, as what is inside of one, and as changes to a genuine one.
pub fn hello(data: &[u8]) {
    if let Ok(hello) = Hello::parse(data) {
        assert_eq!(hello.to_bytes(), data, "two forms of one hello");
    }
    let (Some(mut offerer), Some(mut answerer)) = (End::new(Role::Offerer), End::new(Role::Answerer)) else { return };
    let Some(genuine) = offerer.start() else { return };
    assert_eq!(answerer.hear(&SealedBytes(data.to_vec())), None, "a hello that nobody said");
    let altered = altered(&genuine, data);
    if altered != genuine {
        assert_eq!(answerer.hear(&altered), None, "an altered hello");
        assert!(!answerer.sessions.has_pending());
    }
    assert!(answerer.hear(&genuine).is_some(), "a genuine hello was refused");
}

/// The message with changes: pairs of a place and of what the byte there is combined with.
pub(super) fn altered(message: &SealedBytes, data: &[u8]) -> SealedBytes {
    let mut altered = message.clone();
    for change in data.chunks_exact(3) {
        let place = usize::from(u16::from_be_bytes([change[0], change[1]]));
        match altered.0.get_mut(place) {
            Some(byte) => *byte ^= change[2],
            None => altered.0.truncate(usize::from(change[2])),
        }
    }
    altered
}

/// Envelopes in any order, any number of times, altered or back to their sender: each opens once at the most, as what
/// it was sealed as, and only where it is for.
///
/// A step a byte: seal, deliver, alter, reflect.
pub fn envelope(data: &[u8]) {
    let Some(mut ends) = acquainted() else { return };
    let mut sealed: Vec<(usize, SealedBytes, bool)> = Vec::new();
    let mut script = Script::new(data);
    while let Some(step) = script.byte() {
        let chosen = script.byte().map_or(0, usize::from);
        if step & 3 == 0 && sealed.len() < MAX_ENVELOPES {
            let from = usize::from(step >> 2 & 1);
            let plain = sealed.len().to_be_bytes();
            let envelope = ends[from].sessions.seal(EnvelopeType::Signal, &plain);
            sealed.extend(envelope.map(|envelope| (from, envelope, false)));
            continue;
        }
        let length = sealed.len();
        let Some((from, envelope, opened)) = sealed.get_mut(chosen.min(length.saturating_sub(1))) else { continue };
        match step & 3 {
            1 => assert!(ends[*from].sessions.open(envelope).is_err(), "an envelope opened where it was sealed"),
            2 => {
                let altered = altered(envelope, script.bytes(6));
                let outcome = ends[1 - *from].sessions.open(&altered);
                assert!(altered == *envelope || outcome.is_err(), "an altered envelope opened");
                *opened |= outcome.is_ok();
            }
            _ => {
                let outcome = ends[1 - *from].sessions.open(envelope);
                assert!(!(*opened && outcome.is_ok()), "an envelope opened twice");
                *opened |= outcome.is_ok();
            }
        }
    }
    for end in &mut ends {
        assert!(end.sessions.open(&SealedBytes(data.to_vec())).is_err(), "an envelope that nobody sealed");
    }
}

/// Two ends that have opened an envelope of each other.
fn acquainted() -> Option<[End; 2]> {
    let (mut offerer, mut answerer) = (End::new(Role::Offerer)?, End::new(Role::Answerer)?);
    let HelloOutcome::Answer(answer) = answerer.hear(&offerer.start()?)? else { return None };
    let HelloOutcome::Ready { device_proof } = offerer.hear(&answer)? else { return None };
    answerer.sessions.open(&device_proof).ok()?;
    let second = answerer.sessions.seal(EnvelopeType::Signal, b"second").ok()?;
    offerer.sessions.open(&second).ok()?;
    Some([offerer, answerer])
}

/// Any bytes as a statement, and as the words of one that somebody signs.
pub fn statement(data: &[u8]) {
    if let Ok(statement) = AnyStatement::parse(data) {
        let bytes = match statement {
            AnyStatement::Policy(signed) => signed.to_bytes(),
            AnyStatement::Admission(signed) => signed.to_bytes(),
            AnyStatement::Removal(signed) => signed.to_bytes(),
            AnyStatement::Handover(signed) => signed.to_bytes(),
        };
        assert_eq!(bytes, data, "two forms of one statement");
    }
    signed::<Policy>(data);
    signed::<Admission>(data);
    signed::<Removal>(data);
    signed::<Handover>(data);
}

fn signed<T: Statement + Debug + PartialEq>(json: &[u8]) {
    let Ok(statement) = serde_json::from_slice::<T>(json) else { return };
    let Ok(signed) = Signed::sign(statement, &DeviceIdentity::from_seed(&[1; 32])) else { return };
    assert_eq!(Signed::parse(&signed.to_bytes()).as_ref(), Ok(&signed), "a statement reads differently");
}
