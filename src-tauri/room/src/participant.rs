//! Somebody else in the room: what they said of themselves, what this end wants of them, and the link to them.

use std::time::Duration;

use conclave_protocol::ids::{LinkGeneration, ParticipantId};
use conclave_protocol::line::{MediaState, TileSize, VideoLine};
use conclave_protocol::notice::Notice;
use conclave_protocol::peer::{ClientKind, DisplayName, PeerMessage};
use conclave_protocol::signal::Signal;
use conclave_protocol::signalling::Member;
use conclave_protocol::snapshot::{Recognition, RemoteParticipant};

use crate::context::Context;
use crate::effect::{Effect, LinkRole};
use crate::input::LinkEvent;
use crate::link::{Link, LinkNews};
use crate::signal_budget::SignalBudget;
use crate::time::Timestamp;

/// The loudest that anybody is played.
const LOUDEST: f32 = 2.0;
/// The volume at which everybody starts: as sent.
const AS_SENT: f32 = 1.0;
/// How long somebody may be missing from the server's list: a server that restarted empty is being refilled.
const MISSING_FOR: Duration = Duration::from_secs(30);

/// Somebody else in the room.
#[derive(Debug)]
pub(crate) struct Participant {
    member: Member,
    listing: Listing,
    name: Name,
    client: Option<ClientKind>,
    recognition: Option<Recognition>,
    media: MediaState,
    volume: f32,
    camera_view: TileSize,
    screen_view: TileSize,
    link: Link,
    budget: SignalBudget,
}

/// What they are called. A hello through the server may be as old as the server keeps it for an absent client, so what
/// was said on a link is newer.
#[derive(Debug)]
enum Name {
    Unknown,
    FromHello(DisplayName),
    FromProfile(DisplayName),
}

/// Whether the server lists a participant. One that it doesn't list stays while the link to them lives.
#[derive(Debug, Clone, Copy)]
enum Listing {
    Listed,
    Missing {
        /// Until when even one without a link stays.
        stays: Timestamp,
    },
}

/// Whether a participant is still in the room.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Stay {
    Stays,
    Goes,
}

impl Participant {
    pub(crate) fn new(now: Timestamp, member: Member, role: LinkRole, camera_view: TileSize) -> Self {
        Self {
            member,
            listing: Listing::Listed,
            name: Name::Unknown,
            client: None,
            recognition: None,
            media: MediaState::default(),
            volume: AS_SENT,
            camera_view,
            screen_view: TileSize::HIDDEN,
            link: Link::new(now, member.participant, role),
            budget: SignalBudget::new(now),
        }
    }

    pub(crate) fn member(&self) -> Member {
        self.member
    }

    /// Builds the link from anew, as if they had just come.
    pub(crate) fn start_over(&mut self, cx: &mut Context<'_>, role: LinkRole) {
        let link = Link::new(cx.now, self.id(), role);
        std::mem::replace(&mut self.link, link).close(cx);
    }

    /// The server lists them, as `member` now.
    pub(crate) fn listed(&mut self, cx: &mut Context<'_>, member: Member, role: LinkRole) {
        self.member = member;
        self.listing = Listing::Listed;
        self.link.set_role(cx, role);
    }

    /// The server answered with a list in which they are missing.
    pub(crate) fn missing(&mut self, now: Timestamp) {
        if let Listing::Listed = self.listing {
            self.listing = Listing::Missing { stays: now + MISSING_FOR };
        }
    }

    /// The server waited for them in vain.
    pub(crate) fn timed_out(&mut self, now: Timestamp) {
        self.listing = Listing::Missing { stays: now };
    }

    pub(crate) fn is_missing(&self) -> bool {
        matches!(self.listing, Listing::Missing { .. })
    }

    pub(crate) fn is_connected(&self) -> bool {
        self.link.connected().is_some()
    }

    pub(crate) fn hurry(&mut self, now: Timestamp) {
        self.link.hurry(now);
    }

    pub(crate) fn signal(&mut self, cx: &mut Context<'_>, signal: Signal) {
        let is_candidate = matches!(signal, Signal::Candidate { .. });
        // Candidates come in dozens and cost little.
        if !is_candidate && !self.budget.try_take(cx.now) {
            return;
        }
        if let Signal::Hello { name } = signal {
            if !matches!(self.name, Name::FromProfile(_)) {
                self.name = Name::FromHello(name);
            }
            // Only the one who is greeted answers: two who greet would never end.
            if self.link.role() == LinkRole::Answerer {
                self.say_hello(cx);
            }
            return;
        }
        let news = self.link.signal(cx, signal);
        self.spread(cx, news);
    }

