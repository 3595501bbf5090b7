//! The way from an invite link into the call, as a guest goes it.

use super::{Browser, Locator};
use crate::rigs::error::Result;

impl Browser {
    /// From the invite link to the call.
    ///
    /// # Errors
    /// When a step of the way isn't there.
    pub fn join(&self, link: &str, name: &str) -> Result<()> {
        self.open(link)?;
        self.join_from_invitation(name)
    }

    /// From the first screen to the call.
    ///
    /// # Errors
    /// When a step of the way isn't there.
    pub fn join_from_invitation(&self, name: &str) -> Result<()> {
        self.enter_lobby(name)?;
        self.click(&Locator::button("Join"))?;
        self.wait_for(&Locator::button("Leave"))
    }

    /// From the first screen to where there is only _Join_ to be clicked.
    ///
    /// # Errors
    /// When a step of the way isn't there.
    pub fn enter_lobby(&self, name: &str) -> Result<()> {
        self.click(&Locator::button("Join in the browser"))?;
        self.wait_for(&Locator::text("Ready to join?"))?;
        self.fill(&Locator::field("Your name"), name)
    }
}
