//! What this end makes of what the others show it: the host's statements, an epoch's secret, a knock.

use conclave_keys::identity::DeviceKey;
use conclave_keys::statement::admission::{Admission, AdmissionCheck, AdmissionError, check};
use conclave_keys::statement::authority::Change;
use conclave_keys::statement::{AnyStatement, Signed, Statement as _, StatementError};
use conclave_protocol::ids::ParticipantId;
use conclave_protocol::notice::SecurityProblem;
use conclave_protocol::peer::DisplayName;
use conclave_protocol::snapshot::{EndReason, Knock};

use super::admissions::News;
use super::authority::{Moment, Tenure};
use super::epochs::{self, Advance};
use super::guessing::Verdict;
use super::news::PeerNews;
use super::overruled::Said;
use super::problem::Distrust;
use super::{Trust, TrustEffect};

impl Trust {
    /// Draws the conclusions from what was just heard.
    pub(super) fn think(&mut self) {
        while let Some((peer, news)) = self.outbox.news.pop_front() {
            match news {
                PeerNews::Session => self.introduce(peer),
                PeerNews::WrongPassword => self.count_wrong_password(peer),
                PeerNews::Knocked(name) => self.knocked(peer, name),
                PeerNews::Statements(statements) => self.take_statements(peer, &statements),
                PeerNews::Epoch(told) => self.take_epoch(peer, &told),
                PeerNews::Refused => self.refused(peer),
                PeerNews::Verified(device) => self.verified(peer, device),
                PeerNews::LeftBehind => self.bring_up_to_date(peer),
            }
        }
    }

    /// Says what this end knows, and shows that it was let in.
    pub(super) fn introduce(&mut self, peer: ParticipantId) {
        let present = self.present();
        let moment = self.moment(&present);
        let mut told = self.authority.told(moment);
        told.extend(self.admissions.of(&self.own_device()).map(Signed::to_bytes));
        // Who was let in and missed its own or others' admission hears of them from who governs.
        let device = self.peers.get(&peer).and_then(super::PeerTrust::device);
        let is_let_in = device.is_some_and(|device| self.admissions.contains(&device, moment));
        if is_let_in && self.governs() {
            told.extend(self.admissions.told(moment));
        }
        self.with(peer, |peer, _, outbox| peer.tell_statements(outbox, &told));
    }

    fn count_wrong_password(&mut self, peer: ParticipantId) {
        // Without a password there is nothing to guess: such a one has one too many, or a link with another host.
        if self.epochs.has_password() && self.guard.failed(self.now_ms) == Verdict::Guessing {
            self.outbox.push(TrustEffect::Problem { peer, problem: SecurityProblem::PasswordGuessing });
        }
    }

    /// Only whoever governs has anybody to let in.
    fn knocked(&mut self, peer: ParticipantId, name: DisplayName) {
        let Some(device) = self.peers.get(&peer).and_then(super::PeerTrust::device) else { return };
        if !self.governs() {
            return;
        }
        // Whom the person was shown is who is let in: none takes its place under the same name of the server's.
        if *self.knocking.entry(peer).or_insert(device) != device {
            return;
        }
        let recognition = self.recognise(&device, &name);
        let knock = Knock { name, device: device.to_string(), recognition };
        self.outbox.push(TrustEffect::Knock { peer, knock: Some(knock) });
    }

    fn verified(&mut self, peer: ParticipantId, device: DeviceKey) {
        self.verified.insert(peer, device);
        // A link that was begun before the rules changed comes too late for them.
        self.doubt_if_unfit(peer);
        self.seen.insert(device);
        self.knocks_no_more(peer);
        self.admit_anew();
        self.bring_up_to_date(peer);
    }

