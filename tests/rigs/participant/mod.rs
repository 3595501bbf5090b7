//! A real participant without a window: `conclave-headless` as a process.

mod builder;
mod invite;

use std::path::PathBuf;
use std::process::ExitStatus;
use std::time::{Duration, Instant};

use conclave_protocol::ids::ParticipantId;

use super::error::{Result, RigError};
use super::event::Event;
use super::process::{Mark, Process, Signal};
use super::report::Report;

pub use builder::ParticipantBuilder;
pub use invite::{create_link, create_link_at, create_link_with};

/// How long a participant may take to leave and write its report, once it should.
const PATIENCE: Duration = Duration::from_secs(10);

/// A participant at work; killed when dropped.
#[derive(Debug)]
pub struct Participant {
    process: Process,
    stay: Duration,
    report: PathBuf,
    _directory: tempfile::TempDir,
}

/// An event and when it was read.
#[derive(Debug, Clone)]
pub struct TimedEvent {
    /// When the rig read it.
    pub at: Instant,
    /// What happened.
    pub event: Event,
}

/// A participant that has left.
#[derive(Debug)]
pub struct Finished {
    /// How the program ended.
    pub status: ExitStatus,
    /// All that happened.
    pub events: Vec<TimedEvent>,
    /// All that it logged.
    pub log: String,
    /// All that it printed and the end of its log, for a failure's message.
    pub story: String,
}

impl Participant {
    /// The program.
    #[must_use]
    pub fn process(&self) -> &Process {
        &self.process
    }

    /// All that happened so far.
    #[must_use]
    pub fn events(&self) -> Vec<TimedEvent> {
        let timed =
            |line: &super::process::Line| Event::parse(&line.text).map(|event| TimedEvent { at: line.at, event });
        self.process.lines().iter().filter_map(timed).collect()
    }

    /// The end of what happened so far.
    #[must_use]
    pub fn mark(&self) -> Mark {
        self.process.mark()
    }

    /// Waits for an event, now or in the past.
    ///
    /// # Errors
    /// When it doesn't come in time, or the program ends before.
    pub fn wait_for(&self, what: &str, within: Duration, accept: impl Fn(&Event) -> bool) -> Result<TimedEvent> {
        self.wait_for_after(Mark::default(), what, within, accept)
    }

    /// Waits for an event after a mark.
    ///
    /// # Errors
    /// When it doesn't come in time, or the program ends before.
    pub fn wait_for_after(
        &self,
        mark: Mark,
        what: &str,
        within: Duration,
        accept: impl Fn(&Event) -> bool,
    ) -> Result<TimedEvent> {
        self.process.wait_for_line(what, mark, within, |line| {
            Event::parse(&line.text).filter(|event| accept(event)).map(|event| TimedEvent { at: line.at, event })
        })
    }

    /// Waits until it is in the room.
    ///
    /// # Errors
    /// When it isn't within ten seconds.
    pub fn wait_until_joined(&self) -> Result<TimedEvent> {
        self.wait_for("joining", PATIENCE, |event| matches!(event, Event::Joined { .. }))
    }

    /// Waits until it is linked to somebody called `name`.
    ///
    /// # Errors
    /// When it isn't in time.
    pub fn wait_until_connected_to(&self, name: &str, within: Duration) -> Result<TimedEvent> {
        self.wait_for(
            &format!("a link to {name}"),
            within,
            |event| matches!(event, Event::Connected { name: Some(connected), .. } if connected == name),
        )
    }

    /// Has it do something, by a line of its standard input.
    ///
    /// # Errors
    /// When it is gone.
    pub fn command(&mut self, command: &serde_json::Value) -> Result<()> {
        self.process.write_line(&command.to_string())
    }

    /// Has it do something with somebody.
    ///
    /// # Errors
    /// When it is gone.
    pub fn command_about(&mut self, command: &str, participant: ParticipantId) -> Result<()> {
        self.command(&serde_json::json!({ "command": command, "participant": participant }))
    }

    /// Waits until it is asked to let somebody called `name` in.
    ///
    /// # Errors
    /// When it isn't within ten seconds.
    pub fn wait_for_knock_of(&self, name: &str) -> Result<ParticipantId> {
        self.find(&format!("a knock of {name}"), PATIENCE, |event| match event {
            Event::Knock { participant, knock } if knock.name.as_str() == name => Some(participant),
            _ => None,
        })
    }

    /// Who it is in the room.
    ///
    /// # Errors
    /// When it isn't there within ten seconds.
    pub fn id(&self) -> Result<ParticipantId> {
        self.find("joining", PATIENCE, |event| match event {
            Event::Joined { participant } => Some(participant),
            _ => None,
        })
    }

    /// Waits for an event that has what is looked for, now or in the past.
    ///
    /// # Errors
    /// When it doesn't come in time, or the program ends before.
    pub fn find<T>(&self, what: &str, within: Duration, look: impl Fn(Event) -> Option<T>) -> Result<T> {
        self.process.wait_for_line(what, Mark::default(), within, |line| Event::parse(&line.text).and_then(&look))
    }

    /// Sends it a signal.
    ///
    /// # Errors
    /// When it is gone already.
    pub fn signal(&self, signal: Signal) -> Result<()> {
        self.process.signal(signal)
    }

    /// Waits until it leaves when its time is over, cleanly, and reads its report.
    ///
    /// # Errors
    /// When it doesn't leave in time, leaves with a failure, or its report is missing or unreadable.
    pub fn finish(self) -> Result<Report> {
        Ok(self.finish_with_events()?.0)
    }

    /// The same, with all that happened.
    ///
    /// # Errors
    /// As [`Participant::finish`].
    pub fn finish_with_events(mut self) -> Result<(Report, Finished)> {
        // Joining takes a moment of its own.
        let end = self.process.started() + self.stay + 2 * PATIENCE;
        let finished = self.wait_for_end(end.saturating_duration_since(Instant::now()))?;
        if !finished.status.success() {
            return Err(self.process.ended_instead_of("success", finished.status));
        }
        Ok((self.read_report()?, finished))
    }

    /// Asks it to leave, as Ctrl-C does, and reads its report.
    ///
    /// # Errors
    /// As [`Participant::finish`].
    pub fn leave(mut self) -> Result<Report> {
        self.signal(Signal::Interrupt)?;
        let finished = self.wait_for_end(PATIENCE)?;
        if !finished.status.success() {
            return Err(self.process.ended_instead_of("success", finished.status));
        }
        self.read_report()
    }

    /// Waits until the program ends, however it does.
    ///
    /// # Errors
    /// When it doesn't in time.
    pub fn wait_for_end(&mut self, within: Duration) -> Result<Finished> {
        let status = self.process.wait_for_exit(within)?;
        Ok(Finished { status, events: self.events(), log: self.process.log(), story: self.process.story() })
    }

    fn read_report(&self) -> Result<Report> {
        let text = std::fs::read_to_string(&self.report)
            .map_err(|_| RigError::Missing { what: "a report", path: self.report.clone() })?;
        serde_json::from_str(&text).map_err(|error| RigError::Unreadable {
            what: format!("{}'s report", self.process.name()),
            reason: error.to_string(),
            text,
        })
    }
}
