//! Which layer of a picture a link carries: as large as the viewer draws it and as the link's bandwidth allows.

use conclave_media::video::VideoLayer;
use conclave_protocol::line::TileSize;

/// Bandwidth kept for sound and control messages, in bit/s.
const RESERVED_BPS: u64 = 64_000;
/// A larger layer is taken up again only with this much to spare over its bitrate, in percent, so that a link at the
/// edge does not go back and forth (each change costs a keyframe).
const UPGRADE_MARGIN_PERCENT: u64 = 130;

/// Chooses the layer for one line of one link.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct LayerChoice {
    demand: TileSize,
    bandwidth_bps: Option<u64>,
    chosen: Option<VideoLayer>,
}

impl LayerChoice {
    /// How large the viewer draws the picture.
    pub(crate) fn set_demand(&mut self, demand: TileSize) -> Option<VideoLayer> {
        self.demand = demand;
        self.choose()
    }

    /// What the link carries, by its own estimate.
    pub(crate) fn set_bandwidth(&mut self, bps: u64) -> Option<VideoLayer> {
        self.bandwidth_bps = Some(bps);
        self.choose()
    }

    /// What the link would have to carry for the layer the tile wants to be taken up, sound included; zero for a tile
    /// that nobody sees.
    pub(crate) fn wanted_bps(&self) -> u64 {
        match self.wanted() {
            Some(layer) => u64::from(layer.bitrate_bps()) * UPGRADE_MARGIN_PERCENT / 100 + RESERVED_BPS,
            None => 0,
        }
    }

    /// The smallest layer that fills the tile.
    fn wanted(&self) -> Option<VideoLayer> {
        let TileSize { width, height } = self.demand;
        (!self.demand.is_hidden()).then(|| VideoLayer::for_tile(u32::from(width), u32::from(height)))
    }

    /// The layer the tile wants, or a smaller one if the link can't carry that. The smallest layer is
    /// sent over any link: below it a picture makes no sense, and the link's pacer gives sound the way.
    fn choose(&mut self) -> Option<VideoLayer> {
        let Some(wanted) = self.wanted() else {
            self.chosen = None;
            return None;
        };
        let fits = |layer: VideoLayer| {
            let Some(available) = self.bandwidth_bps else { return true };
            let needed = u64::from(layer.bitrate_bps());
            let margin = if self.chosen.is_some_and(|chosen| layer > chosen) { UPGRADE_MARGIN_PERCENT } else { 100 };
            available.saturating_sub(RESERVED_BPS) >= needed * margin / 100
        };
        let layer = VideoLayer::ALL.into_iter().rev().filter(|&layer| layer <= wanted).find(|&layer| fits(layer));
        self.chosen = Some(layer.unwrap_or(VideoLayer::P180));
        self.chosen
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LARGE: TileSize = TileSize { width: 1280, height: 720 };

    #[test]
    fn the_tile_decides_while_the_bandwidth_is_not_known() {
        let mut choice = LayerChoice::default();
        assert_eq!(choice.set_demand(LARGE), Some(VideoLayer::P720));
        assert_eq!(choice.set_demand(TileSize { width: 320, height: 180 }), Some(VideoLayer::P180));
        assert_eq!(choice.set_demand(TileSize::HIDDEN), None);
    }

    #[test]
    fn a_narrow_link_gets_a_smaller_layer_and_never_none() {
        let mut choice = LayerChoice::default();
        choice.set_demand(LARGE);
        assert_eq!(choice.set_bandwidth(1_000_000), Some(VideoLayer::P360));
        assert_eq!(choice.set_bandwidth(50_000), Some(VideoLayer::P180));
    }

    #[test]
    fn a_link_at_the_edge_does_not_go_back_and_forth() {
        let mut choice = LayerChoice::default();
        choice.set_demand(LARGE);
        let edge = u64::from(VideoLayer::P720.bitrate_bps()) + RESERVED_BPS;
        assert_eq!(choice.set_bandwidth(edge - 1), Some(VideoLayer::P360));
        assert_eq!(choice.set_bandwidth(edge + 1), Some(VideoLayer::P360), "just enough is not enough to change back");
        assert_eq!(choice.set_bandwidth(2 * edge), Some(VideoLayer::P720));
        assert_eq!(choice.set_bandwidth(edge + 1), Some(VideoLayer::P720), "but enough to stay");
    }

    #[test]
    fn what_is_wanted_of_a_link_is_just_enough_to_take_the_layer_up() {
        let mut choice = LayerChoice::default();
        assert_eq!(choice.wanted_bps(), 0, "nobody has asked for anything");
        choice.set_demand(LARGE);
        choice.set_bandwidth(100_000);
        let wanted = choice.wanted_bps();
        assert_eq!(choice.set_bandwidth(wanted - 1), Some(VideoLayer::P360));
        assert_eq!(choice.set_bandwidth(wanted), Some(VideoLayer::P720));
        assert_eq!(choice.wanted_bps(), wanted, "what is carried changes nothing");
        choice.set_demand(TileSize::HIDDEN);
        assert_eq!(choice.wanted_bps(), 0);
    }

    #[test]
    fn plenty_of_bandwidth_does_not_enlarge_a_small_tile() {
        let mut choice = LayerChoice::default();
        choice.set_bandwidth(100_000_000);
        assert_eq!(choice.set_demand(TileSize { width: 640, height: 360 }), Some(VideoLayer::P360));
    }
}
