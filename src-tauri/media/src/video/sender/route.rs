//! Which pictures a subscription gets. Pure: the caller says what time it is.

use std::time::{Duration, Instant};

use crate::video::layer::VideoLayer;
use crate::video::sender::sink::SinkResult;

/// How often a subscription that was refused a picture asks for a keyframe: one bad link must not cost all others a
/// keyframe at every picture it can't take.
const REFUSED_ASK_INTERVAL: Duration = Duration::from_secs(1);

/// Which layer a subscription wants and which it gets.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Demand {
    pub(super) wanted: Option<VideoLayer>,
    pub(super) current: Option<VideoLayer>,
}

/// What is asked about a picture.
#[derive(Debug, Clone, Copy)]
pub(super) struct Offered {
    pub(super) layer: VideoLayer,
    pub(super) keyframe: bool,
    pub(super) temporal_layer: u8,
    pub(super) timestamp: u32,
}

impl Demand {
    /// Whether a picture is for this subscription. A keyframe of the wanted layer switches to it.
    pub(super) fn admits(&mut self, offered: Offered) -> bool {
        match self.wanted {
            None => self.current = None,
            Some(wanted) if wanted == offered.layer && offered.keyframe => self.current = Some(wanted),
            Some(_) => {}
        }
        self.current == Some(offered.layer)
    }

    /// Whether the subscription gets another layer than it wants, or none yet.
    pub(super) fn is_switching(self) -> bool {
        self.wanted.is_some() && self.wanted != self.current
    }

    /// Whether a layer has to be encoded for this subscription: the wanted one, and until its first keyframe the one
    /// before.
    pub(super) fn needs(self, layer: VideoLayer) -> bool {
        self.wanted.is_some() && (self.wanted == Some(layer) || self.current == Some(layer))
    }
}

/// What to do with a picture that the demand admits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Routing {
    /// Send it, with this timestamp.
    Send(u32),
    /// Leave it out: one before it was refused.
    Skip,
    /// Leave it out, and ask for a keyframe.
    SkipAndAsk,
}

/// What a subscription was sent so far.
#[derive(Debug, Clone, Default)]
pub(super) struct Route {
    last_timestamp: Option<u32>,
    /// A picture was refused that later ones are predicted from.
    broken: bool,
    asked: Option<Instant>,
}

impl Route {
    /// What to do with a picture.
    pub(super) fn offer(&mut self, offered: Offered, now: Instant) -> Routing {
        if self.broken && !offered.keyframe {
            return if self.may_ask(now) { Routing::SkipAndAsk } else { Routing::Skip };
        }
        self.broken = false;
        // A layer that is slower than the former one, or a source whose clock is behind, may be late with its first
        // picture; time must not go back for the receiver.
        let timestamp = match self.last_timestamp {
            Some(last) if offered.timestamp.wrapping_sub(last) as i32 <= 0 => last.wrapping_add(1),
            _ => offered.timestamp,
        };
        self.last_timestamp = Some(timestamp);
        Routing::Send(timestamp)
    }

    /// Takes note of what became of a picture that was sent. Whether to ask for a keyframe.
    pub(super) fn sent(&mut self, offered: Offered, result: SinkResult, now: Instant) -> bool {
        self.broken = result == SinkResult::Full && offered.temporal_layer == 0;
        self.broken && self.may_ask(now)
    }

    fn may_ask(&mut self, now: Instant) -> bool {
        let may = self.asked.is_none_or(|asked| now.saturating_duration_since(asked) >= REFUSED_ASK_INTERVAL);
        if may {
            self.asked = Some(now);
        }
        may
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(layer: VideoLayer, keyframe: bool, timestamp: u32) -> Offered {
        Offered { layer, keyframe, temporal_layer: 0, timestamp }
    }

    #[test]
    fn a_layer_is_entered_at_its_keyframe_and_left_only_then() {
        let (small, large) = (VideoLayer::P180, VideoLayer::P720);
        let mut demand = Demand { wanted: Some(large), current: None };
        assert!(!demand.admits(picture(large, false, 0)));
        assert!(demand.admits(picture(large, true, 0)));
        demand.wanted = Some(small);
        assert!(demand.is_switching() && demand.needs(small) && demand.needs(large));
        assert!(!demand.admits(picture(small, false, 0)));
        assert!(demand.admits(picture(large, false, 0)));
        assert!(demand.admits(picture(large, true, 0)), "the former layer's keyframes don't switch back");
        assert!(demand.admits(picture(small, true, 0)));
        assert!(!demand.admits(picture(large, true, 0)));
        assert!(!demand.is_switching() && !demand.needs(large));
        demand.wanted = None;
        assert!(!demand.admits(picture(small, true, 0)));
        assert!(VideoLayer::ALL.iter().all(|layer| !demand.needs(*layer)));
        demand.wanted = Some(small);
        assert!(!demand.admits(picture(small, false, 0)), "after a pause a keyframe comes first");
    }

    #[test]
    fn timestamps_only_grow_also_over_the_wrap() {
        let (mut route, now) = (Route::default(), Instant::now());
        let offered = [u32::MAX - 1, u32::MAX, u32::MAX, 5, 3, 3_000];
        let sent = offered.map(|timestamp| route.offer(picture(VideoLayer::P360, true, timestamp), now));
        let wanted = [u32::MAX - 1, u32::MAX, 0, 5, 6, 3_000].map(Routing::Send);
        assert_eq!(sent, wanted);
    }

    #[test]
    fn after_a_refusal_nothing_is_sent_until_a_keyframe() {
        let (mut route, start) = (Route::default(), Instant::now());
        let mut asked = Vec::new();
        let delta = picture(VideoLayer::P360, false, 0);
        assert!(matches!(route.offer(delta, start), Routing::Send(_)));
        if route.sent(delta, SinkResult::Full, start) {
            asked.push(0);
        }
        for ms in (33..2_500).step_by(33) {
            match route.offer(delta, start + Duration::from_millis(ms)) {
                Routing::Send(_) => panic!("a picture that can't be decoded was sent"),
                Routing::SkipAndAsk => asked.push(ms),
                Routing::Skip => {}
            }
        }
        assert_eq!(asked, [0, 1_023, 2_046]);
        let key = picture(VideoLayer::P360, true, 9);
        assert!(matches!(route.offer(key, start), Routing::Send(_)));
        assert!(!route.sent(key, SinkResult::Accepted, start));
        assert!(matches!(route.offer(delta, start), Routing::Send(_)));
    }

    #[test]
    fn refusing_what_can_be_left_out_breaks_nothing() {
        let (mut route, now) = (Route::default(), Instant::now());
        let spare = Offered { temporal_layer: 1, ..picture(VideoLayer::P360, false, 0) };
        route.offer(spare, now);
        assert!(!route.sent(spare, SinkResult::Full, now));
        assert!(matches!(route.offer(picture(VideoLayer::P360, false, 1), now), Routing::Send(_)));
    }
}
