//! What is really drawn in a page: the test pattern's stamps, read from the pixels of a canvas or a video.

use std::collections::BTreeSet;
use std::time::Duration;

use conclave_media::MediaTime;
use conclave_media::frame::FrameBuffer;
use conclave_media::video::pattern::{PatternStamp, read_stamp};
use serde::Deserialize;
use serde_json::json;

use super::page::Page;
use crate::rigs::error::{Result, RigError};

const PATIENCE: Duration = Duration::from_secs(10);

/// Looks at a canvas or video each time the page is about to be painted, and keeps each picture that differs from the one
/// before, as luma of 240x135: enough for the stamp. Looking is work for the page, so it looks at the rows of the stamp
/// alone.
const WATCH: &str = "
    const [selector, ms, done] = arguments;
    const shown = document.querySelector(selector);
    if (!shown) { done([]); return; }
    const small = new OffscreenCanvas(240, 54);
    const context = small.getContext('2d', { alpha: false, willReadFrequently: true });
    const seen = [];
    let last = '';
    const end = performance.now() + ms;
    const look = () => {
        const [width, height] =
            shown instanceof HTMLVideoElement ? [shown.videoWidth, shown.videoHeight] : [shown.width, shown.height];
        if (width > 0 && height > 0) {
            context.drawImage(shown, 0, 0, width, height * 54 / 135, 0, 0, 240, 54);
            const at = performance.timeOrigin + performance.now();
            const pixels = context.getImageData(0, 0, 240, 54).data;
            let luma = '';
            for (let p = 1; p < pixels.length; p += 4) luma += pixels[p] < 100 ? '0' : '1';
            if (luma !== last) seen.push({ at, luma, width, height });
            last = luma;
        }
        if (performance.now() < end) requestAnimationFrame(look); else done(seen);
    };
    look();";

/// A picture that was drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DrawnPicture {
    /// What the pattern says of it; `None` if it can't be read.
    pub stamp: Option<PatternStamp>,
    /// When it was seen, of the time of day.
    pub at: Duration,
    /// Pixels that it was drawn with.
    pub size: (u32, u32),
}

/// The pictures that were drawn in a tile while it was looked at.
#[derive(Debug, Clone)]
pub struct Drawings(pub Vec<DrawnPicture>);

#[derive(Deserialize)]
struct Seen {
    at: f64,
    luma: String,
    width: u32,
    height: u32,
}

impl Page {
    /// Watches somebody's tile for this long.
    ///
    /// # Errors
    /// When the page is gone.
    pub fn watch(&self, tile: &str, time: Duration) -> Result<Drawings> {
        self.watch_element(&format!("[aria-label=\"{tile}\"] :is(canvas, video)"), time)
    }

    /// Waits until a picture of the test pattern is drawn in somebody's tile.
    ///
    /// # Errors
    /// When none is within ten seconds.
    pub fn wait_for_picture(&self, tile: &str) -> Result<()> {
        self.wait_until(&format!("a picture of {tile}"), PATIENCE, || {
            Ok(!self.watch(tile, Duration::from_millis(100))?.numbers().is_empty())
        })
    }

    /// Watches a canvas or video, found by a CSS selector, for this long.
    ///
    /// # Errors
    /// When the page is gone.
    pub fn watch_element(&self, selector: &str, time: Duration) -> Result<Drawings> {
        let ms = u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        let seen = self.script_with_callback(WATCH, &[json!(selector), json!(ms)])?;
        let seen: Vec<Seen> = serde_json::from_value(seen.clone()).map_err(|error| RigError::Unreadable {
            what: "what was drawn".to_owned(),
            reason: error.to_string(),
            text: seen.to_string(),
        })?;
        Ok(Drawings(seen.iter().map(picture).collect()))
    }
}

impl Drawings {
    /// The numbers of the test pattern's pictures, in the order in which they were drawn.
    #[must_use]
    pub fn numbers(&self) -> Vec<u32> {
        self.0.iter().filter_map(|picture| Some(picture.stamp?.frame_number)).collect()
    }

    /// How many different pictures of the test pattern were drawn.
    #[must_use]
    pub fn distinct(&self) -> usize {
        self.numbers().into_iter().collect::<BTreeSet<_>>().len()
    }

    /// How often a picture of the test pattern was followed by an earlier one.
    #[must_use]
    pub fn steps_back(&self) -> usize {
        self.numbers().windows(2).filter(|pair| pair[1] < pair[0]).count()
    }

    /// The sizes of the pictures.
    #[must_use]
    pub fn sizes(&self) -> BTreeSet<(u32, u32)> {
        self.0.iter().map(|picture| picture.size).collect()
    }

    /// The longest time for which one picture stayed, but for the last.
    #[must_use]
    pub fn longest_gap(&self) -> Duration {
        let gaps = self.0.windows(2).map(|pair| pair[1].at.saturating_sub(pair[0].at));
        gaps.max().unwrap_or(Duration::MAX)
    }

    /// How long after they were taken pictures were drawn, the quickest first.
    #[must_use]
    pub fn delays(&self) -> Vec<Duration> {
        // The page knows the time of day, cameras the monotonic clock; nothing sets the one while a test runs.
        let monotonic = MediaTime::now().as_duration();
        let day = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        let mut last = None;
        let of = |picture: &DrawnPicture| {
            let stamp = picture.stamp?;
            if last.replace(stamp.frame_number) == Some(stamp.frame_number) {
                return None;
            }
            let drawn = (monotonic + picture.at).saturating_sub(day);
            Some(drawn.saturating_sub(stamp.captured.as_duration()))
        };
        let mut delays: Vec<_> = self.0.iter().filter_map(of).collect();
        delays.sort_unstable();
        delays
    }
}

fn picture(seen: &Seen) -> DrawnPicture {
    DrawnPicture {
        stamp: stamp(&seen.luma),
        at: Duration::from_secs_f64(seen.at / 1_000.0),
        size: (seen.width, seen.height),
    }
}

fn stamp(luma: &str) -> Option<PatternStamp> {
    let mut buffer = FrameBuffer::new(240, 135).ok()?;
    let [y, ..] = buffer.planes_mut();
    let bits = luma.bytes().map(|bit| if bit == b'1' { 212 } else { 40 });
    y.samples.iter_mut().zip(bits).for_each(|(to, from)| *to = from);
    read_stamp(&buffer.into_frame(MediaTime::default()))
}
