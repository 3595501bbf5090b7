//! Which pictures are shown, and which may be sent next. Pure: knows neither sockets nor threads.
//!
//! A tile is a place in the window that shows one source. It keeps the newest picture of its source until that can be
//! sent, and no more than `CREDITS` pictures are under way to it: a window that draws slowly gets fewer pictures, and
//! never older ones.

use std::collections::BTreeMap;

use conclave_call::media::VideoFrame;
use conclave_call::protocol::ids::ParticipantId;
use conclave_call::protocol::line::{TileSize, VideoLine};
use serde::{Deserialize, Serialize};
use thiserror::Error;
use ts_rs::TS;

use super::header::NumberedFrame;

/// How many pictures may be under way to a tile: one that is taken and one that arrives meanwhile.
const CREDITS: u8 = 2;

/// Up to so many tiles get each picture as it comes.
const FEW: usize = 4;

/// The most tiles: a full room with everyone's screen, this end's pictures, and some to spare.
pub const MAX_TILES: usize = 32;

/// Where pictures come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum PictureSource {
    /// Somebody's camera.
    Camera {
        /// Whose.
        #[ts(type = "string")]
        participant: ParticipantId,
    },
    /// What somebody shares.
    Screen {
        /// Who.
        #[ts(type = "string")]
        participant: ParticipantId,
    },
    /// This end's camera, as the call uses it. Not mirrored.
    #[serde(rename = "self")]
    Own,
    /// The camera that is being chosen.
    Preview,
}

impl PictureSource {
    /// The source that a participant's line is.
    #[must_use]
    pub fn of_line(participant: ParticipantId, line: VideoLine) -> Self {
        match line {
            VideoLine::Camera => Self::Camera { participant },
            VideoLine::Screen => Self::Screen { participant },
        }
    }

    /// The participant's line that the source is; `None` for this end's own pictures.
    #[must_use]
    pub fn line(self) -> Option<(ParticipantId, VideoLine)> {
        match self {
            Self::Camera { participant } => Some((participant, VideoLine::Camera)),
            Self::Screen { participant } => Some((participant, VideoLine::Screen)),
            Self::Own | Self::Preview => None,
        }
    }
}

/// A tile as the window asks for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Tile {
    /// What it shows.
    pub source: PictureSource,
    /// Pixels of the device across.
    pub width: u16,
    /// Pixels of the device down.
    pub height: u16,
}

impl Tile {
    fn size(&self) -> TileSize {
        TileSize { width: self.width, height: self.height }
    }
}

/// How the pictures of a tile are marked on the socket. The same as long as the tile is asked for; a number is not soon
/// given to another tile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, TS)]
#[serde(transparent)]
pub struct TileNumber(pub u8);

/// A tile and its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct NumberedTile {
    /// What it shows.
    pub source: PictureSource,
    /// How its pictures are marked.
    pub tile: TileNumber,
}

/// More tiles than any window has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("more than {MAX_TILES} tiles")]
pub struct TooManyTiles;

/// What a change of the tiles means for the call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TilesChange {
    /// All visible tiles.
    pub tiles: Vec<NumberedTile>,
    /// Participants' lines that are drawn in another size than before; hidden ones that are drawn no more.
    pub views: Vec<(ParticipantId, VideoLine, TileSize)>,
}

struct Slot {
    number: TileNumber,
    size: TileSize,
    /// The newest picture, for a tile that changes its size while its source stands still: a shared page of text.
    newest: Option<VideoFrame>,
    /// The same while it has yet to be sent.
    latest: Option<VideoFrame>,
    under_way: u8,
    sequence: u32,
}

/// A picture that may be sent, and how large its tile is.
#[derive(Debug, Clone)]
pub struct ReadyFrame {
    /// The picture as it came, and its place.
    pub numbered: NumberedFrame,
    /// The tile.
    pub size: TileSize,
}

/// All visible tiles.
#[derive(Default)]
pub struct Tiles {
    slots: BTreeMap<PictureSource, Slot>,
    last_number: u8,
}

