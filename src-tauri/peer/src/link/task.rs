//! The task that owns a link's connection.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use rtc::rtcp::payload_feedbacks::picture_loss_indication::PictureLossIndication;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;
use webrtc::media_stream::track_remote::TrackRemote;
use webrtc::peer_connection::{RTCIceConnectionState, RTCPeerConnectionState};

use super::connection::Connection;
use super::error::LinkError;
use super::handler::{Signal, Signals};
use super::liveness::{Liveness, Transition, Transport};
use super::outbox::{Outbox, Overflow};
use super::shared::Shared;
use crate::candidate::IceCandidate;
use crate::channel::Readiness;
use crate::event::LinkEvent;
use crate::line::{Line, PerLine};
use crate::receive::{KeyframeRequests, PacketSink, receive};
use crate::send::pacing_bps;
use crate::statistics::{LinkStatistics, path_in_use};

/// Closing the connection takes a tenth of a second; one that does not end is left behind.
pub(super) const CLOSE_TIMEOUT: Duration = Duration::from_secs(1);
/// The other end confirms what was said last within 200 ms (RFC 9260 section 6.2) and the way there and back.
const LAST_WORDS_TIMEOUT: Duration = Duration::from_millis(400);

/// What a link is told to do.
pub(super) enum Command {
    ApplyOffer(String, Reply<()>),
    ApplyAnswer(String, Reply<()>),
    ApplyCandidate(IceCandidate, Reply<()>),
    RestartIce(Reply<()>),
    Statistics(oneshot::Sender<LinkStatistics>),
    Close,
}

pub(super) type Reply<T> = oneshot::Sender<Result<T, LinkError>>;

/// Everything the task listens to.
pub(super) struct Inputs {
    pub(super) commands: mpsc::Receiver<Command>,
    pub(super) signals: Signals,
    pub(super) readiness: Readiness,
    pub(super) control: mpsc::Receiver<Bytes>,
    /// Ends when the owner's last control message has arrived.
    pub(super) all_said: oneshot::Receiver<()>,
    pub(super) events: mpsc::Sender<LinkEvent>,
}

/// The task's state.
pub(super) struct LinkTask {
    connection: Connection,
    shared: Arc<Shared>,
    sink: Arc<dyn PacketSink>,
    liveness: Liveness,
    outbox: Outbox,
    keyframes: KeyframeRequests,
    remote_tracks: PerLine<Option<Arc<dyn TrackRemote>>>,
    /// Receivers, the writer, the channels: they end with the connection, or are ended with the task.
    helpers: JoinSet<Helper>,
    has_connected: bool,
    /// Whether control messages can't arrive yet.
    awaits_control: bool,
    /// Whether the connection still says something.
    is_heard: bool,
}

/// A task of the link that has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Helper {
    /// Took a track's packets; ends with the track.
    Receiver,
    /// Wrote packets or served a channel; ends only with the connection.
    Vital,
}

/// Whether the task goes on.
enum Next {
    Go,
    Stop,
}

impl LinkTask {
    pub(super) fn new(
        connection: Connection,
        shared: Arc<Shared>,
        sink: Arc<dyn PacketSink>,
        helpers: JoinSet<Helper>,
        connect_timeout: Duration,
    ) -> Self {
        Self {
            connection,
            shared,
            sink,
            liveness: Liveness::new(connect_timeout),
            outbox: Outbox::default(),
            keyframes: KeyframeRequests::new(),
            remote_tracks: PerLine::from_fn(|_| None),
            helpers,
            has_connected: false,
            awaits_control: true,
            is_heard: true,
        }
    }

    /// Puts the first event out: the offer of an offerer.
    pub(super) fn announce(&mut self, sdp: String) {
        // The first event of an empty box fits.
        let _ = self.outbox.push(LinkEvent::LocalDescription { sdp });
    }

