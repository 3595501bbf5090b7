//! The window of a running app.

use std::path::Path;
use std::time::{Duration, Instant};

use fantoccini::{Client, ClientBuilder};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::runtime::Runtime;

use super::driver::Driver;
use super::locator::Locator;
use crate::rigs::display::Display;
use crate::rigs::error::{Result, RigError};

/// How long anything in the window may take that is not said otherwise.
const PATIENCE: Duration = Duration::from_secs(10);
const LOOK: Duration = Duration::from_millis(50);

/// The window of a running app; closed when dropped.
pub struct AppWindow {
    client: Option<Client>,
    runtime: Runtime,
    driver: Driver,
    display: Display,
    _own: TempDir,
}

impl AppWindow {
    pub(super) fn open(
        driver: Driver,
        display: Display,
        own: TempDir,
        binary: &Path,
        arguments: &[String],
    ) -> Result<Self> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .map_err(RigError::io("starting a runtime"))?;
        let options = json!({ "binary": binary, "args": arguments });
        let capabilities = [("webkitgtk:browserOptions".to_owned(), options)].into_iter().collect();
        let url = driver.url();
        let client = runtime.block_on(async {
            let mut builder = ClientBuilder::new(hyper_util::client::legacy::connect::HttpConnector::new());
            builder.capabilities(capabilities).connect(&url).await
        });
        let failed = |error: &dyn std::fmt::Display| RigError::Unreadable {
            what: driver.process().name().to_owned(),
            reason: error.to_string(),
            text: driver.process().story(),
        };
        let client = client.map_err(|error| failed(&error))?;
        let window = Self { client: Some(client), runtime, driver, display, _own: own };
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

    /// The process that everything of the app descends from.
    pub(super) fn driver_id(&self) -> u32 {
        self.driver.process().id()
    }

    /// All that the app logged so far.
    #[must_use]
    pub fn log(&self) -> String {
        self.driver.process().log()
    }

    /// Waits for something to be shown.
    ///
    /// # Errors
    /// When it isn't within ten seconds.
    pub fn wait_for(&self, locator: &Locator) -> Result<()> {
        self.wait_until(locator.what(), PATIENCE, || self.shows(locator))
    }

    /// Waits for something to be shown no more.
    ///
    /// # Errors
    /// When it still is after ten seconds.
    pub fn wait_until_gone(&self, locator: &Locator) -> Result<()> {
        self.wait_until(&format!("{} to go", locator.what()), PATIENCE, || Ok(!self.shows(locator)?))
    }

    /// Whether something is shown now.
    ///
    /// # Errors
    /// When the window is gone.
    pub fn shows(&self, locator: &Locator) -> Result<bool> {
        // Elements that take no room are not seen; the words for those who don't see at all take a pixel.
        let script = "
            const found = document.evaluate(arguments[0], document, null, XPathResult.ORDERED_NODE_SNAPSHOT_TYPE, null);
            for (let at = 0; at < found.snapshotLength; at++) {
                if (found.snapshotItem(at).getClientRects().length > 0) return true;
            }
            return false;";
        Ok(self.script(script, &[json!(locator.path())])? == json!(true))
    }

    /// Clicks on something, once it is shown and can be clicked on.
    ///
    /// # Errors
    /// When it can't within ten seconds.
    pub fn click(&self, locator: &Locator) -> Result<()> {
        self.wait_for(locator)?;
        let path = fantoccini::Locator::XPath(locator.path());
        let mut last = String::new();
        let clicked = self.wait_until(&format!("a click on {}", locator.what()), PATIENCE, || {
            let outcome = self.block_on(async |client| client.find(path).await?.click().await);
            last = outcome.as_ref().err().map(ToString::to_string).unwrap_or_default();
            Ok(outcome.is_ok())
        });
        clicked.map_err(|error| self.failure(locator.what(), &format!("{error}\n{last}")))
    }