    /// Tells the epoch's secret to one who was let in and doesn't have it: whoever governs tells all, the others only a
    /// host that comes back and knows nothing any more.
    pub(super) fn bring_up_to_date(&mut self, peer: ParticipantId) {
        let Some(trust) = self.peers.get(&peer) else { return };
        let (Some(device), Some(epoch)) = (trust.proven_device(), trust.session_epoch()) else { return };
        let governs = self.governs();
        let present = self.present();
        let moment = self.moment(&present);
        let is_host = self.authority.host().is_host(&device);
        let is_let_in = is_host || self.admissions.contains(&device, moment);
        if !trust.is_verified() || epoch >= self.epochs.epoch() || !(is_host || governs) || !is_let_in {
            return;
        }
        let Some(told) = self.epochs.told() else { return };
        let statements = self.authority.told(moment);
        let admissions = if governs { self.admissions.told(moment) } else { Vec::new() };
        self.with(peer, |peer, _, outbox| {
            // The removal that began the epoch, before its secret; admissions to it, after.
            peer.tell_statements(outbox, &statements);
            peer.tell_epoch(outbox, &told);
            peer.tell_statements(outbox, &admissions);
        });
    }

    pub(super) fn take_statements(&mut self, from: ParticipantId, statements: &[Vec<u8>]) {
        let mut changes = Vec::new();
        for bytes in statements {
            match self.take_statement(from, bytes) {
                Ok(Change::Changed) => changes.push(bytes.clone()),
                Ok(Change::Unchanged) => {}
                Err(Distrust::Overruled) => self.overruled.keep(from, Said::Statement(bytes.clone())),
                Err(distrust) => self.with(from, |peer, _, outbox| peer.note(outbox, Err(distrust))),
            }
        }
        if !changes.is_empty() {
            self.doubt_links();
            // What changed nothing is not handed on, so nothing goes round for ever.
            self.tell_verified(&changes, Some(from));
            self.reconsider_all();
        }
    }

    fn take_statement(&mut self, from: ParticipantId, bytes: &[u8]) -> Result<Change, Distrust> {
        let present = self.present();
        let moment = Moment { epoch: self.epochs.epoch(), now_ms: self.now_ms, present: &present };
        match read(bytes)? {
            AnyStatement::Admission(admission) => self.take_admission(from, bytes, admission.statement()),
            AnyStatement::Policy(policy) => {
                let change = self.authority.take_policy(&policy, moment)?;
                if change == Change::Changed && self.authority.host().is_host(&self.own_device()) {
                    // A host that had forgotten its own rules.
                    self.order_rules();
                }
                Ok(change)
            }
            AnyStatement::Removal(removal) => {
                let change = self.authority.take_removal(&removal, moment, self.tenure)?;
                if change == Change::Changed {
                    self.put_out(&removal.statement().device_key);
                }
                Ok(change)
            }
            AnyStatement::Handover(handover) => {
                let change = self.authority.take_handover(&handover)?;
                if change == Change::Changed && handover.statement().to == self.own_device() {
                    self.begin_to_host();
                }
                Ok(change)
            }
        }
    }

    /// One shows its own admission; of others', only whoever governs has any to show.
    fn take_admission(&mut self, from: ParticipantId, bytes: &[u8], said: &Admission) -> Result<Change, Distrust> {
        if self.recognises_own(said, bytes) {
            self.admissions.insert_mine(said);
            self.reconsider_all();
            return Ok(Change::Unchanged);
        }
        // One who stayed in the room shows a newcomer what the newcomer will only understand once it is told the epoch.
        if said.epoch > self.epochs.epoch() {
            return Err(Distrust::OutOfTurn);
        }
        let device = said.device_key;
        let shown_by = self.peers.get(&from).and_then(super::PeerTrust::device);
        let mut present = self.present();
        // Who acts for the host is believed by one who has no link to it yet: the signature is its own all the same.
        present.extend(shown_by);
        let fits =
            AdmissionCheck { now_ms: self.now_ms, epoch: self.epochs.epoch(), device_key: device, present: &present };
        let admission = check(bytes, self.authority.host(), fits).map_err(|error| match error {
            AdmissionError::NotHost => self.not_the_hosts(bytes),
            error => error.into(),
        })?;
        let for_me = device == self.own_device();
        let by_governor = shown_by.is_some_and(|shown_by| self.authority.rank(&shown_by, &present).is_some());
        if !for_me && shown_by != Some(device) && !by_governor {
            return Err(AdmissionError::OtherDevice.into());
        }
        if self.authority.removed().contains(&device) {
            return Err(Distrust::NotAdmitted);
        }
        let by = self.authority.rank(&admission.signer(), &present).ok_or(AdmissionError::NotHost)?;
        let moment = Moment { epoch: self.epochs.epoch(), now_ms: self.now_ms, present: &present };
        match self.admissions.insert(admission, by, moment) {
            News::Known => Ok(Change::Unchanged),
            News::New if for_me => {
                self.show_to_all(bytes);
                Ok(Change::Unchanged)
            }
            // Its device shows it itself.
            News::New => {
                self.reconsider_all();
                Ok(Change::Unchanged)
            }
        }
    }

