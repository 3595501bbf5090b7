//! The window of a running app.

use std::ops::Deref;
use std::path::Path;
use std::time::Duration;

use serde_json::json;
use tempfile::TempDir;

use crate::rigs::display::Display;
use crate::rigs::error::Result;
use crate::rigs::webdriver::{Console, Driver, Page};

const PATIENCE: Duration = Duration::from_secs(10);

/// The window of a running app: its page, and the display around it. Closed when dropped.
pub struct AppWindow {
    page: Page,
    display: Display,
    _own: TempDir,
}

impl Deref for AppWindow {
    type Target = Page;

    fn deref(&self) -> &Page {
        &self.page
    }
}

impl AppWindow {
    pub(super) fn open(
        driver: Driver,
        display: Display,
        own: TempDir,
        binary: &Path,
        arguments: &[String],
    ) -> Result<Self> {
        let options = json!({ "binary": binary, "args": arguments });
        let capabilities = [("webkitgtk:browserOptions".to_owned(), options)].into_iter().collect();
        let page = Page::open(driver, capabilities, Console::WithTheDriver)?;
        let window = Self { page, display, _own: own };
        window.wait_until("a page", PATIENCE, || {
            Ok(window.script("return document.querySelector('main') !== null", &[])? == json!(true))
        })?;
        Ok(window)
    }

    /// The display that it has to itself.
    #[must_use]
    pub fn display(&self) -> &Display {
        &self.display
    }

    /// Closes the window, which ends the app.
    ///
    /// # Errors
    /// When it is gone already.
    pub fn close(self) -> Result<()> {
        self.page.close()
    }
}
