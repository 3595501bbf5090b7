//! This end's devices: the camera's sender, the microphone's sender and the speaker's output.

use std::str::FromStr;
use std::sync::Arc;

use conclave_media::audio::{self, AudioOutput, AudioSender};
use conclave_media::fault::{DeviceFault as MediaFault, DeviceNotice, ReplaceTrackError};
use conclave_media::screen::{ScreenSpec, open_screen};
use conclave_media::source::SpeakerSpec;
use conclave_media::video::{EncoderStatistics, VideoSender, VideoSenderEvent};
use conclave_protocol::intent::{DeviceChoice, ScreenChoice};
use conclave_protocol::notice::{DeviceFault, DeviceKind, ScreenFault};
use conclave_protocol::sound::{SoundProcessing, Switch};
use conclave_room::{Generation, MediaEvent, SharingEvent};
use tokio::sync::watch;

use crate::config::CameraSender;
use crate::device_news::{DeviceEvent, DeviceNews};
use crate::observer::CallObserver;
use crate::self_view::ObservedSources;

/// What this end sends and hears through. Shared with the links' tasks, which attach to it.
pub(crate) struct LocalMedia {
    /// The camera line.
    pub(crate) camera: Arc<VideoSender>,
    /// The screen line.
    pub(crate) screen: VideoSender<ScreenSpec>,
    /// Whether anything is sent on it.
    pub(crate) sharing: watch::Sender<Sharing>,
    /// The microphone line.
    pub(crate) microphone: AudioSender,
    /// The speaker.
    pub(crate) speaker: AudioOutput,
}

/// Whether this end shares a screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sharing {
    /// It doesn't.
    Nothing,
    /// It does.
    Screen,
}

/// Opens and swaps devices, and knows which are in use.
pub(crate) struct LocalDevices {
    media: Arc<LocalMedia>,
    news: Arc<DeviceNews>,
}

impl LocalDevices {
    /// No device yet. The observer is shown what a camera of the call's own sees.
    pub(crate) fn new(observer: Arc<dyn CallObserver>, camera: CameraSender) -> Self {
        let news = Arc::<DeviceNews>::default();
        let notify = |kind| {
            let news = Arc::clone(&news);
            move |notice: DeviceNotice| news.tell(DeviceEvent::Notice { kind, notice })
        };
        let camera = match camera {
            CameraSender::Shared(camera) => camera.0,
            CameraSender::Own => {
                let notify = notify(DeviceKind::Camera);
                let events = move |event| match event {
                    VideoSenderEvent::Notice(notice) => notify(notice),
                };
                Arc::new(VideoSender::with_opener(events, ObservedSources::new(observer)))
            }
        };
        let speaker = AudioOutput::new(SpeakerSpec::Null, notify(DeviceKind::Speaker));
        let sharing = watch::Sender::new(Sharing::Nothing);
        let screen = {
            let (news, sharing) = (Arc::clone(&news), sharing.clone());
            move |event: VideoSenderEvent| match event {
                VideoSenderEvent::Notice(DeviceNotice::Fault(fault)) => {
                    sharing.send_replace(Sharing::Nothing);
                    news.tell(DeviceEvent::ScreenGone(screen_fault(fault)));
                }
                // A screen that is gone stays gone.
                VideoSenderEvent::Notice(DeviceNotice::Recovered) => {}
            }
        };
        let media = LocalMedia {
            camera,
            microphone: AudioSender::beside_speaker(speaker.echo_reference(), notify(DeviceKind::Microphone)),
            speaker,
            screen: VideoSender::with_opener(screen, open_screen),
            sharing,
        };
        Self { media: Arc::new(media), news }
    }

    /// What the links attach to.
    pub(crate) fn media(&self) -> &Arc<LocalMedia> {
        &self.media
    }

    /// What the devices' threads tell.
    pub(crate) fn news(&self) -> &Arc<DeviceNews> {
        &self.news
    }

    /// Has the microphone's sound processed in this way.
    pub(crate) fn process_sound(&self, processing: SoundProcessing) {
        let SoundProcessing { echo_cancellation, noise_suppression, automatic_gain } = processing;
        self.media.microphone.set_processing(audio::SoundProcessing {
            echo_cancellation: switch(echo_cancellation),
            noise_suppression: switch(noise_suppression),
            automatic_gain: switch(automatic_gain),
        });
    }

    /// Gives the devices back and waits until they are. Blocks.
    pub(crate) fn close(self) {
        // Whoever else still holds them is a link's task that did not end in time.
        let Some(LocalMedia { camera, screen, microphone, speaker, .. }) = Arc::into_inner(self.media) else { return };
        drop(camera);
        drop(screen);
        microphone.close();
        speaker.close();
    }

