//! A microphone beside a speaker hears what that plays: whoever speaks hears themselves come back, unless the echo is
//! taken out. One call, in which that is switched on in the middle.

use std::time::{Duration, Instant};

use conclave_tests::rigs::participant::{ParticipantBuilder, create_link};
use conclave_tests::rigs::server::Server;
use conclave_tests::rigs::sound::{Sound, speak};
use conclave_tests::rigs::sound_server::{MICROPHONE_FEED, SoundServer};
use conclave_tests::rigs::{Result, RigError};
use serde_json::json;

const SOON: Duration = Duration::from_secs(10);
const BOB_SAYS: &str = "The quick brown fox jumps over the lazy dog, and seven wizards watch it from the balcony.";
const ADA_SAYS: &str = "A room that locks, whose server can neither listen nor let anyone in.";

/// Until all that one hears is what the other heard in the same state.
const ON_ITS_WAY: Duration = Duration::from_secs(2);

/// How long the canceller may take to learn the room.
const LEARNING: Duration = Duration::from_secs(4);

/// How long each state is listened to: longer than the sentence.
const LISTENING: Duration = Duration::from_secs(8);

const HALF_SECOND: Duration = Duration::from_millis(500);

#[test]
fn an_echo_is_not_sent_back() -> Result<()> {
    let folder = tempfile::tempdir().map_err(RigError::io("making a folder"))?;
    let (bobs, adas) = (folder.path().join("bob.wav"), folder.path().join("ada.wav"));
    speak(BOB_SAYS, &bobs)?;
    speak(ADA_SAYS, &adas)?;
    let sound = SoundServer::start()?;
    sound.put_microphone_beside_speaker()?;

    let server = Server::start()?;
    let link = create_link(&server)?;
    let ada = ParticipantBuilder::new(&link, "Ada").microphone("device").speaker("device").sound_server(&sound);
    let mut ada = ada.start()?;
    ada.wait_until_joined()?;
    let bob = ParticipantBuilder::new(&link, "Bob").microphone(&format!("file:{}", bobs.display()));
    let mut bob = bob.save_audio(folder.path()).start()?;
    bob.wait_until_connected_to("Ada", SOON)?;

    std::thread::sleep(ON_ITS_WAY + LISTENING);
    let switched = Instant::now();
    ada.command(&json!({ "command": "sound_processing", "processing": "on" }))?;
    std::thread::sleep(LEARNING + LISTENING);
    let muted = Instant::now();
    bob.command(&json!({ "command": "mute" }))?;
    std::thread::sleep(ON_ITS_WAY);
    let spoke = Instant::now();
    sound.play(&adas, MICROPHONE_FEED)?.wait_for_exit(Duration::from_secs(20))?;
    std::thread::sleep(ON_ITS_WAY);
    let (id, left) = (ada.id()?, Instant::now());
    bob.leave()?;
    ada.leave()?;

    let heard = Sound::read_wav(&folder.path().join(format!("{}.wav", id.to_text())))?;
    let at = |moment: Instant| heard.duration().saturating_sub(left - moment);
    let echo = heard.part(at(switched - LISTENING), at(switched)).level_dbfs();
    let rest = heard.part(at(muted - LISTENING), at(muted)).level_dbfs();
    eprintln!("Bob hears himself at {echo:.1} dBFS, and at {rest:.1} dBFS with processing: {:.1} dB less", echo - rest);
    let learned = at(switched + ON_ITS_WAY);
    let halves = std::iter::successors(Some(learned), |from| Some(*from + HALF_SECOND));
    let halves: Vec<f64> = halves
        .take_while(|from| *from < at(muted))
        .map(|from| heard.part(from, from + HALF_SECOND).level_dbfs())
        .collect();
    eprintln!("Each half second with processing, from {ON_ITS_WAY:?} on: {halves:.0?} dBFS");
    assert!(echo > -50.0, "without processing there is an echo: {echo} dBFS");
    assert!(echo - rest >= 25.0, "{echo} dBFS without processing, {rest} dBFS with it");

    let (said, heard) = (Sound::read_wav(&adas)?, heard.part(at(spoke), heard.duration()));
    let found = said.find_in(&heard).expect("more was heard than was said");
    let level = heard.part(found.at, found.at + said.duration()).level_dbfs();
    eprintln!("Ada's voice, {:.1} dBFS when said: {found:?}, {level:.1} dBFS", said.level_dbfs());
    assert!(found.envelope_correlation >= 0.8, "{found:?}");
    assert!(level > -35.0, "{level} dBFS");
    Ok(())
}
