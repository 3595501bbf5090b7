//! Monitors and windows that can be shared, for the page to choose from.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use conclave_call::media::screen::{Desktop, NoDesktop, ProcessId, ScreenInfo, ScreenSpec, Thumbnail};
use conclave_call::protocol::intent::ScreenChoice;
use serde::Serialize;
use thiserror::Error;
use ts_rs::TS;

/// The most that are listed: more than these nobody chooses from.
const MAX_SCREENS: usize = 64;

/// A monitor or a window.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ShareableScreen {
    /// What it is asked for by.
    pub choice: ScreenChoice,
    /// Which of the two.
    pub kind: ScreenKind,
    /// As people know it.
    pub name: String,
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    /// A small picture of it, as a `data:` address; `None` where there is none.
    pub thumbnail: Option<String>,
}

/// What a screen is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum ScreenKind {
    /// A monitor.
    Monitor,
    /// A window.
    Window,
}

/// Why there is nothing to choose from, as the window is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error, Serialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum ScreensError {
    /// Screens of this session can't be shared.
    #[error("screens of this session can't be shared")]
    Unavailable,
    /// The display failed.
    #[error("the display failed")]
    Failed,
}

impl From<NoDesktop> for ScreensError {
    fn from(reason: NoDesktop) -> Self {
        match reason {
            NoDesktop::NoDisplay | NoDesktop::Wayland | NoDesktop::System => Self::Unavailable,
            NoDesktop::Failed => Self::Failed,
        }
    }
}

/// Lists them, this app's own window left out. Takes a picture of each, so not on a thread that must not wait.
///
/// # Errors
/// [`ScreensError`].
pub fn list() -> Result<Vec<ShareableScreen>, ScreensError> {
    let desktop = Desktop::of_this_session()?;
    let mut screens = desktop.screens(Some(ProcessId(std::process::id())))?;
    screens.truncate(MAX_SCREENS);
    Ok(screens.into_iter().map(|screen| shown(&desktop, screen)).collect())
}

fn shown(desktop: &Desktop, screen: ScreenInfo) -> ShareableScreen {
    // One that was closed since it was listed, or is minimised, has no picture.
    let thumbnail = desktop.thumbnail(&screen.spec).ok().and_then(|thumbnail| data_address(&thumbnail));
    ShareableScreen {
        choice: ScreenChoice(screen.spec.to_string()),
        kind: if matches!(screen.spec, ScreenSpec::Window(_)) { ScreenKind::Window } else { ScreenKind::Monitor },
        name: screen.name,
        width: screen.width,
        height: screen.height,
        thumbnail,
    }
}

fn data_address(thumbnail: &Thumbnail) -> Option<String> {
    let mut png = Vec::new();
    let mut encoder = png::Encoder::new(&mut png, thumbnail.width, thumbnail.height);
    encoder.set_color(png::ColorType::Rgba);
    encoder.set_compression(png::Compression::Fast);
    encoder.write_header().ok()?.write_image_data(&thumbnail.rgba).ok()?;
    Some(format!("data:image/png;base64,{}", STANDARD.encode(png)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thumbnail_is_an_address_that_pages_may_show() {
        let thumbnail = Thumbnail { width: 2, height: 1, rgba: vec![1, 2, 3, 255, 4, 5, 6, 255] };
        let address = data_address(&thumbnail).unwrap();
        let png = STANDARD.decode(address.strip_prefix("data:image/png;base64,").unwrap()).unwrap();
        let mut reader = png::Decoder::new(std::io::Cursor::new(png)).read_info().unwrap();
        let mut pixels = vec![0; 8];
        reader.next_frame(&mut pixels).unwrap();
        assert_eq!(pixels, thumbnail.rgba);
        assert_eq!(data_address(&Thumbnail { rgba: Vec::new(), ..thumbnail }), None);
    }
}
