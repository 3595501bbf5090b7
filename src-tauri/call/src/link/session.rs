//! The task of one link: the only one that talks to it.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use conclave_conference::TransportEvent;
use conclave_peer::{
    IceCandidate as PeerCandidate, Line, Link, LinkConfig, LinkError, LinkEvent as PeerEvent, LinkEvents,
    LinkStatistics, Role,
};
use conclave_protocol::ids::{LinkGeneration, OfferRound, ParticipantId};
use conclave_protocol::line::{TileSize, VideoLine};
use conclave_protocol::signal::IceCandidate;
use conclave_room::RemoteSignal;
use tokio::sync::{mpsc, watch};
use tokio::time::{MissedTickBehavior, interval};

use super::expected_loss::ExpectedLoss;
use super::gate::Gate;
use super::incoming::ParticipantMedia;
use super::outgoing::VideoForwarding;
use crate::devices::LocalMedia;
use crate::event::Event;

/// How often a link's figures are read.
const FIGURES_INTERVAL: Duration = Duration::from_secs(1);

/// What a link's task can be asked.
pub(crate) enum LinkCommand {
    /// Take what the other side sent.
    Remote(RemoteSignal),
    /// Offer again with new ICE credentials.
    RestartIce(OfferRound),
    /// Both ends have proven who they are.
    Verified,
    /// Send a sealed message on the control channel.
    SendControl(Vec<u8>),
    /// The other side draws a line of this end's this large.
    SetDemand(VideoLine, TileSize),
}

/// What a link's task keeps while the link stands.
struct Progress {
    forwarding: VideoForwarding,
    /// The offers that were made or taken, in order, of which the link has yet to tell its description.
    rounds: VecDeque<OfferRound>,
    transport: Transport,
    other_end: OtherEnd,
}

/// Whether the link's transport is up. Nothing goes over it before the other end has proven who it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Transport {
    Down,
    Up,
}

/// Whether the other end has proven who it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum OtherEnd {
    Unproven,
    Proven,
}

/// What a link's task works with.
pub(super) struct Session {
    pub(super) peer: ParticipantId,
    pub(super) generation: LinkGeneration,
    pub(super) local: Arc<LocalMedia>,
    pub(super) media: Arc<ParticipantMedia>,
    pub(super) events: mpsc::Sender<Event>,
    pub(super) figures: watch::Sender<Option<LinkStatistics>>,
    pub(super) expected_loss: Arc<ExpectedLoss>,
}

impl Session {
    /// Builds the link and runs it until its inbox ends.
    pub(super) async fn run(self, config: LinkConfig, mut inbox: mpsc::Receiver<LinkCommand>) {
        let rounds = match config.role {
            Role::Offerer => VecDeque::from([OfferRound::FIRST]),
            Role::Answerer => VecDeque::new(),
        };
        let progress = Progress {
            forwarding: VideoForwarding::default(),
            rounds,
            transport: Transport::Down,
            other_end: OtherEnd::Unproven,
        };
        let gate = Arc::new(Gate::new(self.media.clone()));
        let opened = Link::open(config, gate.clone()).await;
        let (link, events) = match opened {
            Ok(opened) => opened,
            Err(error) => {
                tracing::warn!(peer = ?self.peer, %error, "a link could not be built");
                self.tell(TransportEvent::Failed).await;
                return;
            }
        };
        self.serve(&link, &gate, progress, events, &mut inbox).await;
        self.figures.send_replace(Some(link.statistics().await));
        self.expected_loss.forget(self.peer);
        link.close().await;
    }

