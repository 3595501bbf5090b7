//! Who else is in the room: what the server says, and what the links know better.

use std::collections::BTreeMap;

use conclave_protocol::ids::{LinkGeneration, ParticipantId};
use conclave_protocol::line::{TileSize, VideoLine};
use conclave_protocol::notice::Notice;
use conclave_protocol::peer::{DisplayName, PeerMessage};
use conclave_protocol::signal::Signal;
use conclave_protocol::signalling::limits::MAX_PARTICIPANTS;
use conclave_protocol::signalling::{LeaveReason, Member};
use conclave_protocol::snapshot::{Recognition, RemoteParticipant};

use crate::context::Context;
use crate::departed::Departed;
use crate::effect::{Effect, LinkRole};
use crate::input::LinkEvent;
use crate::participant::{Participant, Stay};
use crate::time::Timestamp;

/// Everyone else in the room, at most [`MAX_PARTICIPANTS`].
#[derive(Debug)]
pub(crate) struct Roster {
    /// This participant, once the server said who it is.
    me: Option<Member>,
    /// Whether the next list is told of to the person.
    announce: Announce,
    others: BTreeMap<ParticipantId, Participant>,
    departed: Departed,
    /// How large cameras are drawn until an intent says otherwise.
    view: TileSize,
}

/// Whether the person is told who comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Announce {
    Yes,
    No,
}

/// Whether a link to anybody lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Company {
    Connected,
    None,
}

impl Roster {
    pub(crate) fn new(view: TileSize) -> Self {
        Self { me: None, announce: Announce::No, others: BTreeMap::new(), departed: Departed::default(), view }
    }

    pub(crate) fn me(&self) -> Option<ParticipantId> {
        self.me.map(|me| me.participant)
    }

    /// The server let this participant in, or in again, and says who else is there.
    pub(crate) fn welcomed(&mut self, cx: &mut Context<'_>, me: Member, members: &[Member]) {
        // Who was there before this participant didn't come in.
        let announce = std::mem::replace(&mut self.announce, Announce::Yes);
        self.become_known_as(cx, me);
        for (id, participant) in &mut self.others {
            if !members.iter().any(|member| member.participant == *id) {
                participant.missing(cx.now);
            }
            participant.hurry(cx.now);
        }
        for member in members {
            if !self.departed.contains(cx.now, member.participant) {
                self.list(cx, *member, announce);
            }
        }
    }

    /// The server has this participant wait. Links that live go on; no others are built.
    pub(crate) fn waits(&mut self, cx: &mut Context<'_>, me: Member) {
        self.become_known_as(cx, me);
        for participant in self.others.values_mut() {
            participant.timed_out(cx.now);
        }
    }

    pub(crate) fn joined(&mut self, cx: &mut Context<'_>, member: Member) {
        self.departed.remove(member.participant);
        if let Some(returned) = self.others.get_mut(&member.participant) {
            returned.hurry(cx.now);
        }
        self.list(cx, member, Announce::Yes);
    }

    pub(crate) fn left(&mut self, cx: &mut Context<'_>, id: ParticipantId, reason: LeaveReason) {
        match reason {
            LeaveReason::Left | LeaveReason::Removed => self.remove(cx, id),
            LeaveReason::TimedOut => {
                if let Some(participant) = self.others.get_mut(&id) {
                    participant.timed_out(cx.now);
                }
            }
        }
    }

    /// The host put somebody out: whatever the server says of them, they don't come back by themselves.
    pub(crate) fn put_out(&mut self, cx: &mut Context<'_>, id: ParticipantId) {
        if self.others.contains_key(&id) {
            cx.outbox.push(Effect::Notify(Notice::ParticipantRemoved { participant: id }));
        }
        self.departed.insert(cx.now, id);
        self.remove(cx, id);
    }

    /// What is known of somebody's device.
    pub(crate) fn recognised(&mut self, id: ParticipantId, recognition: Recognition) {
        if let Some(participant) = self.others.get_mut(&id) {
            participant.recognised(recognition);
        }
    }

    /// The name of one who has proven which device theirs is.
    pub(crate) fn proven_name(&self, id: ParticipantId) -> Option<DisplayName> {
        let RemoteParticipant { name, verified, .. } = self.others.get(&id)?.snapshot();
        name.filter(|_| verified.is_some())
    }

    /// Sorts those who have been there longest to the front, and those who aren't there to the end.
    pub(crate) fn sort_by_presence(&self, participants: &mut [ParticipantId]) {
        participants.sort_by_key(|id| {
            let order = self.others.get(id).map(|participant| participant.member().order);
            (order.is_none(), order)
        });
    }

    /// Whether somebody is in the room, as far as this end knows.
    pub(crate) fn contains(&self, id: ParticipantId) -> bool {
        self.others.contains_key(&id)
    }

    /// A signal from somebody unknown is dropped: nobody is in the room whom the server didn't list.
    pub(crate) fn signal(&mut self, cx: &mut Context<'_>, from: ParticipantId, signal: Signal) {
        if let Some(participant) = self.others.get_mut(&from) {
            participant.signal(cx, signal);
        }
    }