    /// Types into a field, in the place of what was there.
    ///
    /// # Errors
    /// When there is no such field.
    pub fn fill(&self, field: &Locator, text: &str) -> Result<()> {
        self.wait_for(field)?;
        let path = fantoccini::Locator::XPath(field.path());
        self.block_on(async |client| {
            let field = client.find(path).await?;
            field.clear().await?;
            field.send_keys(text).await
        })
        .map_err(|error| self.failure(field.what(), &error.to_string()))
    }

    /// Presses keys where the focus is; those without a letter are WebDriver's code points, as in
    /// [`fantoccini::key::Key`].
    ///
    /// # Errors
    /// When the window is gone.
    pub fn press(&self, keys: &str) -> Result<()> {
        self.block_on(async |client| client.active_element().await?.send_keys(keys).await)
            .map_err(|error| self.failure("keys", &error.to_string()))
    }

    /// Gives the window this size in pixels, in the corner of its display.
    ///
    /// # Errors
    /// When the window is gone.
    pub fn resize(&self, width: u32, height: u32) -> Result<()> {
        self.block_on(async |client| client.set_window_rect(0, 0, width, height).await)
            .map_err(|error| self.failure("a new size", &error.to_string()))
    }

    /// All that can be read.
    ///
    /// # Errors
    /// When the window is gone.
    pub fn text(&self) -> Result<String> {
        let text = self.script("return document.body.innerText", &[])?;
        Ok(text.as_str().unwrap_or_default().to_owned())
    }

    /// Runs a script in the page and gives what it returns.
    ///
    /// # Errors
    /// When it throws, or the window is gone.
    pub fn script(&self, script: &str, arguments: &[Value]) -> Result<Value> {
        self.block_on(async |client| client.execute(script, arguments.to_vec()).await)
            .map_err(|error| self.failure("a script", &error.to_string()))
    }

    /// Runs a script that calls its last argument with what it gives.
    ///
    /// # Errors
    /// When it throws, or the window is gone.
    pub fn script_with_callback(&self, script: &str, arguments: &[Value]) -> Result<Value> {
        self.block_on(async |client| client.execute_async(script, arguments.to_vec()).await)
            .map_err(|error| self.failure("a script", &error.to_string()))
    }

    /// Waits until something is so.
    ///
    /// # Errors
    /// When it isn't in time; with what the window said then.
    pub fn wait_until(&self, what: &str, within: Duration, mut is_so: impl FnMut() -> Result<bool>) -> Result<()> {
        let start = Instant::now();
        loop {
            if is_so()? {
                return Ok(());
            }
            if start.elapsed() > within {
                let text = self.text().unwrap_or_default();
                return Err(RigError::Deadline {
                    process: self.driver.process().name().to_owned(),
                    what: what.to_owned(),
                    waited: within,
                    log: format!("The window says:\n{text}\n{}", self.driver.process().story()),
                });
            }
            std::thread::sleep(LOOK);
        }
    }

    /// Closes the window, which ends the app.
    ///
    /// # Errors
    /// When it is gone already.
    pub fn close(mut self) -> Result<()> {
        let Some(client) = self.client.take() else { return Ok(()) };
        self.runtime.block_on(client.close()).map_err(|error| self.failure("closing", &error.to_string()))
    }

    fn block_on<T>(
        &self,
        act: impl AsyncFnOnce(&Client) -> Result<T, fantoccini::error::CmdError>,
    ) -> Result<T, fantoccini::error::CmdError> {
        let Some(client) = &self.client else { return Err(fantoccini::error::CmdError::NotW3C(Value::Null)) };
        self.runtime.block_on(act(client))
    }

    /// A failure, told with what the app logged.
    #[must_use]
    pub fn failure(&self, what: &str, reason: &str) -> RigError {
        RigError::Unreadable {
            what: format!("{what} in the window of {}", self.driver.process().name()),
            reason: reason.to_owned(),
            text: self.driver.process().story(),
        }
    }
}

impl Drop for AppWindow {
    fn drop(&mut self) {
        let Some(client) = self.client.take() else { return };
        // The app may be gone already; its driver is killed next.
        let _ = self.runtime.block_on(client.close());
    }
}
