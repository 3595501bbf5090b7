//! Fake links: two ends that know each other's descriptions and candidates become a connection, which can break.
//!
//! A description names the end that made it and counts its offers, so that an end which was built anew, or an answer to
//! another offer than the latest, doesn't fit: as with real certificates and ICE credentials.

use std::collections::{BTreeSet, VecDeque};
use std::time::Duration;

use conclave_protocol::ids::{LinkGeneration, OfferRound, ParticipantId};
use conclave_protocol::peer::PeerMessage;
use conclave_protocol::signal::IceCandidate;
use conclave_room::{Input, LinkEvent, LinkRole, RemoteSignal, Timestamp};
use rand::Rng as _;

use crate::world::{Event, World};

/// How long it takes a link to notice that nothing arrives.
const SILENCE: Duration = Duration::from_secs(3);

/// One end of a link.
#[derive(Debug)]
pub(crate) struct FakeLink {
    pub(crate) owner: usize,
    pub(crate) peer: ParticipantId,
    pub(crate) generation: LinkGeneration,
    pub(crate) role: LinkRole,
    pub(crate) presence: Presence,
    /// The end at the other side, once its description came.
    remote: Option<usize>,
    /// The offerer: the latest offer it made, restarts included. The answerer: the latest it got.
    round: OfferRound,
    /// The offerer: the number of the offer that the latest answer was made for.
    answered: Option<OfferRound>,
    candidates_of: BTreeSet<usize>,
    fate: Fate,
    told: Told,
    last_event: Timestamp,
    last_description: Timestamp,
    /// Said while nothing got through.
    unsent: VecDeque<PeerMessage>,
    /// Of the offerer's end, for both.
    path: Path,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Presence {
    Open,
    Closed,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    ComesUp,
    /// Never comes up, and never says so.
    Stuck,
}

/// What an end last told its room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Told {
    Nothing,
    Connected,
    Interrupted,
}

/// What lies between two ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Path {
    NotYet,
    Whole,
    /// Comes back by itself.
    Blinking,
    /// Comes back with an offer later than this one.
    NeedsRestart(OfferRound),
    Broken,
}

/// What can befall a connection.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Accident {
    Blink,
    NeedsRestart,
    Breaks,
    /// One end gives up at once.
    Fails,
}

/// Something about one end, or about both.
#[derive(Debug)]
pub(crate) enum LinkStep {
    Describe { link: usize, round: OfferRound },
    Gather { link: usize },
    ComesUp { offerer: usize, answerer: usize, offer: OfferRound },
    ComesBack { offerer: usize, answerer: usize },
    Notices { link: usize, event: LinkEvent },
    Tells { link: usize, event: LinkEvent },
}

impl World {
    pub(crate) fn open_link(&mut self, owner: usize, peer: ParticipantId, generation: LinkGeneration, role: LinkRole) {
        self.counts.links_opened += 1;
        let link = self.links.len();
        if self.clients[owner].links.insert(peer, link).is_some() {
            self.violated(&format!("{owner} opens a second link to {peer:?}"));
        }
        let fate = if self.rng.random_bool(self.weather.stuck) { Fate::Stuck } else { Fate::ComesUp };
        self.links.push(FakeLink {
            owner,
            peer,
            generation,
            role,
            presence: Presence::Open,
            remote: None,
            round: OfferRound(0),
            answered: None,
            candidates_of: BTreeSet::new(),
            fate,
            told: Told::Nothing,
            last_event: self.now,
            last_description: self.now,
            unsent: VecDeque::new(),
            path: Path::NotYet,
        });
        if role == LinkRole::Offerer {
            self.links[link].round = OfferRound::FIRST;
            self.link_step_within(50, LinkStep::Describe { link, round: OfferRound::FIRST });
        }
        if self.rng.random_bool(self.weather.fails) {
            self.link_step_within(800, LinkStep::Notices { link, event: LinkEvent::Failed });
        }
    }

