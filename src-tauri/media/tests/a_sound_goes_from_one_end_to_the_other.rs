//! Sound from a sender through a receiver, in one process and with no device.
#![cfg(test)]

use std::sync::mpsc::{self, Receiver};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use conclave_media::audio::level::{dbfs, power};
use conclave_media::audio::{
    AudioOutput, AudioPacket, AudioReceiver, AudioSender, EncodedAudioPacket, EncodedAudioSink, SoundProcessing, Switch,
};
use conclave_media::fault::{DeviceFault, ReplaceTrackError};
use conclave_media::source::{MicrophoneSpec, SpeakerSpec};

/// Numbers packets as a link does, keeps their headers and hands them on.
struct Link {
    to: AudioReceiver,
    sent: Mutex<Vec<(u32, bool)>>,
}

impl EncodedAudioSink for Link {
    fn packet(&self, packet: &EncodedAudioPacket) {
        let mut sent = self.sent.lock().unwrap();
        self.to.push(AudioPacket {
            sequence: sent.len() as u16,
            timestamp: packet.timestamp,
            payload: packet.payload.clone(),
            arrival: Instant::now(),
        });
        sent.push((packet.timestamp, packet.marker));
    }
}

struct Call {
    sender: AudioSender,
    link: Arc<Link>,
    heard: Receiver<Vec<f32>>,
    _subscription: conclave_media::audio::AudioSubscription,
    _output: AudioOutput,
}

impl Call {
    fn new() -> Self {
        let output = AudioOutput::new(SpeakerSpec::Null, |_| {});
        let to = output.add_participant();
        let (tap, heard) = mpsc::channel();
        to.set_tap(Some(Box::new(move |samples: &[f32]| drop(tap.send(samples.to_vec())))));
        let sent = Mutex::default();
        let link = Arc::new(Link { to, sent });
        let sender = AudioSender::new(|_| {});
        let subscription = sender.attach(link.clone());
        Self { sender, link, heard, _subscription: subscription, _output: output }
    }

    fn speak(&self, source: Option<&str>) -> Result<(), ReplaceTrackError> {
        let (answers, answer) = mpsc::channel();
        let source = source.map(|text| text.parse::<MicrophoneSpec>().unwrap());
        self.sender.replace_track(source, move |result| answers.send(result).unwrap());
        answer.recv_timeout(Duration::from_secs(10)).expect("an answer")
    }

    /// What is heard in the next frames.
    fn hear(&self, frames: usize) -> Vec<f32> {
        (0..frames).flat_map(|_| self.heard.recv_timeout(Duration::from_secs(1)).expect("sound never stops")).collect()
    }

    /// Listens until it is as loud as this.
    fn wait_for(&self, what: &str, loud: impl Fn(f32) -> bool) {
        let deadline = Instant::now() + Duration::from_secs(5);
        while !loud(dbfs(power(&self.hear(5)))) {
            assert!(Instant::now() < deadline, "{what} was not heard");
        }
    }
}

const TONE: fn(f32) -> bool = |level| (level + 20.0).abs() < 1.0;
const NOTHING: fn(f32) -> bool = |level| level < -60.0;

/// How much of the sound is at a frequency, 0 to 1.
fn share_at(sound: &[f32], hz: f32) -> f32 {
    let step = std::f32::consts::TAU * hz / 48_000.0;
    let (mut sine, mut cosine) = (0.0, 0.0);
    for (n, sample) in sound.iter().enumerate() {
        sine += sample * (step * n as f32).sin();
        cosine += sample * (step * n as f32).cos();
    }
    let count = sound.len() as f32;
    (sine * sine + cosine * cosine) * 2.0 / (count * count) / power(sound).max(1e-12)
}

#[test]
fn a_tone_is_heard_at_its_level() {
    for hz in [200.0, 440.0, 1_000.0] {
        let call = Call::new();
        call.speak(Some(&format!("tone:{hz}"))).unwrap();
        call.wait_for("the tone", TONE);
        call.hear(50);
        let heard = call.hear(200);
        let level = dbfs(power(&heard));
        let statistics = call.link.to.statistics();
        println!("{hz} Hz: {level:.2} dBFS, {statistics:?}");
        assert!((level + 20.0).abs() < 0.7, "{hz} Hz: {level} dBFS");
        assert!((statistics.level_dbfs + 20.0).abs() < 1.0, "{}", statistics.level_dbfs);
        assert!((call.link.to.level_dbfs() + 20.0).abs() < 1.0);
        assert!((call.sender.level_dbfs() + 20.0).abs() < 0.5, "{}", call.sender.level_dbfs());
        assert!(share_at(&heard[..4_800], hz) > 0.95, "the tone is pure");
        assert_eq!((statistics.lost, statistics.late), (0, 0));
        assert!(statistics.first_audio.is_some());
    }
}

