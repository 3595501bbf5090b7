//! From a link's receivers to this end's decoders: one set a participant, which outlives each link to it, so that a
//! rebuilt link goes on in the same picture.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use conclave_media::audio::{AudioPacket, AudioReceiver};
use conclave_media::video::{VideoPacket, VideoReceiveStatistics, VideoReceiver};
use conclave_peer::{IncomingPacket, Line, PacketSink};
use conclave_protocol::ids::ParticipantId;
use conclave_protocol::line::VideoLine;
use tokio::sync::mpsc;

use crate::devices::LocalMedia;
use crate::observer::CallObserver;
use crate::statistics::Milestones;

/// Keyframe requests that may wait for a link's task; they say nothing new while one waits.
const KEYFRAME_QUEUE: usize = 4;

/// What is received from one participant.
pub(crate) struct ParticipantMedia {
    id: ParticipantId,
    appeared: Instant,
    local: Arc<LocalMedia>,
    observer: Arc<dyn CallObserver>,
    camera: VideoReceiver,
    microphone: AudioReceiver,
    /// Made at its first packet, like its sound: most participants never share a screen.
    screen: OnceLock<VideoReceiver>,
    screen_sound: OnceLock<AudioReceiver>,
    first_video: Arc<OnceLock<Duration>>,
    first_audio: OnceLock<Duration>,
    connected: OnceLock<Duration>,
    keyframe_requests: Arc<KeyframeRequests>,
}

/// Where keyframe requests go: the task of the link of the moment.
#[derive(Default)]
struct KeyframeRequests(Mutex<Option<mpsc::Sender<VideoLine>>>);

impl KeyframeRequests {
    fn send(&self, line: VideoLine) {
        if let Some(link) = &*self.0.lock().unwrap_or_else(PoisonError::into_inner) {
            // A full queue asks already; a closed one belongs to a link that is gone.
            let _ = link.try_send(line);
        }
    }
}

impl ParticipantMedia {
    /// `appeared` is when this participant and this end were both in the room.
    pub(crate) fn new(
        id: ParticipantId,
        appeared: Instant,
        local: Arc<LocalMedia>,
        observer: Arc<dyn CallObserver>,
    ) -> Self {
        let keyframe_requests = Arc::new(KeyframeRequests::default());
        let first_video = Arc::new(OnceLock::new());
        let camera = {
            let (requests, first) = (keyframe_requests.clone(), first_video.clone());
            let observer = observer.clone();
            VideoReceiver::new(
                move || requests.send(VideoLine::Camera),
                move |picture| {
                    first.get_or_init(|| appeared.elapsed());
                    observer.picture(id, VideoLine::Camera, picture);
                },
            )
        };
        let microphone = local.speaker.add_participant();
        microphone.set_tap(observer.sound_tap(id));
        Self {
            id,
            appeared,
            local,
            observer,
            camera,
            microphone,
            screen: OnceLock::new(),
            screen_sound: OnceLock::new(),
            first_video,
            first_audio: OnceLock::new(),
            connected: OnceLock::new(),
            keyframe_requests,
        }
    }

    /// Keyframe requests go to this link from now on.
    pub(super) fn route_keyframe_requests(&self) -> mpsc::Receiver<VideoLine> {
        let (requests, queue) = mpsc::channel(KEYFRAME_QUEUE);
        *self.keyframe_requests.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(requests);
        queue
    }

    pub(super) fn note_connected(&self) {
        self.connected.get_or_init(|| self.appeared.elapsed());
    }

    pub(crate) fn camera(&self) -> &VideoReceiver {
        &self.camera
    }

    /// Nothing before the first packet of a screen.
    pub(crate) fn screen_statistics(&self) -> VideoReceiveStatistics {
        self.screen.get().map(VideoReceiver::statistics).unwrap_or_default()
    }

    pub(crate) fn microphone(&self) -> &AudioReceiver {
        &self.microphone
    }

    /// 0 silent, 1 as sent, at most 2.
    pub(crate) fn set_volume(&self, volume: f32) {
        self.microphone.set_volume(volume);
        if let Some(sound) = self.screen_sound.get() {
            sound.set_volume(volume);
        }
    }

    pub(crate) fn milestones(&self) -> Milestones {
        Milestones {
            connected: self.connected.get().copied(),
            first_video: self.first_video.get().copied(),
            first_audio: self.first_audio.get().copied(),
        }
    }

    fn screen(&self) -> &VideoReceiver {
        self.screen.get_or_init(|| {
            let (requests, observer, id) = (self.keyframe_requests.clone(), self.observer.clone(), self.id);
            VideoReceiver::new(
                move || requests.send(VideoLine::Screen),
                move |picture| observer.picture(id, VideoLine::Screen, picture),
            )
        })
    }
}

impl PacketSink for ParticipantMedia {
    fn packet(&self, line: Line, packet: IncomingPacket) {
        let IncomingPacket { sequence, timestamp, marker, payload, ssrc, arrival } = packet;
        match line {
            Line::Camera => self.camera.push(VideoPacket { sequence, timestamp, marker, payload, ssrc, arrival }),
            Line::Screen => self.screen().push(VideoPacket { sequence, timestamp, marker, payload, ssrc, arrival }),
            Line::Microphone => {
                self.first_audio.get_or_init(|| self.appeared.elapsed());
                self.microphone.push(AudioPacket { sequence, timestamp, payload, arrival });
            }
            Line::ScreenSound => self
                .screen_sound
                .get_or_init(|| self.local.speaker.add_participant())
                .push(AudioPacket { sequence, timestamp, payload, arrival }),
        }
    }
}