    pub(crate) fn close_link(&mut self, owner: usize, peer: ParticipantId, generation: LinkGeneration) {
        let link = self.link_of(owner, peer, generation, "closes");
        self.clients[owner].links.remove(&peer);
        self.links_end_closes(link);
    }

    /// The other end only notices that nothing comes any more.
    pub(crate) fn links_end_closes(&mut self, link: usize) {
        self.links[link].presence = Presence::Closed;
        if let Some((offerer, answerer)) = self.pair(link) {
            self.links[offerer].path = Path::Broken;
            let other = if link == offerer { answerer } else { offerer };
            self.goes_silent(other);
        }
    }

    pub(crate) fn restart_ice(
        &mut self,
        owner: usize,
        peer: ParticipantId,
        generation: LinkGeneration,
        round: OfferRound,
    ) {
        self.counts.ice_restarts += 1;
        let link = self.link_of(owner, peer, generation, "restarts ICE of");
        if self.links[link].role != LinkRole::Offerer {
            self.violated(&format!("{owner} restarts ICE of a link in which it answers"));
        }
        if self.links[link].remote.is_none() {
            self.violated(&format!("{owner} restarts ICE of a link that was never answered"));
        }
        if round != self.links[link].round.next() {
            self.violated(&format!("{owner} makes offer {round:?} after {:?}", self.links[link].round));
        }
        self.links[link].round = round;
        self.describe(link, round);
    }

    pub(crate) fn apply_remote(
        &mut self,
        owner: usize,
        peer: ParticipantId,
        generation: LinkGeneration,
        remote: RemoteSignal,
    ) {
        let link = self.link_of(owner, peer, generation, "applies to");
        let role = self.links[link].role;
        match remote {
            RemoteSignal::Offer(round, sdp) if role == LinkRole::Answerer => {
                let (end, offer) = parse(&sdp);
                if OfferRound(offer) != round {
                    self.violated(&format!("{owner} takes offer {offer} for {round:?}"));
                }
                if *self.links[link].remote.get_or_insert(end) == end {
                    self.links[link].round = round;
                    self.describe(link, round);
                }
            }
            RemoteSignal::Answer(sdp) if role == LinkRole::Offerer => {
                let (end, offer) = parse(&sdp);
                // A real connection would take it for the answer to its latest offer, and never come up.
                if OfferRound(offer) != self.links[link].round {
                    self.violated(&format!("{owner} takes the answer to offer {offer} for the latest's"));
                }
                if *self.links[link].remote.get_or_insert(end) == end {
                    self.links[link].answered = Some(OfferRound(offer));
                }
            }
            RemoteSignal::Candidate(candidate) => {
                let (end, _) = parse(&candidate.candidate);
                self.links[link].candidates_of.insert(end);
            }
            RemoteSignal::Offer(..) | RemoteSignal::Answer(_) => {
                self.violated(&format!("{owner} applies the wrong kind of description as {role:?}"));
            }
        }
        self.may_come_up(link);
    }

    pub(crate) fn send_to_peer(
        &mut self,
        owner: usize,
        peer: ParticipantId,
        generation: LinkGeneration,
        message: PeerMessage,
    ) {
        let link = self.link_of(owner, peer, generation, "speaks on");
        if self.links[link].told == Told::Nothing {
            self.violated(&format!("{owner} says {message:?} before the link is up"));
        }
        self.links[link].unsent.push_back(message);
        self.send_unsent(link);
    }

