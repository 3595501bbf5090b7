//! Who is in the room.

use conclave_protocol::notice::Notice;
use conclave_protocol::peer::PeerMessage;
use conclave_protocol::signal::Signal;
use conclave_protocol::signalling::limits::MAX_PARTICIPANTS;
use conclave_protocol::signalling::{LeaveReason, ServerMessage};
use conclave_protocol::snapshot::LinkPhase;
use conclave_room::{Effect, LinkEvent, LinkRole, ServerEvent};

use crate::rig::{
    EARLIER, LATER, ME, Rig, closed, earlier, generation, id, later, member, milliseconds, name, opened, seconds,
};

fn left(participant: conclave_protocol::ids::ParticipantId) -> Effect {
    Effect::Notify(Notice::ParticipantLeft { participant })
}

fn joined(participant: conclave_protocol::ids::ParticipantId) -> Effect {
    Effect::Notify(Notice::ParticipantJoined { participant })
}

#[test]
fn others_are_shown_by_join_order_and_only_those_who_come_later_are_announced() {
    let (mut rig, effects) = Rig::joined_with(crate::rig::config(), &[member(id(5), 3), member(id(6), 2)]);
    assert!(!effects.iter().any(|effect| matches!(effect, Effect::Notify(_))));
    let effects = rig.said(ServerMessage::Joined { member: later() });
    assert_eq!(effects, [joined(LATER)]);
    let shown: Vec<_> = rig.room.snapshot().others.iter().map(|other| other.id).collect();
    assert_eq!(shown, [id(6), id(5), LATER]);
}

#[test]
fn somebody_who_came_while_the_server_was_away_is_announced() {
    let mut rig = Rig::joined(&[]);
    rig.lose_server_and_reopen();
    assert_eq!(rig.welcome(&[later()]), [joined(LATER)]);
}

#[test]
fn somebody_listed_twice_is_there_once() {
    let mut rig = Rig::joined(&[earlier(), earlier()]);
    assert_eq!(rig.said(ServerMessage::Joined { member: earlier() }), []);
    assert_eq!(rig.room.snapshot().others.len(), 1);
}

#[test]
fn a_server_that_lists_this_end_among_the_others_is_not_believed() {
    let mut rig = Rig::joined(&[member(ME, 4)]);
    rig.said(ServerMessage::Joined { member: member(ME, 5) });
    rig.left(ME, LeaveReason::Left);
    assert_eq!(rig.room.snapshot().others, []);
}

#[test]
fn whoever_leaves_is_gone_at_once() {
    let mut rig = Rig::connected_as_offerer();
    let effects = rig.left(EARLIER, LeaveReason::Left);
    assert_eq!(closed(&effects), [(EARLIER, 1)]);
    assert!(effects.contains(&left(EARLIER)));
    assert_eq!(rig.room.snapshot().others, []);
    assert_eq!(rig.left(EARLIER, LeaveReason::Left), []);
}

#[test]
fn whoever_the_server_waited_for_in_vain_stays_while_the_link_lives() {
    let mut rig = Rig::connected_as_offerer();
    assert_eq!(rig.left(EARLIER, LeaveReason::TimedOut), []);
    assert_eq!(rig.wait(seconds(600)), []);
    assert_eq!(rig.other(EARLIER).map(|other| other.link), Some(LinkPhase::Connected));
    let effects = rig.link(EARLIER, 1, LinkEvent::Failed);
    assert_eq!(closed(&effects), [(EARLIER, 1)]);
    assert_eq!(opened(&effects), [], "nobody is there to build another for");
    assert!(effects.contains(&left(EARLIER)));
}

#[test]
fn whoever_the_server_waited_for_in_vain_stays_through_an_interruption() {
    let mut rig = Rig::connected_as_offerer();
    rig.link(EARLIER, 1, LinkEvent::Interrupted);
    rig.left(EARLIER, LeaveReason::TimedOut);
    rig.wait(seconds(7));
    assert!(rig.other(EARLIER).is_some());
    let effects = rig.wait(seconds(1));
    assert!(effects.contains(&left(EARLIER)));
    assert_eq!(opened(&effects), []);
}

#[test]
fn whoever_the_server_waited_for_in_vain_and_without_a_link_goes_at_once() {
    let mut rig = Rig::joined(&[earlier()]);
    let effects = rig.left(EARLIER, LeaveReason::TimedOut);
    assert_eq!(closed(&effects), [(EARLIER, 1)]);
    assert!(effects.contains(&left(EARLIER)));
}

#[test]
fn whoever_is_missing_after_the_server_restarted_gets_thirty_seconds() {
    let mut rig = Rig::joined(&[earlier()]);
    rig.lose_server_and_reopen();
    rig.welcome(&[]);
    let is_left = |effect: &Effect| *effect == left(EARLIER);
    assert_eq!(rig.wait_for(seconds(60), is_left), seconds(30));
    assert_eq!(rig.room.next_deadline(), None);
}

