//! The exchange of Hellos that a session comes from.

use conclave_protocol::bytes::SealedBytes;

use crate::hello::{Features, Hello, HelloError, HelloPart, SEAL_NONCE_LENGTH};
use crate::identity::{DeviceIdentity, DeviceKey, SIGNATURE_LENGTH};
use crate::pair::{Pair, Role};
use crate::random::{RandomSourceFailed, draw};
use crate::room_key::EpochKey;
use crate::secret::Secret;
use crate::session::device;
use crate::session::keys::{agreement_key, commitment, hello_hash};
use crate::session::{OwnSecrets, Session};

/// What my Hellos say of me, and what proves it.
#[derive(Debug, Clone, Copy)]
pub struct OwnDevice<'a> {
    /// My device.
    pub identity: &'a DeviceIdentity,
    /// What I can do.
    pub features: Features,
}

impl OwnDevice<'_> {
    /// My device's public key.
    #[must_use]
    pub fn key(&self) -> DeviceKey {
        self.identity.public_key()
    }
}

/// All that one end draws at random for one handshake. Used up by it: drawn twice, never used twice.
pub(crate) struct Entropy {
    pub(crate) nonce: [u8; 32],
    pub(crate) agreement: Secret<32>,
    pub(crate) share: Secret<32>,
    pub(crate) seal_nonce: [u8; SEAL_NONCE_LENGTH],
}

impl Entropy {
    pub(crate) fn draw() -> Result<Self, RandomSourceFailed> {
        Ok(Self { nonce: draw()?, agreement: Secret::draw()?, share: Secret::draw()?, seal_nonce: draw()? })
    }
}

/// An offerer's Hello that waits for its answer.
pub(crate) struct Offering {
    pair: Pair,
    keys: EpochKey,
    hello: Hello,
    agreement: Secret<32>,
    share: Secret<32>,
}

impl Offering {
    /// A fresh Hello, and its sealed form to send.
    pub(crate) fn begin(keys: &EpochKey, pair: Pair, own: OwnDevice<'_>, entropy: Entropy) -> (Self, SealedBytes) {
        let part = HelloPart::Offerer { commitment: commitment(&entropy.share) };
        let hello = own_hello(keys, pair, own, &entropy, part);
        let sealed = hello.seal(keys, entropy.seal_nonce);
        let Entropy { agreement, share, .. } = entropy;
        (Self { pair, keys: keys.clone(), hello, agreement, share }, sealed)
    }

    /// The session with the one who answered exactly this Hello, and its first envelope, which proves my device.
    pub(crate) fn answered(
        &self,
        own: OwnDevice<'_>,
        sealed: &SealedBytes,
        admit: impl Fn(&DeviceKey) -> Result<(), HelloError>,
    ) -> Result<(Session, SealedBytes), HelloError> {
        let answer = Hello::open(&self.keys, self.pair, sealed)?;
        if answer.device_key == self.hello.device_key
            || answer.nonce == self.hello.nonce
            || answer.agreement_key == self.hello.agreement_key
        {
            return Err(HelloError::Reflected);
        }
        let answers_mine =
            matches!(answer.part, HelloPart::Answerer { answers, .. } if answers == hello_hash(&self.hello));
        if !answers_mine || self.hello.device_key != own.key() {
            return Err(HelloError::NotMyHello);
        }
        admit(&answer.device_key)?;
        let secrets = OwnSecrets { agreement: self.agreement.clone(), share: self.share.clone() };
        let mut session = Session::new(&self.keys, self.pair, self.hello, answer, secrets)?;
        let device_proof = session.prove_device(own.identity)?;
        Ok((session, device_proof))
    }
}

/// An opened Hello of an offerer.
pub(crate) fn open_offer(
    keys: &EpochKey,
    pair: Pair,
    own: OwnDevice<'_>,
    sealed: &SealedBytes,
) -> Result<Hello, HelloError> {
    let offer = Hello::open(keys, pair, sealed)?;
    if offer.device_key == own.key() { Err(HelloError::Reflected) } else { Ok(offer) }
}

/// Answers it: the session, and my sealed Hello to send.
pub(crate) fn answer(
    keys: &EpochKey,
    pair: Pair,
    own: OwnDevice<'_>,
    offer: Hello,
    entropy: Entropy,
) -> Result<(Session, SealedBytes), HelloError> {
    let answers = hello_hash(&offer);
    let unsigned = HelloPart::Answerer { answers, signature: [0; SIGNATURE_LENGTH] };
    let mut hello = own_hello(keys, pair, own, &entropy, unsigned);
    let signature = own.identity.sign(&device::signed_by_answerer(&offer, &hello));
    hello.part = HelloPart::Answerer { answers, signature };
    let sealed = hello.seal(keys, entropy.seal_nonce);
    let Entropy { agreement, share, .. } = entropy;
    Ok((Session::new(keys, pair, hello, offer, OwnSecrets { agreement, share })?, sealed))
}

fn own_hello(keys: &EpochKey, pair: Pair, own: OwnDevice<'_>, entropy: &Entropy, part: HelloPart) -> Hello {
    debug_assert_eq!(matches!(part, HelloPart::Offerer { .. }), pair.role == Role::Offerer);
    Hello {
        features: own.features,
        room: keys.room(),
        epoch: keys.epoch(),
        from: pair.me,
        to: pair.peer,
        device_key: own.key(),
        agreement_key: agreement_key(&entropy.agreement),
        nonce: entropy.nonce,
        part,
    }
}
