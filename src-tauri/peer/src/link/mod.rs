//! The link itself: a cheap handle, and one task that owns the connection.

mod connection;
mod error;
mod handler;
mod liveness;
mod outbox;
mod shared;
mod task;

use std::sync::Arc;

use bytes::Bytes;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::{JoinHandle, JoinSet};

use self::connection::{Connection, Parts};
pub use self::error::{LinkError, Step};
use self::shared::Shared;
use self::task::{CLOSE_TIMEOUT, Command, Helper, Inputs, LinkTask, Reply};
use crate::candidate::IceCandidate;
use crate::channel::control::{self, ControlEnds, MAX_CONTROL_MESSAGE_BYTES, SEND_QUEUE_MESSAGES};
use crate::channel::{Readiness, heartbeat};
use crate::config::{LinkConfig, Role};
use crate::event::LinkEvents;
use crate::line::{Line, PerLine};
use crate::receive::PacketSink;
use crate::send::{LineSender, LineWriter, SendError, SendQueues, write_queued};
use crate::statistics::LinkStatistics;

const COMMAND_QUEUE: usize = 64;
const EVENT_QUEUE: usize = 64;
/// Received control messages between the channel's task and the link's.
const CONTROL_QUEUE: usize = 8;
/// How fast pictures leave while nothing is known of the path: a 100 KB keyframe takes 160 ms.
const DEFAULT_PACING_BPS: u64 = 5_000_000;

/// One link to one participant. Dropping it closes it.
#[derive(Debug)]
pub struct Link {
    commands: mpsc::Sender<Command>,
    control: mpsc::Sender<Bytes>,
    shared: Arc<Shared>,
    task: JoinHandle<()>,
}

impl Link {
    /// Builds the connection. An offerer's first [`crate::LinkEvent::LocalDescription`] follows by itself; an answerer
    /// waits for [`Link::apply_offer`]. What arrives on the media lines goes to `packets`.
    ///
    /// # Errors
    /// [`LinkError::Open`] when there is no socket to be had or an ICE server is unusable.
    pub async fn open(config: LinkConfig, packets: Arc<dyn PacketSink>) -> Result<(Self, LinkEvents), LinkError> {
        let ssrcs = random_ssrcs()?;
        let queues = Arc::new(SendQueues::new(DEFAULT_PACING_BPS));
        let shared = Arc::new(Shared::new(ssrcs, Arc::clone(&queues)));
        let Parts { mut connection, signals, tracks, control, heartbeat } = Connection::build(&config, &shared).await?;
        let offer = match config.role {
            Role::Offerer => match connection.offer().await {
                Ok(sdp) => Some(sdp),
                Err(error) => {
                    let _ = connection.pc().close().await;
                    return Err(error);
                }
            },
            Role::Answerer => None,
        };

        let (control_opened, opened) = watch::channel(false);
        let (far_end_heard, heard) = watch::channel(false);
        let readiness = Readiness { opened, heard };
        let (received, control_received) = mpsc::channel(CONTROL_QUEUE);
        let (control_sender, control_queue) = mpsc::channel(SEND_QUEUE_MESSAGES);
        let mut first_sequences = PerLine::from_fn(|_| 0);
        for line in Line::ALL {
            first_sequences[line] = random_u32()? as u16;
        }
        let writers =
            PerLine::from_fn(|line| LineWriter::new(Arc::clone(&tracks[line]), ssrcs[line], first_sequences[line]));

        let mut helpers = JoinSet::new();
        let desk = Arc::clone(&shared.desk);
        helpers.spawn(async move {
            write_queued(queues, desk, writers).await;
            Helper::Vital
        });
        let ends = ControlEnds {
            opened: control_opened,
            received,
            observations: Arc::clone(&shared.observations),
            activity: Arc::clone(&shared.activity),
        };
        let receiving = control::receive(Arc::clone(&control), ends);
        helpers.spawn(async move {
            receiving.await;
            Helper::Vital
        });
        let sending = control::send(control, control_queue, readiness.clone());
        let (until_said, all_said) = oneshot::channel();
        helpers.spawn(async move {
            sending.await;
            drop(until_said);
            Helper::Vital
        });
        let beating =
            heartbeat::beat(heartbeat, far_end_heard, Arc::clone(&shared.activity), Arc::clone(&shared.observations));
        helpers.spawn(async move {
            beating.await;
            Helper::Vital
        });

        let (commands, command_queue) = mpsc::channel(COMMAND_QUEUE);
        let (events, event_queue) = mpsc::channel(EVENT_QUEUE);
        let mut task = LinkTask::new(connection, Arc::clone(&shared), packets, helpers, config.connect_timeout);
        if let Some(sdp) = offer {
            task.announce(sdp);
        }
        let inputs =
            Inputs { commands: command_queue, signals, readiness, control: control_received, all_said, events };
        let link = Self { commands, control: control_sender, shared, task: tokio::spawn(task.run(inputs)) };
        Ok((link, LinkEvents(event_queue)))
    }