impl Tiles {
    /// Puts these tiles in the place of the former ones; those without a size are not visible. Of two tiles of one
    /// source the larger counts.
    ///
    /// # Errors
    /// [`TooManyTiles`]; nothing is changed then.
    pub fn set(&mut self, tiles: &[Tile]) -> Result<TilesChange, TooManyTiles> {
        if tiles.len() > MAX_TILES {
            return Err(TooManyTiles);
        }
        let mut wanted = BTreeMap::<PictureSource, TileSize>::new();
        for tile in tiles.iter().filter(|tile| !tile.size().is_hidden()) {
            let size = wanted.entry(tile.source).or_default();
            *size = TileSize { width: size.width.max(tile.width), height: size.height.max(tile.height) };
        }
        let mut views = Vec::new();
        self.slots.retain(|source, _| {
            let stays = wanted.contains_key(source);
            if let (false, Some((participant, line))) = (stays, source.line()) {
                views.push((participant, line, TileSize::HIDDEN));
            }
            stays
        });
        for (source, size) in wanted {
            if self.slots.get(&source).is_none_or(|slot| slot.size != size)
                && let Some((participant, line)) = source.line()
            {
                views.push((participant, line, size));
            }
            match self.slots.get_mut(&source) {
                Some(slot) if slot.size != size => {
                    slot.size = size;
                    slot.latest = slot.newest.clone();
                }
                Some(_) => {}
                None => {
                    let number = self.free_number();
                    self.slots
                        .insert(source, Slot { number, size, newest: None, latest: None, under_way: 0, sequence: 0 });
                }
            }
        }
        let tiles = self.slots.iter().map(|(source, slot)| NumberedTile { source: *source, tile: slot.number });
        Ok(TilesChange { tiles: tiles.collect(), views })
    }

    /// Not one that was in use until just now: pictures of the tile before may still be under way.
    fn free_number(&mut self) -> TileNumber {
        // There are far fewer tiles than numbers.
        loop {
            self.last_number = self.last_number.wrapping_add(1);
            let number = TileNumber(self.last_number);
            if self.slots.values().all(|slot| slot.number != number) {
                return number;
            }
        }
    }

    /// A source has a new picture; an older one that still waits is given up.
    pub fn put(&mut self, source: PictureSource, frame: &VideoFrame) -> Interest {
        let Some(slot) = self.slots.get_mut(&source) else { return Interest::None };
        slot.newest = Some(frame.clone());
        slot.latest = slot.newest.clone();
        slot.sequence = slot.sequence.wrapping_add(1);
        if slot.under_way < CREDITS { Interest::Ready } else { Interest::Later }
    }

    /// Whether there are so many that their pictures are better sent together than each as it comes: a page without a
    /// graphics card paints most of itself anew for a single tile.
    pub fn are_many(&self) -> bool {
        self.slots.len() > FEW
    }

    /// The pictures that may be sent now; they count as under way from here on.
    pub fn take_ready(&mut self) -> Vec<ReadyFrame> {
        let mut ready = Vec::new();
        for slot in self.slots.values_mut().filter(|slot| slot.under_way < CREDITS) {
            if let Some(frame) = slot.latest.take() {
                slot.under_way += 1;
                let numbered = NumberedFrame { tile: slot.number, sequence: slot.sequence, frame };
                ready.push(ReadyFrame { numbered, size: slot.size });
            }
        }
        ready
    }

    /// The window has taken a picture of this tile, and is about to draw it. One that is not a tile any more, or has none under way, is passed
    /// over: the window may say so of a tile it has just given up.
    pub fn acknowledge(&mut self, tile: TileNumber) {
        if let Some(slot) = self.slots.values_mut().find(|slot| slot.number == tile) {
            slot.under_way = slot.under_way.saturating_sub(1);
        }
    }

    /// Whoever got the pictures is gone: nothing is under way any more, and the next one has seen none.
    pub fn forget_under_way(&mut self) {
        for slot in self.slots.values_mut() {
            slot.under_way = 0;
            slot.latest = slot.newest.clone();
        }
    }
}

/// Whether a picture is of use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Interest {
    /// It is not shown.
    None,
    /// It can be sent at once.
    Ready,
    /// It waits until one before it is drawn.
    Later,
}

#[cfg(test)]
mod tests {
    use conclave_call::media::MediaTime;
    use conclave_call::media::frame::FrameBuffer;

    use super::*;

    const ADA: PictureSource = PictureSource::Camera { participant: ParticipantId([1; 16]) };
    const BOB: PictureSource = PictureSource::Camera { participant: ParticipantId([2; 16]) };

    fn frame() -> VideoFrame {
        FrameBuffer::new(16, 16).unwrap().into_frame(MediaTime::default())
    }

    fn tile(source: PictureSource, width: u16, height: u16) -> Tile {
        Tile { source, width, height }
    }

    fn sequences(tiles: &mut Tiles) -> Vec<u32> {
        tiles.take_ready().iter().map(|ready| ready.numbered.sequence).collect()
    }

    #[test]
    fn the_newest_picture_wins_and_two_are_under_way_at_most() {
        let mut tiles = Tiles::default();
        let number = tiles.set(&[tile(ADA, 320, 180)]).unwrap().tiles[0].tile;
        assert_eq!(tiles.put(ADA, &frame()), Interest::Ready);
        assert_eq!(tiles.put(ADA, &frame()), Interest::Ready);
        assert_eq!(sequences(&mut tiles), [2]);
        assert_eq!(tiles.put(ADA, &frame()), Interest::Ready);
        assert_eq!(sequences(&mut tiles), [3]);
        for _ in 0..5 {
            assert_eq!(tiles.put(ADA, &frame()), Interest::Later);
            assert_eq!(sequences(&mut tiles), [0; 0]);
        }
        tiles.acknowledge(number);
        assert_eq!(sequences(&mut tiles), [8]);
        assert_eq!(sequences(&mut tiles), [0; 0]);
    }