    async fn serve(
        &self,
        link: &Link,
        gate: &Gate,
        mut progress: Progress,
        mut events: LinkEvents,
        inbox: &mut mpsc::Receiver<LinkCommand>,
    ) {
        let mut keyframe_requests = self.media.route_keyframe_requests();
        let mut sharing = self.local.sharing.subscribe();
        // What is shared already is told like a change.
        sharing.mark_changed();
        let mut figures_due = interval(FIGURES_INTERVAL);
        figures_due.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                command = inbox.recv() => match command {
                    Some(LinkCommand::Verified) => {
                        gate.open();
                        progress.other_end = OtherEnd::Proven;
                        self.begin(link, &mut progress);
                    }
                    Some(command) => self.obey(link, &mut progress, command).await,
                    None => return,
                },
                event = events.next() => match event {
                    Some(event) => self.pass_on(link, &mut progress, event).await,
                    None => {
                        self.tell(TransportEvent::Failed).await;
                        // Nothing comes any more; the room closes the link.
                        while inbox.recv().await.is_some() {}
                        return;
                    }
                },
                // Ends only with the next link of this participant, which then gets the requests.
                Some(line) = keyframe_requests.recv() => link.request_keyframe(match line {
                    VideoLine::Camera => Line::Camera,
                    VideoLine::Screen => Line::Screen,
                }),
                Ok(()) = sharing.changed() => {
                    let now = *sharing.borrow_and_update();
                    progress.forwarding.set_sharing(now);
                    link.set_wanted_bps(progress.forwarding.wanted_bps());
                }
                _ = figures_due.tick() => {
                    let figures = link.statistics().await;
                    let expected = self.expected_loss.heard(self.peer, &figures);
                    self.local.microphone.set_expected_loss(expected);
                    self.figures.send_replace(Some(figures));
                }
            }
        }
    }

    async fn obey(&self, link: &Link, progress: &mut Progress, command: LinkCommand) {
        match command {
            LinkCommand::Remote(remote) => {
                let offer = match &remote {
                    RemoteSignal::Offer(round, _) => Some(*round),
                    RemoteSignal::Answer(_) | RemoteSignal::Candidate(_) => None,
                };
                match apply(link, remote).await {
                    Ok(()) => progress.rounds.extend(offer),
                    // A hostile or broken description never becomes a link: the room's watchdog decides what next.
                    Err(error) => {
                        let peer = self.peer;
                        tracing::warn!(?peer, %error, "what the other side sent about the link was not accepted");
                    }
                }
            }
            LinkCommand::RestartIce(round) => match link.restart_ice().await {
                Ok(()) => progress.rounds.push_back(round),
                Err(error) => tracing::warn!(peer = ?self.peer, %error, "ICE could not be restarted"),
            },
            LinkCommand::SendControl(sealed) => {
                if let Err(error) = link.send_control(sealed.into()) {
                    tracing::warn!(peer = ?self.peer, %error, "a control message was not sent: the link is rebuilt");
                    self.tell(TransportEvent::Failed).await;
                }
            }
            // Where the gate is.
            LinkCommand::Verified => {}
            LinkCommand::SetDemand(line, demand) => {
                progress.forwarding.set_demand(line, demand);
                link.set_wanted_bps(progress.forwarding.wanted_bps());
            }
        }
    }

    async fn pass_on(&self, link: &Link, progress: &mut Progress, event: PeerEvent) {
        let event = match event {
            PeerEvent::LocalDescription { sdp } => match progress.rounds.pop_front() {
                Some(round) => TransportEvent::LocalDescription { round, sdp },
                // Every description is of an offer that was made or taken before.
                None => return,
            },
            PeerEvent::LocalCandidate(candidate) => TransportEvent::LocalCandidate(IceCandidate {
                candidate: candidate.candidate,
                sdp_mid: candidate.sdp_mid,
                sdp_m_line_index: candidate.sdp_m_line_index,
            }),
            PeerEvent::Connected => {
                progress.transport = Transport::Up;
                self.begin(link, progress);
                TransportEvent::Connected
            }
            PeerEvent::Interrupted => TransportEvent::Interrupted,
            PeerEvent::Failed => TransportEvent::Failed,
            PeerEvent::Control(bytes) => TransportEvent::Control(bytes.into()),
            PeerEvent::KeyframeRequested { line } => return progress.forwarding.keyframe_requested(line),
            PeerEvent::SendBandwidth { bps } => return progress.forwarding.set_bandwidth(bps),
        };
        self.tell(event).await;
    }

    /// Media flow once the link is up and its other end has proven who it is, in whichever order.
    fn begin(&self, link: &Link, progress: &mut Progress) {
        if progress.transport == Transport::Up && progress.other_end == OtherEnd::Proven {
            self.media.note_connected();
            progress.forwarding.start(&self.local, link);
        }
    }

    async fn tell(&self, event: TransportEvent) {
        // A driver that is gone needs no telling.
        let _ = self.events.send(Event::Link { peer: self.peer, generation: self.generation, event }).await;
    }
}

async fn apply(link: &Link, remote: RemoteSignal) -> Result<(), LinkError> {
    match remote {
        RemoteSignal::Offer(_, sdp) => link.apply_offer(sdp).await,
        RemoteSignal::Answer(sdp) => link.apply_answer(sdp).await,
        RemoteSignal::Candidate(IceCandidate { candidate, sdp_mid, sdp_m_line_index }) => {
            link.apply_candidate(PeerCandidate { candidate, sdp_mid, sdp_m_line_index }).await
        }
    }
}
