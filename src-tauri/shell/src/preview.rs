//! The camera and the microphone before a call, and while one of them is being chosen: what they see and hear is shown
//! here and sent to nobody.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use conclave_call::media::audio::AudioSender;
use conclave_call::media::fault::{DeviceFault as MediaFault, DeviceNotice, ReplaceTrackError};
use conclave_call::media::source::{CameraSpec, MicrophoneSpec};
use conclave_call::media::video::{VideoSender, VideoSenderEvent, open_source};
use conclave_call::media::{VideoFrame, VideoSource};
use conclave_call::protocol::intent::DeviceChoice;
use conclave_call::protocol::notice::{DeviceFault, DeviceKind};
use serde::{Deserialize, Serialize};
use tokio::task::JoinHandle;
use tokio::time::{MissedTickBehavior, interval};
use ts_rs::TS;

use crate::devices::{self, DeviceError};
use crate::frames::Frames;
use crate::frames::tiles::PictureSource;
use crate::session::meter;

const LEVEL_INTERVAL: Duration = Duration::from_millis(100);

/// What a page wants to see and hear; what is `None` is let go.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PreviewDevices {
    /// The camera, drawn by the tile of the source `preview`.
    pub camera: Option<DeviceChoice>,
    /// The microphone, of which only the level is told.
    pub microphone: Option<DeviceChoice>,
}

/// What a page is told of the preview.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, TS)]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum PreviewEvent {
    /// How loud the microphone is, ten times a second: 0 silence, 1 as loud as a voice gets.
    Level {
        /// That.
        level: f32,
    },
    /// A device delivers.
    Live {
        /// Which kind.
        kind: DeviceKind,
    },
    /// A device does not deliver.
    Fault {
        /// Which kind.
        kind: DeviceKind,
        /// Why.
        fault: DeviceFault,
    },
}

/// Takes what happens, and must not block.
pub type PreviewListener = Arc<dyn Fn(PreviewEvent) + Send + Sync>;

/// The devices of a preview, if there is one.
#[derive(Default)]
pub struct Previews {
    open: Mutex<Option<Preview>>,
}

impl Previews {
    /// Opens these devices, in the place of those before. Must be called on a tokio runtime.
    ///
    /// # Errors
    /// [`DeviceError`].
    pub fn open(
        &self,
        devices: &PreviewDevices,
        frames: &Frames,
        listener: PreviewListener,
    ) -> Result<(), DeviceError> {
        let chosen = [(DeviceKind::Camera, &devices.camera), (DeviceKind::Microphone, &devices.microphone)];
        for (kind, choice) in chosen.into_iter().filter_map(|(kind, choice)| Some((kind, choice.as_ref()?))) {
            devices::check(kind, choice)?;
        }
        // The former one's devices first: most can be open only once.
        self.close();
        let preview = Preview::open(devices, frames.clone(), listener);
        *self.open.lock().unwrap_or_else(PoisonError::into_inner) = Some(preview);
        Ok(())
    }

    /// Lets all devices go, and waits until they are. Blocks.
    pub fn close(&self) {
        let former = self.open.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(preview) = former {
            preview.close();
        }
    }
}

struct Preview {
    camera: VideoSender,
    microphone: Arc<AudioSender>,
    levels: JoinHandle<()>,
}

