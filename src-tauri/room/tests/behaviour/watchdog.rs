//! Links that don't come up, fall silent, or fail.

use std::time::Duration;

use conclave_protocol::ids::OfferRound;
use conclave_protocol::notice::Notice;
use conclave_protocol::signal::Signal;
use conclave_protocol::signalling::ServerMessage;
use conclave_protocol::snapshot::LinkPhase;
use conclave_room::{Effect, LinkEvent, LinkRole, ServerEvent};

use crate::rig::{EARLIER, LATER, Rig, closed, earlier, generation, later, milliseconds, opened, seconds, signals};

fn is_opening(effect: &Effect) -> bool {
    matches!(effect, Effect::OpenLink { .. })
}

fn description() -> LinkEvent {
    LinkEvent::LocalDescription { round: OfferRound::FIRST, sdp: "mine".to_owned() }
}

fn is_trouble(effect: &Effect) -> bool {
    matches!(effect, Effect::Notify(Notice::LinkTrouble { .. }))
}

fn rebuild_request(number: u32) -> Signal {
    Signal::RebuildRequest { generation: generation(number) }
}

fn restart(round: u32) -> Effect {
    Effect::RestartIce { peer: EARLIER, generation: generation(1), round: OfferRound(round) }
}

#[test]
fn a_link_not_connected_in_eight_seconds_is_rebuilt_as_often_as_it_takes() {
    let mut rig = Rig::joined(&[earlier()]);
    for attempt in 1..50 {
        assert_eq!(opened(&rig.wait(milliseconds(7999))), []);
        let effects = rig.wait(milliseconds(1));
        assert_eq!(closed(&effects), [(EARLIER, attempt)]);
        assert_eq!(opened(&effects), [(EARLIER, attempt + 1, LinkRole::Offerer)]);
    }
    rig.link(EARLIER, 50, LinkEvent::Connected);
    assert_eq!(rig.other(EARLIER).map(|other| other.link), Some(LinkPhase::Connected));
}

#[test]
fn eight_seconds_begin_once_this_end_has_described_itself() {
    let mut rig = Rig::joined(&[earlier()]);
    rig.wait(seconds(7));
    rig.link(EARLIER, 1, description());
    assert_eq!(closed(&rig.wait(milliseconds(7999))), []);
    assert_eq!(closed(&rig.wait(milliseconds(1))), [(EARLIER, 1)]);
}

#[test]
fn trouble_is_told_once_after_three_failures_and_again_only_after_a_success() {
    let mut rig = Rig::joined(&[earlier()]);
    assert_eq!(rig.wait_for(seconds(100), is_trouble), seconds(24));
    assert!(!rig.wait(seconds(600)).iter().any(is_trouble));
    let standing = opened(&rig.wait(seconds(8))).first().map(|(_, number, _)| *number).expect("the next attempt");
    rig.link(EARLIER, standing, LinkEvent::Connected);
    rig.wait(seconds(60));
    rig.link(EARLIER, standing, LinkEvent::Failed);
    assert_eq!(rig.wait_for(seconds(100), is_trouble), seconds(16));
}

#[test]
fn links_that_fail_at_once_are_rebuilt_ever_more_slowly() {
    let mut rig = Rig::joined(&[earlier()]);
    let mut gaps = Vec::new();
    for attempt in 1..=6 {
        rig.link(EARLIER, attempt, LinkEvent::Failed);
        gaps.push(rig.wait_for(seconds(10), is_opening));
    }
    let expected: Vec<Duration> = [500, 1000, 2000, 4000, 4000, 4000].map(milliseconds).to_vec();
    assert_eq!(gaps, expected);
}

#[test]
fn a_link_that_held_and_failed_is_rebuilt_at_once() {
    let mut rig = Rig::connected_as_offerer();
    rig.wait(seconds(60));
    let effects = rig.link(EARLIER, 1, LinkEvent::Failed);
    assert_eq!(closed(&effects), [(EARLIER, 1)]);
    assert_eq!(opened(&effects), [(EARLIER, 2, LinkRole::Offerer)]);
    assert_eq!(rig.other(EARLIER).map(|other| other.link), Some(LinkPhase::Reconnecting));
}

#[test]
fn the_answerer_asks_for_an_offer_that_does_not_come_and_asks_again() {
    let mut rig = Rig::joined(&[]);
    rig.said(ServerMessage::Joined { member: later() });
    assert_eq!(rig.wait(milliseconds(3999)), []);
    assert_eq!(signals(&rig.wait(milliseconds(1))), [rebuild_request(0)]);
    assert_eq!(signals(&rig.wait(seconds(4))), [rebuild_request(0)]);
    assert_eq!(signals(&rig.wait(seconds(4))), [rebuild_request(0)]);
    assert!(rig.wait(seconds(4)).iter().any(is_trouble), "three offers did not come");
}

