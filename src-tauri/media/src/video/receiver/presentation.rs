//! Which pictures are shown. Pure: the caller says what time it is.
//!
//! After a loss the last good picture stays: a still face is less disturbing than a torn one, and the keyframe that
//! was asked for is usually there within a fraction of a second. When it isn't, because the link is too bad or the
//! sender doesn't listen, what the decoder makes of the rest by concealment is better than nothing.

use std::time::{Duration, Instant};

use crate::video::h264::decoder::PictureIntegrity;
use crate::video::h264::reference::Verdict;

/// How long the last good picture stays.
const MAX_FREEZE: Duration = Duration::from_secs(1);

/// What to do with a unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Handling {
    /// Give it to the decoder.
    Decode,
    /// Leave it out.
    Skip,
}

/// What to do with a picture that was decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Visibility {
    /// Show it.
    Shown,
    /// The decoder needed it to stay on course; the last good one stays.
    Hidden,
}

/// Follows a stream through its losses.
#[derive(Debug, Clone, Default)]
pub(crate) struct Presentation {
    /// A decoder that never had a keyframe makes only grey of anything else.
    has_keyframe: bool,
    broken_since: Option<Instant>,
}

impl Presentation {
    /// What to do with a unit on which this is the verdict.
    pub(crate) fn handle(&mut self, verdict: Verdict, now: Instant) -> Handling {
        match verdict {
            Verdict::Decodable => {
                self.has_keyframe = true;
                Handling::Decode
            }
            Verdict::Dispensable => Handling::Skip,
            Verdict::Broken | Verdict::Refused => {
                self.broken_since.get_or_insert(now);
                if self.has_keyframe && verdict == Verdict::Broken { Handling::Decode } else { Handling::Skip }
            }
        }
    }

    /// What to do with the picture that came of it.
    pub(crate) fn decoded(&mut self, verdict: Verdict, integrity: PictureIntegrity, now: Instant) -> Visibility {
        if verdict == Verdict::Decodable && integrity == PictureIntegrity::Intact {
            self.broken_since = None;
            return Visibility::Shown;
        }
        let since = *self.broken_since.get_or_insert(now);
        if now.saturating_duration_since(since) >= MAX_FREEZE { Visibility::Shown } else { Visibility::Hidden }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const INTACT: PictureIntegrity = PictureIntegrity::Intact;
    const CONCEALED: PictureIntegrity = PictureIntegrity::Concealed;

    #[test]
    fn nothing_is_decoded_before_a_keyframe() {
        let now = Instant::now();
        let mut presentation = Presentation::default();
        assert_eq!(presentation.handle(Verdict::Broken, now), Handling::Skip);
        assert_eq!(presentation.handle(Verdict::Decodable, now), Handling::Decode);
        assert_eq!(presentation.handle(Verdict::Broken, now), Handling::Decode);
        assert_eq!(presentation.handle(Verdict::Refused, now), Handling::Skip);
        assert_eq!(presentation.handle(Verdict::Dispensable, now), Handling::Skip);
    }

    #[test]
    fn a_torn_picture_is_hidden_for_a_second_then_better_than_none() {
        let start = Instant::now();
        let mut presentation = Presentation::default();
        presentation.handle(Verdict::Decodable, start);
        assert_eq!(presentation.decoded(Verdict::Decodable, INTACT, start), Visibility::Shown);
        for ms in (0..2_000).step_by(33) {
            let now = start + Duration::from_millis(ms);
            presentation.handle(Verdict::Broken, now);
            let visible = presentation.decoded(Verdict::Broken, CONCEALED, now) == Visibility::Shown;
            assert_eq!(visible, ms >= 1_000, "after {ms} ms");
        }
        assert_eq!(presentation.decoded(Verdict::Decodable, INTACT, start), Visibility::Shown);
        assert_eq!(presentation.decoded(Verdict::Broken, CONCEALED, start), Visibility::Hidden);
    }

    #[test]
    fn a_stream_the_decoder_is_never_content_with_is_shown_in_the_end() {
        let start = Instant::now();
        let mut presentation = Presentation::default();
        let shown = (0..60).filter(|frame| {
            let now = start + Duration::from_millis(33) * *frame;
            presentation.handle(Verdict::Decodable, now);
            presentation.decoded(Verdict::Decodable, CONCEALED, now) == Visibility::Shown
        });
        assert!(shown.count() > 20);
    }
}
