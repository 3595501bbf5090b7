//! The lists of microphones and speakers of a real sound server.

use std::time::Duration;

use conclave_tests::rigs::Result;
use conclave_tests::rigs::process::Mark;
use conclave_tests::rigs::sound_probe::{SoundDevice, SoundEvent, SoundProbe};
use conclave_tests::rigs::sound_server::{SampleSpec, SoundServer};

const PROBE: &str = env!("CARGO_BIN_EXE_sound_probe");

#[test]
fn microphones_and_speakers_are_listed_and_monitors_are_not() -> Result<()> {
    let server = SoundServer::start()?;
    server.plug_in_microphone("headset-mic", SampleSpec::USUAL)?;
    let probe = SoundProbe::start(PROBE, &["list"], &server)?;
    let (mut microphones, mut speakers) = (Vec::new(), Vec::new());
    probe.wait_for("the list", Mark::default(), Duration::from_secs(10), |event| match event {
        SoundEvent::Listed { device: SoundDevice::Microphone, name, id } => {
            microphones.push((name, id));
            None
        }
        SoundEvent::Listed { device: SoundDevice::Speaker, name, id } => {
            speakers.push((name, id));
            None
        }
        SoundEvent::ListEnded => Some(()),
        _ => None,
    })?;
    let ids = |list: &[(String, String)]| list.iter().map(|(_, id)| id.clone()).collect::<Vec<_>>();
    assert_eq!(ids(&microphones), ["mic", "headset-mic"]);
    assert_eq!(ids(&speakers), ["spk", "micfeed", "headset-mic-feed"]);
    assert!(microphones.iter().chain(&speakers).all(|(name, _)| !name.is_empty()));
    Ok(())
}

#[test]
fn a_server_that_hangs_does_not_hang_the_list() -> Result<()> {
    let server = SoundServer::start()?;
    server.freeze()?;
    let probe = SoundProbe::start(PROBE, &["list"], &server)?;
    let mut refused = 0;
    probe.wait_for("the list", Mark::default(), Duration::from_secs(10), |event| match event {
        SoundEvent::Refused { .. } => {
            refused += 1;
            None
        }
        SoundEvent::ListEnded => Some(()),
        _ => None,
    })?;
    assert_eq!(refused, 2, "{}", probe.story());
    server.thaw()
}