impl Preview {
    fn open(devices: &PreviewDevices, frames: Frames, listener: PreviewListener) -> Self {
        let tell = |kind| {
            let listener = Arc::clone(&listener);
            move |notice| {
                listener(match notice {
                    DeviceNotice::Fault(fault) => PreviewEvent::Fault { kind, fault: shown(fault) },
                    DeviceNotice::Recovered => PreviewEvent::Live { kind },
                });
            }
        };
        let answer = |kind| {
            let listener = Arc::clone(&listener);
            move |result: Result<(), ReplaceTrackError>| match result {
                Ok(()) => listener(PreviewEvent::Live { kind }),
                Err(ReplaceTrackError::Device(fault)) => listener(PreviewEvent::Fault { kind, fault: shown(fault) }),
                // Somebody else's turn, or nobody's.
                Err(ReplaceTrackError::Superseded | ReplaceTrackError::Closed) => {}
            }
        };
        let notify = tell(DeviceKind::Camera);
        let camera = VideoSender::with_opener(
            move |VideoSenderEvent::Notice(notice)| notify(notice),
            move |spec: &CameraSpec| -> Result<Box<dyn VideoSource>, MediaFault> {
                Ok(Box::new(Shown { source: open_source(spec)?, frames: frames.clone() }))
            },
        );
        let microphone = Arc::new(AudioSender::new(tell(DeviceKind::Microphone)));
        // Checked before: what doesn't parse here is left closed.
        if let Some(spec) = devices.camera.as_ref().and_then(|choice| choice.0.parse::<CameraSpec>().ok()) {
            camera.replace_track(Some(spec), answer(DeviceKind::Camera));
        }
        let spec = devices.microphone.as_ref().and_then(|choice| choice.0.parse::<MicrophoneSpec>().ok());
        let has_microphone = spec.is_some();
        if let Some(spec) = spec {
            microphone.replace_track(Some(spec), answer(DeviceKind::Microphone));
        }
        let heard = Arc::clone(&microphone);
        let levels = tokio::spawn(async move {
            if !has_microphone {
                return;
            }
            let mut due = interval(LEVEL_INTERVAL);
            due.set_missed_tick_behavior(MissedTickBehavior::Skip);
            loop {
                due.tick().await;
                listener(PreviewEvent::Level { level: meter(heard.level_dbfs()) });
            }
        });
        Self { camera, microphone, levels }
    }

    fn close(self) {
        let Self { camera, microphone, levels } = self;
        levels.abort();
        drop(camera);
        // Held by the task still, when that is just telling a level: then dropping it there ends it.
        if let Some(microphone) = Arc::into_inner(microphone) {
            microphone.close();
        }
    }
}

/// A fault in the page's terms.
pub(crate) fn shown(fault: MediaFault) -> DeviceFault {
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

/// A source whose pictures are shown.
struct Shown {
    source: Box<dyn VideoSource>,
    frames: Frames,
}

impl VideoSource for Shown {
    fn next_frame(&mut self) -> Result<VideoFrame, MediaFault> {
        let frame = self.source.next_frame()?;
        self.frames.put(PictureSource::Preview, &frame);
        Ok(frame)
    }

    fn device_id(&self) -> Option<&str> {
        self.source.device_id()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn a_pattern_and_a_tone_are_live_and_heard() {
        let (sender, events) = mpsc::sync_channel(64);
        let listener: PreviewListener = Arc::new(move |event| {
            let _ = sender.try_send(event);
        });
        let choice = |text: &str| Some(DeviceChoice(text.into()));
        let devices = PreviewDevices { camera: choice("pattern:320x180@15"), microphone: choice("tone") };
        let previews = Arc::new(Previews::default());
        previews.open(&devices, &Frames::new(), listener).unwrap();
        let mut missing = vec!["camera", "microphone", "level"];
        while !missing.is_empty() {
            let seen = match events.recv_timeout(Duration::from_secs(5)).unwrap() {
                PreviewEvent::Live { kind: DeviceKind::Camera } => "camera",
                PreviewEvent::Live { .. } => "microphone",
                PreviewEvent::Level { level } if level > 0.3 => "level",
                _ => continue,
            };
            missing.retain(|name| *name != seen);
        }
        tokio::task::spawn_blocking(move || previews.close()).await.unwrap();
    }

    #[tokio::test]
    async fn a_file_is_no_preview() {
        let devices = PreviewDevices { camera: Some(DeviceChoice("file:/x.y4m".into())), microphone: None };
        let opened = Previews::default().open(&devices, &Frames::new(), Arc::new(|_| {}));
        assert_eq!(opened, Err(DeviceError::NotADevice));
    }
}
