//! A short sound at a speaker, for whoever chooses one: by the same way that a voice takes from another participant.

use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use conclave_call::media::audio::{
    AudioOutput, AudioPacket, AudioReceiver, AudioSender, EncodedAudioPacket, EncodedAudioSink,
};
use conclave_call::media::fault::{DeviceFault as MediaFault, DeviceNotice, ReplaceTrackError};
use conclave_call::media::source::{MicrophoneSpec, SpeakerSpec};
use conclave_call::protocol::intent::DeviceChoice;
use conclave_call::protocol::notice::{DeviceFault, DeviceKind};
use serde::Serialize;
use thiserror::Error;
use ts_rs::TS;

use crate::devices::{self, DeviceError};
use crate::preview::shown;

const TONE_HZ: u32 = 523;
const TONE_LASTS: Duration = Duration::from_millis(700);
/// How long a speaker may take to be opened.
const OPEN_WITHIN: Duration = Duration::from_secs(4);

/// Why nothing is heard, as the window is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error, Serialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum SpeakerTestError {
    /// What was asked for is no speaker.
    #[error(transparent)]
    Device {
        /// Why.
        #[from]
        error: DeviceError,
    },
    /// The speaker is at fault.
    #[error("the speaker can't be used")]
    Fault {
        /// What is the matter.
        fault: DeviceFault,
    },
}

/// Plays the sound and returns when it is over. Blocks.
///
/// # Errors
/// [`SpeakerTestError`].
pub fn play(speaker: Option<&DeviceChoice>) -> Result<(), SpeakerTestError> {
    let spec = match speaker {
        Some(choice) => {
            devices::check(DeviceKind::Speaker, choice)?;
            choice.0.parse::<SpeakerSpec>().map_err(|_| DeviceError::NotADevice)?
        }
        None => SpeakerSpec::Device(None),
    };
    let output = AudioOutput::new(SpeakerSpec::Null, |_: DeviceNotice| {});
    let outcome = open(&output, spec).map(|()| sound(&output));
    output.close();
    outcome
}

fn open(output: &AudioOutput, speaker: SpeakerSpec) -> Result<(), SpeakerTestError> {
    let (sender, answer) = mpsc::sync_channel(1);
    output.replace_speaker(speaker, move |result| {
        // Whoever waited may have given up.
        let _ = sender.try_send(result);
    });
    let fault = match answer.recv_timeout(OPEN_WITHIN) {
        Ok(Ok(())) => return Ok(()),
        Ok(Err(ReplaceTrackError::Device(fault))) => fault,
        Ok(Err(ReplaceTrackError::Superseded | ReplaceTrackError::Closed)) => MediaFault::Failed,
        Err(_) => MediaFault::Stalled,
    };
    Err(SpeakerTestError::Fault { fault: shown(fault) })
}

fn sound(output: &AudioOutput) {
    let tone = AudioSender::new(|_: DeviceNotice| {});
    let heard =
        tone.attach(std::sync::Arc::new(Loop { receiver: output.add_participant(), sequence: AtomicU16::new(0) }));
    tone.replace_track(Some(MicrophoneSpec::Tone { hz: TONE_HZ }), |_| {});
    std::thread::sleep(TONE_LASTS);
    drop(heard);
    tone.close();
}

/// From a sender straight to a receiver.
struct Loop {
    receiver: AudioReceiver,
    sequence: AtomicU16,
}

impl EncodedAudioSink for Loop {
    fn packet(&self, packet: &EncodedAudioPacket) {
        self.receiver.push(AudioPacket {
            sequence: self.sequence.fetch_add(1, Ordering::Relaxed),
            timestamp: packet.timestamp,
            payload: packet.payload.clone(),
            arrival: Instant::now(),
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sound_is_played_and_then_it_is_over() {
        let started = Instant::now();
        assert_eq!(play(Some(&DeviceChoice("null".into()))), Ok(()));
        assert!(started.elapsed() >= TONE_LASTS);
    }

    #[test]
    fn a_file_is_no_speaker() {
        let error = DeviceError::NotADevice;
        assert_eq!(play(Some(&DeviceChoice("file:x".into()))), Err(SpeakerTestError::Device { error }));
    }
}
