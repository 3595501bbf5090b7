//! What a link carries of both video lines. Sound comes first and is not chosen here; then the screen, which people read;
//! the camera gets what is left, and nothing at all when the two don't fit.

use conclave_media::video::{LayerLadder, VideoLayer};
use conclave_protocol::line::{TileSize, VideoLine};

use super::layer::LayerChoice;
use crate::devices::Sharing;

/// Bandwidth kept for sound and control messages, in bit/s.
const RESERVED_BPS: u64 = 64_000;
/// A limit is told the encoder in steps of this, in bit/s: estimates change all the time.
const LIMIT_STEP_BPS: u64 = 100_000;

/// What a link carries.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Carried {
    pub(crate) camera: Option<VideoLayer>,
    pub(crate) screen: Option<VideoLayer>,
    /// The most that fits of the screen, in bit/s, where that isn't all it may take.
    pub(crate) screen_limit_bps: Option<u32>,
}

/// Divides a link's bandwidth between its two video lines.
#[derive(Debug, Clone, Copy)]
pub(crate) struct VideoBudget {
    camera: LayerChoice,
    screen: LayerChoice,
    sharing: Sharing,
    bandwidth_bps: Option<u64>,
}

impl Default for VideoBudget {
    fn default() -> Self {
        Self {
            camera: LayerChoice::of(LayerLadder::Camera),
            screen: LayerChoice::of(LayerLadder::Screen),
            sharing: Sharing::Nothing,
            bandwidth_bps: None,
        }
    }
}

impl VideoBudget {
    /// How large the viewer draws a line.
    pub(crate) fn set_demand(&mut self, line: VideoLine, demand: TileSize) {
        match line {
            VideoLine::Camera => self.camera.set_demand(demand),
            VideoLine::Screen => self.screen.set_demand(demand),
        }
    }

    /// Whether this end shares a screen: while it doesn't, nothing is kept for one, though somebody wants to see it.
    pub(crate) fn set_sharing(&mut self, sharing: Sharing) {
        self.sharing = sharing;
    }

    /// What the link carries, by its own estimate.
    pub(crate) fn set_bandwidth(&mut self, bps: u64) {
        self.bandwidth_bps = Some(bps);
    }

    /// What the link would have to carry for all that is wanted to be taken up, sound included; zero when nothing is.
    pub(crate) fn wanted_bps(&self) -> u64 {
        let screen = match self.sharing {
            Sharing::Screen => self.screen.wanted_bps(),
            Sharing::Nothing => 0,
        };
        match self.camera.wanted_bps() + screen {
            0 => 0,
            wanted => wanted + RESERVED_BPS,
        }
    }

    /// What the link is to carry now.
    pub(crate) fn carried(&mut self) -> Carried {
        let available = self.bandwidth_bps.map(|bps| bps.saturating_sub(RESERVED_BPS));
        let shown = self.screen.wanted().filter(|_| self.sharing == Sharing::Screen);
        if shown.is_none() {
            // Taken up at once when something is shared.
            let screen = self.screen.choose(None);
            return Carried { camera: self.camera.choose(available), screen, screen_limit_bps: None };
        }
        let least = |ladder: LayerLadder| u64::from(ladder.smallest().least_bps());
        // The smallest face is kept until it would cost the smallest screen its place.
        let face = if self.camera.wanted().is_some() { least(LayerLadder::Camera) } else { 0 };
        let both_fit = available.is_none_or(|bps| bps >= face + least(LayerLadder::Screen));
        let for_screen = available.map(|bps| if both_fit { bps - face } else { bps });
        let screen = self.screen.choose(for_screen);
        let most = screen.map_or(0, |layer| u64::from(layer.bitrate_bps()));
        let left = for_screen.map(|bps| bps.saturating_sub(most) + face);
        let camera = if both_fit { self.camera.choose(left) } else { None };
        let limit = for_screen.filter(|bps| *bps < most).map(|bps| bps / LIMIT_STEP_BPS * LIMIT_STEP_BPS);
        let screen_limit_bps = limit.map(|bps| u32::try_from(bps).unwrap_or(u32::MAX).max(1));
        Carried { camera, screen, screen_limit_bps }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LARGE: TileSize = TileSize { width: 1280, height: 720 };

    fn sharing() -> VideoBudget {
        let mut budget = VideoBudget::default();
        budget.set_demand(VideoLine::Camera, LARGE);
        budget.set_demand(VideoLine::Screen, LARGE);
        budget.set_sharing(Sharing::Screen);
        budget
    }

    fn carried(budget: &mut VideoBudget, bps: u64) -> (Option<VideoLayer>, Option<VideoLayer>, Option<u32>) {
        budget.set_bandwidth(bps);
        let Carried { camera, screen, screen_limit_bps } = budget.carried();
        (camera, screen, screen_limit_bps)
    }

    #[test]
    fn the_camera_gives_way_to_the_screen() {
        use VideoLayer::{P180, P360, P720, Screen360, Screen1080};
        let cases = [
            (10_000_000, (Some(P720), Some(Screen1080), None)),
            (3_500_000, (Some(P360), Some(Screen1080), None)),
            (2_800_000, (Some(P180), Some(Screen1080), None)),
            (2_000_000, (Some(P180), Some(Screen1080), Some(1_700_000))),
            (1_100_000, (Some(P180), Some(Screen1080), Some(800_000))),
            (900_000, (Some(P180), Some(Screen360), None)),
            (520_000, (Some(P180), Some(Screen360), None)),
            (400_000, (None, Some(Screen360), None)),
        ];
        let mut budget = sharing();
        for (bps, wanted) in cases {
            assert_eq!(carried(&mut budget, bps), wanted, "{bps} bit/s");
        }
        assert_eq!(carried(&mut budget, 100_000), (None, Some(Screen360), Some(1)));
    }

    #[test]
    fn a_screen_that_is_not_shared_takes_nothing_from_the_camera() {
        let mut budget = sharing();
        let enough = u64::from(VideoLayer::P720.bitrate_bps()) * 130 / 100 + RESERVED_BPS;
        assert_eq!(carried(&mut budget, enough).0, Some(VideoLayer::P180));
        budget.set_sharing(Sharing::Nothing);
        assert_eq!(budget.wanted_bps(), enough);
        assert_eq!(carried(&mut budget, enough).0, Some(VideoLayer::P720));
        budget.set_sharing(Sharing::Screen);
        assert!(budget.wanted_bps() > 2_500_000 + enough);
        budget.set_demand(VideoLine::Screen, TileSize::HIDDEN);
        assert_eq!(carried(&mut budget, enough), (Some(VideoLayer::P720), None, None));
    }

    #[test]
    fn nobody_who_looks_wants_no_bandwidth() {
        let mut budget = sharing();
        budget.set_demand(VideoLine::Camera, TileSize::HIDDEN);
        budget.set_demand(VideoLine::Screen, TileSize::HIDDEN);
        assert_eq!(budget.wanted_bps(), 0);
        assert_eq!(budget.carried(), Carried::default());
    }

    #[test]
    fn all_is_sent_while_the_bandwidth_is_not_known() {
        let carried = sharing().carried();
        assert_eq!((carried.camera, carried.screen), (Some(VideoLayer::P720), Some(VideoLayer::Screen1080)));
        assert_eq!(carried.screen_limit_bps, None);
    }
}
