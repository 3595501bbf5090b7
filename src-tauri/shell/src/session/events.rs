//! What a page is told of its call.

use conclave_call::SoundLevels;
use conclave_call::protocol::ids::ParticipantId;
use conclave_call::protocol::notice::Notice;
use conclave_call::protocol::snapshot::{EndReason, RoomSnapshot};
use serde::Serialize;
use ts_rs::TS;

use super::figures::LinkFigures;

/// Something of a call, in the order in which it happens.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum CallEvent {
    /// All that is drawn, anew after each change.
    Snapshot {
        /// It.
        #[ts(type = "RoomSnapshot")]
        snapshot: Box<RoomSnapshot>,
    },
    /// Something the person should know.
    Notice {
        /// What.
        #[ts(type = "Notice")]
        notice: Notice,
    },
    /// How loud everyone is, ten times a second.
    Levels {
        /// This end's microphone: 0 silence, 1 as loud as a voice gets.
        own: f32,
        /// The others, before their volume here.
        others: Vec<Level>,
    },
    /// How well the links do, once a second.
    Figures {
        /// One for each link.
        links: Vec<LinkFigures>,
    },
    /// The call is over, and its devices are free. Nothing follows.
    Ended {
        /// Why.
        #[ts(type = "EndReason")]
        reason: EndReason,
    },
}

/// How loud somebody is.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Level {
    /// Who.
    #[ts(type = "string")]
    pub participant: ParticipantId,
    /// 0 silence, 1 as loud as a voice gets.
    pub level: f32,
}

/// Where a meter begins and ends, in dBFS: a quiet room, a voice close to the microphone.
const METER_DBFS: (f32, f32) = (-60.0, -10.0);

/// A level for a meter, from 0 to 1.
#[must_use]
pub fn meter(dbfs: f32) -> f32 {
    let (quiet, loud) = METER_DBFS;
    let level = (dbfs - quiet) / (loud - quiet);
    if level.is_nan() { 0.0 } else { level.clamp(0.0, 1.0) }
}

impl From<SoundLevels> for CallEvent {
    fn from(levels: SoundLevels) -> Self {
        let others = levels.others_dbfs.into_iter();
        Self::Levels {
            // The page tells who talks while muted.
            own: meter(levels.own_dbfs.max(levels.own_while_muted_dbfs)),
            others: others.map(|(participant, dbfs)| Level { participant, level: meter(dbfs) }).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_meter_goes_from_silence_to_a_loud_voice() {
        assert_eq!((meter(-127.0), meter(-60.0), meter(-35.0), meter(-10.0), meter(3.0)), (0.0, 0.0, 0.5, 1.0, 1.0));
        assert_eq!(meter(f32::NAN), 0.0);
    }

    #[test]
    fn ids_are_text_for_the_page() {
        let others_dbfs = vec![(ParticipantId([0; 16]), -60.0)];
        let levels = SoundLevels { own_dbfs: -127.0, own_while_muted_dbfs: -10.0, others_dbfs };
        let json = serde_json::to_value(CallEvent::from(levels)).unwrap();
        let others = [serde_json::json!({ "participant": "AAAAAAAAAAAAAAAAAAAAAA", "level": 0.0 })];
        assert_eq!(json, serde_json::json!({ "type": "levels", "own": 1.0, "others": others }));
    }
}
