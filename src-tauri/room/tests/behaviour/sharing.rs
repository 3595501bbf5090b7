//! The screen that this end shares: asked for, shared, gone.

use conclave_protocol::intent::{Intent, ScreenChoice};
use conclave_protocol::line::{LineState, MediaState};
use conclave_protocol::notice::{Notice, ScreenFault};
use conclave_protocol::peer::PeerMessage;
use conclave_protocol::snapshot::SharingState;
use conclave_room::{Effect, Generation, Input, SharingEvent};

use crate::rig::{EARLIER, Rig, told};

fn screen(text: &str) -> ScreenChoice {
    ScreenChoice(text.to_owned())
}

fn share(rig: &mut Rig, text: &str) -> Vec<Effect> {
    rig.intent(Intent::ShareScreen { screen: screen(text) })
}

fn ready(rig: &mut Rig, number: u32) -> Vec<Effect> {
    rig.feed(Input::Sharing(SharingEvent::Ready { generation: Generation(number) }))
}

fn ended(rig: &mut Rig, text: &str) -> Vec<Effect> {
    rig.feed(Input::Sharing(SharingEvent::Ended { screen: screen(text), fault: ScreenFault::Closed }))
}

fn opening(text: Option<&str>, number: u32) -> Effect {
    Effect::ShareScreen { screen: text.map(screen), generation: Generation(number) }
}

fn told_screen(effects: &[Effect]) -> Vec<LineState> {
    let states = told(effects, EARLIER).into_iter().filter_map(|message| match message {
        PeerMessage::MediaState { state: MediaState { screen, .. } } => Some(screen),
        _ => None,
    });
    states.collect()
}

fn sharing(rig: &Rig) -> (Option<String>, Option<String>) {
    let SharingState { active, requested } = rig.room.snapshot().me.sharing;
    (active.map(|screen| screen.0), requested.map(|screen| screen.0))
}

fn state(active: Option<&str>, requested: Option<&str>) -> (Option<String>, Option<String>) {
    (active.map(str::to_owned), requested.map(str::to_owned))
}

/// A connected room that shares a screen called one.
fn live() -> Rig {
    let mut rig = Rig::connected_as_offerer();
    share(&mut rig, "one");
    ready(&mut rig, 1);
    rig
}

#[test]
fn a_screen_is_told_of_once_it_is_there_and_again_when_it_is_not() {
    let mut rig = Rig::connected_as_offerer();
    assert_eq!(share(&mut rig, "one"), [opening(Some("one"), 1)]);
    assert_eq!(sharing(&rig), state(None, Some("one")));
    assert_eq!(told_screen(&ready(&mut rig, 1)), [LineState::Live]);
    assert_eq!(sharing(&rig), state(Some("one"), None));
    assert_eq!(rig.intent(Intent::StopSharing), [opening(None, 2)]);
    assert_eq!(told_screen(&ready(&mut rig, 2)), [LineState::Off]);
    assert_eq!(sharing(&rig), state(None, None));
    assert_eq!(rig.intent(Intent::StopSharing), [], "there is nothing to stop");
}

#[test]
fn another_screen_takes_the_place_of_the_first_without_the_others_being_told() {
    let mut rig = live();
    assert_eq!(share(&mut rig, "two"), [opening(Some("two"), 2)]);
    assert_eq!(sharing(&rig), state(Some("one"), Some("two")));
    assert_eq!(ready(&mut rig, 2), []);
    assert_eq!(sharing(&rig), state(Some("two"), None));
}

#[test]
fn a_screen_that_can_t_be_had_leaves_the_one_that_is_shared() {
    let mut rig = live();
    share(&mut rig, "two");
    let refused = SharingEvent::Refused { generation: Generation(2), fault: ScreenFault::NotFound };
    let notice = Notice::ScreenNotShared { screen: screen("two"), fault: ScreenFault::NotFound };
    assert_eq!(rig.feed(Input::Sharing(refused.clone())), [Effect::Notify(notice)]);
    assert_eq!(sharing(&rig), state(Some("one"), None));
    assert_eq!(rig.feed(Input::Sharing(refused)), [], "an answer counts once");
}

#[test]
fn late_answers_change_nothing() {
    let mut rig = Rig::connected_as_offerer();
    share(&mut rig, "one");
    rig.intent(Intent::StopSharing);
    assert_eq!(ready(&mut rig, 1), []);
    assert_eq!(sharing(&rig), state(None, None));
    assert_eq!(ready(&mut rig, 2), []);
}

#[test]
fn a_screen_that_is_gone_is_shared_no_more_and_the_person_is_told() {
    let mut rig = live();
    assert_eq!(ended(&mut rig, "another"), []);
    let effects = ended(&mut rig, "one");
    let notice = Notice::SharingEnded { screen: screen("one"), fault: ScreenFault::Closed };
    assert!(effects.contains(&Effect::Notify(notice)), "{effects:?}");
    assert_eq!(told_screen(&effects), [LineState::Off]);
    assert_eq!(sharing(&rig), state(None, None));
    assert_eq!(ended(&mut rig, "one"), []);
    assert_eq!(share(&mut rig, "one"), [opening(Some("one"), 2)], "it may be shared again");
}

#[test]
fn a_screen_leaves_the_camera_s_state_alone() {
    let mut rig = Rig::connected_as_offerer();
    let camera = conclave_protocol::intent::DeviceChoice("camera".into());
    rig.intent(Intent::SelectCamera { camera: Some(camera) });
    let kind = conclave_protocol::notice::DeviceKind::Camera;
    rig.feed(Input::Media(conclave_room::MediaEvent::Ready { kind, generation: Generation(1) }));
    share(&mut rig, "one");
    let effects = ready(&mut rig, 1);
    let expected = MediaState { camera: LineState::Live, screen: LineState::Live, ..MediaState::default() };
    assert!(told(&effects, EARLIER).contains(&PeerMessage::MediaState { state: expected }), "{effects:?}");
}
