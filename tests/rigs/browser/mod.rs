//! A real browser as a guest has it: Chromium or Firefox with a profile of its own, on a computer whose cameras, sound
//! and display are the rigs'. Its pages are clicked, read and looked at by WebDriver.

mod builder;
mod chromium;
mod connections;
mod firefox;
mod joining;
mod playing;
mod site;

use std::ops::Deref;

use tempfile::TempDir;

use crate::rigs::error::Result;
use crate::rigs::process_tree::{Member, descendants};
use crate::rigs::webdriver::Page;

pub use super::webdriver::{Drawings, DrawnPicture, Locator};
pub use builder::{BrowserBuilder, Permission};
pub use connections::{Statistics, WatchedConnection};
pub use site::Site;

/// Which browser.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BrowserKind {
    /// Chromium.
    Chromium,
    /// Firefox, which has no H.264 as Debian installs it.
    Firefox,
}

/// A running browser with one page; ended when dropped.
pub struct Browser {
    page: Page,
    _own: TempDir,
}

impl Deref for Browser {
    type Target = Page;

    fn deref(&self) -> &Page {
        &self.page
    }
}

impl Browser {
    /// Opens an address, and waits until its page is loaded.
    ///
    /// # Errors
    /// When there is nothing, or the browser is gone.
    pub fn open(&self, address: &str) -> Result<()> {
        self.page
            .block_on(async |client| client.goto(address).await)
            .map_err(|error| self.page.failure(address, &error.to_string()))
    }

    /// Loads its page once more.
    ///
    /// # Errors
    /// When the browser is gone.
    pub fn reload(&self) -> Result<()> {
        self.page
            .block_on(async |client| client.refresh().await)
            .map_err(|error| self.page.failure("loading it again", &error.to_string()))
    }

    /// All of its processes, with the driver's.
    ///
    /// # Errors
    /// When the system's list of processes can't be read.
    pub fn processes(&self) -> Result<Vec<Member>> {
        descendants(self.page.driver().process().id())
    }

    /// Closes it as a person does.
    ///
    /// # Errors
    /// When it is gone already.
    pub fn close(self) -> Result<()> {
        self.page.close()
    }
}
