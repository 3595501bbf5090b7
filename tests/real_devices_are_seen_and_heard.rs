//! A camera at `/dev/video0`, a microphone and speakers at sound servers: what is shown to the one and said into the
//! other is seen and heard at the far end.

use std::collections::BTreeSet;
use std::time::Duration;

use conclave_tests::rigs::camera_pictures::CameraEncoding;
use conclave_tests::rigs::fake_cameras::{CameraModel, FakeCameras, FakeFormat};
use conclave_tests::rigs::participant::{ParticipantBuilder, create_link};
use conclave_tests::rigs::picture::look_at_y4m;
use conclave_tests::rigs::server::Server;
use conclave_tests::rigs::sound::{Sound, append_silence, speak};
use conclave_tests::rigs::sound_server::{MICROPHONE_FEED, SPEAKER, SoundServer};
use conclave_tests::rigs::{Result, RigError, tone};

const SOON: Duration = Duration::from_secs(5);
/// The camera shows these pictures over and over.
const PICTURES: u32 = 30;
const SENTENCE: &str = "The quick brown fox jumps over the lazy dog, and seven wizards watch it from the balcony.";

#[test]
fn real_devices_are_seen_and_heard() -> Result<()> {
    let folder = tempfile::tempdir().map_err(RigError::io("making a folder"))?;
    let cameras = FakeCameras::new()?;
    let formats = vec![FakeFormat::pattern(CameraEncoding::Mjpeg, 1280, 720, 30, PICTURES)?];
    let _camera = cameras.plug_in(0, &CameraModel::new("Webcam", Some("A1B2"), formats))?;
    let (at_ada, at_bob) = (SoundServer::start()?, SoundServer::start()?);
    let (speech, played) = (folder.path().join("speech.wav"), folder.path().join("played.wav"));
    speak(SENTENCE, &speech)?;
    std::fs::copy(&speech, &played).map_err(RigError::io("copying the speech"))?;
    // What was said last is on its way through the player's buffers, the call and the speaker's while this is played.
    append_silence(&played, Duration::from_secs(3))?;

    let server = Server::start()?;
    let link = create_link(&server)?;
    // Bob sees the pictures at full size; Cleo small, which is enough to read and keep them.
    let bob = ParticipantBuilder::new(&link, "Bob").microphone("tone").speaker("device").sound_server(&at_bob);
    let bob = bob.view(1280, 720).start()?;
    let cleo = ParticipantBuilder::new(&link, "Cleo").view(320, 180).save_video(folder.path()).start()?;
    let ada = ParticipantBuilder::new(&link, "Ada")
        .camera("device:Webcam")
        .microphone("device")
        .speaker("device")
        .cameras(&cameras)
        .sound_server(&at_ada)
        .view(0, 0)
        .start()?;
    for participant in [&bob, &cleo] {
        participant.wait_until_connected_to("Ada", SOON)?;
    }
    ada.wait_until_connected_to("Bob", SOON)?;

    let (heard_by_ada, heard_by_bob) = (at_ada.listen_to(SPEAKER)?, at_bob.listen_to(SPEAKER)?);
    let mut speaking = at_ada.play(&played, MICROPHONE_FEED)?;
    speaking.wait_for_exit(Duration::from_secs(20))?;
    let (heard_by_ada, heard_by_bob) = (heard_by_ada.finish()?, heard_by_bob.finish()?);
    let ada = ada.leave()?;
    let (bob, cleo) = (bob.leave()?, cleo.leave()?);

    let of_ada = bob.peer("Ada")?;
    eprintln!("Bob of Ada: {of_ada:?}");
    assert_eq!((of_ada.video.width, of_ada.video.height), (1280, 720));
    assert!(of_ada.video.fps >= 28.0, "{} fps", of_ada.video.fps);
    assert_eq!(of_ada.video.freezes, 0);
    let saved = folder.path().join(format!("{}-0-320x180.y4m", cleo.peer("Ada")?.id.to_text()));
    assert_camera_was_seen(&look_at_y4m(&saved, |picture| picture.pattern_number())?);

    assert_speech_was_heard(&Sound::read_wav(&speech)?, &heard_by_bob);
    let level = heard_by_ada.level_dbfs();
    eprintln!("Ada heard Bob's tone at {level:.1} dBFS from her speaker");
    assert!((level - tone::LEVEL_DBFS).abs() <= 1.5, "Bob's tone at {level} dBFS");
    assert!(ada.peer("Bob")?.audio.packets > 0);
    Ok(())
}

/// The camera's pictures, all of them, each about as often as the others.
fn assert_camera_was_seen(numbers: &[Option<u32>]) {
    let unreadable = numbers.iter().filter(|number| number.is_none()).count();
    assert!(unreadable * 50 <= numbers.len(), "{unreadable} of {} pictures are unreadable", numbers.len());
    let distinct: BTreeSet<u32> = numbers.iter().flatten().copied().collect();
    eprintln!("Cleo saw {} pictures, {} different ones", numbers.len(), distinct.len());
    assert!(distinct.iter().all(|number| *number < PICTURES), "{distinct:?}");
    // Every second picture goes into the smallest layer, and either half of them may be it.
    assert!(distinct.len() * 2 >= PICTURES as usize, "{distinct:?}");
}

fn assert_speech_was_heard(speech: &Sound, heard: &Sound) {
    let found = speech.find_in(heard).expect("more was heard than was said");
    eprintln!("the speech ({:?}, {:.1} dBFS) in what Bob heard: {found:?}", speech.duration(), speech.level_dbfs());
    assert!(found.envelope_correlation >= 0.8, "{found:?}");
    assert!(found.waveform_share >= 0.6, "{found:?}");
}