    /// Answers the other end's offer, the first one or one of an ICE restart; the answer comes as
    /// [`crate::LinkEvent::LocalDescription`].
    ///
    /// # Errors
    /// [`LinkError`]; after an error of the first offer the link can only be closed.
    pub async fn apply_offer(&self, sdp: String) -> Result<(), LinkError> {
        self.ask(|reply| Command::ApplyOffer(sdp, reply)).await
    }

    /// Applies the other end's answer.
    ///
    /// # Errors
    /// [`LinkError`]
    pub async fn apply_answer(&self, sdp: String) -> Result<(), LinkError> {
        self.ask(|reply| Command::ApplyAnswer(sdp, reply)).await
    }

    /// Takes a candidate of the other end; those that come before its description are kept until then.
    ///
    /// # Errors
    /// [`LinkError::Candidate`] and [`LinkError::TooManyCandidates`]: the link goes on without it.
    pub async fn apply_candidate(&self, candidate: IceCandidate) -> Result<(), LinkError> {
        self.ask(|reply| Command::ApplyCandidate(candidate, reply)).await
    }

    /// Offers again with new ICE credentials, on the addresses this machine has now; the offer comes as
    /// [`crate::LinkEvent::LocalDescription`]. SSRCs and sequence numbers go on. May be asked for again while the offer
    /// before waits for its answer; only the latest offer's answer may be applied then.
    ///
    /// # Errors
    /// [`LinkError::WrongState`] for an answerer, and before the first answer.
    pub async fn restart_ice(&self) -> Result<(), LinkError> {
        self.ask(Command::RestartIce).await
    }

    /// Sends a message of at most 16 KiB on the control channel, reliably and in order. Never blocks.
    ///
    /// # Errors
    /// [`SendError`]
    pub fn send_control(&self, message: Bytes) -> Result<(), SendError> {
        if message.len() > MAX_CONTROL_MESSAGE_BYTES {
            return Err(SendError::TooLarge);
        }
        if !self.shared.has_connected() {
            return Err(SendError::NotConnected);
        }
        self.control.try_send(message).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => SendError::Full,
            mpsc::error::TrySendError::Closed(_) => SendError::Closed,
        })
    }

    /// What sends on `line`.
    #[must_use]
    pub fn line_sender(&self, line: Line) -> LineSender {
        LineSender::new(line, Arc::clone(&self.shared.queues))
    }

    /// Asks the other end for a keyframe on `line`, soon and not too often. Never blocks.
    pub fn request_keyframe(&self, line: Line) {
        self.shared.keyframes_wanted.raise(line);
    }

    /// Says how much this end would put to use, in bits a second of everything it sends, if it fitted through. While
    /// less is known to fit and pictures are being sent, the path is probed for more, a few times a minute at most
    /// while it carries no more, with up to 30 KB at a time; with zero never.
    pub fn set_wanted_bps(&self, bps: u64) {
        self.shared.desk.set_wanted_bps(bps);
    }

    /// How the link does; all zero once it is closed.
    pub async fn statistics(&self) -> LinkStatistics {
        let (reply, answer) = oneshot::channel();
        if self.commands.send(Command::Statistics(reply)).await.is_err() {
            return LinkStatistics::default();
        }
        answer.await.unwrap_or_default()
    }

    /// Closes the link; returns when its tasks have ended, within two seconds.
    pub async fn close(self) {
        let Self { commands, control, mut task, .. } = self;
        let _ = commands.try_send(Command::Close);
        drop((commands, control));
        if tokio::time::timeout(2 * CLOSE_TIMEOUT, &mut task).await.is_err() {
            task.abort();
        }
    }

    async fn ask(&self, command: impl FnOnce(Reply<()>) -> Command) -> Result<(), LinkError> {
        let (reply, answer) = oneshot::channel();
        self.commands.send(command(reply)).await.map_err(|_| LinkError::Closed)?;
        answer.await.map_err(|_| LinkError::Closed)?
    }
}

fn random_u32() -> Result<u32, LinkError> {
    getrandom::u32().map_err(|_| LinkError::Open)
}

/// Four different SSRCs (RFC 3550 section 8).
fn random_ssrcs() -> Result<PerLine<u32>, LinkError> {
    // With the line in the lowest bits they can't be equal, nor zero.
    let mut ssrcs = PerLine::from_fn(|line| 1 + line as u32);
    for line in Line::ALL {
        ssrcs[line] |= random_u32()? & !0b111;
    }
    Ok(ssrcs)
}
