//! The fixed media lines of every link.

/// One media line. Every link has these four for its whole life, in this order, with a data line after them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Line {
    /// The participant's voice (Opus).
    Microphone,
    /// The participant's face (H.264).
    Camera,
    /// What the participant shares (H.264).
    Screen,
    /// The sound of what the participant shares (Opus).
    ScreenSound,
}

/// What a line carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LineKind {
    /// Opus at an RTP clock of 48,000 Hz (RFC 7587).
    Audio,
    /// H.264 at an RTP clock of 90,000 Hz (RFC 6184).
    Video,
}

impl Line {
    /// Every line, in the order of the m-lines.
    pub const ALL: [Self; 4] = [Self::Microphone, Self::Camera, Self::Screen, Self::ScreenSound];

    /// What the line carries.
    #[must_use]
    pub const fn kind(self) -> LineKind {
        match self {
            Self::Microphone | Self::ScreenSound => LineKind::Audio,
            Self::Camera | Self::Screen => LineKind::Video,
        }
    }

    /// Ticks per second of the line's RTP timestamps.
    #[must_use]
    pub const fn clock_rate_hz(self) -> u32 {
        match self.kind() {
            LineKind::Audio => 48_000,
            LineKind::Video => 90_000,
        }
    }

    /// The media stream the line's track is announced in; a browser groups tracks by it, so that a face stays in step
    /// with its voice, and a screen with its sound.
    pub(crate) const fn stream_name(self) -> &'static str {
        match self {
            Self::Microphone | Self::Camera => "person",
            Self::Screen | Self::ScreenSound => "screen",
        }
    }

    pub(crate) const fn track_name(self) -> &'static str {
        match self {
            Self::Microphone => "microphone",
            Self::Camera => "camera",
            Self::Screen => "screen",
            Self::ScreenSound => "screen-sound",
        }
    }
}

/// One value a line.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct PerLine<T>([T; 4]);

impl<T> PerLine<T> {
    pub(crate) fn from_fn(mut value: impl FnMut(Line) -> T) -> Self {
        Self(Line::ALL.map(&mut value))
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (Line, &T)> {
        Line::ALL.into_iter().zip(&self.0)
    }
}

impl<T> std::ops::Index<Line> for PerLine<T> {
    type Output = T;

    fn index(&self, line: Line) -> &T {
        &self.0[line as usize]
    }
}

impl<T> std::ops::IndexMut<Line> for PerLine<T> {
    fn index_mut(&mut self, line: Line) -> &mut T {
        &mut self.0[line as usize]
    }
}
