//! Lists sound devices, or plays what a microphone hears, and tells what happens, one JSON object a line; see
//! `rigs/sound_probe.rs`.
//!
//! `sound_probe list | echo MICROPHONE SPEAKER SECONDS`

use std::io::{self, Write as _};
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU16, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use conclave_media::audio::{
    self, AudioOutput, AudioPacket, AudioReceiver, AudioSender, EncodedAudioPacket, EncodedAudioSink,
};
use conclave_media::{DeviceNotice, MicrophoneSpec, ReplaceTrackError, SpeakerSpec};
use conclave_tests::rigs::sound_probe::{SoundDevice, SoundEvent};

/// Between two reports of the levels.
const REPORT_EVERY: Duration = Duration::from_millis(100);

fn main() -> io::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["list"] => list(),
        ["echo", microphone, speaker, seconds] => echo(parsed(microphone)?, parsed(speaker)?, parsed(seconds)?),
        _ => Err(io::Error::other("sound_probe list | echo MICROPHONE SPEAKER SECONDS")),
    }
}

fn parsed<T: FromStr>(text: &str) -> io::Result<T> {
    text.parse().map_err(|_| io::Error::other(format!("{text} is none")))
}

fn tell(event: &SoundEvent) -> io::Result<()> {
    let mut line = serde_json::to_string(event)?;
    line.push('\n');
    io::stdout().write_all(line.as_bytes())
}

fn list() -> io::Result<()> {
    for (device, listed) in [(SoundDevice::Microphone, audio::microphones()), (SoundDevice::Speaker, audio::speakers())]
    {
        match listed {
            Err(fault) => tell(&SoundEvent::Refused { device, error: format!("{fault:?}") })?,
            Ok(infos) => infos
                .into_iter()
                .try_for_each(|info| tell(&SoundEvent::Listed { device, name: info.name, id: info.id }))?,
        }
    }
    tell(&SoundEvent::ListEnded)
}

/// A wire without a network.
struct Wire {
    to: AudioReceiver,
    sequence: AtomicU16,
}

impl EncodedAudioSink for Wire {
    fn packet(&self, packet: &EncodedAudioPacket) {
        self.to.push(AudioPacket {
            sequence: self.sequence.fetch_add(1, Ordering::Relaxed),
            timestamp: packet.timestamp,
            payload: packet.payload.clone(),
            arrival: Instant::now(),
        });
    }
}

/// Nobody is left to be told when telling fails.
fn told_of(device: SoundDevice) -> impl Fn(DeviceNotice) + Send + Sync {
    move |notice| {
        let _ = tell(&match notice {
            DeviceNotice::Fault(fault) => SoundEvent::Fault { device, fault: format!("{fault:?}") },
            DeviceNotice::Recovered => SoundEvent::Recovered { device },
        });
    }
}

fn answered(device: SoundDevice) -> impl FnOnce(Result<(), ReplaceTrackError>) + Send {
    move |result| {
        let _ = tell(&match result {
            Ok(()) => SoundEvent::Opened { device },
            Err(error) => SoundEvent::Refused { device, error: format!("{error:?}") },
        });
    }
}

fn echo(microphone: MicrophoneSpec, speaker: SpeakerSpec, seconds: f64) -> io::Result<()> {
    let output = AudioOutput::new(SpeakerSpec::Null, told_of(SoundDevice::Speaker));
    let to = output.add_participant();
    let frames = Arc::new(AtomicU64::new(0));
    let counted = Arc::clone(&frames);
    to.set_tap(Some(Box::new(move |_| {
        counted.fetch_add(1, Ordering::Relaxed);
    })));
    let wire = Arc::new(Wire { to, sequence: AtomicU16::new(0) });
    let sender = AudioSender::new(told_of(SoundDevice::Microphone));
    let subscription = sender.attach(Arc::clone(&wire) as Arc<dyn EncodedAudioSink>);
    output.replace_speaker(speaker, answered(SoundDevice::Speaker));
    sender.replace_track(Some(microphone), answered(SoundDevice::Microphone));

    let end = Instant::now() + Duration::from_secs_f64(seconds);
    while Instant::now() < end {
        std::thread::sleep(REPORT_EVERY);
        tell(&SoundEvent::Levels {
            sent_dbfs: sender.level_dbfs(),
            heard_dbfs: wire.to.level_dbfs(),
            packets: wire.to.statistics().packets,
            frames: frames.load(Ordering::Relaxed),
        })?;
    }
    let closing = Instant::now();
    drop(subscription);
    sender.close();
    output.close();
    let took_ms = u64::try_from(closing.elapsed().as_millis()).unwrap_or(u64::MAX);
    tell(&SoundEvent::Closed { took_ms })
}