    /// A host that was restarted meets those whom it let in before, or a co-host while it was gone, in an epoch that it
    /// has yet to be told of.
    fn recognises_own(&self, said: &Admission, bytes: &[u8]) -> bool {
        let own = self.own_device();
        let could = |signer: &DeviceKey| *signer == own || self.authority.names_as_co_host(signer);
        said.epoch >= self.epochs.epoch()
            && self.tenure == Tenure::Returning
            && self.authority.host().is_host(&own)
            && said.room == self.authority.room()
            && said.expires_at_ms > self.now_ms
            && !self.authority.removed().contains(&said.device_key)
            && Signed::<Admission>::parse(bytes).is_ok_and(|admission| could(&admission.signer()))
    }

    /// Of somebody who may have been host once it is late; of anybody else it is made up.
    fn not_the_hosts(&self, bytes: &[u8]) -> Distrust {
        let signer = Signed::<Admission>::parse(bytes).map(|admission| admission.signer());
        match signer {
            Ok(signer) if self.authority.might_have_been(&signer) => Distrust::NotAdmitted,
            Ok(_) | Err(_) => AdmissionError::NotHost.into(),
        }
    }

    pub(super) fn take_epoch(&mut self, from: ParticipantId, told: &[u8]) {
        let Some((epoch, secret)) = epochs::read(told) else { return };
        let Some(device) = self.peers.get(&from).and_then(super::PeerTrust::proven_device) else { return };
        let governs = self.authority.rank(&device, &self.present()).is_some();
        // A host that knows nothing any more believes its own word for the epoch, and the others for the secret.
        let i_am_host = self.authority.host().is_host(&self.own_device());
        let i_was_gone = i_am_host && self.tenure == Tenure::Returning && self.authority.has_begun(epoch);
        if !governs && self.authority.might_have_been(&device) {
            self.overruled.keep(from, Said::Epoch(told.to_vec()));
        }
        let is_its_secret = self.authority.names(epoch, secret.commitment(self.authority.room(), epoch));
        if (governs || i_was_gone) && is_its_secret && self.epochs.advance(epoch, secret) == Advance::Moved {
            if i_was_gone {
                self.ratify();
            }
            self.enter_epoch();
            self.admit_anew();
        }
    }

    /// A host that comes back makes the removals of its co-hosts its own: they count whoever acts for it later.
    fn ratify(&mut self) {
        let mut ratified = Vec::new();
        for removal in self.authority.removals_by_co_hosts() {
            let Ok(removal) = Signed::sign(removal, &self.identity) else { continue };
            let present = self.present();
            let moment = Moment { epoch: self.epochs.epoch(), now_ms: self.now_ms, present: &present };
            if self.authority.take_removal(&removal, moment, self.tenure) == Ok(Change::Changed) {
                self.put_out(&removal.statement().device_key);
                ratified.push(removal.to_bytes());
            }
        }
        self.tell_verified(&ratified, None);
    }

    /// Whoever governs says so, and has shown its device. Who waits can't know whether a co-host acts just now.
    fn refused(&mut self, from: ParticipantId) {
        let Some(device) = self.peers.get(&from).and_then(super::PeerTrust::device) else { return };
        let mut present = self.present();
        present.push(device);
        let let_in = self.admissions.of(&self.own_device()).is_some() || !self.verified.is_empty();
        if !let_in && self.authority.rank(&device, &present).is_some() {
            self.outbox.push(TrustEffect::End(EndReason::NotAdmitted));
        }
    }
}

/// A made-up admission is told apart from other forgeries: somebody wants to come in.
fn read(bytes: &[u8]) -> Result<AnyStatement, Distrust> {
    AnyStatement::parse(bytes).map_err(|error| match error {
        StatementError::Forged if bytes.first() == Some(&Admission::KIND) => AdmissionError::Forged.into(),
        error => error.into(),
    })
}
