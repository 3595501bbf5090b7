//! An instance of WebRTC's audio processing for frames of ours.

use sonora::config::{MaxProcessingRate, Pipeline};
use sonora::{AudioProcessing, Config, StreamConfig};

use crate::clock::AUDIO_CLOCK_HZ;
use crate::frame::{AUDIO_FRAME_SAMPLES, AudioFrame};

const FORMAT: StreamConfig = StreamConfig::new(AUDIO_CLOCK_HZ, 1);

/// Processes 48 kHz mono in 10 ms. What works in bands splits them into three of 8 kHz each, so that nothing of the sound
/// is cut off; by default all above 16 kHz would be.
pub(super) struct Engine {
    processing: AudioProcessing,
    output: Box<[f32; AUDIO_FRAME_SAMPLES]>,
}

impl Engine {
    pub(super) fn new(config: Config) -> Self {
        let pipeline =
            Pipeline { maximum_internal_processing_rate: MaxProcessingRate::Rate48kHz, ..Pipeline::default() };
        let processing = AudioProcessing::builder()
            .config(Config { pipeline, ..config })
            .capture_config(FORMAT)
            .render_config(FORMAT)
            .build();
        Self { processing, output: Box::new([0.0; AUDIO_FRAME_SAMPLES]) }
    }

    /// Takes what the speaker plays.
    pub(super) fn hear(&mut self, reference: &AudioFrame) {
        // Fails only for formats that it doesn't know; what comes out is the reference again.
        let _ = self.processing.process_render_f32(&[&reference.samples], &mut [&mut self.output[..]]);
    }

    /// Changes what the microphone heard.
    pub(super) fn process(&mut self, frame: &mut AudioFrame) {
        if self.processing.process_capture_f32(&[&frame.samples], &mut [&mut self.output[..]]).is_ok() {
            frame.samples.copy_from_slice(&self.output[..]);
        }
    }
}
