//! Headsets are pulled out and sound servers die in the middle of a call. The person is told within a second, the
//! call goes on, and the device is used again as soon as it is back.

use std::time::{Duration, Instant};

use conclave_protocol::notice::{DeviceFault, DeviceKind};
use conclave_tests::rigs::Result;
use conclave_tests::rigs::participant::{Participant, ParticipantBuilder, create_link};
use conclave_tests::rigs::process::Mark;
use conclave_tests::rigs::server::Server;
use conclave_tests::rigs::sound_server::{SampleSpec, SoundServer};

const SOON: Duration = Duration::from_secs(10);
const AT_ONCE: Duration = Duration::from_secs(1);
const WHILE: Duration = Duration::from_secs(2);
const BOTH: [DeviceKind; 2] = [DeviceKind::Microphone, DeviceKind::Speaker];

fn assert_told(participant: &Participant, from: Mark, kind: DeviceKind, since: Instant) -> Result<()> {
    let told = participant.wait_for_after(from, &format!("the news of the {kind:?}"), SOON, |event| {
        event.is_fault(kind, DeviceFault::Unplugged)
    })?;
    let after = told.at.saturating_duration_since(since);
    eprintln!("{kind:?}: told after {after:?}");
    assert!(after <= AT_ONCE, "{kind:?}: told after {after:?}");
    Ok(())
}

fn wait_for_recovery(participant: &Participant, from: Mark, kind: DeviceKind, since: Instant) -> Result<()> {
    let back =
        participant.wait_for_after(from, &format!("the {kind:?}'s return"), SOON, |event| event.is_recovery(kind))?;
    eprintln!("{kind:?}: back after {:?}", back.at.saturating_duration_since(since));
    Ok(())
}

#[test]
fn a_sound_device_in_trouble_does_not_end_a_call() -> Result<()> {
    let mut sound = SoundServer::start()?;
    let microphone = sound.plug_in_microphone("headset", SampleSpec::USUAL)?;
    let server = Server::start()?;
    let link = create_link(&server)?;
    let bob = ParticipantBuilder::new(&link, "Bob").microphone("tone").view(640, 360).start()?;
    bob.wait_until_joined()?;
    let ada = ParticipantBuilder::new(&link, "Ada")
        .camera("pattern:640x360@30")
        .microphone("device:headset")
        .speaker("device")
        .sound_server(&sound)
        .start()?;
    bob.wait_until_connected_to("Ada", SOON)?;
    std::thread::sleep(WHILE);

    let (mark, unplugged) = (ada.mark(), Instant::now());
    sound.unplug(microphone)?;
    assert_told(&ada, mark, DeviceKind::Microphone, unplugged)?;
    std::thread::sleep(WHILE);
    let (mark, plugged_in) = (ada.mark(), Instant::now());
    let _microphone = sound.plug_in_microphone("headset", SampleSpec::USUAL)?;
    wait_for_recovery(&ada, mark, DeviceKind::Microphone, plugged_in)?;

    let (mark, killed) = (ada.mark(), Instant::now());
    sound.kill()?;
    for kind in BOTH {
        assert_told(&ada, mark, kind, killed)?;
    }
    std::thread::sleep(WHILE);
    let (mark, restarted) = (ada.mark(), Instant::now());
    sound.restart()?;
    let _microphone = sound.plug_in_microphone("headset", SampleSpec::USUAL)?;
    for kind in BOTH {
        wait_for_recovery(&ada, mark, kind, restarted)?;
    }
    std::thread::sleep(WHILE);

    let ada = ada.leave()?;
    let bob = bob.leave()?;
    let (of_ada, of_bob) = (bob.peer("Ada")?, ada.peer("Bob")?);
    eprintln!("Bob of Ada: {of_ada:?}\nAda of Bob: {of_bob:?}");
    assert_eq!((of_ada.video.freezes, of_ada.video.lost), (0, 0), "her picture went on");
    assert!(of_ada.video.fps >= 28.0, "{} fps", of_ada.video.fps);
    assert_eq!(of_bob.audio.lost, 0, "his voice went on");
    assert!(of_bob.audio.packets as f64 >= 50.0 * (3 * WHILE).as_secs_f64(), "{:?}", of_bob.audio);
    Ok(())
}