#[test]
fn whoever_refills_the_server_in_time_was_never_gone() {
    let mut rig = Rig::connected_as_offerer();
    rig.lose_server_and_reopen();
    rig.welcome(&[]);
    rig.wait(seconds(20));
    assert_eq!(rig.said(ServerMessage::Joined { member: earlier() }), []);
    assert_eq!(rig.wait(seconds(600)), []);
    rig.link(EARLIER, 1, LinkEvent::Failed);
    assert!(rig.other(EARLIER).is_some(), "listed again, so a failed link is rebuilt");
}

#[test]
fn a_missing_participant_whose_link_breaks_early_still_has_the_rest_of_the_thirty_seconds() {
    let mut rig = Rig::connected_as_offerer();
    rig.lose_server_and_reopen();
    rig.welcome(&[]);
    rig.wait(seconds(10));
    rig.link(EARLIER, 1, LinkEvent::Failed);
    assert!(rig.other(EARLIER).is_some());
    let is_left = |effect: &Effect| *effect == left(EARLIER);
    assert_eq!(rig.wait_for(seconds(60), is_left), seconds(20));
}

#[test]
fn a_goodbye_counts_at_once_and_a_server_behind_the_times_does_not_undo_it() {
    let mut rig = Rig::connected_as_offerer();
    let effects = rig.hears(EARLIER, 1, PeerMessage::Bye);
    assert_eq!(closed(&effects), [(EARLIER, 1)]);
    assert!(effects.contains(&left(EARLIER)));
    assert_eq!(rig.signal(EARLIER, Signal::Hello { name: name("Ghost") }), []);
    assert_eq!(rig.offer(EARLIER, 9), []);
    assert_eq!(rig.link(EARLIER, 1, LinkEvent::Connected), []);
    rig.lose_server_and_reopen();
    rig.welcome(&[earlier()]);
    assert_eq!(rig.room.snapshot().others, []);
    assert_eq!(rig.left(EARLIER, LeaveReason::Left), [], "told once");
    rig.said(ServerMessage::Joined { member: earlier() });
    assert!(rig.other(EARLIER).is_some(), "who comes in again is there again");
}

#[test]
fn a_goodbye_on_a_link_that_is_no_more_says_nothing() {
    let mut rig = Rig::connected_as_offerer();
    rig.link(EARLIER, 1, LinkEvent::Failed);
    assert_eq!(rig.hears(EARLIER, 1, PeerMessage::Bye), []);
    assert!(rig.other(EARLIER).is_some());
}

#[test]
fn a_room_holds_no_more_than_its_bound_whatever_the_server_says() {
    let crowd: Vec<_> = (1..=90).map(|number| member(id(number), u32::from(number))).collect();
    let mut rig = Rig::joined(&crowd);
    assert_eq!(rig.room.snapshot().others.len(), MAX_PARTICIPANTS);
    for number in 1..=90 {
        rig.said(ServerMessage::Joined { member: member(id(number), u32::from(number)) });
    }
    assert_eq!(rig.room.snapshot().others.len(), MAX_PARTICIPANTS);
}

#[test]
fn whoever_is_not_listed_makes_room_for_whoever_is() {
    let crowd: Vec<_> = (1..=12).map(|number| member(id(number), u32::from(number))).collect();
    let mut rig = Rig::joined(&crowd);
    rig.link(id(3), 1, LinkEvent::Connected);
    rig.left(id(3), LeaveReason::TimedOut);
    assert!(rig.other(id(3)).is_some());
    let effects = rig.said(ServerMessage::Joined { member: member(id(13), 13) });
    assert!(effects.contains(&left(id(3))) && effects.contains(&joined(id(13))));
    assert_eq!(rig.room.snapshot().others.len(), MAX_PARTICIPANTS);
}

#[test]
fn nothing_is_taken_from_strangers() {
    let mut rig = Rig::joined(&[]);
    let stranger = id(66);
    assert_eq!(rig.signal(stranger, Signal::Hello { name: name("Mallory") }), []);
    assert_eq!(rig.offer(stranger, 1), []);
    assert_eq!(rig.signal(stranger, Signal::RebuildRequest { generation: generation(1) }), []);
    assert_eq!(rig.link(stranger, 1, LinkEvent::Connected), []);
    assert_eq!(rig.left(stranger, LeaveReason::Left), []);
    assert_eq!(rig.room.snapshot().others, []);
}

#[test]
fn what_the_server_says_before_the_welcome_says_nothing() {
    let (mut rig, _) = Rig::start(crate::rig::config());
    rig.server(ServerEvent::Opened);
    assert_eq!(rig.said(ServerMessage::Joined { member: earlier() }), []);
    rig.wait(milliseconds(10));
    rig.welcome(&[]);
    assert_eq!(rig.room.snapshot().others, []);
}

#[test]
fn whoever_is_in_the_room_is_met_and_parted_from_and_the_later_one_offers() {
    let mut rig = Rig::joined(&[earlier()]);
    rig.said(ServerMessage::Joined { member: later() });
    assert_eq!(rig.met, [(EARLIER, LinkRole::Offerer), (LATER, LinkRole::Answerer)].into());
    rig.left(EARLIER, LeaveReason::Left);
    assert_eq!(rig.met, [(LATER, LinkRole::Answerer)].into());
}
