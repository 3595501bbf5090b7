//! This end's devices: asked for, active, at fault.

use conclave_protocol::intent::Intent;
use conclave_protocol::line::LineState;
use conclave_protocol::notice::{DeviceFault, DeviceKind, Notice};
use conclave_protocol::peer::PeerMessage;
use conclave_protocol::snapshot::DeviceState;
use conclave_protocol::sound::{SoundProcessing, Switch};
use conclave_room::{Effect, Generation, Input, MediaEvent, RoomConfig};

use crate::rig::{EARLIER, Rig, config, device, told};

const CAMERA: DeviceKind = DeviceKind::Camera;
const MICROPHONE: DeviceKind = DeviceKind::Microphone;

fn media(rig: &mut Rig, event: MediaEvent) -> Vec<Effect> {
    rig.feed(Input::Media(event))
}

fn ready(rig: &mut Rig, kind: DeviceKind, number: u32) -> Vec<Effect> {
    media(rig, MediaEvent::Ready { kind, generation: Generation(number) })
}

fn select_camera(text: &str) -> Intent {
    Intent::SelectCamera { camera: Some(device(text)) }
}

fn states(active: Option<&str>, requested: Option<&str>) -> DeviceState {
    DeviceState { active: active.map(device), fault: None, requested: requested.map(device) }
}

fn told_media(effects: &[Effect]) -> Vec<(LineState, LineState)> {
    let told = told(effects, EARLIER).into_iter().filter_map(|message| match message {
        PeerMessage::MediaState { state } => Some((state.microphone, state.camera)),
        _ => None,
    });
    told.collect()
}

/// A connected room whose camera and microphone are active.
fn live() -> Rig {
    let mut rig = Rig::connected_as_offerer();
    rig.intent(select_camera("one"));
    rig.intent(Intent::SelectMicrophone { microphone: Some(device("mic")) });
    ready(&mut rig, CAMERA, 1);
    ready(&mut rig, MICROPHONE, 1);
    rig
}

#[test]
fn the_devices_of_the_start_are_opened_at_once_and_the_microphone_is_silenced_and_processed_before() {
    let config = RoomConfig {
        camera: Some(device("cam")),
        microphone: Some(device("mic")),
        speaker: Some(device("ear")),
        microphone_muted: true,
        sound_processing: SoundProcessing::ALL,
        ..config()
    };
    let (rig, effects) = Rig::start(config);
    let open = |kind, text| Effect::OpenDevice { kind, device: Some(device(text)), generation: Generation(1) };
    let expected = [
        Effect::MuteMicrophone { muted: true },
        Effect::ProcessSound(SoundProcessing::ALL),
        open(CAMERA, "cam"),
        open(MICROPHONE, "mic"),
        open(DeviceKind::Speaker, "ear"),
    ];
    assert_eq!(effects[..5], expected);
    let me = rig.room.snapshot().me;
    assert_eq!(me.camera, states(None, Some("cam")));
    assert_eq!(me.speaker, states(None, Some("ear")));
    assert!(me.microphone_muted);
    assert_eq!(me.sound_processing, SoundProcessing::ALL);
}

#[test]
fn processing_is_changed_once_each_time_and_concerns_nobody_else() {
    let mut rig = live();
    let processing = SoundProcessing { noise_suppression: Switch::On, ..SoundProcessing::default() };
    let change = Intent::SetSoundProcessing { processing };
    assert_eq!(rig.intent(change.clone()), [Effect::ProcessSound(processing)]);
    assert_eq!(rig.room.snapshot().me.sound_processing, processing);
    assert_eq!(rig.intent(change), []);
}

#[test]
fn a_device_is_requested_until_it_delivers_and_the_former_one_is_active_until_then() {
    let mut rig = live();
    let effects = rig.intent(select_camera("two"));
    let expected = Effect::OpenDevice { kind: CAMERA, device: Some(device("two")), generation: Generation(2) };
    assert_eq!(effects, [expected]);
    assert_eq!(rig.room.snapshot().me.camera, states(Some("one"), Some("two")));
    assert_eq!(ready(&mut rig, CAMERA, 2), [], "the others see a camera before and after");
    assert_eq!(rig.room.snapshot().me.camera, states(Some("two"), None));
}

#[test]
fn a_device_that_fails_to_open_leaves_the_former_one_and_is_told() {
    let mut rig = live();
    rig.intent(select_camera("two"));
    let fault = DeviceFault::Busy;
    let effects = media(&mut rig, MediaEvent::OpenFailed { kind: CAMERA, generation: Generation(2), fault });
    assert_eq!(effects, [Effect::Notify(Notice::Device { kind: CAMERA, device: device("two"), fault })]);
    assert_eq!(rig.room.snapshot().me.camera, states(Some("one"), None));
}

#[test]
fn answers_to_earlier_requests_are_dropped() {
    let mut rig = live();
    rig.intent(select_camera("two"));
    rig.intent(select_camera("three"));
    let fault = DeviceFault::NotFound;
    assert_eq!(ready(&mut rig, CAMERA, 2), []);
    assert_eq!(media(&mut rig, MediaEvent::OpenFailed { kind: CAMERA, generation: Generation(2), fault }), []);
    assert_eq!(rig.room.snapshot().me.camera, states(Some("one"), Some("three")));
    ready(&mut rig, CAMERA, 3);
    assert_eq!(ready(&mut rig, CAMERA, 3), [], "an answer counts once");
    assert_eq!(rig.room.snapshot().me.camera, states(Some("three"), None));
}

