//! The links to the other participants: what is received from each, and the task that runs each link.

mod budget;
mod expected_loss;
mod gate;
mod incoming;
mod layer;
mod outgoing;
mod session;

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::{Duration, Instant};

use conclave_conference::TransportEvent;
use conclave_peer::{IceServer, Interfaces, LinkConfig, LinkStatistics, Role};
use conclave_protocol::ids::{LinkGeneration, ParticipantId};
use conclave_protocol::peer::DisplayName;
use conclave_room::LinkRole;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::devices::LocalMedia;
use crate::event::Event;
use crate::observer::CallObserver;
use crate::statistics::{ParticipantStatistics, Verification};
use expected_loss::ExpectedLoss;
use incoming::ParticipantMedia;
pub(crate) use session::LinkCommand;

/// Commands that may wait for a link's task: room for a burst of candidates. A link that falls behind is failed.
const COMMAND_QUEUE: usize = 256;
/// Participants whose figures are kept after they left.
const DEPARTED_KEPT: usize = 64;
/// How long the links may take to say goodbye at the end of the call.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(3);

/// Every participant that there is or was a link to.
pub(crate) struct Links {
    local: Arc<LocalMedia>,
    observer: Arc<dyn CallObserver>,
    events: mpsc::Sender<Event>,
    interfaces: Interfaces,
    participants: HashMap<ParticipantId, Participant>,
    /// Since when each of those in the room has been there together with this end.
    present_since: HashMap<ParticipantId, Instant>,
    expected_loss: Arc<ExpectedLoss>,
    departed: VecDeque<ParticipantStatistics>,
    tasks: JoinSet<()>,
}

struct Participant {
    media: Arc<ParticipantMedia>,
    link: Option<RunningLink>,
    last_figures: Option<LinkStatistics>,
    /// Sent and received over the links before this one.
    earlier_bytes: (u64, u64),
    links_built: u32,
    verified: Verification,
}

struct RunningLink {
    generation: LinkGeneration,
    commands: mpsc::Sender<LinkCommand>,
    figures: watch::Receiver<Option<LinkStatistics>>,
}

impl Links {
    pub(crate) fn new(
        local: Arc<LocalMedia>,
        observer: Arc<dyn CallObserver>,
        events: mpsc::Sender<Event>,
        interfaces: Interfaces,
    ) -> Self {
        Self {
            expected_loss: Arc::default(),
            present_since: HashMap::new(),
            local,
            observer,
            events,
            interfaces,
            participants: HashMap::new(),
            departed: VecDeque::new(),
            tasks: JoinSet::new(),
        }
    }

    /// Builds a link in a task of its own.
    pub(crate) fn open(
        &mut self,
        peer: ParticipantId,
        generation: LinkGeneration,
        role: LinkRole,
        ice_servers: Vec<IceServer>,
    ) {
        // Tasks of links that are gone.
        while self.tasks.try_join_next().is_some() {}
        let (local, observer) = (&self.local, &self.observer);
        let appeared = self.present_since.get(&peer).copied().unwrap_or_else(Instant::now);
        let participant = self.participants.entry(peer).or_insert_with(|| Participant {
            media: Arc::new(ParticipantMedia::new(peer, appeared, local.clone(), observer.clone())),
            link: None,
            last_figures: None,
            earlier_bytes: (0, 0),
            links_built: 0,
            verified: Verification::default(),
        });
        participant.close_link();
        participant.links_built += 1;
        let role = match role {
            LinkRole::Offerer => Role::Offerer,
            LinkRole::Answerer => Role::Answerer,
        };
        let config = LinkConfig { ice_servers, interfaces: self.interfaces, ..LinkConfig::new(role) };
        let (commands, inbox) = mpsc::channel(COMMAND_QUEUE);
        let (figures_out, figures) = watch::channel(None);
        let session = session::Session {
            peer,
            generation,
            local: local.clone(),
            media: participant.media.clone(),
            events: self.events.clone(),
            figures: figures_out,
            expected_loss: Arc::clone(&self.expected_loss),
        };
        self.tasks.spawn(session.run(config, inbox));
        participant.link = Some(RunningLink { generation, commands, figures });
    }

    /// Gives a link's task something to do; a link of another generation is not there any more.
    pub(crate) fn command(&mut self, peer: ParticipantId, generation: LinkGeneration, command: LinkCommand) {
        let Some(participant) = self.participants.get_mut(&peer) else { return };
        let Some(link) = participant.link.as_ref().filter(|link| link.generation == generation) else { return };
        if matches!(command, LinkCommand::Verified) {
            participant.verified = Verification::Verified;
        }
        if link.commands.try_send(command).is_err() {
            tracing::warn!(?peer, "a link's task is gone or falls behind: the link is rebuilt");
            let _ = self.events.try_send(Event::Link { peer, generation, event: TransportEvent::Failed });
        }
    }

