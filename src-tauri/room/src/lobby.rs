//! Those who wait to be let in, as far as this end may let them: whom the server has wait, and whom this end itself keeps
//! out though the server lets them in.

use conclave_protocol::ids::ParticipantId;
use conclave_protocol::signalling::limits::{MAX_PARTICIPANTS, MAX_WAITING};
use conclave_protocol::snapshot::{Knock, WaitingParticipant};

/// Where somebody waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Before the server's room.
    Outside,
    /// In the server's room, and let in by nobody.
    Inside,
}

#[derive(Debug)]
struct Waiting {
    id: ParticipantId,
    place: Place,
    knock: Option<Knock>,
}

/// Those who wait, longest first; at most [`MAX_WAITING`] outside and [`MAX_PARTICIPANTS`] inside.
#[derive(Debug, Default)]
pub(crate) struct Lobby {
    waiting: Vec<Waiting>,
}

/// Whether somebody has just begun to wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Arrival {
    New,
    Known,
}

impl Lobby {
    /// The server has somebody wait.
    pub(crate) fn waits(&mut self, id: ParticipantId) -> Arrival {
        match self.waiting.iter_mut().find(|waiting| waiting.id == id) {
            Some(waiting) if waiting.place == Place::Outside => Arrival::Known,
            Some(waiting) => {
                waiting.place = Place::Outside;
                Arrival::New
            }
            None => self.add(Waiting { id, place: Place::Outside, knock: None }),
        }
    }

    /// Somebody says who they are and asks to be let in.
    pub(crate) fn knocked(&mut self, id: ParticipantId, knock: Knock) {
        match self.waiting.iter_mut().find(|waiting| waiting.id == id) {
            Some(waiting) => waiting.knock = Some(knock),
            None => drop(self.add(Waiting { id, place: Place::Inside, knock: Some(knock) })),
        }
    }

    /// Away, or put out.
    pub(crate) fn waits_no_more(&mut self, id: ParticipantId) {
        self.waiting.retain(|waiting| waiting.id != id);
    }

    /// This end has nobody to decide about any more; the server lets in or sends away whom it has wait.
    pub(crate) fn answered(&mut self, id: ParticipantId) {
        self.waiting.retain(|waiting| waiting.id != id || waiting.place == Place::Outside);
    }

    /// In the server's room now; whether this end lets it in too is another matter.
    pub(crate) fn came_inside(&mut self, id: ParticipantId) {
        self.waiting.retain(|waiting| waiting.id != id || waiting.place == Place::Inside);
    }

    /// A new connection governs nothing until the server says who waits.
    pub(crate) fn forget(&mut self) {
        self.waiting.retain(|waiting| waiting.place == Place::Inside);
    }

    /// Whether the server has somebody wait for this end's word.
    pub(crate) fn is_outside(&self, id: ParticipantId) -> bool {
        self.waiting.iter().any(|waiting| waiting.id == id && waiting.place == Place::Outside)
    }

    pub(crate) fn snapshot(&self) -> Vec<WaitingParticipant> {
        self.waiting.iter().map(|waiting| WaitingParticipant { id: waiting.id, knock: waiting.knock.clone() }).collect()
    }

    fn add(&mut self, waiting: Waiting) -> Arrival {
        let most = match waiting.place {
            Place::Outside => MAX_WAITING,
            Place::Inside => MAX_PARTICIPANTS,
        };
        if self.waiting.iter().filter(|other| other.place == waiting.place).count() >= most {
            return Arrival::Known;
        }
        self.waiting.push(waiting);
        Arrival::New
    }
}

#[cfg(test)]
mod tests {
    use conclave_protocol::peer::DisplayName;
    use conclave_protocol::snapshot::Recognition;

    use super::*;

    #[test]
    fn ever_more_who_wait_and_knock_fill_no_memory() {
        let mut lobby = Lobby::default();
        let knock = Knock {
            name: DisplayName::from_untrusted("Mallory"),
            device: String::new(),
            recognition: Recognition::New,
        };
        for number in 0..=u8::MAX {
            lobby.waits(ParticipantId([number; 16]));
            lobby.waits(ParticipantId([number; 16]));
        }
        assert_eq!(lobby.snapshot().len(), MAX_WAITING);
        for number in 0..=u8::MAX {
            lobby.knocked(ParticipantId([number; 16]), knock.clone());
        }
        assert_eq!(lobby.snapshot().len(), MAX_WAITING + MAX_PARTICIPANTS);
        lobby.forget();
        assert_eq!(lobby.snapshot().len(), MAX_PARTICIPANTS, "the server names those outside anew");
    }
}
