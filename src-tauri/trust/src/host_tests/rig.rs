//! A room of several ends whose devices have names, one of them the link's host.

use conclave_keys::epoch::{Epoch, EpochSecret};
use conclave_keys::password::Password;
use conclave_keys::room_key::RoomKey;
use conclave_keys::statement::Signed;
use conclave_keys::statement::admission::{Admission, AdmittedRole};
use conclave_keys::statement::removal::Removal;
use conclave_protocol::intent::HostCommand;
use conclave_protocol::invite::InviteSecret;
use conclave_protocol::notice::SecurityProblem;

use crate::test_ends::{End, GENERATION, NOW_MS, Relayed, SECRET, sdp};
use crate::*;

/// Comes first, so it answers everybody.
pub(super) const HOST: u8 = 1;
pub(super) const BOB: u8 = 2;
pub(super) const CLEO: u8 = 3;
pub(super) const DAVE: u8 = 4;
pub(super) const HOUR_MS: u64 = 60 * 60 * 1000;

pub(super) fn id(number: u8) -> ParticipantId {
    ParticipantId([number; 16])
}

pub(super) fn device(number: u8) -> DeviceIdentity {
    DeviceIdentity::from_seed(&[number; 32])
}

pub(super) fn key(number: u8) -> DeviceKey {
    device(number).public_key()
}

pub(super) struct Rig {
    pub(super) ends: Vec<End>,
    generation: u32,
    /// Whom the server drops all messages of.
    pub(super) cut_off: Vec<ParticipantId>,
    /// Whether the server drops what the host has said.
    pub(super) keeps_statements_back: bool,
    pub(super) relayed: Vec<Relayed>,
}

impl Rig {
    /// These are in the room, and connected, in the order of their coming.
    pub(super) fn of(numbers: &[u8]) -> Self {
        let mut rig = Self {
            ends: Vec::new(),
            generation: GENERATION.0,
            cut_off: Vec::new(),
            keeps_statements_back: false,
            relayed: Vec::new(),
        };
        for number in numbers {
            rig.enter(*number);
        }
        rig
    }

    /// Somebody comes in, with a device of the same number, and builds links with all.
    pub(super) fn enter(&mut self, number: u8) {
        self.enter_with(number, device(number), None, SECRET);
        self.connect(number);
    }

    pub(super) fn enter_with(
        &mut self,
        number: u8,
        device: DeviceIdentity,
        password: Option<&str>,
        link: InviteSecret,
    ) {
        let password = password.map(|password| Password::new(password).unwrap());
        let host = key(HOST).key_hash();
        let room = RoomKey::new(&link, host, password.as_ref()).unwrap();
        let mut newcomer = End::of(id(number), device, room, host);
        newcomer.offer = sdp(number, "offers", "actpass");
        newcomer.answer = sdp(number, "answers", "active");
        for other in &mut self.ends {
            other.trust.meet(newcomer.id, LinkRole::Answerer);
            newcomer.trust.meet(other.id, LinkRole::Offerer);
        }
        self.ends.push(newcomer);
    }

    /// Offers a new link to everybody who came before, with a name.
    pub(super) fn connect(&mut self, number: u8) {
        let place = self.place(number);
        for other in 0..place {
            let to = self.ends[other].id;
            self.connect_to(number, to.0[0]);
        }
    }

    pub(super) fn connect_to(&mut self, number: u8, to: u8) {
        self.generation += 1;
        let generation = LinkGeneration(self.generation);
        let end = self.end(number);
        end.trust.link_closed(id(to));
        let name = DisplayName::from_untrusted(&format!("Guest {number}"));
        end.trust.send(id(to), Signal::Hello { name });
        end.offer_to(id(to), generation);
        self.run();
    }

    /// Goes, with all links.
    pub(super) fn leave(&mut self, number: u8) {
        let place = self.place(number);
        self.ends.remove(place);
        for end in &mut self.ends {
            end.trust.link_closed(id(number));
            end.trust.part(id(number));
            end.act();
        }
        self.run();
    }

    /// Nothing comes through between the two.
    pub(super) fn break_link(&mut self, one: u8, other: u8) {
        self.end(one).trust.link_closed(id(other));
        self.end(other).trust.link_closed(id(one));
    }

    /// Some seconds pass.
    pub(super) fn settle(&mut self) {
        let now_ms = self.ends.iter().map(|end| end.trust.now_ms).max().unwrap_or(NOW_MS);
        self.set_now(now_ms + 4_000);
        self.ends.iter_mut().for_each(End::act);
        self.run();
    }