    pub(crate) fn link_event(
        &mut self,
        cx: &mut Context<'_>,
        peer: ParticipantId,
        generation: LinkGeneration,
        event: LinkEvent,
    ) {
        let Some(participant) = self.others.get_mut(&peer) else {
            return;
        };
        if participant.link_event(cx, generation, event) == Stay::Goes {
            self.departed.insert(cx.now, peer);
            self.remove(cx, peer);
        }
    }

    /// Does what is due.
    pub(crate) fn run_timers(&mut self, cx: &mut Context<'_>) {
        let mut gone = Vec::new();
        for (id, participant) in &mut self.others {
            if participant.run_timers(cx) == Stay::Goes {
                gone.push(*id);
            }
        }
        for id in gone {
            self.remove(cx, id);
        }
    }

    pub(crate) fn next_deadline(&self) -> Option<Timestamp> {
        self.others.values().filter_map(Participant::next_deadline).min()
    }

    pub(crate) fn company(&self) -> Company {
        if self.others.values().any(Participant::is_connected) { Company::Connected } else { Company::None }
    }

    /// Tells everyone who is connected.
    pub(crate) fn tell_all(&self, cx: &mut Context<'_>, message: &PeerMessage) {
        for participant in self.others.values() {
            participant.tell(cx, message.clone());
        }
    }

    pub(crate) fn view(&mut self, cx: &mut Context<'_>, id: ParticipantId, line: VideoLine, size: TileSize) {
        if let Some(participant) = self.others.get_mut(&id) {
            participant.view(cx, line, size);
        }
    }

    pub(crate) fn set_volume(&mut self, cx: &mut Context<'_>, id: ParticipantId, volume: f32) {
        if let Some(participant) = self.others.get_mut(&id) {
            participant.set_volume(cx, volume);
        }
    }

    pub(crate) fn say_bye(&self, cx: &mut Context<'_>) {
        for participant in self.others.values() {
            participant.say_bye(cx);
        }
    }

    pub(crate) fn close_all(&mut self, cx: &mut Context<'_>) {
        for (_, participant) in std::mem::take(&mut self.others) {
            participant.close(cx);
        }
    }

    /// By join order.
    pub(crate) fn snapshot(&self) -> Vec<RemoteParticipant> {
        let mut others: Vec<_> = self.others.values().map(Participant::snapshot).collect();
        others.sort_by_key(|other| (other.order, other.id));
        others
    }

    fn become_known_as(&mut self, cx: &mut Context<'_>, me: Member) {
        if self.me.is_some_and(|before| before.participant != me.participant) {
            self.start_over(cx, me);
        }
        self.me = Some(me);
    }

    /// This participant is somebody new to the others: links of who it was before mean nothing to them. What the person
    /// wants of the others stays.
    fn start_over(&mut self, cx: &mut Context<'_>, me: Member) {
        self.say_bye(cx);
        self.remove(cx, me.participant);
        for participant in self.others.values_mut() {
            if let Some(role) = role_of(me, participant.member()) {
                participant.start_over(cx, role);
                cx.outbox.push(Effect::Meet { peer: participant.member().participant, role });
            }
        }
    }

    fn list(&mut self, cx: &mut Context<'_>, member: Member, announce: Announce) {
        let Some(role) = self.me.and_then(|me| role_of(me, member)) else {
            return;
        };
        if let Some(participant) = self.others.get_mut(&member.participant) {
            cx.outbox.push(Effect::Meet { peer: member.participant, role });
            participant.listed(cx, member, role);
            return;
        }
        if self.others.len() >= MAX_PARTICIPANTS && !self.make_room(cx) {
            return;
        }
        cx.outbox.push(Effect::Meet { peer: member.participant, role });
        let participant = Participant::new(cx.now, member, role, self.view);
        self.others.insert(member.participant, participant);
        if announce == Announce::Yes {
            let participant = member.participant;
            cx.outbox.push(Effect::Notify(Notice::ParticipantJoined { participant }));
        }
    }

    /// The server lists as many as there may be; whoever it doesn't list makes room for them.
    fn make_room(&mut self, cx: &mut Context<'_>) -> bool {
        let missing = self.others.iter().find(|(_, participant)| participant.is_missing());
        let Some(id) = missing.map(|(id, _)| *id) else {
            return false;
        };
        self.remove(cx, id);
        true
    }

    fn remove(&mut self, cx: &mut Context<'_>, id: ParticipantId) {
        if let Some(participant) = self.others.remove(&id) {
            participant.close(cx);
            cx.outbox.push(Effect::Notify(Notice::ParticipantLeft { participant: id }));
        }
    }
}

/// Whoever joined later offers. Nobody has a link to themselves.
fn role_of(me: Member, other: Member) -> Option<LinkRole> {
    match (me.order, me.participant).cmp(&(other.order, other.participant)) {
        _ if me.participant == other.participant => None,
        std::cmp::Ordering::Greater => Some(LinkRole::Offerer),
        std::cmp::Ordering::Less | std::cmp::Ordering::Equal => Some(LinkRole::Answerer),
    }
}