    /// Something about the link, or on its control channel.
    pub(crate) fn link_event(&mut self, cx: &mut Context<'_>, generation: LinkGeneration, event: LinkEvent) -> Stay {
        let LinkEvent::Message(message) = event else {
            let news = self.link.event(cx, generation, event);
            self.spread(cx, news);
            return Stay::Stays;
        };
        let Some(attempt) = self.link.attempt(generation) else {
            return Stay::Stays;
        };
        match message {
            PeerMessage::Profile { name, client } => {
                self.name = Name::FromProfile(name);
                self.client = Some(client);
            }
            PeerMessage::MediaState { state } => self.media = state,
            PeerMessage::WantVideo { line, size } => attempt.set_demand(cx, line, size),
            PeerMessage::Bye => return Stay::Goes,
            // The key agreement's.
            PeerMessage::Statements { .. } | PeerMessage::Epoch { .. } => {}
        }
        Stay::Stays
    }

    /// Does what is due. Who has neither a place in the server's list nor a link goes, before more is tried for them.
    pub(crate) fn run_timers(&mut self, cx: &mut Context<'_>) -> Stay {
        let news = self.link.expire(cx);
        if self.goes_at().is_some_and(|at| at <= cx.now) {
            return Stay::Goes;
        }
        self.spread(cx, news);
        let before = self.link.standing();
        let news = self.link.advance(cx);
        if self.link.standing() != before && matches!(self.name, Name::Unknown) {
            self.say_hello(cx);
        }
        self.spread(cx, news);
        Stay::Stays
    }

    pub(crate) fn next_deadline(&self) -> Option<Timestamp> {
        self.link.next_deadline().into_iter().chain(self.goes_at()).min()
    }

    /// Tells them something, if they are connected; if not, they are told all once they are.
    pub(crate) fn tell(&self, cx: &mut Context<'_>, message: PeerMessage) {
        if let Some(generation) = self.link.connected() {
            self.send(cx, generation, message);
        }
    }

    pub(crate) fn view(&mut self, cx: &mut Context<'_>, line: VideoLine, size: TileSize) {
        let view = match line {
            VideoLine::Camera => &mut self.camera_view,
            VideoLine::Screen => &mut self.screen_view,
        };
        if *view != size {
            *view = size;
            self.tell(cx, PeerMessage::WantVideo { line, size });
        }
    }

    /// `volume` is cut to 0 to 2; what is no number changes nothing.
    pub(crate) fn set_volume(&mut self, cx: &mut Context<'_>, volume: f32) {
        if volume.is_nan() {
            return;
        }
        self.volume = volume.clamp(0.0, LOUDEST);
        cx.outbox.push(Effect::SetVolume { peer: self.id(), volume: self.volume });
    }

    /// Says goodbye, so that they don't wait for the link to come back.
    pub(crate) fn say_bye(&self, cx: &mut Context<'_>) {
        if let Some(generation) = self.link.alive() {
            self.send(cx, generation, PeerMessage::Bye);
        }
    }

    pub(crate) fn close(self, cx: &mut Context<'_>) {
        self.link.close(cx);
    }

    pub(crate) fn snapshot(&self) -> RemoteParticipant {
        RemoteParticipant {
            id: self.id(),
            order: self.member.order,
            name: match &self.name {
                Name::Unknown => None,
                Name::FromHello(name) | Name::FromProfile(name) => Some(name.clone()),
            },
            client: self.client,
            link: self.link.phase(),
            verified: self.link.verified().cloned(),
            recognition: self.recognition.filter(|_| self.link.verified().is_some()),
            media: self.media,
            volume: self.volume,
        }
    }

    /// What is known of their device.
    pub(crate) fn recognised(&mut self, recognition: Recognition) {
        self.recognition = Some(recognition);
    }

    fn id(&self) -> ParticipantId {
        self.member.participant
    }

    /// When they go, unless the server lists them or the link lives by then.
    fn goes_at(&self) -> Option<Timestamp> {
        match self.listing {
            Listing::Missing { stays } if self.link.alive().is_none() => Some(stays),
            Listing::Missing { .. } | Listing::Listed => None,
        }
    }

    fn spread(&self, cx: &mut Context<'_>, news: Option<LinkNews>) {
        match news {
            Some(LinkNews::Up) => self.introduce(cx),
            Some(LinkNews::Trouble) => cx.outbox.push(Effect::Notify(Notice::LinkTrouble { participant: self.id() })),
            None => {}
        }
    }

    /// All that they have to know; after an interruption too, as changes may have happened in it.
    fn introduce(&self, cx: &mut Context<'_>) {
        if self.volume != AS_SENT {
            cx.outbox.push(Effect::SetVolume { peer: self.id(), volume: self.volume });
        }
        self.tell(cx, cx.local.profile());
        let state = cx.local.media;
        self.tell(cx, PeerMessage::MediaState { state });
        for (line, size) in [(VideoLine::Camera, self.camera_view), (VideoLine::Screen, self.screen_view)] {
            self.tell(cx, PeerMessage::WantVideo { line, size });
        }
    }

    fn say_hello(&self, cx: &mut Context<'_>) {
        let name = cx.local.name.clone();
        cx.signal(self.id(), Signal::Hello { name });
    }

    fn send(&self, cx: &mut Context<'_>, generation: LinkGeneration, message: PeerMessage) {
        cx.outbox.push(Effect::SendToPeer { peer: self.id(), generation, message });
    }
}
