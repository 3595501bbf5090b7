//! A screen as listed.

use crate::screen::ScreenSpec;

/// A monitor or a window as listed.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ScreenInfo {
    /// What to ask for it by.
    pub spec: ScreenSpec,
    /// What people call it: a window's title, a monitor's connector.
    pub name: String,
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
}