    pub(crate) fn accident(&mut self, link: usize, accident: Accident) {
        let Some((offerer, answerer)) = self.pair(link) else { return };
        if self.links[offerer].path != Path::Whole {
            return;
        }
        self.say(|| format!("{accident:?} between ends {offerer} and {answerer}"));
        match accident {
            Accident::Blink => {
                self.links[offerer].path = Path::Blinking;
                let back = Duration::from_millis(self.rng.random_range(100..=12_000));
                self.schedule(back, Event::Link(LinkStep::ComesBack { offerer, answerer }));
                // Perhaps only one of them notices.
                let ends = [offerer, answerer];
                let first = self.rng.random_range(0..2);
                self.tell(ends[first], LinkEvent::Interrupted);
                if self.rng.random_bool(0.7) {
                    self.tell(ends[1 - first], LinkEvent::Interrupted);
                }
            }
            Accident::NeedsRestart => {
                self.links[offerer].path = Path::NeedsRestart(self.links[offerer].round);
                self.goes_silent(offerer);
                self.goes_silent(answerer);
            }
            Accident::Breaks => {
                self.links[offerer].path = Path::Broken;
                self.goes_silent(offerer);
                self.goes_silent(answerer);
            }
            Accident::Fails => {
                self.links[offerer].path = Path::Broken;
                self.tell(link, LinkEvent::Failed);
                self.goes_silent(if link == offerer { answerer } else { offerer });
            }
        }
    }

    pub(crate) fn link_step(&mut self, step: LinkStep) {
        match step {
            LinkStep::Describe { link, round } => {
                self.tell(link, LinkEvent::LocalDescription { round, sdp: format!("{link} {}", round.0) });
                for _ in 0..2 {
                    self.link_step_within(100, LinkStep::Gather { link });
                }
            }
            LinkStep::Gather { link } => {
                let candidate = format!("{link} 0");
                let candidate = IceCandidate { candidate, sdp_mid: None, sdp_m_line_index: Some(0) };
                self.tell(link, LinkEvent::LocalCandidate(candidate));
            }
            LinkStep::ComesUp { offerer, answerer, offer } => {
                let path = self.links[offerer].path;
                let fits = self.agreed_offer(offerer, answerer) == Some(offer);
                if fits && path != Path::Broken {
                    self.counts.links_up += u64::from(path == Path::NotYet);
                    self.becomes_whole(offerer, answerer);
                }
            }
            LinkStep::ComesBack { offerer, answerer } => {
                if self.links[offerer].path == Path::Blinking {
                    self.becomes_whole(offerer, answerer);
                }
            }
            LinkStep::Notices { link, event } => {
                let up = self.pair(link).is_some_and(|(offerer, _)| self.links[offerer].path == Path::Whole);
                if self.links[link].presence == Presence::Open && !up {
                    self.tell(link, event);
                }
            }
            LinkStep::Tells { link, event } => {
                let FakeLink { owner, peer, generation, .. } = self.links[link];
                // Also of a link that is closed by now: the room has to tell.
                self.feed(owner, Input::Link { peer, generation, event });
            }
        }
    }

    /// The links that work, as the offerers' ends.
    pub(crate) fn working_links(&self) -> Vec<usize> {
        let ends = self.links.iter().enumerate();
        ends.filter(|(_, end)| end.presence == Presence::Open && end.path == Path::Whole)
            .map(|(link, _)| link)
            .collect()
    }

    /// Both ends of a connection, the offerer's first.
    pub(crate) fn pair(&self, link: usize) -> Option<(usize, usize)> {
        let remote = self.links[link].remote?;
        (self.links[remote].remote == Some(link)).then_some(match self.links[link].role {
            LinkRole::Offerer => (link, remote),
            LinkRole::Answerer => (remote, link),
        })
    }

    /// The number of the offer on which both ends agree, with candidates exchanged.
    fn agreed_offer(&self, offerer: usize, answerer: usize) -> Option<OfferRound> {
        let (one, other) = (&self.links[offerer], &self.links[answerer]);
        let open = one.presence == Presence::Open && other.presence == Presence::Open;
        let reachable = one.candidates_of.contains(&answerer) && other.candidates_of.contains(&offerer);
        let agreed = one.answered == Some(one.round) && other.round == one.round;
        (open && reachable && agreed).then_some(one.round)
    }