    /// Gives the task of the link that stands something to do.
    pub(crate) fn current_command(&mut self, peer: ParticipantId, command: LinkCommand) {
        let running = self.participants.get(&peer).and_then(|participant| participant.link.as_ref());
        if let Some(generation) = running.map(|link| link.generation) {
            self.command(peer, generation, command);
        }
    }

    pub(crate) fn close(&mut self, peer: ParticipantId, generation: LinkGeneration) {
        if let Some(participant) = self.participants.get_mut(&peer)
            && participant.link.as_ref().is_some_and(|link| link.generation == generation)
        {
            participant.close_link();
        }
    }

    pub(crate) fn set_volume(&self, peer: ParticipantId, volume: f32) {
        if let Some(participant) = self.participants.get(&peer) {
            participant.media.set_volume(volume);
        }
    }

    /// Says who is in the room: all others are forgotten, except for their figures.
    pub(crate) fn set_present(
        &mut self,
        present: impl Iterator<Item = ParticipantId>,
        name: impl Fn(ParticipantId) -> Option<DisplayName>,
    ) {
        let since = |id| (id, self.present_since.get(&id).copied().unwrap_or_else(Instant::now));
        self.present_since = present.map(since).collect();
        let is_gone = |id: &ParticipantId| !self.present_since.contains_key(id);
        let gone: Vec<_> = self.participants.keys().copied().filter(is_gone).collect();
        for id in gone {
            if let Some(mut participant) = self.participants.remove(&id) {
                participant.close_link();
                if self.departed.len() == DEPARTED_KEPT {
                    self.departed.pop_front();
                }
                self.departed.push_back(participant.statistics(id, name(id)));
                // Joins the decoders' threads, which may be in the middle of a picture.
                self.tasks.spawn_blocking(move || drop(participant));
            }
        }
    }

    /// How loud each participant is at the moment.
    pub(crate) fn levels(&self) -> Vec<(ParticipantId, f32)> {
        self.participants.iter().map(|(&id, participant)| (id, participant.media.microphone().level_dbfs())).collect()
    }

    /// Figures of everyone who is or was there.
    pub(crate) fn statistics(&self, name: impl Fn(ParticipantId) -> Option<DisplayName>) -> Vec<ParticipantStatistics> {
        let present = self.participants.iter().map(|(&id, participant)| participant.statistics(id, name(id)));
        self.departed.iter().cloned().chain(present).collect()
    }

    /// Closes all links and waits for them, for a bounded time.
    pub(crate) async fn shut_down(mut self) {
        for participant in self.participants.values_mut() {
            participant.close_link();
        }
        let all = async { while self.tasks.join_next().await.is_some() {} };
        if timeout(CLOSE_TIMEOUT, all).await.is_err() {
            tracing::warn!("a link did not close in time");
        }
        // Joins the decoders' threads. If that fails, the decoders' panic was told where it happened.
        let _ = tokio::task::spawn_blocking(move || drop(self)).await;
    }
}

impl Participant {
    /// Ends the link's task by ending its inbox: what was asked of it before is still done.
    fn close_link(&mut self) {
        if let Some(link) = self.link.take() {
            let figures = link.figures.borrow().clone();
            if let Some(figures) = figures {
                self.earlier_bytes.0 += figures.sent_bytes;
                self.earlier_bytes.1 += figures.received_bytes;
                self.last_figures = Some(figures);
            }
        }
    }

    fn statistics(&self, id: ParticipantId, name: Option<DisplayName>) -> ParticipantStatistics {
        let running = self.link.as_ref().and_then(|link| link.figures.borrow().clone());
        let (sent, received) = running.as_ref().map_or((0, 0), |link| (link.sent_bytes, link.received_bytes));
        ParticipantStatistics {
            id,
            name,
            milestones: self.media.milestones(),
            video: self.media.camera().statistics(),
            screen: self.media.screen_statistics(),
            audio: self.media.microphone().statistics(),
            link: running.or_else(|| self.last_figures.clone()),
            sent_bytes: self.earlier_bytes.0 + sent,
            received_bytes: self.earlier_bytes.1 + received,
            links_built: self.links_built,
            verified: self.verified,
        }
    }
}
