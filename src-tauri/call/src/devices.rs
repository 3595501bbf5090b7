//! This end's devices: the camera's sender, the microphone's sender and the speaker's output.

use std::str::FromStr;
use std::sync::Arc;

use conclave_media::audio::{AudioOutput, AudioSender};
use conclave_media::fault::{DeviceFault as MediaFault, DeviceNotice, ReplaceTrackError};
use conclave_media::source::SpeakerSpec;
use conclave_media::video::{VideoSender, VideoSenderEvent};
use conclave_protocol::intent::DeviceChoice;
use conclave_protocol::notice::{DeviceFault, DeviceKind};
use conclave_room::{Generation, MediaEvent};
use tokio::sync::mpsc;

use crate::event::Event;

/// What this end sends and hears through. Shared with the links' tasks, which attach to it.
pub(crate) struct LocalMedia {
    /// The camera line.
    pub(crate) camera: VideoSender,
    /// The microphone line.
    pub(crate) microphone: AudioSender,
    /// The speaker.
    pub(crate) speaker: AudioOutput,
}

/// Opens and swaps devices, and knows which are in use.
pub(crate) struct LocalDevices {
    media: Arc<LocalMedia>,
    events: mpsc::Sender<Event>,
}

impl LocalDevices {
    /// No device yet.
    pub(crate) fn new(events: mpsc::Sender<Event>) -> Self {
        let notify = |kind| {
            let events = events.clone();
            move |notice: DeviceNotice| tell(&events, Event::Device { kind, notice })
        };
        let camera = notify(DeviceKind::Camera);
        let media = LocalMedia {
            camera: VideoSender::new(move |event| match event {
                VideoSenderEvent::Notice(notice) => camera(notice),
            }),
            microphone: AudioSender::new(notify(DeviceKind::Microphone)),
            speaker: AudioOutput::new(SpeakerSpec::Null, notify(DeviceKind::Speaker)),
        };
        Self { media: Arc::new(media), events }
    }

    /// What the links attach to.
    pub(crate) fn media(&self) -> &Arc<LocalMedia> {
        &self.media
    }

    /// Opens a device in the former one's place; the answer comes as an event with `generation`.
    pub(crate) fn open(&self, kind: DeviceKind, device: Option<&DeviceChoice>, generation: Generation) {
        let events = self.events.clone();
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
            tell(&events, Event::Media(answer));
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

/// A text that names no kind of device is a device that isn't there.
fn parsed<Spec: FromStr>(device: Option<&DeviceChoice>) -> Result<Option<Spec>, ReplaceTrackError> {
    device.map(|choice| choice.0.parse().map_err(|_| ReplaceTrackError::Device(MediaFault::NotFound))).transpose()
}

/// Media threads never wait: what the driver has no place for is dropped, and said in the log.
fn tell(events: &mpsc::Sender<Event>, event: Event) {
    if events.try_send(event).is_err() {
        tracing::warn!("an event of a device was dropped: the call is over or overloaded");
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
