//! The sessions with one other participant: one that is used, and at most one that is coming up to replace it.
//!
//! A Hello only ever makes or replaces the one that is coming up, as anybody with the link can make one, and the server
//! can repeat an old one. The first envelope that opens under it shows that the other is there now, and has the device
//! of its Hello; then it takes the place of the one in use, which is gone.

use conclave_protocol::bytes::SealedBytes;

use crate::handshake::{Entropy, Offering, OwnDevice, answer, open_offer};
use crate::hello::{Hello, HelloError};
use crate::identity::DeviceKey;
use crate::pair::{Pair, Role};
use crate::room_key::EpochKey;
use crate::session::Session;
use crate::session::envelope::{EnvelopeType, OpenError, SealError};
use crate::statement::removal::RemovedDevices;

/// The session that is coming up.
#[derive(Default)]
enum Pending {
    #[default]
    None,
    /// I said Hello and wait for the answer.
    Offered(Box<Offering>),
    /// Both said Hello; nothing was opened yet.
    Ready {
        session: Box<Session>,
        /// The answerer's sealed Hello, for an offerer's that comes twice.
        answer: Option<SealedBytes>,
    },
}

/// What a Hello led to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HelloOutcome {
    /// I am the answerer: this is to be sent.
    Answer(SealedBytes),
    /// I am the offerer: the session is there, and [`PairSessions::seal`] uses it.
    Ready {
        /// To be sent before anything else: the other opens nothing until it has seen that I have my device.
        device_proof: SealedBytes,
    },
}

/// Which session an envelope opened under.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OpenedUnder {
    /// The one in use.
    Current,
    /// One that came into use with it: the link that belonged to the former is to be closed.
    NewlyCurrent,
}

/// An opened envelope.
#[derive(Clone, PartialEq, Eq)]
pub struct Opened {
    /// What it is.
    pub kind: EnvelopeType,
    /// What was sealed.
    pub plain: Vec<u8>,
    /// Under which session.
    pub under: OpenedUnder,
}

impl std::fmt::Debug for Opened {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Opened({:?}, {} B, {:?})", self.kind, self.plain.len(), self.under)
    }
}

/// The sessions with one other participant.
pub struct PairSessions {
    pair: Pair,
    current: Option<Session>,
    pending: Pending,
    /// The device that a session before the one in use was verified with.
    proven: Option<DeviceKey>,
}

impl PairSessions {
    /// None yet.
    #[must_use]
    pub fn new(pair: Pair) -> Self {
        Self { pair, current: None, pending: Pending::None, proven: None }
    }

    /// Begins a session, the first or a new one: the sealed Hello to send. An earlier Hello is no longer waited for.
    ///
    /// # Errors
    /// [`HelloError::WrongRole`] when the other is the offerer; [`HelloError::Random`].
    pub fn start(&mut self, keys: &EpochKey, own: OwnDevice<'_>) -> Result<SealedBytes, HelloError> {
        self.start_with(keys, own, Entropy::draw()?)
    }

    pub(crate) fn start_with(
        &mut self,
        keys: &EpochKey,
        own: OwnDevice<'_>,
        entropy: Entropy,
    ) -> Result<SealedBytes, HelloError> {
        if self.pair.role != Role::Offerer {
            return Err(HelloError::WrongRole);
        }
        let (offering, sealed) = Offering::begin(keys, self.pair, own, entropy);
        self.pending = Pending::Offered(Box::new(offering));
        Ok(sealed)
    }

    /// Takes the other's sealed Hello. An answer is read with the keys that I said Hello with; an offerer's with
    /// `keys`.
    ///
    /// # Errors
    /// [`HelloError`]. After any of them everything is as before.
    pub fn receive_hello(
        &mut self,
        keys: &EpochKey,
        own: OwnDevice<'_>,
        removed: &RemovedDevices,
        sealed: &SealedBytes,
    ) -> Result<HelloOutcome, HelloError> {
        match self.pair.role {
            Role::Offerer => self.receive_answer(own, removed, sealed),
            Role::Answerer => self.receive_offer(keys, own, removed, sealed, Entropy::draw()?),
        }
    }

    fn receive_answer(
        &mut self,
        own: OwnDevice<'_>,
        removed: &RemovedDevices,
        sealed: &SealedBytes,
    ) -> Result<HelloOutcome, HelloError> {
        let Pending::Offered(offering) = &self.pending else { return Err(HelloError::NotMyHello) };
        let (session, device_proof) = offering.answered(own, sealed, |device| self.may_be_peer(removed, device))?;
        self.pending = Pending::Ready { session: Box::new(session), answer: None };
        Ok(HelloOutcome::Ready { device_proof })
    }

    pub(crate) fn receive_offer(
        &mut self,
        keys: &EpochKey,
        own: OwnDevice<'_>,
        removed: &RemovedDevices,
        sealed: &SealedBytes,
        entropy: Entropy,
    ) -> Result<HelloOutcome, HelloError> {
        let offer = open_offer(keys, self.pair, own, sealed)?;
        self.may_be_peer(removed, &offer.device_key)?;
        if self.current.as_ref().is_some_and(|session| *session.offerer_hello() == offer) {
            return Err(HelloError::Repeated);
        }
        if let Some(answer) = self.answer_given_to(&offer) {
            return Ok(HelloOutcome::Answer(answer));
        }
        let (session, answer) = answer(keys, self.pair, own, offer, entropy)?;
        self.pending = Pending::Ready { session: Box::new(session), answer: Some(answer.clone()) };
        Ok(HelloOutcome::Answer(answer))
    }