    fn may_come_up(&mut self, link: usize) {
        let Some((offerer, answerer)) = self.pair(link) else { return };
        let Some(offer) = self.agreed_offer(offerer, answerer) else { return };
        if self.links[offerer].generation != self.links[answerer].generation {
            self.violated(&format!("ends {offerer} and {answerer} of different generations meet"));
        }
        let comes = match self.links[offerer].path {
            Path::NotYet => self.links[offerer].fate == Fate::ComesUp && self.links[answerer].fate == Fate::ComesUp,
            Path::NeedsRestart(before) => offer > before,
            Path::Whole | Path::Blinking | Path::Broken => false,
        };
        if comes {
            self.link_step_within(400, LinkStep::ComesUp { offerer, answerer, offer });
        }
    }

    fn becomes_whole(&mut self, offerer: usize, answerer: usize) {
        self.links[offerer].path = Path::Whole;
        for end in [offerer, answerer] {
            if self.links[end].told != Told::Connected {
                self.tell(end, LinkEvent::Connected);
            }
        }
        for end in [offerer, answerer] {
            self.send_unsent(end);
        }
    }

    fn send_unsent(&mut self, link: usize) {
        let Some((offerer, answerer)) = self.pair(link) else { return };
        if self.links[offerer].path != Path::Whole {
            return;
        }
        let other = if link == offerer { answerer } else { offerer };
        while let Some(message) = self.links[link].unsent.pop_front() {
            if self.links[other].presence == Presence::Open {
                self.tell(other, LinkEvent::Message(message));
            }
        }
    }

    fn goes_silent(&mut self, link: usize) {
        if self.links[link].presence == Presence::Closed {
            return;
        }
        let noticed = SILENCE.mul_f64(self.rng.random_range(0.8..1.2));
        let failed = Duration::from_millis(self.rng.random_range(4000..40_000));
        self.schedule(noticed, Event::Link(LinkStep::Notices { link, event: LinkEvent::Interrupted }));
        self.schedule(failed, Event::Link(LinkStep::Notices { link, event: LinkEvent::Failed }));
    }

    /// An end's events reach its room a little later, and in order.
    fn tell(&mut self, link: usize, event: LinkEvent) {
        let at = self.now + Duration::from_millis(self.rng.random_range(0..=40));
        let end = &mut self.links[link];
        match event {
            LinkEvent::Connected => end.told = Told::Connected,
            LinkEvent::Interrupted if end.told == Told::Connected => end.told = Told::Interrupted,
            LinkEvent::Interrupted => return,
            _ => {}
        }
        end.last_event = end.last_event.max(at);
        let at = end.last_event;
        self.schedule_at(at, Event::Link(LinkStep::Tells { link, event }));
    }

    /// Descriptions come in the order in which they were asked for.
    fn describe(&mut self, link: usize, round: OfferRound) {
        let at = self.now + Duration::from_millis(self.rng.random_range(1..=50));
        let end = &mut self.links[link];
        end.last_description = end.last_description.max(at);
        let at = end.last_description;
        self.schedule_at(at, Event::Link(LinkStep::Describe { link, round }));
    }

    fn link_step_within(&mut self, milliseconds: u64, step: LinkStep) {
        let after = Duration::from_millis(self.rng.random_range(1..=milliseconds));
        self.schedule(after, Event::Link(step));
    }

    fn link_of(&self, owner: usize, peer: ParticipantId, generation: LinkGeneration, verb: &str) -> usize {
        let link = self.clients[owner].links.get(&peer).copied();
        link.filter(|link| self.links[*link].generation == generation).unwrap_or_else(|| {
            self.violated(&format!("{owner} {verb} a link to {peer:?} that isn't open ({generation:?})"))
        })
    }
}

/// Which end made a description or a candidate, and for which offer.
fn parse(text: &str) -> (usize, u32) {
    let (end, offer) = text.split_once(' ').expect("two numbers");
    (end.parse().expect("a number"), offer.parse().expect("a number"))
}