#[test]
fn the_answerer_gives_a_link_up_after_eight_seconds_and_asks_for_another() {
    let mut rig = Rig::joined(&[]);
    rig.said(ServerMessage::Joined { member: later() });
    rig.offer(LATER, 1);
    assert_eq!(rig.wait(milliseconds(7999)), []);
    let effects = rig.wait(milliseconds(1));
    assert_eq!(closed(&effects), [(LATER, 1)]);
    assert_eq!(signals(&effects), [rebuild_request(1)]);
    assert_eq!(rig.offer(LATER, 1), [], "that one is given up");
    assert_eq!(opened(&rig.offer(LATER, 2)), [(LATER, 2, LinkRole::Answerer)]);
}

#[test]
fn the_answerer_asks_at_once_when_a_link_that_held_fails() {
    let mut rig = Rig::connected_as_answerer();
    rig.wait(seconds(60));
    let effects = rig.link(LATER, 1, LinkEvent::Failed);
    assert_eq!(closed(&effects), [(LATER, 1)]);
    assert_eq!(signals(&effects), [rebuild_request(1)]);
}

#[test]
fn a_request_about_the_standing_link_is_honoured_whatever_this_end_thinks_of_it() {
    let mut rig = Rig::connected_as_offerer();
    rig.wait(seconds(60));
    let effects = rig.signal(EARLIER, rebuild_request(1));
    assert_eq!(closed(&effects), [(EARLIER, 1)]);
    assert_eq!(opened(&effects), [(EARLIER, 2, LinkRole::Offerer)]);
}

#[test]
fn a_request_that_crossed_its_own_rebuild_is_dropped() {
    let mut rig = Rig::joined(&[earlier()]);
    rig.wait(seconds(8));
    assert_eq!(rig.signal(EARLIER, rebuild_request(1)), [], "generation 2 stands already");
}

#[test]
fn a_request_for_a_first_offer_is_honoured_unless_one_may_be_on_its_way() {
    let mut rig = Rig::joined(&[earlier()]);
    rig.wait(seconds(5));
    assert_eq!(rig.signal(EARLIER, rebuild_request(0)), [], "it is still being made");
    rig.link(EARLIER, 1, description());
    rig.wait(milliseconds(1999));
    assert_eq!(rig.signal(EARLIER, rebuild_request(0)), []);
    rig.wait(milliseconds(1));
    assert_eq!(opened(&rig.signal(EARLIER, rebuild_request(0))), [(EARLIER, 2, LinkRole::Offerer)]);
    rig.link(EARLIER, 2, LinkEvent::Connected);
    rig.wait(seconds(60));
    assert_eq!(rig.signal(EARLIER, rebuild_request(0)), [], "it came meanwhile");
}

#[test]
fn a_request_from_before_this_end_forgot_sets_the_count() {
    let mut rig = Rig::joined(&[earlier()]);
    rig.wait(seconds(1));
    assert_eq!(opened(&rig.signal(EARLIER, rebuild_request(41))), [(EARLIER, 42, LinkRole::Offerer)]);
}

#[test]
fn requests_make_no_links_faster_than_failures_do() {
    let mut rig = Rig::joined(&[earlier()]);
    let mut standing = 1;
    let mut openings = 0;
    for _ in 0..1000 {
        let effects = [rig.signal(EARLIER, rebuild_request(standing)), rig.wait(milliseconds(10))].concat();
        for (_, number, _) in opened(&effects) {
            standing = number;
            openings += 1;
        }
    }
    assert!(openings <= 5, "{openings} in ten seconds");
}

#[test]
fn an_answerer_is_not_asked_to_rebuild() {
    let mut rig = Rig::connected_as_answerer();
    assert_eq!(rig.signal(LATER, rebuild_request(1)), []);
    assert_eq!(rig.signal(LATER, Signal::RestartRequest { generation: generation(1) }), []);
}

#[test]
fn an_interrupted_link_is_restarted_twice_and_then_rebuilt() {
    let mut rig = Rig::connected_as_offerer();
    rig.wait(seconds(60));
    assert_eq!(rig.link(EARLIER, 1, LinkEvent::Interrupted), []);
    assert_eq!(rig.other(EARLIER).map(|other| other.link), Some(LinkPhase::Reconnecting));
    assert_eq!(rig.wait(milliseconds(999)), []);
    assert_eq!(rig.wait(milliseconds(1)), [restart(2)]);
    assert_eq!(rig.wait(milliseconds(1999)), []);
    assert_eq!(rig.wait(milliseconds(1)), [restart(3)]);
    assert_eq!(rig.wait(milliseconds(4999)), []);
    let effects = rig.wait(milliseconds(1));
    assert_eq!(closed(&effects), [(EARLIER, 1)]);
    assert_eq!(opened(&effects), [(EARLIER, 2, LinkRole::Offerer)]);
}

#[test]
fn the_answerer_of_an_interrupted_link_asks_for_restarts_and_then_a_rebuild() {
    let mut rig = Rig::connected_as_answerer();
    rig.wait(seconds(60));
    rig.link(LATER, 1, LinkEvent::Interrupted);
    let restart_request = || Signal::RestartRequest { generation: generation(1) };
    assert_eq!(signals(&rig.wait(seconds(1))), [restart_request()]);
    assert_eq!(signals(&rig.wait(seconds(2))), [restart_request()]);
    let effects = rig.wait(seconds(5));
    assert_eq!(closed(&effects), [(LATER, 1)]);
    assert_eq!(signals(&effects), [rebuild_request(1)]);
}