    /// Opens a device in the former one's place; the answer comes as an event with `generation`.
    pub(crate) fn open(&self, kind: DeviceKind, device: Option<&DeviceChoice>, generation: Generation) {
        let news = Arc::clone(&self.news);
        let done = move |result: Result<(), ReplaceTrackError>| {
            let answer = match result {
                Ok(()) => MediaEvent::Ready { kind, generation },
                // The request that took its place has its own answer.
                Err(ReplaceTrackError::Superseded) => return,
                Err(ReplaceTrackError::Closed) => {
                    MediaEvent::OpenFailed { kind, generation, fault: DeviceFault::Failed }
                }
                Err(ReplaceTrackError::Device(fault)) => {
                    MediaEvent::OpenFailed { kind, generation, fault: protocol_fault(fault) }
                }
            };
            news.tell(DeviceEvent::Answer { kind, answer });
        };
        match kind {
            DeviceKind::Camera => match parsed(device) {
                Ok(source) => self.media.camera.replace_track(source, done),
                Err(unknown) => done(Err(unknown)),
            },
            DeviceKind::Microphone => match parsed(device) {
                Ok(source) => self.media.microphone.replace_track(source, done),
                Err(unknown) => done(Err(unknown)),
            },
            DeviceKind::Speaker => match parsed(device) {
                Ok(speaker) => self.media.speaker.replace_speaker(speaker.unwrap_or(SpeakerSpec::Null), done),
                Err(unknown) => done(Err(unknown)),
            },
        }
    }
}

impl LocalDevices {
    /// Shares a screen in the former one's place, or none; the answer comes as an event with `generation`.
    pub(crate) fn share(&self, screen: Option<&ScreenChoice>, generation: Generation) {
        let (news, sharing) = (Arc::clone(&self.news), self.media.sharing.clone());
        let now = if screen.is_some() { Sharing::Screen } else { Sharing::Nothing };
        let done = move |result: Result<(), ReplaceTrackError>| {
            let answer = match result {
                Ok(()) => {
                    sharing.send_replace(now);
                    SharingEvent::Ready { generation }
                }
                // The request that took its place has its own answer.
                Err(ReplaceTrackError::Superseded) => return,
                Err(ReplaceTrackError::Closed) => SharingEvent::Refused { generation, fault: ScreenFault::Failed },
                Err(ReplaceTrackError::Device(fault)) => {
                    SharingEvent::Refused { generation, fault: screen_fault(fault) }
                }
            };
            news.tell(DeviceEvent::Sharing(answer));
        };
        match screen.map(|choice| choice.0.parse()).transpose() {
            Ok(source) => self.media.screen.replace_track(source, done),
            Err(_) => done(Err(ReplaceTrackError::Device(MediaFault::NotFound))),
        }
    }

    /// What each layer of the two video lines was encoded to.
    pub(crate) fn encoder_statistics(&self) -> Vec<EncoderStatistics> {
        let LocalMedia { camera, screen, .. } = &*self.media;
        camera.encoder_statistics().into_iter().chain(screen.encoder_statistics()).collect()
    }
}

/// A text that names no kind of device is a device that isn't there.
fn parsed<Spec: FromStr>(device: Option<&DeviceChoice>) -> Result<Option<Spec>, ReplaceTrackError> {
    device.map(|choice| choice.0.parse().map_err(|_| ReplaceTrackError::Device(MediaFault::NotFound))).transpose()
}

fn switch(switch: Switch) -> audio::Switch {
    match switch {
        Switch::On => audio::Switch::On,
        Switch::Off => audio::Switch::Off,
    }
}

/// What a fault means for a screen, in the UI's terms.
fn screen_fault(fault: MediaFault) -> ScreenFault {
    match fault {
        MediaFault::NotFound => ScreenFault::NotFound,
        MediaFault::Unplugged => ScreenFault::Closed,
        MediaFault::Stalled => ScreenFault::Minimised,
        MediaFault::PermissionDenied => ScreenFault::PermissionDenied,
        MediaFault::UnsupportedFormat => ScreenFault::Unavailable,
        MediaFault::Busy | MediaFault::Failed => ScreenFault::Failed,
    }
}

/// The same fault in the UI's terms.
pub(crate) fn protocol_fault(fault: MediaFault) -> DeviceFault {
    match fault {
        MediaFault::NotFound => DeviceFault::NotFound,
        MediaFault::Busy => DeviceFault::Busy,
        MediaFault::PermissionDenied => DeviceFault::PermissionDenied,
        MediaFault::UnsupportedFormat => DeviceFault::UnsupportedFormat,
        MediaFault::Unplugged => DeviceFault::Unplugged,
        MediaFault::Stalled => DeviceFault::Stalled,
        MediaFault::Failed => DeviceFault::Failed,
    }
}
