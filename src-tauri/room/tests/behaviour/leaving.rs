//! The end of a call.

use conclave_protocol::intent::Intent;
use conclave_protocol::notice::{DeviceFault, DeviceKind};
use conclave_protocol::peer::PeerMessage;
use conclave_protocol::signalling::{ClientMessage, ServerMessage};
use conclave_protocol::snapshot::{EndReason, RoomPhase};
use conclave_room::{Effect, Generation, Input, LinkEvent, MediaEvent, ServerEvent};

use crate::rig::{EARLIER, LATER, Rig, config, device, earlier, generation, later, seconds};

#[test]
fn whoever_leaves_says_goodbye_to_all_and_then_closes_everything() {
    let mut rig = Rig::joined(&[earlier(), later()]);
    rig.link(EARLIER, 1, LinkEvent::Connected);
    rig.offer(LATER, 1);
    let effects = rig.intent(Intent::Leave);
    let expected = [
        Effect::SendToPeer { peer: EARLIER, generation: generation(1), message: PeerMessage::Bye },
        Effect::SendToServer(ClientMessage::Leave),
        Effect::CloseLink { peer: EARLIER, generation: generation(1) },
        Effect::CloseLink { peer: LATER, generation: generation(1) },
        Effect::CloseSocket,
        Effect::End(EndReason::Left),
    ];
    assert_eq!(effects, expected);
    let snapshot = rig.room.snapshot();
    assert_eq!(snapshot.phase, RoomPhase::Ended { reason: EndReason::Left });
    assert_eq!(snapshot.others, []);
}

#[test]
fn an_interrupted_link_is_said_goodbye_to_as_well() {
    let mut rig = Rig::connected_as_offerer();
    rig.link(EARLIER, 1, LinkEvent::Interrupted);
    let bye = Effect::SendToPeer { peer: EARLIER, generation: generation(1), message: PeerMessage::Bye };
    assert!(rig.intent(Intent::Leave).contains(&bye));
}

#[test]
fn whoever_leaves_before_the_hello_says_nothing_to_the_server() {
    let (mut rig, _) = Rig::start(config());
    assert_eq!(rig.intent(Intent::Leave), [Effect::CloseSocket, Effect::End(EndReason::Left)]);
}

#[test]
fn whoever_leaves_between_hello_and_welcome_gives_the_place_up() {
    let (mut rig, _) = Rig::start(config());
    rig.server(ServerEvent::Opened);
    assert_eq!(rig.intent(Intent::Leave)[0], Effect::SendToServer(ClientMessage::Leave));
}

#[test]
fn nothing_follows_the_end() {
    let mut rig = Rig::joined(&[earlier(), later()]);
    rig.link(EARLIER, 1, LinkEvent::Connected);
    rig.intent(Intent::Leave);
    assert_eq!(rig.room.next_deadline(), None);
    let last_words = [
        Input::Tick,
        Input::Intent(Intent::Leave),
        Input::Intent(Intent::SelectCamera { camera: Some(device("cam")) }),
        Input::Server { socket: rig.socket, event: ServerEvent::Closed },
        Input::Server { socket: rig.socket, event: ServerEvent::Opened },
        Input::Server { socket: rig.socket, event: ServerEvent::Message(ServerMessage::Joined { member: later() }) },
        Input::Link { peer: EARLIER, generation: generation(1), event: LinkEvent::Failed },
        Input::Media(MediaEvent::Ready { kind: DeviceKind::Camera, generation: Generation(1) }),
        Input::Media(MediaEvent::Fault { kind: DeviceKind::Camera, device: device("cam"), fault: DeviceFault::Failed }),
    ];
    for input in last_words {
        rig.wait(seconds(1));
        assert_eq!(rig.feed(input), []);
        assert_eq!(rig.room.next_deadline(), None);
    }
    assert_eq!(rig.room.snapshot().phase, RoomPhase::Ended { reason: EndReason::Left });
}

#[test]
fn a_clock_that_runs_backwards_stands_still() {
    let mut rig = Rig::joined(&[earlier()]);
    rig.wait(seconds(5));
    rig.room.handle(conclave_room::Timestamp::default(), Input::Tick);
    assert!(rig.room.next_deadline().is_some_and(|at| at > rig.now));
}
