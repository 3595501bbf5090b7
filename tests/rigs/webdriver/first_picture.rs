//! How soon after a click somebody's picture is drawn.

use std::time::Duration;

use serde::Deserialize;
use serde_json::json;

use super::page::Page;
use crate::rigs::error::{Result, RigError};

const PATIENCE: Duration = Duration::from_secs(20);

/// Notes the next click, and the first painting for which there is something of the test pattern's black and white in a
/// canvas or video, which may yet have to come.
const EXPECT: &str = "
    const [selector] = arguments;
    const first = window.firstPicture = { clicked: null, drawn: null };
    window.addEventListener('click', () => { first.clicked = performance.now(); }, { capture: true, once: true });
    const small = new OffscreenCanvas(60, 24);
    const context = small.getContext('2d', { alpha: false, willReadFrequently: true });
    const look = () => {
        const shown = document.querySelector(selector);
        const [width, height] =
            shown instanceof HTMLVideoElement ? [shown.videoWidth, shown.videoHeight] : [shown?.width, shown?.height];
        if (width > 0 && height > 0) {
            context.drawImage(shown, 0, 0, width, height * 6 / 15, 0, 0, 60, 24);
            const pixels = context.getImageData(0, 0, 60, 24).data;
            let bright = 0;
            for (let p = 1; p < pixels.length; p += 4) bright += pixels[p] > 128 ? 1 : 0;
            if (bright > 60 && bright < 60 * 24 - 60) { first.drawn = performance.now(); return; }
        }
        requestAnimationFrame(look);
    };
    look();";

#[derive(Deserialize)]
struct First {
    clicked: Option<f64>,
    drawn: Option<f64>,
}

impl Page {
    /// Begins to look for the first picture in somebody's tile after the next click.
    ///
    /// # Errors
    /// When the page is gone.
    pub fn expect_first_picture(&self, tile: &str) -> Result<()> {
        self.script(EXPECT, &[json!(format!("[aria-label=\"{tile}\"] :is(canvas, video)"))]).map(drop)
    }

    /// From that click to that picture, once it has come.
    ///
    /// # Errors
    /// When none comes in twenty seconds.
    pub fn first_picture(&self) -> Result<Duration> {
        let mut took = None;
        self.wait_until("the first picture", PATIENCE, || {
            let first = self.script("return window.firstPicture", &[])?;
            let first: First = serde_json::from_value(first.clone()).map_err(|error| RigError::Unreadable {
                what: "the first picture".to_owned(),
                reason: error.to_string(),
                text: first.to_string(),
            })?;
            took = first.clicked.zip(first.drawn).map(|(from, to)| Duration::from_secs_f64((to - from).max(0.0) / 1e3));
            Ok(took.is_some())
        })?;
        took.ok_or_else(|| self.failure("the first picture", "it was there, and is not"))
    }
}