#[test]
fn an_interruption_that_ends_by_itself_needs_nothing() {
    let mut rig = Rig::connected_as_offerer();
    rig.link(EARLIER, 1, LinkEvent::Interrupted);
    rig.wait(milliseconds(900));
    rig.link(EARLIER, 1, LinkEvent::Connected);
    assert_eq!(rig.other(EARLIER).map(|other| other.link), Some(LinkPhase::Connected));
    assert_eq!(rig.wait(seconds(600)), []);
}

#[test]
fn the_offerer_restarts_on_request_but_not_twice_within_a_second() {
    let mut rig = Rig::connected_as_offerer();
    let request = || Signal::RestartRequest { generation: generation(1) };
    assert_eq!(rig.signal(EARLIER, request()), [restart(2)]);
    rig.wait(milliseconds(999));
    assert_eq!(rig.signal(EARLIER, request()), []);
    rig.wait(milliseconds(1));
    assert_eq!(rig.signal(EARLIER, request()), [restart(3)]);
}

#[test]
fn a_link_that_never_was_up_is_not_restarted() {
    let mut rig = Rig::joined(&[earlier()]);
    rig.link(EARLIER, 1, LinkEvent::Interrupted);
    assert_eq!(rig.signal(EARLIER, Signal::RestartRequest { generation: generation(1) }), []);
    assert_eq!(opened(&rig.wait(seconds(8))), [(EARLIER, 2, LinkRole::Offerer)]);
}

#[test]
fn a_restart_request_for_another_generation_is_dropped() {
    let mut rig = Rig::connected_as_offerer();
    assert_eq!(rig.signal(EARLIER, Signal::RestartRequest { generation: generation(2) }), []);
    assert_eq!(rig.signal(EARLIER, Signal::RestartRequest { generation: generation(0) }), []);
}

#[test]
fn a_server_that_is_back_speeds_up_whatever_is_not_connected() {
    let mut rig = Rig::joined(&[earlier(), later()]);
    rig.lose_server_and_reopen();
    let effects = rig.welcome(&[earlier(), later()]);
    assert_eq!(effects, []);
    let effects = rig.wait(seconds(1));
    assert_eq!(opened(&effects), [(EARLIER, 2, LinkRole::Offerer)]);
    assert!(signals(&effects).contains(&rebuild_request(0)));
}

#[test]
fn while_the_server_is_away_an_interrupted_link_is_left_alone_and_then_restarted() {
    for mut rig in [Rig::connected_as_offerer(), Rig::connected_as_answerer()] {
        let peer = if rig.other(EARLIER).is_some() { EARLIER } else { LATER };
        rig.server(ServerEvent::Closed);
        rig.link(peer, 1, LinkEvent::Interrupted);
        let effects = rig.wait(seconds(25));
        let touches = |effect: &&Effect| matches!(effect, Effect::RestartIce { .. } | Effect::CloseLink { .. });
        assert_eq!(effects.iter().find(touches), None, "a restart would leave a path that may come back");
        rig.link(peer, 1, LinkEvent::Connected);
        assert_eq!(rig.other(peer).map(|other| other.link), Some(LinkPhase::Connected));
    }
}

#[test]
fn a_link_interrupted_while_the_server_was_away_gets_its_whole_time_once_that_is_back() {
    let mut rig = Rig::connected_as_offerer();
    rig.server(ServerEvent::Closed);
    rig.link(EARLIER, 1, LinkEvent::Interrupted);
    rig.wait(seconds(20));
    rig.wait_for(seconds(10), |effect| matches!(effect, Effect::OpenSocket { .. }));
    rig.server(ServerEvent::Opened);
    assert_eq!(rig.welcome(&[earlier()]), [Effect::Notify(Notice::ServerBack), restart(2)]);
    assert_eq!(closed(&rig.wait(milliseconds(7999))), []);
    assert_eq!(closed(&rig.wait(milliseconds(1))), [(EARLIER, 1)]);
}

#[test]
fn a_server_that_is_back_lets_an_interrupted_link_be_restarted_again() {
    let mut rig = Rig::connected_as_offerer();
    rig.server(ServerEvent::Closed);
    rig.link(EARLIER, 1, LinkEvent::Interrupted);
    rig.wait(seconds(5));
    rig.wait_for(seconds(2), |effect| matches!(effect, Effect::OpenSocket { .. }));
    rig.server(ServerEvent::Opened);
    assert_eq!(rig.welcome(&[earlier()]), [Effect::Notify(Notice::ServerBack), restart(2)]);
}

#[test]
fn whoever_returns_after_their_place_lapsed_is_linked_again_soon() {
    let mut rig = Rig::joined(&[later()]);
    rig.offer(LATER, 1);
    rig.wait(seconds(2));
    rig.said(ServerMessage::Joined { member: later() });
    let effects = rig.wait(seconds(1));
    assert_eq!(signals(&effects), [rebuild_request(1)]);
}
