//! The host's powers, as this end uses them when it is the host or acts for it.

use conclave_keys::epoch::{Epoch, EpochSecret};
use conclave_keys::identity::DeviceKey;
use conclave_keys::statement::admission::{Admission, AdmittedRole};
use conclave_keys::statement::authority::Rank;
use conclave_keys::statement::handover::Handover;
use conclave_keys::statement::policy::{self, MAX_CO_HOSTS, Policy};
use conclave_keys::statement::removal::{Removal, RemovalError};
use conclave_keys::statement::{MAX_NUMBER, Signed};
use conclave_protocol::ids::ParticipantId;
use conclave_protocol::intent::HostCommand;
use conclave_protocol::notice::CommandRefusal;
use conclave_protocol::signalling::{Access, Lock, RoomCommand};
use conclave_protocol::snapshot::EndReason;

use super::authority::{Moment, Rules, Tenure};
use super::epochs::Advance;
use super::problem::Distrust;
use super::{Trust, TrustEffect};

/// How long somebody who was let in may come back.
const ADMITTED_FOR_MS: u64 = 12 * 60 * 60 * 1000;

impl Trust {
    /// Does what the person wants, if this device may.
    pub fn command(&mut self, command: HostCommand) {
        let done = match self.office() {
            Some(rank) => {
                self.tenure = Tenure::Established;
                self.carry_out(command, rank)
            }
            None => Err(CommandRefusal::NotHost),
        };
        if let Err(refusal) = done {
            self.outbox.push(TrustEffect::CommandRefused(refusal));
        }
    }

    fn carry_out(&mut self, command: HostCommand, rank: Rank) -> Result<(), CommandRefusal> {
        match (command, rank) {
            (HostCommand::Admit { participant }, _) => self.admit(participant),
            (HostCommand::Refuse { participant }, _) => self.turn_away(participant),
            (HostCommand::Remove { participant }, _) => self.remove(participant),
            (HostCommand::SetAccess { access: Access::Open }, _) if self.epochs.epoch() != Epoch::FIRST => {
                Err(CommandRefusal::SomebodyWasPutOut)
            }
            (HostCommand::SetAccess { access }, _) => self.change_rules(|rules| {
                rules.access = match access {
                    Access::Open => policy::Access::Open,
                    Access::Lobby => policy::Access::Lobby,
                };
            }),
            (HostCommand::SetLock { lock }, _) => self.change_rules(|rules| {
                rules.lock = match lock {
                    Lock::Unlocked => policy::Lock::Unlocked,
                    Lock::Locked => policy::Lock::Locked,
                };
            }),
            (HostCommand::HandOver { participant }, Rank::Host) => self.hand_over(participant),
            (HostCommand::NameCoHosts { participants }, Rank::Host) => self.name_co_hosts(&participants),
            (HostCommand::HandOver { .. } | HostCommand::NameCoHosts { .. }, Rank::Acting) => {
                Err(CommandRefusal::NotHost)
            }
        }
    }

    fn admit(&mut self, participant: ParticipantId) -> Result<(), CommandRefusal> {
        let theirs = self.peers.get(&participant).and_then(super::PeerTrust::device);
        // The device that the person was shown, whatever the other has said since.
        let device = self.knocking.get(&participant).copied().or(theirs).ok_or(CommandRefusal::NobodyThere)?;
        let admission = self.sign_admission(device)?;
        // With who else is let in: in a locked room the newcomer greets nobody else.
        let present = self.present();
        let mut told = self.authority.told(self.moment(&present));
        told.extend(self.admissions.told(self.moment(&present)));
        self.with(participant, |peer, _, outbox| peer.tell_statements(outbox, &told));
        self.tell_verified(&[admission], Some(participant));
        self.knocks_no_more(participant);
        self.order(RoomCommand::Admit { participant });
        self.reconsider(participant);
        Ok(())
    }

    fn turn_away(&mut self, participant: ParticipantId) -> Result<(), CommandRefusal> {
        if !self.peers.contains_key(&participant) {
            return Err(CommandRefusal::NobodyThere);
        }
        self.with(participant, |peer, _, outbox| peer.refuse(outbox));
        self.knocks_no_more(participant);
        self.order(RoomCommand::Refuse { participant });
        Ok(())
    }

