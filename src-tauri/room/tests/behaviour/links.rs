//! How a link comes to be, and what is said on it.

use conclave_protocol::ids::OfferRound;
use conclave_protocol::intent::Intent;
use conclave_protocol::line::{LineState, MediaState, TileSize, VideoLine};
use conclave_protocol::peer::{ClientKind, PeerMessage};
use conclave_protocol::signal::Signal;
use conclave_protocol::signalling::ServerMessage;
use conclave_protocol::snapshot::LinkPhase;
use conclave_room::{Effect, LinkEvent, LinkRole, RemoteSignal, RoomConfig};

use crate::rig::{
    EARLIER, LATER, ME, MY_ORDER, Rig, VIEW, applied, candidate, closed, config, device, earlier, generation, id,
    later, member, name, opened, profile, seconds, signals, told,
};

fn large() -> TileSize {
    TileSize { width: 1280, height: 720 }
}

#[test]
fn whoever_joined_later_offers_and_says_hello_first() {
    let (_, effects) = Rig::joined_with(config(), &[earlier(), later()]);
    assert_eq!(opened(&effects), [(EARLIER, 1, LinkRole::Offerer)]);
    assert_eq!(signals(&effects), [Signal::Hello { name: name("Ada") }]);
}

#[test]
fn of_two_who_joined_at_once_the_one_with_the_larger_id_offers() {
    let (_, effects) = Rig::joined_with(config(), &[member(id(99), MY_ORDER), member(id(101), MY_ORDER)]);
    assert!(ME > id(99) && ME < id(101));
    assert_eq!(opened(&effects), [(id(99), 1, LinkRole::Offerer)]);
}

#[test]
fn the_offerers_description_and_candidates_go_out_and_the_answers_come_in() {
    let mut rig = Rig::joined(&[earlier()]);
    let effects =
        rig.link(EARLIER, 1, LinkEvent::LocalDescription { round: OfferRound::FIRST, sdp: "mine".to_owned() });
    assert_eq!(
        signals(&effects),
        [Signal::Offer { generation: generation(1), round: OfferRound::FIRST, sdp: "mine".to_owned() }]
    );
    let effects = rig.link(EARLIER, 1, LinkEvent::LocalCandidate(candidate("a")));
    assert_eq!(signals(&effects), [Signal::Candidate { generation: generation(1), candidate: candidate("a") }]);
    let answer = || Signal::Answer { generation: generation(1), round: OfferRound::FIRST, sdp: "theirs".to_owned() };
    assert_eq!(applied(&rig.signal(EARLIER, answer())), [RemoteSignal::Answer("theirs".to_owned())]);
    assert_eq!(rig.signal(EARLIER, answer()), [], "no offer waits for a second answer");
    let theirs = Signal::Candidate { generation: generation(1), candidate: candidate("b") };
    assert_eq!(applied(&rig.signal(EARLIER, theirs)), [RemoteSignal::Candidate(candidate("b"))]);
}

#[test]
fn an_answer_before_the_offer_is_made_is_dropped() {
    let mut rig = Rig::joined(&[earlier()]);
    let answer = Signal::Answer { generation: generation(1), round: OfferRound::FIRST, sdp: "early".to_owned() };
    assert_eq!(rig.signal(EARLIER, answer), []);
}

#[test]
fn the_answerer_opens_its_link_at_the_first_offer() {
    let mut rig = Rig::joined(&[]);
    let effects = rig.said(ServerMessage::Joined { member: later() });
    assert_eq!(opened(&effects), []);
    assert_eq!(signals(&effects), []);
    let effects = rig.offer(LATER, 1);
    assert_eq!(opened(&effects), [(LATER, 1, LinkRole::Answerer)]);
    assert_eq!(applied(&effects), [RemoteSignal::Offer(OfferRound::FIRST, "offer 1".to_owned())]);
    let effects = rig.link(LATER, 1, LinkEvent::LocalDescription { round: OfferRound::FIRST, sdp: "mine".to_owned() });
    assert_eq!(
        signals(&effects),
        [Signal::Answer { generation: generation(1), round: OfferRound::FIRST, sdp: "mine".to_owned() }]
    );
}

#[test]
fn whoever_is_greeted_answers_and_whoever_greeted_does_not() {
    let mut rig = Rig::joined(&[earlier(), later()]);
    let hello = |text: &str| Signal::Hello { name: name(text) };
    assert_eq!(signals(&rig.signal(LATER, hello("Grace"))), [hello("Ada")]);
    assert_eq!(signals(&rig.signal(EARLIER, hello("Alan"))), []);
    assert_eq!(rig.other(LATER).and_then(|other| other.name), Some(name("Grace")));
    assert_eq!(rig.other(EARLIER).and_then(|other| other.name), Some(name("Alan")));
}