    #[test]
    fn a_picture_that_stands_still_comes_again_in_another_size_and_for_another_client() {
        let mut tiles = Tiles::default();
        tiles.set(&[tile(ADA, 320, 180)]).unwrap();
        tiles.put(ADA, &frame());
        assert_eq!(sequences(&mut tiles), [1]);
        tiles.set(&[tile(ADA, 320, 180)]).unwrap();
        assert_eq!(sequences(&mut tiles), [0; 0]);
        tiles.set(&[tile(ADA, 640, 360)]).unwrap();
        assert_eq!(sequences(&mut tiles), [1]);
        tiles.forget_under_way();
        assert_eq!(sequences(&mut tiles), [1]);
    }

    #[test]
    fn what_is_not_shown_is_not_kept() {
        let mut tiles = Tiles::default();
        assert_eq!(tiles.put(ADA, &frame()), Interest::None);
        assert!(tiles.set(&[tile(ADA, 320, 0)]).unwrap().tiles.is_empty());
        assert_eq!(tiles.put(ADA, &frame()), Interest::None);
    }

    #[test]
    fn the_call_is_told_of_each_size_once() {
        let mut tiles = Tiles::default();
        let line = (ParticipantId([1; 16]), VideoLine::Camera);
        let view = |width, height| vec![(line.0, line.1, TileSize { width, height })];
        assert_eq!(tiles.set(&[tile(ADA, 320, 180), tile(PictureSource::Own, 64, 36)]).unwrap().views, view(320, 180));
        assert_eq!(tiles.set(&[tile(ADA, 320, 180)]).unwrap().views, []);
        assert_eq!(tiles.set(&[tile(ADA, 640, 360), tile(ADA, 160, 90)]).unwrap().views, view(640, 360));
        assert_eq!(tiles.set(&[]).unwrap().views, view(0, 0));
    }

    #[test]
    fn a_tile_keeps_its_number_and_another_gets_a_new_one() {
        let mut tiles = Tiles::default();
        let ada = tiles.set(&[tile(ADA, 320, 180)]).unwrap().tiles[0].tile;
        let both = tiles.set(&[tile(BOB, 320, 180), tile(ADA, 640, 360)]).unwrap().tiles;
        assert!(both.contains(&NumberedTile { source: ADA, tile: ada }));
        let bob = tiles.set(&[tile(BOB, 320, 180)]).unwrap().tiles[0].tile;
        let again = tiles.set(&[tile(BOB, 320, 180), tile(ADA, 320, 180)]).unwrap().tiles;
        let again = again.iter().find(|tile| tile.source == ADA).unwrap().tile;
        assert!(again != ada && again != bob);
    }

    #[test]
    fn numbers_go_round_and_none_is_given_twice() {
        let mut tiles = Tiles::default();
        let bob = tiles.set(&[tile(BOB, 320, 180)]).unwrap().tiles[0].tile;
        for _ in 0..600 {
            let both = tiles.set(&[tile(BOB, 320, 180), tile(ADA, 320, 180)]).unwrap().tiles;
            assert_eq!(both.iter().filter(|tile| tile.tile == bob).count(), 1);
            tiles.set(&[tile(BOB, 320, 180)]).unwrap();
        }
    }

    #[test]
    fn acknowledgements_out_of_nowhere_give_no_credit() {
        let mut tiles = Tiles::default();
        let number = tiles.set(&[tile(ADA, 320, 180)]).unwrap().tiles[0].tile;
        for _ in 0..10 {
            tiles.acknowledge(number);
            tiles.acknowledge(TileNumber(200));
        }
        for _ in 0..3 {
            tiles.put(ADA, &frame());
            tiles.take_ready();
        }
        assert_eq!(tiles.put(ADA, &frame()), Interest::Later);
        tiles.forget_under_way();
        assert_eq!(tiles.put(ADA, &frame()), Interest::Ready);
    }

    #[test]
    fn from_five_tiles_on_pictures_come_together() {
        let mut tiles = Tiles::default();
        let shown = |count: u8| -> Vec<Tile> {
            let of = |number| PictureSource::Camera { participant: ParticipantId([number; 16]) };
            (0..count).map(|number| tile(of(number), 320, 180)).collect()
        };
        tiles.set(&shown(4)).unwrap();
        assert!(!tiles.are_many());
        tiles.set(&shown(5)).unwrap();
        assert!(tiles.are_many());
    }

    #[test]
    fn tiles_are_bounded() {
        let many = vec![tile(ADA, 320, 180); MAX_TILES + 1];
        assert_eq!(Tiles::default().set(&many).err(), Some(TooManyTiles));
    }
}
