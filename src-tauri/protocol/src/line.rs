//! The fixed media lines of every link, and what a viewer wants of them.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// The media lines that every peer connection has for its whole life, in the order of its m-lines; a data line
/// follows them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum MediaLine {
    /// The participant's voice (Opus).
    Microphone,
    /// The participant's face (H.264).
    Camera,
    /// What the participant shares (H.264).
    Screen,
    /// The sound of what the participant shares (Opus).
    ScreenSound,
}

/// A line that carries pictures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum VideoLine {
    /// [`MediaLine::Camera`].
    Camera,
    /// [`MediaLine::Screen`].
    Screen,
}

/// How large a picture is drawn, in device pixels; zero by zero when it is not drawn at all.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
pub struct TileSize {
    /// Pixels across.
    pub width: u16,
    /// Pixels down.
    pub height: u16,
}

impl TileSize {
    /// Not drawn.
    pub const HIDDEN: Self = Self { width: 0, height: 0 };

    /// Whether any picture is wanted.
    #[must_use]
    pub fn is_hidden(self) -> bool {
        self.width == 0 || self.height == 0
    }
}

/// What a participant sends on a line, told by message: WebRTC gives the far side no event for a source that stops.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum LineState {
    /// No source.
    #[default]
    Off,
    /// A source that the participant has silenced.
    Muted,
    /// Sending.
    Live,
}

/// What a participant sends on each line.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct MediaState {
    /// The voice.
    pub microphone: LineState,
    /// The face.
    pub camera: LineState,
    /// The shared screen.
    pub screen: LineState,
    /// The shared screen's sound.
    pub screen_sound: LineState,
}