    /// Runs until the link is closed, dropped or left by its owner; then closes the connection.
    pub(super) async fn run(mut self, mut inputs: Inputs) {
        while let Ok(Next::Go) = self.step(&mut inputs).await {}
        self.shared.queues.close();
        if self.has_connected {
            // A goodbye would be lost with the connection.
            let _ = tokio::time::timeout(LAST_WORDS_TIMEOUT, inputs.all_said).await;
        }
        let _ = tokio::time::timeout(CLOSE_TIMEOUT, self.connection.pc().close()).await;
        self.helpers.shutdown().await;
    }

    async fn step(&mut self, inputs: &mut Inputs) -> Result<Next, Overflow> {
        let now = Instant::now();
        self.liveness.heard(self.shared.activity.last());
        if let Some(transition) = self.liveness.poll(now) {
            self.tell(transition)?;
            return Ok(Next::Go);
        }
        for line in self.shared.observations.keyframes_requested().take() {
            self.outbox.push(LinkEvent::KeyframeRequested { line })?;
        }
        for line in self.shared.keyframes_wanted.take() {
            self.keyframes.want(line);
        }
        self.ask_for_keyframes(now).await;

        let takes_control = self.has_connected && self.outbox.has_room_for_control();
        let is_known = |line: Line| self.remote_tracks[line].is_some();
        let deadline =
            [self.liveness.deadline(now), self.keyframes.deadline(now, is_known)].into_iter().flatten().min();
        tokio::select! {
            biased;
            command = inputs.commands.recv() => match command {
                Some(Command::Close) | None => return Ok(Next::Stop),
                Some(command) => self.obey(command).await?,
            },
            permit = inputs.events.reserve(), if !self.outbox.is_empty() => {
                let Ok(permit) = permit else { return Ok(Next::Stop) };
                if let Some(event) = self.outbox.pop() {
                    permit.send(event);
                }
            },
            signal = inputs.signals.next(), if self.is_heard => match signal {
                Some(signal) => self.hear(signal).await?,
                None => {
                    self.is_heard = false;
                    self.liveness.ended();
                }
            },
            ready = inputs.readiness.wait(), if self.awaits_control => {
                self.awaits_control = false;
                if ready.is_ok() {
                    self.liveness.control_opened();
                } else {
                    self.liveness.ended();
                }
            },
            Some(message) = inputs.control.recv(), if takes_control => self.outbox.push_control(message)?,
            Some(ended) = self.helpers.join_next(), if !self.helpers.is_empty() => {
                if !matches!(ended, Ok(Helper::Receiver)) {
                    self.liveness.ended();
                }
            },
            () = self.shared.keyframes_wanted.raised() => {},
            () = self.shared.observations.keyframes_requested().raised() => {},
            () = self.shared.observations.estimate_changed() => self.tell_estimate()?,
            () = sleep_until(deadline) => {},
        }
        Ok(Next::Go)
    }

    fn tell_estimate(&mut self) -> Result<(), Overflow> {
        let Some(bps) = self.shared.observations.estimate_bps() else { return Ok(()) };
        self.shared.queues.set_pacing_bps(pacing_bps(bps));
        self.outbox.push(LinkEvent::SendBandwidth { bps })
    }

    async fn obey(&mut self, command: Command) -> Result<(), Overflow> {
        match command {
            Command::ApplyOffer(sdp, reply) => {
                let answer = self.connection.answer(sdp).await;
                self.described(answer, reply)
            }
            Command::RestartIce(reply) => {
                let offer = self.connection.restart_ice().await;
                self.described(offer, reply)
            }
            Command::ApplyAnswer(sdp, reply) => {
                let applied = self.connection.apply_answer(sdp).await;
                if self.connection.is_settled() {
                    self.liveness.negotiated(Instant::now());
                }
                let _ = reply.send(applied);
                Ok(())
            }
            Command::ApplyCandidate(candidate, reply) => {
                let _ = reply.send(self.connection.apply_candidate(candidate).await);
                Ok(())
            }
            Command::Statistics(reply) => {
                let _ = reply.send(self.statistics().await);
                Ok(())
            }
            Command::Close => Ok(()),
        }
    }

