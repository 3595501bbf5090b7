//! Microphones and speakers are pulled out, and sound servers die and hang. It is told within a second, another device
//! stands in, and the former one is used again as soon as it can be. Nothing ever waits for the server.

use std::time::{Duration, Instant};

use conclave_tests::rigs::Result;
use conclave_tests::rigs::process::Mark;
use conclave_tests::rigs::sound_probe::{SoundDevice, SoundEvent, SoundProbe};
use conclave_tests::rigs::sound_server::{SPEAKER, SampleSpec, SoundServer};
use conclave_tests::rigs::tone;

const PROBE: &str = env!("CARGO_BIN_EXE_sound_probe");
const SOON: Duration = Duration::from_secs(10);

/// What the person in the call may have to wait for a notice.
const NOTICE_WITHIN: Duration = Duration::from_secs(1);

/// Closing waits half a second for each of both devices, no longer.
const CLOSED_WITHIN_MS: u64 = 1_300;

fn opened(probe: &SoundProbe, device: SoundDevice) -> Result<()> {
    probe.wait_for_event(&SoundEvent::Opened { device }, Mark::default(), SOON).map(drop)
}

fn fault(device: SoundDevice, fault: &str) -> SoundEvent {
    SoundEvent::Fault { device, fault: fault.to_owned() }
}

/// Waits for an event after trouble began, and asserts that it came in time for the person.
fn assert_told(probe: &SoundProbe, event: &SoundEvent, from: Mark, since: Instant) -> Result<()> {
    let told = probe.wait_for_event(event, from, SOON)?.saturating_duration_since(since);
    eprintln!("{event:?} after {told:?}");
    assert!(told <= NOTICE_WITHIN, "told after {told:?}\n{}", probe.story());
    Ok(())
}

/// Waits until so many more frames were decoded: the call goes on.
fn assert_goes_on(probe: &SoundProbe, more: u64) -> Result<()> {
    let mut first = None;
    probe.wait_for("more decoded sound", probe.mark(), SOON, |event| match event {
        SoundEvent::Levels { frames, .. } => (frames >= *first.get_or_insert(frames) + more).then_some(()),
        _ => None,
    })?;
    Ok(())
}

/// Waits until what is heard has the level of the tone, or has not.
fn wait_for_tone(probe: &SoundProbe, heard: bool) -> Result<()> {
    probe.wait_for("the tone, or its end", probe.mark(), SOON, |event| match event {
        SoundEvent::Levels { heard_dbfs, .. } => {
            ((f64::from(heard_dbfs) - tone::LEVEL_DBFS).abs() < 2.0).eq(&heard).then_some(())
        }
        _ => None,
    })?;
    Ok(())
}

/// Waits until a speaker plays the tone.
fn wait_for_tone_in(server: &SoundServer, speaker: &str) -> Result<()> {
    let deadline = Instant::now() + SOON;
    loop {
        let recording = server.listen_to(speaker)?;
        std::thread::sleep(Duration::from_millis(700));
        let heard = recording.finish()?;
        let level = heard.level_dbfs();
        if (level - tone::LEVEL_DBFS).abs() < 2.0 {
            return Ok(());
        }
        assert!(Instant::now() < deadline, "{speaker} plays {level} dBFS");
    }
}

#[test]
fn a_headset_that_is_pulled_out_is_replaced_by_the_default_devices_until_it_is_back() -> Result<()> {
    let server = SoundServer::start()?;
    let speaker = server.plug_in_speaker("headset", SampleSpec::USUAL)?;
    let probe = SoundProbe::start(PROBE, &["echo", "tone", "device:headset", "60"], &server)?;
    opened(&probe, SoundDevice::Speaker)?;
    wait_for_tone_in(&server, "headset")?;

    let (mark, unplugged) = (probe.mark(), Instant::now());
    server.unplug(speaker)?;
    assert_told(&probe, &fault(SoundDevice::Speaker, "Unplugged"), mark, unplugged)?;
    wait_for_tone_in(&server, SPEAKER)?;

    let (mark, plugged_in) = (probe.mark(), Instant::now());
    server.plug_in_speaker("headset", SampleSpec::USUAL)?;
    let recovered = SoundEvent::Recovered { device: SoundDevice::Speaker };
    let told = probe.wait_for_event(&recovered, mark, SOON)?;
    eprintln!("back after {:?}", told.saturating_duration_since(plugged_in));
    wait_for_tone_in(&server, "headset")?;
    let notices = probe.events().into_iter().filter(|event| matches!(event, SoundEvent::Fault { .. })).count();
    assert_eq!(notices, 1, "one notice an episode\n{}", probe.story());
    Ok(())
}

#[test]
fn a_microphone_that_is_pulled_out_is_replaced_by_the_default_one_until_it_is_back() -> Result<()> {
    let server = SoundServer::start()?;
    let folder = tempfile::tempdir().expect("a folder");
    let wav = folder.path().join("tone.wav");
    write_tone(&wav);
    let _default = server.play(&wav, "micfeed")?;
    let microphone = server.plug_in_microphone("headset", SampleSpec::USUAL)?;
    let probe = SoundProbe::start(PROBE, &["echo", "device:headset", "null", "60"], &server)?;
    opened(&probe, SoundDevice::Microphone)?;
    // Nobody speaks into the headset.
    assert_goes_on(&probe, 50)?;
    wait_for_tone(&probe, false)?;

    let (mark, unplugged) = (probe.mark(), Instant::now());
    server.unplug(microphone)?;
    assert_told(&probe, &fault(SoundDevice::Microphone, "Unplugged"), mark, unplugged)?;
    wait_for_tone(&probe, true)?;

    let mark = probe.mark();
    server.plug_in_microphone("headset", SampleSpec::USUAL)?;
    probe.wait_for_event(&SoundEvent::Recovered { device: SoundDevice::Microphone }, mark, SOON)?;
    wait_for_tone(&probe, false)
}