    /// Puts one out, and begins an epoch whose secret only the others are told.
    fn remove(&mut self, participant: ParticipantId) -> Result<(), CommandRefusal> {
        let Some(device) = self.peers.get(&participant).map(super::PeerTrust::proven_device) else {
            return Err(CommandRefusal::NobodyThere);
        };
        // One who was never let in knows nothing that would have to be changed.
        let Some(device) = device else {
            self.with(participant, |peer, _, outbox| peer.refuse(outbox));
            self.knocks_no_more(participant);
            self.outbox.push(TrustEffect::Removed { peer: participant });
            self.order(RoomCommand::Remove { participant });
            return Ok(());
        };
        let epoch = self.epochs.epoch().next();
        let secret = EpochSecret::generate().map_err(|_| CommandRefusal::Failed)?;
        let room = self.authority.room();
        let removal = Removal { room, epoch, device_key: device, secret_hash: secret.commitment(room, epoch) };
        let removal = Signed::sign(removal, &self.identity).map_err(|_| CommandRefusal::Failed)?;
        let present = self.present();
        let moment = Moment { epoch: self.epochs.epoch(), now_ms: self.now_ms, present: &present };
        self.authority.take_removal(&removal, moment, Tenure::Established).map_err(|error| match error {
            Distrust::Removal(RemovalError::TooMany) => CommandRefusal::TooMany,
            _ => CommandRefusal::Failed,
        })?;
        let told = [removal.to_bytes()];
        // The one who is put out too, even while its link is broken.
        self.with(participant, |peer, _, outbox| peer.tell_statements(outbox, &told));
        self.tell_verified(&told, Some(participant));
        self.put_out(&device);
        self.order(RoomCommand::Remove { participant });
        if self.epochs.advance(epoch, secret) == Advance::Moved
            && let Some(told) = self.epochs.told()
        {
            let verified: Vec<_> = self.verified.keys().copied().collect();
            for peer in verified {
                self.with(peer, |peer, _, outbox| peer.tell_epoch(outbox, &told));
            }
            self.enter_epoch();
            let admissions = self.renew_admissions()?;
            let mut rules = self.authority.rules(&present);
            rules.co_hosts.retain(|co_host| *co_host != device);
            // Whoever was put out has the link still.
            rules.access = policy::Access::Lobby;
            self.publish_rules(rules, admissions)?;
            self.order_rules();
        }
        Ok(())
    }

    fn change_rules(&mut self, change: impl FnOnce(&mut Rules)) -> Result<(), CommandRefusal> {
        let mut rules = self.authority.rules(&self.present());
        change(&mut rules);
        // Who is there when a door is shut is inside.
        let admissions = self.renew_admissions()?;
        self.publish_rules(rules, admissions)?;
        self.order_rules();
        Ok(())
    }

    fn hand_over(&mut self, participant: ParticipantId) -> Result<(), CommandRefusal> {
        // One who is not there now might never hear of it, and then nobody would be host.
        let to = self.verified.get(&participant).copied().ok_or(CommandRefusal::NobodyThere)?;
        let (room, epoch) = (self.authority.room(), self.epochs.epoch());
        let revision = self.authority.host().next_handover();
        let handover = Handover { room, epoch, revision, from: self.own_device(), to };
        let handover = Signed::sign(handover, &self.identity).map_err(|_| CommandRefusal::Failed)?;
        self.authority.take_handover(&handover).map_err(|_| CommandRefusal::TooMany)?;
        self.tell_verified(&[handover.to_bytes()], None);
        self.look_at_office();
        Ok(())
    }

    fn name_co_hosts(&mut self, participants: &[ParticipantId]) -> Result<(), CommandRefusal> {
        if participants.len() > MAX_CO_HOSTS {
            return Err(CommandRefusal::TooMany);
        }
        let co_hosts: Result<Vec<_>, _> = participants.iter().map(|participant| self.device_of(*participant)).collect();
        let co_hosts = co_hosts?;
        let rules = Rules { co_hosts, ..self.authority.rules(&self.present()) };
        self.publish_rules(rules, Vec::new())
    }

    /// The role was handed to this end: the rules stay, and are its own now.
    pub(super) fn begin_to_host(&mut self) {
        let own = self.own_device();
        let mut rules = self.authority.rules(&self.present());
        rules.co_hosts.retain(|co_host| *co_host != own);
        self.tenure = Tenure::Established;
        // Whoever hears the new host's word first would not know that it is the host.
        let handovers: Vec<_> = self.authority.host().handovers().iter().map(Signed::to_bytes).collect();
        self.tell_verified(&handovers, None);
        let done = self.renew_admissions().and_then(|admissions| self.publish_rules(rules, admissions));
        if let Err(refusal) = done {
            tracing::error!(?refusal, "the rules could not be taken over");
        }
    }

    /// Somebody was put out, by this end or another.
    pub(super) fn put_out(&mut self, device: &DeviceKey) {
        self.admissions.forget(device);
        self.seen.forget(device);
        if *device == self.own_device() {
            return self.outbox.push(TrustEffect::End(EndReason::Removed));
        }
        let theirs = self.peers.iter().filter(|(_, peer)| peer.has_device(device)).map(|(id, _)| *id);
        for peer in theirs.collect::<Vec<_>>() {
            self.verified.remove(&peer);
            self.knocks_no_more(peer);
            self.with(peer, |peer, _, _| peer.close());
            self.outbox.push(TrustEffect::Removed { peer });
        }
    }