#[test]
fn a_hello_that_comes_late_does_not_undo_a_newer_name() {
    let mut rig = Rig::connected_as_answerer();
    rig.hears(LATER, 1, profile(name("Rear Admiral")));
    rig.signal(LATER, Signal::Hello { name: name("Lieutenant") });
    assert_eq!(rig.other(LATER).and_then(|other| other.name), Some(name("Rear Admiral")));
}

#[test]
fn a_guest_in_a_browser_says_so_and_is_shown_as_one() {
    let guest = RoomConfig { client: ClientKind::Browser, ..config() };
    let (mut rig, _) = Rig::joined_with(guest, &[earlier()]);
    let effects = rig.link(EARLIER, 1, LinkEvent::Connected);
    assert_eq!(told(&effects, EARLIER)[0], PeerMessage::Profile { name: name("Ada"), client: ClientKind::Browser });
    assert_eq!(rig.other(EARLIER).and_then(|other| other.client), None);
    rig.hears(EARLIER, 1, PeerMessage::Profile { name: name("Alan"), client: ClientKind::BrowserWithoutVideo });
    assert_eq!(rig.other(EARLIER).and_then(|other| other.client), Some(ClientKind::BrowserWithoutVideo));
}

#[test]
fn a_newer_offer_replaces_the_answerers_link_and_an_older_one_does_not() {
    let mut rig = Rig::connected_as_answerer();
    let effects = rig.offer(LATER, 3);
    assert_eq!(closed(&effects), [(LATER, 1)]);
    assert_eq!(opened(&effects), [(LATER, 3, LinkRole::Answerer)]);
    assert_eq!(rig.offer(LATER, 2), []);
    assert_eq!(rig.offer(LATER, 1), []);
}

#[test]
fn a_further_offer_of_the_same_generation_restarts_ice() {
    let mut rig = Rig::connected_as_answerer();
    let effects = rig.signal(LATER, restart_offer(2));
    assert_eq!(applied(&effects), [RemoteSignal::Offer(OfferRound(2), "offer 2".to_owned())]);
    assert_eq!(effects.len(), 1);
}

#[test]
fn an_offer_said_twice_or_overtaken_by_a_later_one_is_dropped() {
    let mut rig = Rig::connected_as_answerer();
    assert_eq!(rig.signal(LATER, restart_offer(3)).len(), 1);
    assert_eq!(rig.signal(LATER, restart_offer(3)), []);
    assert_eq!(rig.signal(LATER, restart_offer(2)), []);
    assert_eq!(rig.link(LATER, 1, description(2)), [], "nor is it answered");
    let answer = Signal::Answer { generation: generation(1), round: OfferRound(3), sdp: "round 3".to_owned() };
    assert_eq!(signals(&rig.link(LATER, 1, description(3))), [answer]);
}

#[test]
fn an_answer_to_an_earlier_offer_is_not_taken_for_the_latests() {
    let mut rig = Rig::connected_as_offerer();
    let answer =
        |round| Signal::Answer { generation: generation(1), round: OfferRound(round), sdp: "theirs".to_owned() };
    rig.link(EARLIER, 1, LinkEvent::Interrupted);
    rig.wait(seconds(1));
    assert_eq!(signals(&rig.link(EARLIER, 1, description(2))).len(), 1);
    rig.wait(seconds(2));
    assert_eq!(rig.signal(EARLIER, answer(2)), [], "the third offer is on its way");
    assert_eq!(rig.link(EARLIER, 1, description(2)), []);
    assert_eq!(signals(&rig.link(EARLIER, 1, description(3))).len(), 1);
    assert_eq!(rig.signal(EARLIER, answer(2)), []);
    assert_eq!(applied(&rig.signal(EARLIER, answer(3))), [RemoteSignal::Answer("theirs".to_owned())]);
    assert_eq!(rig.signal(EARLIER, answer(3)), []);
}

fn restart_offer(round: u32) -> Signal {
    Signal::Offer { generation: generation(1), round: OfferRound(round), sdp: format!("offer {round}") }
}

fn description(round: u32) -> LinkEvent {
    LinkEvent::LocalDescription { round: OfferRound(round), sdp: format!("round {round}") }
}

#[test]
fn an_offerer_takes_no_offer() {
    let mut rig = Rig::connected_as_offerer();
    assert_eq!(rig.offer(EARLIER, 1), []);
    assert_eq!(rig.offer(EARLIER, 2), []);
}