/// A minute of the tone.
fn write_tone(path: &std::path::Path) {
    let spec = hound::WavSpec {
        channels: 1,
        sample_rate: 48_000,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut writer = hound::WavWriter::create(path, spec).expect("a WAV file");
    for n in 0..48_000 * 60 {
        let turn = f64::from(n) * 440.0 / 48_000.0;
        writer.write_sample(((turn * std::f64::consts::TAU).sin() * 0.1414 * 32_767.0) as i16).expect("a sample");
    }
    writer.finalize().expect("a WAV file");
}

#[test]
fn a_sound_server_that_dies_is_told_and_used_again_when_it_is_back() -> Result<()> {
    let mut server = SoundServer::start()?;
    let probe = SoundProbe::start(PROBE, &["echo", "device", "device", "60"], &server)?;
    opened(&probe, SoundDevice::Microphone)?;
    opened(&probe, SoundDevice::Speaker)?;
    for _ in 0..2 {
        assert_goes_on(&probe, 250)?;
        let (mark, killed) = (probe.mark(), Instant::now());
        server.kill()?;
        assert_told(&probe, &fault(SoundDevice::Microphone, "Unplugged"), mark, killed)?;
        assert_told(&probe, &fault(SoundDevice::Speaker, "Unplugged"), mark, killed)?;
        assert_goes_on(&probe, 200)?;
        let (mark, restarted) = (probe.mark(), Instant::now());
        server.restart()?;
        for device in [SoundDevice::Microphone, SoundDevice::Speaker] {
            let told = probe.wait_for_event(&SoundEvent::Recovered { device }, mark, SOON)?;
            eprintln!("{device:?} back after {:?}", told.saturating_duration_since(restarted));
        }
    }
    Ok(())
}

#[test]
fn a_sound_server_that_hangs_is_told_and_used_again_when_it_goes_on() -> Result<()> {
    let server = SoundServer::start()?;
    let probe = SoundProbe::start(PROBE, &["echo", "device", "device", "60"], &server)?;
    opened(&probe, SoundDevice::Microphone)?;
    opened(&probe, SoundDevice::Speaker)?;
    assert_goes_on(&probe, 250)?;
    let (mark, frozen) = (probe.mark(), Instant::now());
    server.freeze()?;
    assert_told(&probe, &fault(SoundDevice::Microphone, "Stalled"), mark, frozen)?;
    assert_told(&probe, &fault(SoundDevice::Speaker, "Stalled"), mark, frozen)?;
    // Longer than any attempt to open a device may take.
    assert_goes_on(&probe, 800)?;
    let mark = probe.mark();
    server.thaw()?;
    for device in [SoundDevice::Microphone, SoundDevice::Speaker] {
        probe.wait_for_event(&SoundEvent::Recovered { device }, mark, SOON)?;
    }
    Ok(())
}

#[test]
fn closing_does_not_wait_for_a_server_that_hangs() -> Result<()> {
    let server = SoundServer::start()?;
    let mut probe = SoundProbe::start(PROBE, &["echo", "device", "device", "3"], &server)?;
    opened(&probe, SoundDevice::Microphone)?;
    opened(&probe, SoundDevice::Speaker)?;
    assert_goes_on(&probe, 50)?;
    server.freeze()?;
    let closed = |event| if let SoundEvent::Closed { took_ms } = event { Some(took_ms) } else { None };
    let (took_ms, _) = probe.wait_for("the closing", Mark::default(), SOON, closed)?;
    eprintln!("closed in {took_ms} ms");
    assert!(took_ms <= CLOSED_WITHIN_MS, "closing took {took_ms} ms");
    probe.wait_for_exit(Duration::from_secs(2))
}

#[test]
fn a_default_device_that_changes_is_followed() -> Result<()> {
    let server = SoundServer::start()?;
    server.plug_in_speaker("headset", SampleSpec::USUAL)?;
    let probe = SoundProbe::start(PROBE, &["echo", "tone", "device", "60"], &server)?;
    opened(&probe, SoundDevice::Speaker)?;
    wait_for_tone_in(&server, SPEAKER)?;
    server.prefer_speaker("headset")?;
    wait_for_tone_in(&server, "headset")?;
    let notices = probe.events().into_iter().filter(|event| matches!(event, SoundEvent::Fault { .. })).count();
    assert_eq!(notices, 0, "nothing is wrong\n{}", probe.story());
    Ok(())
}

#[test]
fn a_device_that_is_not_there_is_refused_and_the_former_one_goes_on() -> Result<()> {
    let server = SoundServer::start()?;
    let probe = SoundProbe::start(PROBE, &["echo", "device:nobody", "device:nothing", "5"], &server)?;
    for device in [SoundDevice::Microphone, SoundDevice::Speaker] {
        let refused = SoundEvent::Refused { device, error: "Device(NotFound)".to_owned() };
        probe.wait_for_event(&refused, Mark::default(), SOON)?;
    }
    assert_goes_on(&probe, 100)
}