    /// This end is in a new epoch.
    pub(super) fn enter_epoch(&mut self) {
        let peers: Vec<_> = self.peers.keys().copied().collect();
        for peer in peers {
            self.with(peer, |peer, own, outbox| peer.greet_in_new_epoch(own, outbox));
        }
        self.doubt_links();
    }

    /// Hands statements to all whose links are proven.
    pub(super) fn tell_verified(&mut self, statements: &[Vec<u8>], except: Option<ParticipantId>) {
        let verified: Vec<_> = self.verified.keys().copied().filter(|peer| Some(*peer) != except).collect();
        for peer in verified {
            self.with(peer, |peer, _, outbox| peer.tell_statements(outbox, statements));
        }
    }

    /// Shows this end's admission to whoever has a session with it.
    pub(super) fn show_to_all(&mut self, admission: &[u8]) {
        let peers: Vec<_> = self.peers.keys().copied().collect();
        for peer in peers {
            self.with(peer, |peer, _, outbox| peer.tell_statements(outbox, &[admission.to_vec()]));
        }
    }

    /// Who is let in stays so for as long as the call goes on.
    pub(super) fn keep_admissions_fresh(&mut self) {
        let due = self.renewed_at_ms.is_some_and(|at| self.now_ms.saturating_sub(at) >= ADMITTED_FOR_MS / 2);
        if due
            && self.governs()
            && let Ok(admissions) = self.renew_admissions()
        {
            self.tell_verified(&admissions, None);
        }
    }

    /// A host that was gone lets in again, for all to see, those whom it found in the room by its word from before.
    pub(super) fn admit_anew(&mut self) {
        let present = self.present();
        if self.office() != Some(Rank::Host) || self.authority.has_begun(self.epochs.epoch().next()) {
            return;
        }
        let moment = self.moment(&present);
        let found = |device: &&DeviceKey| {
            self.admissions.were_mine(device, self.now_ms) && !self.admissions.contains(device, moment)
        };
        let found: Vec<_> = self.verified.values().filter(found).copied().collect();
        let admissions: Result<Vec<_>, _> = found.into_iter().map(|device| self.sign_admission(device)).collect();
        if let Ok(admissions) = admissions {
            self.tell_verified(&admissions, None);
        }
    }

    /// Lets in anew all who are there and have proven who they are.
    fn renew_admissions(&mut self) -> Result<Vec<Vec<u8>>, CommandRefusal> {
        self.renewed_at_ms = Some(self.now_ms);
        let inside: Vec<_> = self.peers.values().filter_map(super::PeerTrust::proven_device).collect();
        let inside = inside.into_iter().filter(|device| !self.authority.removed().contains(device));
        let devices: Vec<_> = inside.chain([self.own_device()]).collect();
        devices.into_iter().map(|device| self.sign_admission(device)).collect()
    }

    fn sign_admission(&mut self, device_key: DeviceKey) -> Result<Vec<u8>, CommandRefusal> {
        let epoch = self.epochs.epoch();
        let admission = Admission {
            room: self.authority.room(),
            epoch,
            device_key,
            role: AdmittedRole::Participant,
            expires_at_ms: self.now_ms.saturating_add(ADMITTED_FOR_MS).min(MAX_NUMBER),
        };
        let admission = Signed::sign(admission, &self.identity).map_err(|_| CommandRefusal::Failed)?;
        let bytes = admission.to_bytes();
        let present = self.present();
        let by = self.authority.rank(&self.own_device(), &present).ok_or(CommandRefusal::NotHost)?;
        let moment = Moment { epoch, now_ms: self.now_ms, present: &present };
        self.admissions.insert(admission, by, moment);
        Ok(bytes)
    }

    fn publish_rules(&mut self, rules: Rules, admissions: Vec<Vec<u8>>) -> Result<(), CommandRefusal> {
        let present = self.present();
        let known = self.authority.policy(&present).map_or(0, |policy| policy.revision);
        let Rules { access, lock, password, co_hosts } = rules;
        let policy = Policy {
            room: self.authority.room(),
            epoch: self.epochs.epoch(),
            // A host that was restarted may not know of its own last one.
            revision: known.saturating_add(1).max(self.now_ms).min(MAX_NUMBER),
            access,
            password,
            lock,
            co_hosts,
        };
        let policy = Signed::sign(policy, &self.identity).map_err(|_| CommandRefusal::Failed)?;
        let moment = Moment { epoch: self.epochs.epoch(), now_ms: self.now_ms, present: &present };
        self.authority.take_policy(&policy, moment).map_err(|_| CommandRefusal::Failed)?;
        self.doubt_links();
        let statements: Vec<_> = [policy.to_bytes()].into_iter().chain(admissions).collect();
        self.tell_verified(&statements, None);
        self.reconsider_all();
        Ok(())
    }

    fn device_of(&self, participant: ParticipantId) -> Result<DeviceKey, CommandRefusal> {
        let proven = self.peers.get(&participant).and_then(super::PeerTrust::proven_device);
        proven.ok_or(CommandRefusal::NobodyThere)
    }
}