    async fn statistics(&self) -> LinkStatistics {
        let takes = |line| self.shared.queues.payload_type(line).is_some();
        let mut statistics = self.shared.observations.snapshot(Instant::now(), takes);
        if let Some((local, remote)) = path_in_use(self.connection.pc().as_ref()).await {
            statistics.local_candidate = Some(local);
            statistics.remote_candidate = Some(remote);
        }
        statistics
    }

    fn described(&mut self, sdp: Result<String, LinkError>, reply: Reply<()>) -> Result<(), Overflow> {
        let outcome = sdp.map(|sdp| self.outbox.push(LinkEvent::LocalDescription { sdp }));
        if self.connection.is_settled() {
            self.liveness.negotiated(Instant::now());
        }
        match outcome {
            Ok(pushed) => {
                let _ = reply.send(Ok(()));
                pushed
            }
            Err(error) => {
                let _ = reply.send(Err(error));
                Ok(())
            }
        }
    }

    async fn hear(&mut self, signal: Signal) -> Result<(), Overflow> {
        match signal {
            Signal::Candidate(candidate) => self.outbox.push(LinkEvent::LocalCandidate(candidate))?,
            Signal::Ice(RTCIceConnectionState::Connected | RTCIceConnectionState::Completed) => {
                self.liveness.ice_connected(Instant::now());
                if self.has_connected {
                    self.shared.observations.path_changed();
                }
            }
            Signal::Ice(_) => {}
            Signal::Connection(state) => match state {
                RTCPeerConnectionState::Connected => self.liveness.transport(Transport::Connected),
                RTCPeerConnectionState::Connecting => self.liveness.transport(Transport::Connecting),
                RTCPeerConnectionState::Disconnected => self.liveness.transport(Transport::Disconnected),
                RTCPeerConnectionState::Failed | RTCPeerConnectionState::Closed => self.liveness.ended(),
                _ => {}
            },
            Signal::Track(track) => self.receive(track).await,
            // Nobody announces channels in-band: what does is turned away.
            Signal::Channel(channel) => {
                let _ = channel.close().await;
            }
        }
        Ok(())
    }

    async fn receive(&mut self, track: Arc<dyn TrackRemote>) {
        let Some(line) = self.connection.line_of(&track).await else {
            return;
        };
        if let Some(ssrc) = track.ssrcs().await.first() {
            self.shared.observations.set_remote_ssrc(line, *ssrc);
        }
        let receiver = receive(
            line,
            Arc::clone(&track),
            Arc::clone(&self.sink),
            Arc::clone(&self.shared.observations),
            Arc::clone(&self.shared.activity),
        );
        self.helpers.spawn(async move {
            receiver.await;
            Helper::Receiver
        });
        self.remote_tracks[line] = Some(track);
    }

    fn tell(&mut self, transition: Transition) -> Result<(), Overflow> {
        self.outbox.push(match transition {
            Transition::Connected => {
                self.has_connected = true;
                self.shared.queues.open();
                self.shared.set_connected();
                LinkEvent::Connected
            }
            Transition::Interrupted => LinkEvent::Interrupted,
            Transition::Failed => {
                self.shared.queues.close();
                LinkEvent::Failed
            }
        })
    }

    async fn ask_for_keyframes(&mut self, now: Instant) {
        let is_known = |line: Line| self.remote_tracks[line].is_some();
        for line in self.keyframes.take_due(now, is_known) {
            let media_ssrc = self.shared.observations.remote_ssrc(line);
            if let (Some(track), Some(media_ssrc)) = (&self.remote_tracks[line], media_ssrc) {
                let request = PictureLossIndication { sender_ssrc: self.shared.ssrcs[line], media_ssrc };
                self.shared.observations.keyframe_asked(line);
                // A connection that takes no more is noticed elsewhere.
                let _ = track.write_rtcp(vec![Box::new(request)]).await;
            }
        }
    }
}

async fn sleep_until(deadline: Option<Instant>) {
    match deadline {
        Some(deadline) => tokio::time::sleep_until(deadline.into()).await,
        None => std::future::pending().await,
    }
}
