//! What the media elements of a page play, taken from within the page. What comes out of the browser is heard at the
//! [sound server](crate::rigs::sound_server).

use serde::Deserialize;
use serde_json::json;

use super::Browser;
use crate::rigs::error::{Result, RigError};
use crate::rigs::sound::Sound;

/// An analyser holds the last samples; as many as it can are about two thirds of a second.
const LISTEN: &str = "
    const [selector, done] = arguments;
    const element = document.querySelector(selector);
    const tracks = element?.srcObject?.getAudioTracks() ?? [];
    if (tracks.length === 0) { done(null); return; }
    const context = new AudioContext();
    const analyser = new AnalyserNode(context, { fftSize: 32768 });
    context.createMediaStreamSource(new MediaStream(tracks)).connect(analyser);
    const listen = () => {
        // Until it is full it begins with silence.
        if (context.currentTime < 2 * analyser.fftSize / context.sampleRate) { setTimeout(listen, 50); return; }
        const samples = new Float32Array(analyser.fftSize);
        analyser.getFloatTimeDomainData(samples);
        const heard = { rate: context.sampleRate, samples: Array.from(samples, (sample) => Math.round(sample * 32768)) };
        void context.close().then(() => done(heard));
    };
    listen();";

#[derive(Deserialize)]
struct Heard {
    rate: u32,
    samples: Vec<f32>,
}

impl Browser {
    /// Listens for two thirds of a second to what comes to a media element, which is found by a CSS selector: before its
    /// volume, and whether or not it is muted.
    ///
    /// # Errors
    /// When there is no such element, or no sound to it.
    pub fn sound_of(&self, selector: &str) -> Result<Sound> {
        let heard = self.script_with_callback(LISTEN, &[json!(selector)])?;
        let heard: Heard = serde_json::from_value(heard).map_err(|error| RigError::Unreadable {
            what: format!("the sound of {selector}"),
            reason: error.to_string(),
            text: self.story(),
        })?;
        let samples: Vec<f32> = heard.samples.iter().map(|sample| sample / 32_768.0).collect();
        Ok(Sound::from_samples(&samples, heard.rate))
    }
}
