//! What the program says: one JSON line an event on standard output, complaints on standard error.

use std::io::Write as _;
use std::time::Instant;

use conclave_call::protocol::ids::ParticipantId;
use conclave_call::protocol::line::LineState;
use conclave_call::protocol::notice::Notice;
use conclave_call::protocol::peer::DisplayName;
use conclave_call::protocol::snapshot::{EndReason, Governance, Knock, Recognition, SharingState, VerifiedIdentity};
use serde::Serialize;

/// Something that happened in the call, for whoever reads along.
#[derive(Debug, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub(crate) enum Event {
    /// In the room.
    Joined { participant: ParticipantId },
    /// Before the room, until whoever governs it lets this participant in.
    Waiting,
    /// How the room is run, and as what this participant is there.
    Governance { governance: Governance },
    /// Somebody asks to be let in.
    Knock { participant: ParticipantId, knock: Knock },
    /// Somebody who asked was answered, or is gone.
    KnocksNoMore { participant: ParticipantId },
    /// What is known of somebody's device.
    Recognised { peer: ParticipantId, name: Option<DisplayName>, recognition: Recognition },
    /// A link to somebody is up, for the first time or again.
    Connected { peer: ParticipantId, name: Option<DisplayName> },
    /// What somebody sends on their screen line.
    Screen { peer: ParticipantId, name: Option<DisplayName>, state: LineState },
    /// What this participant shares.
    Sharing { sharing: SharingState },
    /// A link to somebody is interrupted.
    Reconnecting { peer: ParticipantId },
    /// Somebody has proven who they are.
    Verified { peer: ParticipantId, name: Option<DisplayName>, identity: VerifiedIdentity },
    /// Who is in the room by their devices' keys, as a code that is the same for all.
    RoomCode { code: String },
    /// Somebody is gone.
    Left { peer: ParticipantId, name: Option<DisplayName> },
    /// Something the person should know.
    Notice { notice: Notice },
    /// The call is over.
    Ended { reason: EndReason },
}

/// Writes events as they come.
pub(crate) struct Console {
    started: Instant,
}

#[derive(Serialize)]
struct Line<'a> {
    #[serde(flatten)]
    event: &'a Event,
    /// Since the program started.
    at_ms: u128,
}

impl Console {
    pub(crate) fn new(started: Instant) -> Self {
        Self { started }
    }

    pub(crate) fn tell(&self, event: &Event) {
        let line = Line { event, at_ms: self.started.elapsed().as_millis() };
        if let Ok(line) = serde_json::to_string(&line) {
            say(&line);
        }
    }
}

/// One line on standard output. Whoever closed it doesn't want to know.
pub(crate) fn say(line: &str) {
    let mut output = std::io::stdout().lock();
    let _ = writeln!(output, "{line}");
    let _ = output.flush();
}

/// One line on standard error.
pub(crate) fn complain(message: &str) {
    let _ = writeln!(std::io::stderr(), "conclave-headless: {message}");
}