#[test]
fn a_muted_source_is_not_sent_and_timestamps_go_on() {
    let call = Call::new();
    call.speak(Some("tone")).unwrap();
    call.wait_for("the tone", TONE);
    call.sender.set_muted(true);
    call.wait_for("silence", NOTHING);
    let sent_before = call.link.sent.lock().unwrap().len();
    call.hear(50);
    assert_eq!(call.link.sent.lock().unwrap().len(), sent_before, "nothing is sent when muted");
    assert!(call.sender.level_dbfs() < -100.0);
    assert!((call.sender.muted_level_dbfs() + 20.0).abs() < 0.5, "whoever talks then can be told");
    call.sender.set_muted(false);
    call.wait_for("the tone again", TONE);
    assert!(call.sender.muted_level_dbfs() < -100.0);

    let sent = call.link.sent.lock().unwrap();
    let markers: Vec<_> = (0..sent.len()).filter(|n| sent[*n].1).collect();
    assert_eq!(markers, [0, sent_before], "a marker where each talkspurt begins");
    let gap = sent[sent_before].0.wrapping_sub(sent[sent_before - 1].0);
    assert!((24_000..120_000).contains(&gap), "{gap} samples for at least half a second of silence");
    assert_eq!(gap % 480, 0);
    assert_eq!(call.link.to.statistics().lost, 0);
    assert!(call.link.to.statistics().concealed < Duration::from_millis(50));
}

#[test]
fn another_source_takes_over_without_a_gap_and_a_failing_one_does_not() {
    let call = Call::new();
    call.speak(Some("tone:300")).unwrap();
    call.wait_for("the first tone", TONE);
    let missing = call.speak(Some("file:/nonexistent/x.wav"));
    assert_eq!(missing, Err(ReplaceTrackError::Device(DeviceFault::NotFound)));
    call.hear(20);
    assert!(share_at(&call.hear(10), 300.0) > 0.9, "the former source goes on");

    call.speak(Some("tone:1100")).unwrap();
    let mut quietest = 0.0_f32;
    let heard = (0..100).any(|_| {
        let heard = call.hear(3);
        quietest = quietest.min(dbfs(power(&heard)));
        share_at(&heard, 1_100.0) > 0.9
    });
    assert!(heard, "the second tone is heard");
    assert!(quietest > -30.0, "{quietest} dBFS between the tones");
    let sent = call.link.sent.lock().unwrap();
    let steps: Vec<_> = sent.windows(2).map(|pair| pair[1].0.wrapping_sub(pair[0].0)).collect();
    assert!(steps.iter().all(|step| (480..24_000).contains(step)), "{steps:?}");
    drop(sent);

    call.speak(None).unwrap();
    call.wait_for("silence", NOTHING);
    call.speak(Some("tone")).unwrap();
    call.wait_for("a tone after none", TONE);
}

#[test]
fn processing_is_switched_while_the_sound_goes_on() {
    let call = Call::new();
    call.speak(Some("tone")).unwrap();
    call.wait_for("the tone", TONE);
    let sent_before = call.link.sent.lock().unwrap().len();
    let gain = SoundProcessing { automatic_gain: Switch::On, ..SoundProcessing::default() };
    let mut quietest = 0.0_f32;
    for processing in [gain, SoundProcessing::default(), gain, SoundProcessing::default()] {
        call.sender.set_processing(processing);
        quietest = (0..20).fold(quietest, |quietest, _| quietest.min(dbfs(power(&call.hear(2)))));
    }
    assert!(quietest > -26.0, "{quietest} dBFS while it was switched");
    call.sender.set_processing(SoundProcessing::ALL);
    call.wait_for("a tone that is taken for noise", |level| level < -26.0);
    call.sender.set_processing(SoundProcessing::default());
    call.wait_for("the tone as it was", TONE);
    let sent = call.link.sent.lock().unwrap();
    let steps = sent[sent_before - 1..].windows(2).map(|pair| pair[1].0.wrapping_sub(pair[0].0));
    assert!(steps.clone().all(|step| step == 960), "{:?}", steps.collect::<Vec<_>>());
}

#[test]
fn of_many_requests_each_is_answered_and_the_last_wins() {
    let call = Call::new();
    let (answers, answered) = mpsc::channel();
    for number in 0..20_u32 {
        let answers = answers.clone();
        let source = MicrophoneSpec::Tone { hz: 300 + number * 20 };
        call.sender.replace_track(Some(source), move |result| answers.send((number, result)).unwrap());
    }
    let mut results: Vec<_> = (0..20).map(|_| answered.recv_timeout(Duration::from_secs(5)).unwrap()).collect();
    results.sort_by_key(|(number, _)| *number);
    let (last, earlier) = results.split_last().unwrap();
    assert_eq!(last.1, Ok(()));
    assert!(earlier.iter().all(|(_, result)| matches!(result, Ok(()) | Err(ReplaceTrackError::Superseded))));
    call.wait_for("a tone", TONE);
    call.hear(50);
    assert!(share_at(&call.hear(10), 680.0) > 0.9);
}

#[test]
fn closing_answers_what_is_open_and_ends_at_once() {
    let sender = AudioSender::new(|_| {});
    let (answers, answered) = mpsc::channel();
    let started = Instant::now();
    sender.replace_track(Some(MicrophoneSpec::Tone { hz: 440 }), move |result| answers.send(result).unwrap());
    sender.close();
    assert!(matches!(answered.try_recv(), Ok(Ok(()) | Err(ReplaceTrackError::Closed))));
    let output = AudioOutput::new(SpeakerSpec::Null, |_| {});
    output.close();
    assert!(started.elapsed() < Duration::from_secs(1));
}

#[test]
fn volumes_are_before_the_mix_and_after_the_tap() {
    let call = Call::new();
    call.link.to.set_volume(0.0);
    call.speak(Some("tone")).unwrap();
    call.wait_for("the tone at the tap", TONE);
    for nonsense in [f32::NAN, -3.0, f32::INFINITY, 1e9] {
        call.link.to.set_volume(nonsense);
        call.wait_for("the tone at the tap", TONE);
    }
}