#[test]
fn candidates_that_overtake_their_offer_wait_for_it() {
    let mut rig = Rig::joined(&[]);
    rig.said(ServerMessage::Joined { member: later() });
    let sent = |number, text: &str| Signal::Candidate { generation: generation(number), candidate: candidate(text) };
    assert_eq!(rig.signal(LATER, sent(1, "old")), []);
    assert_eq!(rig.signal(LATER, sent(2, "a")), []);
    assert_eq!(rig.signal(LATER, sent(2, "b")), []);
    assert_eq!(rig.signal(LATER, sent(1, "too late")), []);
    let expected = [
        RemoteSignal::Offer(OfferRound::FIRST, "offer 2".to_owned()),
        RemoteSignal::Candidate(candidate("a")),
        RemoteSignal::Candidate(candidate("b")),
    ];
    assert_eq!(applied(&rig.offer(LATER, 2)), expected);
    assert_eq!(applied(&rig.offer(LATER, 3)).len(), 1, "they are given once");
}

#[test]
fn candidates_of_a_generation_that_is_over_are_dropped() {
    let mut rig = Rig::connected_as_answerer();
    rig.offer(LATER, 2);
    let old = Signal::Candidate { generation: generation(1), candidate: candidate("old") };
    assert_eq!(rig.signal(LATER, old), []);
}

#[test]
fn events_of_a_link_that_is_closed_are_dropped() {
    let mut rig = Rig::connected_as_answerer();
    rig.offer(LATER, 2);
    for event in [
        LinkEvent::Connected,
        LinkEvent::Interrupted,
        LinkEvent::Failed,
        LinkEvent::LocalDescription { round: OfferRound::FIRST, sdp: "late".to_owned() },
        LinkEvent::LocalCandidate(candidate("late")),
        LinkEvent::Message(profile(name("Late"))),
    ] {
        assert_eq!(rig.link(LATER, 1, event), []);
    }
    assert_eq!(rig.other(LATER).map(|other| (other.link, other.name)), Some((LinkPhase::Reconnecting, None)));
}

#[test]
fn whoever_is_connected_is_told_who_i_am_what_i_send_and_what_i_draw() {
    let mut rig = Rig::joined(&[earlier()]);
    assert_eq!(rig.other(EARLIER).map(|other| other.link), Some(LinkPhase::Connecting));
    let effects = rig.link(EARLIER, 1, LinkEvent::Connected);
    let expected = [
        profile(name("Ada")),
        PeerMessage::MediaState { state: MediaState::default() },
        PeerMessage::WantVideo { line: VideoLine::Camera, size: VIEW },
        PeerMessage::WantVideo { line: VideoLine::Screen, size: TileSize::HIDDEN },
    ];
    assert_eq!(told(&effects, EARLIER), expected);
    assert_eq!(rig.other(EARLIER).map(|other| other.link), Some(LinkPhase::Connected));
    assert_eq!(rig.room.next_deadline(), None, "a call that is well waits for nothing");
    assert_eq!(rig.link(EARLIER, 1, LinkEvent::Connected), [], "nothing new");
}

#[test]
fn changes_are_told_to_everyone_connected_and_to_nobody_else() {
    let mut rig = Rig::joined(&[earlier(), member(id(7), 2)]);
    rig.link(EARLIER, 1, LinkEvent::Connected);
    let effects = rig.intent(Intent::Rename { name: name("Countess") });
    assert_eq!(told(&effects, EARLIER), [profile(name("Countess"))]);
    assert_eq!(effects.len(), 1);
    assert_eq!(rig.room.snapshot().me.name, name("Countess"));
    assert_eq!(rig.intent(Intent::Rename { name: name("Countess") }), []);
    let view = |size| Intent::ViewVideo { participant: EARLIER, line: VideoLine::Camera, size };
    let effects = rig.intent(view(large()));
    assert_eq!(told(&effects, EARLIER), [PeerMessage::WantVideo { line: VideoLine::Camera, size: large() }]);
    assert_eq!(rig.intent(view(large())), []);
    let effects = rig.link(id(7), 1, LinkEvent::Connected);
    assert_eq!(told(&effects, id(7))[0], profile(name("Countess")));
}

#[test]
fn a_rebuilt_link_is_told_what_was_changed_meanwhile() {
    let mut rig = Rig::connected_as_offerer();
    rig.wait(seconds(60));
    let effects = rig.link(EARLIER, 1, LinkEvent::Failed);
    assert_eq!(opened(&effects), [(EARLIER, 2, LinkRole::Offerer)]);
    let view = Intent::ViewVideo { participant: EARLIER, line: VideoLine::Screen, size: large() };
    assert_eq!(rig.intent(view), []);
    assert_eq!(rig.intent(Intent::Rename { name: name("Countess") }), []);
    let effects = rig.link(EARLIER, 2, LinkEvent::Connected);
    let expected = [
        profile(name("Countess")),
        PeerMessage::MediaState { state: MediaState::default() },
        PeerMessage::WantVideo { line: VideoLine::Camera, size: VIEW },
        PeerMessage::WantVideo { line: VideoLine::Screen, size: large() },
    ];
    assert_eq!(told(&effects, EARLIER), expected);
}

