//! Which processing is wanted.

/// Whether something is done.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Switch {
    /// It is.
    On,
    /// It is not.
    #[default]
    Off,
}

/// What is done to what a microphone hears before it is sent. By default nothing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct SoundProcessing {
    /// What the speaker plays is taken out.
    pub echo_cancellation: Switch,
    /// What sounds on and on, such as a fan, is turned down.
    pub noise_suppression: Switch,
    /// Speech is brought to a usual level.
    pub automatic_gain: Switch,
}

impl SoundProcessing {
    /// Everything.
    pub const ALL: Self =
        Self { echo_cancellation: Switch::On, noise_suppression: Switch::On, automatic_gain: Switch::On };
}
