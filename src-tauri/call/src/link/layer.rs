//! Which layer of a line's pictures a link carries: as large as the viewer draws them and as the link's bandwidth allows.

use conclave_media::video::{LayerLadder, VideoLayer};
use conclave_protocol::line::TileSize;

/// A larger layer is taken up again only with this much to spare over what it needs, in percent, so that a link at the
/// edge does not go back and forth (each change costs a keyframe).
const UPGRADE_MARGIN_PERCENT: u64 = 130;

/// Chooses the layer for one line of one link.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LayerChoice {
    ladder: LayerLadder,
    demand: TileSize,
    chosen: Option<VideoLayer>,
}

impl LayerChoice {
    /// Nobody has asked for anything yet.
    pub(crate) fn of(ladder: LayerLadder) -> Self {
        Self { ladder, demand: TileSize::HIDDEN, chosen: None }
    }

    /// How large the viewer draws the picture.
    pub(crate) fn set_demand(&mut self, demand: TileSize) {
        self.demand = demand;
    }

    /// What there would have to be for the layer that the tile wants to be taken up, in bit/s; zero for a tile that
    /// nobody sees.
    pub(crate) fn wanted_bps(&self) -> u64 {
        self.wanted().map_or(0, |layer| u64::from(layer.bitrate_bps()) * UPGRADE_MARGIN_PERCENT / 100)
    }

    /// The smallest layer that fills the tile.
    pub(crate) fn wanted(&self) -> Option<VideoLayer> {
        let TileSize { width, height } = self.demand;
        (!self.demand.is_hidden()).then(|| self.ladder.for_tile(u32::from(width), u32::from(height)))
    }

    /// The layer the tile wants, or a smaller one if that needs more than there is, in bit/s; `None` when what there is
    /// isn't known. The smallest layer is sent over any link that carries the line at all: below it a picture makes no
    /// sense, and the link's pacer gives sound the way.
    pub(crate) fn choose(&mut self, available_bps: Option<u64>) -> Option<VideoLayer> {
        let wanted = self.wanted();
        let fits = |layer: VideoLayer| {
            let Some(available) = available_bps else { return true };
            let margin = if self.chosen.is_some_and(|chosen| layer > chosen) { UPGRADE_MARGIN_PERCENT } else { 100 };
            available >= u64::from(layer.least_bps()) * margin / 100
        };
        self.chosen = wanted.map(|wanted| {
            let fitting =
                self.ladder.layers().iter().rev().filter(|&&layer| layer <= wanted).find(|&&layer| fits(layer));
            fitting.copied().unwrap_or(self.ladder.smallest())
        });
        self.chosen
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LARGE: TileSize = TileSize { width: 1280, height: 720 };

    fn camera(demand: TileSize) -> LayerChoice {
        let mut choice = LayerChoice::of(LayerLadder::Camera);
        choice.set_demand(demand);
        choice
    }

    #[test]
    fn the_tile_decides_while_the_bandwidth_is_not_known() {
        let mut choice = camera(LARGE);
        assert_eq!(choice.choose(None), Some(VideoLayer::P720));
        choice.set_demand(TileSize { width: 320, height: 180 });
        assert_eq!(choice.choose(None), Some(VideoLayer::P180));
        choice.set_demand(TileSize::HIDDEN);
        assert_eq!(choice.choose(None), None);
    }

    #[test]
    fn a_narrow_link_gets_a_smaller_layer_and_never_none() {
        let mut choice = camera(LARGE);
        assert_eq!(choice.choose(Some(1_000_000)), Some(VideoLayer::P360));
        assert_eq!(choice.choose(Some(50_000)), Some(VideoLayer::P180));
    }

    #[test]
    fn a_link_at_the_edge_does_not_go_back_and_forth() {
        let mut choice = camera(LARGE);
        choice.choose(None);
        let edge = u64::from(VideoLayer::P720.bitrate_bps());
        assert_eq!(choice.choose(Some(edge - 1)), Some(VideoLayer::P360));
        assert_eq!(choice.choose(Some(edge + 1)), Some(VideoLayer::P360), "just enough is not enough to change back");
        assert_eq!(choice.choose(Some(2 * edge)), Some(VideoLayer::P720));
        assert_eq!(choice.choose(Some(edge + 1)), Some(VideoLayer::P720), "but enough to stay");
    }

    #[test]
    fn what_is_wanted_of_a_link_is_just_enough_to_take_the_layer_up() {
        assert_eq!(LayerChoice::of(LayerLadder::Camera).wanted_bps(), 0, "nobody has asked for anything");
        let mut choice = camera(LARGE);
        choice.choose(Some(100_000));
        let wanted = choice.wanted_bps();
        assert_eq!(choice.choose(Some(wanted - 1)), Some(VideoLayer::P360));
        assert_eq!(choice.choose(Some(wanted)), Some(VideoLayer::P720));
        assert_eq!(choice.wanted_bps(), wanted, "what is carried changes nothing");
        choice.set_demand(TileSize::HIDDEN);
        assert_eq!(choice.wanted_bps(), 0);
    }

    #[test]
    fn plenty_of_bandwidth_does_not_enlarge_a_small_tile() {
        let mut choice = camera(TileSize { width: 640, height: 360 });
        assert_eq!(choice.choose(Some(100_000_000)), Some(VideoLayer::P360));
    }

    #[test]
    fn a_screen_stays_readable_with_less_than_its_bit_rate() {
        let mut choice = LayerChoice::of(LayerLadder::Screen);
        choice.set_demand(LARGE);
        assert_eq!(choice.choose(Some(1_000_000)), Some(VideoLayer::Screen1080));
        assert_eq!(choice.choose(Some(700_000)), Some(VideoLayer::Screen360));
    }
}
