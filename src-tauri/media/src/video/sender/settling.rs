//! How often a picture that does not change is encoded. Pure: time comes with the pictures.

use std::time::Duration;

use crate::clock::MediaTime;
use crate::frame::VideoFrame;

/// How often a picture is encoded at the layer's rate: each time with what bits there are, until it is as sharp as the
/// encoder makes it.
const REFINEMENTS: u32 = 8;

/// How long after the last time it is encoded once more. Nothing that follows would tell a receiver that the last packet
/// was lost.
const ECHOES: [Duration; 3] = [Duration::from_millis(250), Duration::from_millis(500), Duration::from_secs(1)];

/// Follows what a layer's encoder was given, and says when the same is worth encoding again.
#[derive(Default)]
pub(super) struct Settling {
    last: Option<VideoFrame>,
    encoded_at: MediaTime,
    times: u32,
}

impl Settling {
    /// Whether to encode this picture, if nobody needs a keyframe.
    pub(super) fn wants(&self, frame: &VideoFrame) -> bool {
        match &self.last {
            Some(last) if last.is_same_picture(frame) => {
                self.pause().is_some_and(|pause| frame.captured.since(self.encoded_at) >= pause)
            }
            _ => true,
        }
    }

    /// The picture was encoded as a keyframe: it is as coarse as a new one, for all who had it sharper too.
    pub(super) fn keyframe_encoded(&mut self, frame: &VideoFrame) {
        self.last = None;
        self.encoded(frame);
    }

    /// The picture was encoded, and not left out by the encoder.
    pub(super) fn encoded(&mut self, frame: &VideoFrame) {
        let is_same = self.last.as_ref().is_some_and(|last| last.is_same_picture(frame));
        self.times = if is_same { self.times.saturating_add(1) } else { 1 };
        self.encoded_at = frame.captured;
        self.last = Some(frame.clone());
    }

    /// How long to wait before the next time; `None` when there is none.
    fn pause(&self) -> Option<Duration> {
        match self.times.checked_sub(REFINEMENTS) {
            None => Some(Duration::ZERO),
            Some(echo) => ECHOES.get(echo as usize).copied(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::FrameBuffer;

    fn picture() -> VideoFrame {
        FrameBuffer::new(16, 16).unwrap().into_frame(MediaTime::default())
    }

    /// When a picture that is seen 15 times a second is encoded, in milliseconds.
    fn encoded_at(settling: &mut Settling, picture: &VideoFrame, from_ms: u64, to_ms: u64) -> Vec<u64> {
        (from_ms..to_ms)
            .step_by(66)
            .filter(|ms| {
                let frame = picture.seen_again(MediaTime::from_duration(Duration::from_millis(*ms)));
                let wanted = settling.wants(&frame);
                if wanted {
                    settling.encoded(&frame);
                }
                wanted
            })
            .collect()
    }

    #[test]
    fn a_screen_that_rests_is_encoded_until_it_is_sharp_and_then_no_more() {
        let mut settling = Settling::default();
        let still = picture();
        let times = encoded_at(&mut settling, &still, 0, 60_000);
        assert_eq!(times, [0, 66, 132, 198, 264, 330, 396, 462, 726, 1_254, 2_310]);
        let changed = picture();
        assert_eq!(encoded_at(&mut settling, &changed, 60_000, 60_100), [60_000, 60_066]);
    }

    #[test]
    fn a_keyframe_for_a_newcomer_is_refined_like_a_new_picture() {
        let mut settling = Settling::default();
        let still = picture();
        let first = encoded_at(&mut settling, &still, 0, 30_000).len();
        settling.keyframe_encoded(&still.seen_again(MediaTime::from_duration(Duration::from_secs(30))));
        assert_eq!(encoded_at(&mut settling, &still, 30_066, 60_000).len(), first - 1);
    }

    #[test]
    fn a_picture_that_the_encoder_left_out_is_tried_until_it_is_encoded() {
        let mut settling = Settling::default();
        settling.encoded(&picture());
        let next = picture();
        for ms in 0..100 {
            assert!(settling.wants(&next.seen_again(MediaTime::from_duration(Duration::from_secs(ms)))));
        }
    }

    #[test]
    fn what_moves_is_always_encoded() {
        let mut settling = Settling::default();
        for _ in 0..100 {
            let frame = picture();
            assert!(settling.wants(&frame));
            settling.encoded(&frame);
        }
    }
}