    /// A Hello that comes twice gets the same answer twice, so that it doesn't matter which of them arrives.
    fn answer_given_to(&self, offer: &Hello) -> Option<SealedBytes> {
        match &self.pending {
            Pending::Ready { session, answer } if session.offerer_hello() == offer => answer.clone(),
            Pending::Ready { .. } | Pending::Offered(_) | Pending::None => None,
        }
    }

    /// A removed device gets no handshake, and one that was proven is not replaced by another: a participant has the
    /// same device for as long as the server knows it by one id.
    fn may_be_peer(&self, removed: &RemovedDevices, device: &DeviceKey) -> Result<(), HelloError> {
        if removed.contains(device) {
            return Err(HelloError::Removed);
        }
        match self.proven_device() {
            Some(proven) if proven != *device => Err(HelloError::OtherDevice),
            Some(_) | None => Ok(()),
        }
    }

    /// The device that the other has shown to have, in the session that [`Self::seal`] uses. What somebody may hear or
    /// say depends on this one.
    #[must_use]
    pub fn device(&self) -> Option<DeviceKey> {
        match (&self.pending, self.pair.role) {
            (Pending::Ready { session, .. }, Role::Offerer) => session.peer_device(),
            (Pending::Ready { .. }, Role::Answerer) | (Pending::Offered(_) | Pending::None, _) => {
                self.current.as_ref().and_then(Session::peer_device)
            }
        }
    }

    /// The device that a link to the other was proven to lead to, in the session in use or in one before it.
    #[must_use]
    pub fn proven_device(&self) -> Option<DeviceKey> {
        let current = self.current.as_ref().filter(|session| session.is_verified()).and_then(Session::peer_device);
        current.or(self.proven)
    }

    /// The device that the other says it has in the session that is coming up. Only for whether to answer its Hello:
    /// an offerer has shown nothing by then.
    #[must_use]
    pub fn claimed_device(&self) -> Option<DeviceKey> {
        match &self.pending {
            Pending::Ready { session, .. } => Some(session.claimed_device()),
            Pending::Offered(_) | Pending::None => None,
        }
    }

    /// Seals for the other. The offerer uses the newest session that has both Hellos, as it is the one who shows the
    /// other that it is there; the answerer uses the one in use.
    ///
    /// # Errors
    /// [`SealError`].
    pub fn seal(&mut self, kind: EnvelopeType, plain: &[u8]) -> Result<SealedBytes, SealError> {
        let session = match (&mut self.pending, self.pair.role) {
            (Pending::Ready { session, .. }, Role::Offerer) => Some(session.as_mut()),
            (Pending::Ready { .. }, Role::Answerer) | (Pending::Offered(_) | Pending::None, _) => self.current.as_mut(),
        };
        session.ok_or(SealError::NoSession)?.seal(kind, plain)
    }

    /// Opens what the other sealed, under the session that is coming up or the one in use.
    ///
    /// # Errors
    /// [`OpenError`]. [`OpenError::OtherKey`] for the first envelope after a Hello most likely means that the two ends
    /// have different passwords.
    pub fn open(&mut self, sealed: &SealedBytes) -> Result<Opened, OpenError> {
        let mut refused = OpenError::NoSession;
        if let Pending::Ready { session, .. } = &mut self.pending {
            match session.open(sealed) {
                Ok((kind, plain)) => {
                    self.take_over();
                    return Ok(Opened { kind, plain, under: OpenedUnder::NewlyCurrent });
                }
                Err(OpenError::OtherKey) => refused = OpenError::OtherKey,
                Err(error) => return Err(error),
            }
        }
        let Some(session) = &mut self.current else { return Err(refused) };
        let (kind, plain) = session.open(sealed)?;
        Ok(Opened { kind, plain, under: OpenedUnder::Current })
    }

    fn take_over(&mut self) {
        self.proven = self.proven_device();
        match std::mem::take(&mut self.pending) {
            Pending::Ready { session, .. } => self.current = Some(*session),
            pending @ (Pending::Offered(_) | Pending::None) => self.pending = pending,
        }
    }

    /// Gives up the session that is coming up.
    pub fn abandon_pending(&mut self) {
        self.pending = Pending::None;
    }

    /// Gives up all sessions, such as when the other was removed.
    pub fn clear(&mut self) {
        self.pending = Pending::None;
        self.current = None;
    }

    /// Whether a session is coming up.
    #[must_use]
    pub fn has_pending(&self) -> bool {
        !matches!(self.pending, Pending::None)
    }

    /// The session in use.
    #[must_use]
    pub fn current(&self) -> Option<&Session> {
        self.current.as_ref()
    }

    /// The session in use, to bind, prove, verify and open channels.
    pub fn current_mut(&mut self) -> Option<&mut Session> {
        self.current.as_mut()
    }

    /// The two and my role.
    #[must_use]
    pub fn pair(&self) -> Pair {
        self.pair
    }
}

impl std::fmt::Debug for PairSessions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let pending = match self.pending {
            Pending::None => "none",
            Pending::Offered(_) => "offered",
            Pending::Ready { .. } => "ready",
        };
        write!(f, "PairSessions({:?}, current {:?}, pending {pending})", self.pair, self.current)
    }
}

#[cfg(test)]
mod device_tests;
#[cfg(test)]
mod tests;