#[test]
fn changes_during_an_interruption_are_told_after_it() {
    let mut rig = Rig::connected_as_offerer();
    rig.link(EARLIER, 1, LinkEvent::Interrupted);
    assert_eq!(rig.intent(Intent::Rename { name: name("Countess") }), []);
    let effects = rig.link(EARLIER, 1, LinkEvent::Connected);
    assert_eq!(told(&effects, EARLIER)[0], profile(name("Countess")));
}

#[test]
fn what_others_say_of_themselves_is_shown() {
    let mut rig = Rig::connected_as_offerer();
    let state = MediaState { camera: LineState::Live, microphone: LineState::Muted, ..MediaState::default() };
    rig.hears(EARLIER, 1, profile(name("Alan")));
    rig.hears(EARLIER, 1, PeerMessage::MediaState { state });
    let other = rig.other(EARLIER).expect("they are there");
    assert_eq!((other.name, other.media), (Some(name("Alan")), state));
}

#[test]
fn what_others_want_of_my_picture_is_passed_on_when_it_changes() {
    let mut rig = Rig::connected_as_offerer();
    let want = |size| PeerMessage::WantVideo { line: VideoLine::Camera, size };
    let demand = |size| Effect::SetDemand { peer: EARLIER, line: VideoLine::Camera, size };
    assert_eq!(rig.hears(EARLIER, 1, want(TileSize::HIDDEN)), [], "every link starts hidden");
    assert_eq!(rig.hears(EARLIER, 1, want(large())), [demand(large())]);
    assert_eq!(rig.hears(EARLIER, 1, want(large())), []);
    assert_eq!(rig.hears(EARLIER, 1, want(TileSize::HIDDEN)), [demand(TileSize::HIDDEN)]);
    rig.hears(EARLIER, 1, want(large()));
    rig.wait(seconds(60));
    rig.link(EARLIER, 1, LinkEvent::Failed);
    rig.link(EARLIER, 2, LinkEvent::Connected);
    assert_eq!(rig.hears(EARLIER, 2, want(large())), [demand(large())], "a new link has forgotten it");
}

#[test]
fn volume_is_kept_within_bounds_and_said_again_on_a_new_link() {
    let mut rig = Rig::connected_as_offerer();
    let set = |volume| Intent::SetVolume { participant: EARLIER, volume };
    let effect = |volume| Effect::SetVolume { peer: EARLIER, volume };
    assert_eq!(rig.intent(set(0.5)), [effect(0.5)]);
    assert_eq!(rig.intent(set(f32::NAN)), []);
    assert_eq!(rig.other(EARLIER).map(|other| other.volume), Some(0.5));
    assert_eq!(rig.intent(set(f32::NEG_INFINITY)), [effect(0.0)]);
    assert_eq!(rig.intent(set(100.0)), [effect(2.0)]);
    rig.link(EARLIER, 1, LinkEvent::Failed);
    rig.wait(seconds(1));
    assert!(rig.link(EARLIER, 2, LinkEvent::Connected).contains(&effect(2.0)));
}

#[test]
fn intents_about_strangers_do_nothing() {
    let mut rig = Rig::joined(&[]);
    assert_eq!(rig.intent(Intent::SetVolume { participant: id(66), volume: 1.0 }), []);
    let view = Intent::ViewVideo { participant: id(66), line: VideoLine::Camera, size: large() };
    assert_eq!(rig.intent(view), []);
}

#[test]
fn a_working_link_is_left_alone_when_the_server_changes_its_mind_about_the_order() {
    let mut rig = Rig::connected_as_offerer();
    assert_eq!(rig.said(ServerMessage::Joined { member: member(EARLIER, 50) }), []);
    let effects = rig.link(EARLIER, 1, LinkEvent::Failed);
    assert_eq!(opened(&effects), [], "the next one is for the other to offer");
    let effects = rig.offer(EARLIER, 2);
    assert_eq!(opened(&effects), [(EARLIER, 2, LinkRole::Answerer)]);
}

#[test]
fn a_device_that_starts_is_told_to_whoever_is_connected() {
    let mut rig = Rig::connected_as_offerer();
    rig.intent(Intent::SelectCamera { camera: Some(device("device")) });
    let ready = conclave_room::MediaEvent::Ready {
        kind: conclave_protocol::notice::DeviceKind::Camera,
        generation: conclave_room::Generation(1),
    };
    let effects = rig.feed(conclave_room::Input::Media(ready));
    let state = MediaState { camera: LineState::Live, ..MediaState::default() };
    assert_eq!(told(&effects, EARLIER), [PeerMessage::MediaState { state }]);
}
