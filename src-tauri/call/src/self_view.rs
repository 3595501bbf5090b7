//! What this end's camera sees, shown without decoding what was just encoded.

use std::sync::Arc;

use conclave_media::fault::DeviceFault;
use conclave_media::source::CameraSpec;
use conclave_media::video::{SourceOpener, open_source};
use conclave_media::{VideoFrame, VideoSource, camera};

use crate::observer::CallObserver;

/// Opens the system's sources, whose pictures the observer sees too.
pub(crate) struct ObservedSources {
    observer: Arc<dyn CallObserver>,
}

impl ObservedSources {
    pub(crate) fn new(observer: Arc<dyn CallObserver>) -> Self {
        Self { observer }
    }
}

impl SourceOpener for ObservedSources {
    fn open(&self, spec: &CameraSpec) -> Result<Box<dyn VideoSource>, DeviceFault> {
        Ok(Box::new(Observed { source: open_source(spec)?, observer: Arc::clone(&self.observer) }))
    }

    fn meant(&self, spec: &CameraSpec) -> Vec<String> {
        match spec {
            CameraSpec::Device { name, .. } => camera::meant(name.as_deref()),
            CameraSpec::Pattern { .. } | CameraSpec::File(_) | CameraSpec::Portrait(_) => Vec::new(),
        }
    }
}

struct Observed {
    source: Box<dyn VideoSource>,
    observer: Arc<dyn CallObserver>,
}

impl VideoSource for Observed {
    fn next_frame(&mut self) -> Result<VideoFrame, DeviceFault> {
        let frame = self.source.next_frame()?;
        self.observer.own_picture(&frame);
        Ok(frame)
    }

    fn device_id(&self) -> Option<&str> {
        self.source.device_id()
    }
}
