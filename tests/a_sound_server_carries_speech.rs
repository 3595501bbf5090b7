//! Speech into a microphone of a real sound server, through the codec and the jitter buffer, out of a speaker: it is
//! the same speech, whatever formats the devices have.

use std::time::Duration;

use conclave_tests::rigs::Result;
use conclave_tests::rigs::process::Mark;
use conclave_tests::rigs::sound::{Sound, speak};
use conclave_tests::rigs::sound_probe::{SoundDevice, SoundEvent, SoundProbe};
use conclave_tests::rigs::sound_server::{MICROPHONE, MICROPHONE_FEED, SPEAKER, SampleSpec, SoundServer};

const PROBE: &str = env!("CARGO_BIN_EXE_sound_probe");
const START: Duration = Duration::from_secs(10);
const SENTENCE: &str = "A room that locks, whose server can neither listen nor let anyone in.";

fn wait_until_open(probe: &SoundProbe) -> Result<()> {
    for device in [SoundDevice::Microphone, SoundDevice::Speaker] {
        probe.wait_for_event(&SoundEvent::Opened { device }, Mark::default(), START)?;
    }
    Ok(())
}

/// Says the sentence into `feed` while the probe echoes, and looks for it in what `speaker` plays.
fn assert_carried(server: &SoundServer, microphone: &str, feed: &str, speaker: &str) -> Result<()> {
    let folder = tempfile::tempdir().expect("a folder");
    let wav = folder.path().join("speech.wav");
    speak(SENTENCE, &wav)?;
    let said = Sound::read_wav(&wav)?;
    let probe = SoundProbe::start(
        PROBE,
        &["echo", &format!("device:{microphone}"), &format!("device:{speaker}"), "60"],
        server,
    )?;
    wait_until_open(&probe)?;
    let recording = server.listen_to(speaker)?;
    let mut player = server.play(&wav, feed)?;
    player.wait_for_exit(said.duration() + START)?;
    // The end of the speech is still on its way through two devices.
    let mark = probe.mark();
    let mut silent = 0;
    probe.wait_for("silence after the speech", mark, START, |event| match event {
        SoundEvent::Levels { heard_dbfs, .. } => {
            silent = if heard_dbfs < -60.0 { silent + 1 } else { 0 };
            (silent > 3).then_some(())
        }
        _ => None,
    })?;
    let heard = recording.finish()?;
    let found = said.find_in(&heard).expect("the recording is longer than the speech");
    eprintln!("{microphone} to {speaker}: {found:?}, {:.1} dBFS of {:.1}", heard.level_dbfs(), said.level_dbfs());
    assert!(found.envelope_correlation > 0.9, "{found:?}\n{}", probe.story());
    assert!(found.waveform_share > 0.6, "{found:?}\n{}", probe.story());
    let troubles: Vec<_> =
        probe.events().into_iter().filter(|event| matches!(event, SoundEvent::Fault { .. })).collect();
    assert_eq!(troubles, []);
    Ok(())
}

#[test]
fn speech_comes_out_of_the_speaker_as_it_went_into_the_microphone() -> Result<()> {
    let server = SoundServer::start()?;
    assert_carried(&server, MICROPHONE, MICROPHONE_FEED, SPEAKER)
}

#[test]
fn devices_of_odd_formats_carry_speech_too() -> Result<()> {
    let server = SoundServer::start_with_speaker(SampleSpec { format: "s32le", rate: 44_100, channels: 6 })?;
    server.plug_in_microphone("headset", SampleSpec { format: "u8", rate: 16_000, channels: 1 })?;
    assert_carried(&server, "headset", "headset-feed", SPEAKER)?;
    server.plug_in_microphone("studio", SampleSpec { format: "float32le", rate: 96_000, channels: 2 })?;
    server.plug_in_speaker("phone", SampleSpec { format: "s24le", rate: 22_050, channels: 1 })?;
    assert_carried(&server, "studio", "studio-feed", "phone")
}