    pub(super) fn command(&mut self, number: u8, command: HostCommand) {
        let end = self.end(number);
        end.trust.command(command);
        end.act();
        self.run();
    }

    pub(super) fn admit(&mut self, by: u8, whom: u8) {
        self.command(by, HostCommand::Admit { participant: id(whom) });
    }

    pub(super) fn remove(&mut self, by: u8, whom: u8) {
        self.command(by, HostCommand::Remove { participant: id(whom) });
    }

    pub(super) fn run(&mut self) {
        for _ in 0..10_000 {
            let next = self.ends.iter_mut().find_map(|end| (!end.outbox.is_empty()).then(|| end.outbox.remove(0)));
            let Some(message) = next else { if self.hear() { continue } else { return } };
            self.relayed.push(message.clone());
            let is_statement = message.payload.0.starts_with(&[2, 4]);
            let kept_back = self.keeps_statements_back && is_statement;
            if kept_back || self.cut_off.contains(&message.from) || self.cut_off.contains(&message.to) {
                continue;
            }
            if let Some(end) = self.ends.iter_mut().find(|end| end.id == message.to) {
                // As a call does before everything.
                end.trust.set_now(end.trust.now_ms);
                end.receive(&message);
            }
        }
        panic!("they never stop");
    }

    /// Carries one message over a link, where the server has no say; `false` when there is none.
    fn hear(&mut self) -> bool {
        let next = self.ends.iter_mut().find_map(|end| {
            (!end.said.is_empty()).then(|| {
                let (to, message) = end.said.remove(0);
                (end.id, to, message)
            })
        });
        let Some((from, to, message)) = next else { return false };
        if let Some(end) = self.ends.iter_mut().find(|end| end.id == to) {
            end.hear(from, &message);
        }
        true
    }

    pub(super) fn set_now(&mut self, now_ms: u64) {
        self.ends.iter_mut().for_each(|end| end.trust.set_now(now_ms));
    }

    pub(super) fn place(&self, number: u8) -> usize {
        self.ends.iter().position(|end| end.id == id(number)).expect("somebody in the room")
    }

    pub(super) fn end(&mut self, number: u8) -> &mut End {
        let place = self.place(number);
        &mut self.ends[place]
    }

    /// Whether both have a proven link to each other.
    pub(super) fn linked(&self, one: u8, other: u8) -> bool {
        let sees = |one: u8, other: u8| self.ends[self.place(one)].trust.verified.get(&id(other)) == Some(&key(other));
        sees(one, other) && sees(other, one)
    }

    /// Whether anybody has a proven link to this one.
    pub(super) fn has_any_link(&self, number: u8) -> bool {
        self.ends.iter().any(|end| end.trust.verified.contains_key(&id(number)))
    }

    pub(super) fn epoch(&self, number: u8) -> u64 {
        self.ends[self.place(number)].trust.epochs.epoch().0
    }

    /// Has one show another whatever statement.
    pub(super) fn show(&mut self, from: u8, to: u8, statement: &[u8]) {
        let end = self.end(from);
        end.trust.with(id(to), |peer, _, outbox| peer.tell_statements(outbox, &[statement.to_vec()]));
        end.act();
        self.run();
    }

    pub(super) fn problems(&mut self, number: u8) -> Vec<SecurityProblem> {
        std::mem::take(&mut self.end(number).problems)
    }
}

/// Cleo's admission by the host, to be altered.
pub(super) fn admission(of: u8) -> Admission {
    Admission {
        room: conclave_keys::invitation::room_id(&SECRET),
        epoch: Epoch(0),
        device_key: key(of),
        role: AdmittedRole::Participant,
        expires_at_ms: NOW_MS + HOUR_MS,
    }
}

pub(super) fn signed(admission: Admission, by: u8) -> Vec<u8> {
    Signed::sign(admission, &device(by)).unwrap().to_bytes()
}

/// Puts a device out, into an epoch with this secret.
pub(super) fn removal(device_key: DeviceKey, epoch: Epoch, secret: [u8; 32], by: u8) -> Vec<u8> {
    let room = conclave_keys::invitation::room_id(&SECRET);
    let secret_hash = EpochSecret::from_bytes(secret).commitment(room, epoch);
    Signed::sign(Removal { room, epoch, device_key, secret_hash }, &device(by)).unwrap().to_bytes()
}
