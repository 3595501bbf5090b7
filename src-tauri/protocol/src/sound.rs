//! What is done to the sound of a microphone before it is sent.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Whether something is done.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum Switch {
    /// It is.
    On,
    /// It is not.
    #[default]
    Off,
}

/// What is done to the sound of a microphone before it is sent. By default nothing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SoundProcessing {
    /// What the speaker plays is taken out.
    pub echo_cancellation: Switch,
    /// What sounds on and on, such as a fan, is turned down.
    pub noise_suppression: Switch,
    /// Speech is brought to a usual level.
    pub automatic_gain: Switch,
}

impl SoundProcessing {
    /// Everything: what a call with people in it wants.
    pub const ALL: Self = Self::every(Switch::On);

    /// Everything or nothing.
    #[must_use]
    pub const fn every(switch: Switch) -> Self {
        Self { echo_cancellation: switch, noise_suppression: switch, automatic_gain: switch }
    }
}
