//! Figures of links, for the overlay of a tile.

use std::collections::HashMap;
use std::time::Duration;

use conclave_call::peer::CandidateKind;
use conclave_call::protocol::ids::ParticipantId;
use conclave_call::{CallStatistics, ParticipantStatistics};
use serde::Serialize;
use ts_rs::TS;

/// The only video codec that the core speaks (RFC 7742 section 5 has every implementation know it).
const CODEC: &str = "H.264";

/// Figures of one link. What isn't known yet is `None`.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct LinkFigures {
    /// To whom.
    #[ts(type = "string")]
    pub participant: ParticipantId,
    /// Whether it is good enough.
    pub quality: LinkQuality,
    /// Pixels of their pictures across, as they come.
    pub width: Option<u32>,
    /// Pixels of their pictures down.
    pub height: Option<u32>,
    /// Pictures a second.
    pub frames_per_second: Option<f64>,
    /// What their pictures are coded with.
    #[ts(type = "string | null")]
    pub codec: Option<&'static str>,
    /// From their microphone to this computer's speaker, without what both computers' devices add.
    pub latency_ms: Option<f64>,
    /// To them and back.
    pub round_trip_ms: Option<f64>,
    /// Packets of theirs that did not come, of a hundred, in the last second.
    pub loss_percent: Option<f64>,
    /// What comes from them.
    #[ts(type = "number | null")]
    pub received_kbps: Option<u64>,
    /// What goes to them.
    #[ts(type = "number | null")]
    pub sent_kbps: Option<u64>,
    /// The way it takes.
    pub path: Option<LinkPath>,
}

/// Whether a link is good enough.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum LinkQuality {
    /// It is.
    Good,
    /// One notices.
    Poor,
    /// One can hardly talk.
    Bad,
}

/// The way that a link takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum LinkPath {
    /// From one to the other.
    Direct,
    /// By a TURN server.
    Relay,
}

/// Turns sums into figures of the last second.
#[derive(Default)]
pub(super) struct FigureKeeper {
    before: HashMap<ParticipantId, Packets>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Packets {
    came: u64,
    lost: u64,
}

impl FigureKeeper {
    /// The figures of all who are linked.
    pub(super) fn figures(&mut self, statistics: &CallStatistics) -> Vec<LinkFigures> {
        // Of those who left only the sums are there; both are bounded by the call.
        let linked: Vec<_> = statistics.participants.iter().filter(|other| other.link.is_some()).collect();
        self.before.retain(|id, _| linked.iter().any(|other| other.id == *id));
        linked.into_iter().map(|other| self.link(other)).collect()
    }

    fn link(&mut self, other: &ParticipantStatistics) -> LinkFigures {
        let now =
            Packets { came: other.video.packets + other.audio.packets, lost: other.video.lost + other.audio.lost };
        let before = self.before.insert(other.id, now).unwrap_or_default();
        let (came, lost) = (now.came.saturating_sub(before.came), now.lost.saturating_sub(before.lost));
        let loss_percent = (came + lost > 0).then(|| 100.0 * lost as f64 / (came + lost) as f64);
        let round_trip = other.link.as_ref().and_then(|link| link.round_trip);
        let round_trip_ms = round_trip.map(milliseconds);
        let has_pictures = other.video.frames > 0;
        let ends = other.link.iter().flat_map(|link| [&link.local_candidate, &link.remote_candidate]);
        let kinds: Vec<_> = ends.flatten().map(|end| end.kind).collect();
        LinkFigures {
            participant: other.id,
            quality: quality(loss_percent, round_trip_ms),
            width: has_pictures.then_some(other.video.width),
            height: has_pictures.then_some(other.video.height),
            frames_per_second: has_pictures.then_some(other.video.fps),
            codec: has_pictures.then_some(CODEC),
            latency_ms: (other.audio.packets > 0).then_some(round_trip).flatten().map(|round_trip| {
                // The buffer's delay counts from the quickest packet, and that takes half of the quickest round trip.
                milliseconds(round_trip / 2 + other.audio.delay)
            }),
            round_trip_ms,
            loss_percent,
            received_kbps: other.link.as_ref().map(|link| link.receive_bps / 1_000),
            sent_kbps: other.link.as_ref().map(|link| link.send_bps / 1_000),
            path: path(&kinds),
        }
    }
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}

fn path(ends: &[CandidateKind]) -> Option<LinkPath> {
    let relayed = ends.contains(&CandidateKind::Relay);
    (!ends.is_empty()).then_some(if relayed { LinkPath::Relay } else { LinkPath::Direct })
}

/// By what people notice in a talk: loss that repairs can't hide, and a delay at which they interrupt each other.
fn quality(loss_percent: Option<f64>, round_trip_ms: Option<f64>) -> LinkQuality {
    let (loss, round_trip) = (loss_percent.unwrap_or(0.0), round_trip_ms.unwrap_or(0.0));
    if loss > 10.0 || round_trip > 800.0 {
        LinkQuality::Bad
    } else if loss > 3.0 || round_trip > 400.0 {
        LinkQuality::Poor
    } else {
        LinkQuality::Good
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quality_goes_by_loss_and_delay() {
        assert_eq!(quality(None, None), LinkQuality::Good);
        assert_eq!(quality(Some(2.0), Some(300.0)), LinkQuality::Good);
        assert_eq!(quality(Some(5.0), None), LinkQuality::Poor);
        assert_eq!(quality(None, Some(500.0)), LinkQuality::Poor);
        assert_eq!(quality(Some(20.0), Some(10.0)), LinkQuality::Bad);
    }

    #[test]
    fn a_relay_at_either_end_is_a_relay() {
        assert_eq!(path(&[]), None);
        assert_eq!(path(&[CandidateKind::Host, CandidateKind::PeerReflexive]), Some(LinkPath::Direct));
        assert_eq!(path(&[CandidateKind::Host, CandidateKind::Relay]), Some(LinkPath::Relay));
    }
}