#[test]
fn a_camera_turned_off_is_told_when_it_is_off() {
    let mut rig = live();
    let effects = rig.intent(Intent::SelectCamera { camera: None });
    assert_eq!(effects, [Effect::OpenDevice { kind: CAMERA, device: None, generation: Generation(2) }]);
    assert_eq!(rig.room.snapshot().me.camera, states(Some("one"), None), "it delivers until it says otherwise");
    assert_eq!(told_media(&ready(&mut rig, CAMERA, 2)), [(LineState::Live, LineState::Off)]);
    assert_eq!(rig.room.snapshot().me.camera, states(None, None));
}

#[test]
fn a_speaker_is_nobody_elses_business() {
    let mut rig = live();
    let effects = rig.intent(Intent::SelectSpeaker { speaker: device("ear") });
    let kind = DeviceKind::Speaker;
    assert_eq!(effects, [Effect::OpenDevice { kind, device: Some(device("ear")), generation: Generation(1) }]);
    assert_eq!(ready(&mut rig, kind, 1), []);
    assert_eq!(rig.room.snapshot().me.speaker, states(Some("ear"), None));
}

#[test]
fn muting_silences_the_microphone_and_is_told() {
    let mut rig = live();
    let mute = |muted| Intent::MuteMicrophone { muted };
    let effects = rig.intent(mute(true));
    assert_eq!(effects[0], Effect::MuteMicrophone { muted: true });
    assert_eq!(told_media(&effects), [(LineState::Muted, LineState::Live)]);
    assert!(rig.room.snapshot().me.microphone_muted);
    assert_eq!(rig.intent(mute(true)), []);
    assert_eq!(told_media(&rig.intent(mute(false))), [(LineState::Live, LineState::Live)]);
}

#[test]
fn a_muted_line_without_a_microphone_is_off_not_muted() {
    let mut rig = Rig::connected_as_offerer();
    let effects = rig.intent(Intent::MuteMicrophone { muted: true });
    assert_eq!(told_media(&effects), []);
    assert_eq!(effects, [Effect::MuteMicrophone { muted: true }]);
}

#[test]
fn a_fault_of_the_active_device_is_told_once_and_its_line_is_off_until_it_recovers() {
    let mut rig = live();
    let fault = |text: &str, fault| MediaEvent::Fault { kind: CAMERA, device: device(text), fault };
    let notice = |fault| Effect::Notify(Notice::Device { kind: CAMERA, device: device("one"), fault });
    let effects = media(&mut rig, fault("one", DeviceFault::Stalled));
    assert_eq!(effects[0], notice(DeviceFault::Stalled));
    assert_eq!(told_media(&effects), [(LineState::Live, LineState::Off)]);
    assert_eq!(media(&mut rig, fault("one", DeviceFault::Stalled)), []);
    assert_eq!(media(&mut rig, fault("one", DeviceFault::Unplugged)), [notice(DeviceFault::Unplugged)]);
    let unplugged = DeviceState { fault: Some(DeviceFault::Unplugged), ..states(Some("one"), None) };
    assert_eq!(rig.room.snapshot().me.camera, unplugged, "it is being looked after");
    let recovered = |text: &str| MediaEvent::Recovered { kind: CAMERA, device: device(text) };
    let effects = media(&mut rig, recovered("one"));
    assert_eq!(effects[0], Effect::Notify(Notice::DeviceRecovered { kind: CAMERA, device: device("one") }));
    assert_eq!(told_media(&effects), [(LineState::Live, LineState::Live)]);
    assert_eq!(rig.room.snapshot().me.camera, states(Some("one"), None));
    assert_eq!(media(&mut rig, recovered("one")), []);
}

#[test]
fn a_fault_of_a_device_that_is_not_active_any_more_says_nothing() {
    let mut rig = live();
    let fault = DeviceFault::Unplugged;
    assert_eq!(media(&mut rig, MediaEvent::Fault { kind: CAMERA, device: device("old"), fault }), []);
    assert_eq!(media(&mut rig, MediaEvent::Recovered { kind: CAMERA, device: device("old") }), []);
    assert_eq!(media(&mut rig, MediaEvent::Fault { kind: MICROPHONE, device: device("one"), fault }), []);
}

#[test]
fn another_camera_ends_the_fault_of_the_one_before() {
    let mut rig = live();
    let fault = DeviceFault::Unplugged;
    media(&mut rig, MediaEvent::Fault { kind: CAMERA, device: device("one"), fault });
    rig.intent(select_camera("two"));
    assert_eq!(told_media(&ready(&mut rig, CAMERA, 2)), [(LineState::Live, LineState::Live)]);
}

#[test]
fn a_microphone_at_fault_is_off_even_when_it_is_muted() {
    let mut rig = live();
    rig.intent(Intent::MuteMicrophone { muted: true });
    let fault = DeviceFault::Unplugged;
    let effects = media(&mut rig, MediaEvent::Fault { kind: MICROPHONE, device: device("mic"), fault });
    assert_eq!(told_media(&effects), [(LineState::Off, LineState::Live)]);
    let effects = media(&mut rig, MediaEvent::Recovered { kind: MICROPHONE, device: device("mic") });
    assert_eq!(told_media(&effects), [(LineState::Muted, LineState::Live)]);
}
