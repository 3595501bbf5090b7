//! A page as a person uses it.

use std::time::{Duration, Instant};

use fantoccini::error::CmdError;
use fantoccini::{Client, ClientBuilder};
use serde_json::{Map, Value, json};
use tokio::runtime::Runtime;

use super::driver::Driver;
use super::evidence::Console;
use super::locator::Locator;
use crate::rigs::error::{Result, RigError};
use crate::rigs::process_tree::kill;

/// How long anything in a page may take that is not said otherwise.
const PATIENCE: Duration = Duration::from_secs(10);
const LOOK: Duration = Duration::from_millis(50);
/// Scripts have half a minute.
const PATIENCE_WITH_DRIVER: Duration = Duration::from_secs(40);

/// A page that WebDriver drives; closed, with all that it was in, when dropped.
pub struct Page {
    client: Option<Client>,
    runtime: Runtime,
    console: Console,
    driver: Driver,
}

impl Page {
    /// Has the driver start what the page is in.
    pub(in crate::rigs) fn open(driver: Driver, capabilities: Map<String, Value>, console: Console) -> Result<Self> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .map_err(RigError::io("starting a runtime"))?;
        let url = driver.url();
        let client = runtime.block_on(async {
            let mut builder = ClientBuilder::new(hyper_util::client::legacy::connect::HttpConnector::new());
            // A driver may wait for ever: WebKit's finds a free port and leaves it to the browser, where somebody else may
            // take it first.
            tokio::time::timeout(PATIENCE_WITH_DRIVER, builder.capabilities(capabilities).connect(&url)).await
        });
        let unreadable = |reason: String| RigError::Unreadable {
            what: driver.process().name().to_owned(),
            reason,
            text: driver.process().story(),
        };
        let client = client
            .map_err(|_| unreadable(format!("no page after {PATIENCE_WITH_DRIVER:?}")))?
            .map_err(|error| unreadable(error.to_string()))?;
        Ok(Self { client: Some(client), runtime, console, driver })
    }

    pub(in crate::rigs) fn driver(&self) -> &Driver {
        &self.driver
    }

    pub(super) fn console_source(&self) -> &Console {
        &self.console
    }

    /// All that was logged so far by what it is in.
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
    /// When the page is gone.
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
    /// When the page is gone.
    pub fn press(&self, keys: &str) -> Result<()> {
        self.block_on(async |client| client.active_element().await?.send_keys(keys).await)
            .map_err(|error| self.failure("keys", &error.to_string()))
    }

    /// Gives the window this size in pixels, in the corner of its display.
    ///
    /// # Errors
    /// When the page is gone.
    pub fn resize(&self, width: u32, height: u32) -> Result<()> {
        self.block_on(async |client| client.set_window_rect(0, 0, width, height).await)
            .map_err(|error| self.failure("a new size", &error.to_string()))
    }

    /// All that can be read.
    ///
    /// # Errors
    /// When the page is gone.
    pub fn text(&self) -> Result<String> {
        let text = self.script("return document.body.innerText", &[])?;
        Ok(text.as_str().unwrap_or_default().to_owned())
    }

    /// Runs a script in the page and gives what it returns.
    ///
    /// # Errors
    /// When it throws, or the page is gone.
    pub fn script(&self, script: &str, arguments: &[Value]) -> Result<Value> {
        self.block_on(async |client| client.execute(script, arguments.to_vec()).await)
            .map_err(|error| self.failure("a script", &error.to_string()))
    }

    /// Runs a script that calls its last argument with what it gives.
    ///
    /// # Errors
    /// When it throws, or the page is gone.
    pub fn script_with_callback(&self, script: &str, arguments: &[Value]) -> Result<Value> {
        self.block_on(async |client| client.execute_async(script, arguments.to_vec()).await)
            .map_err(|error| self.failure("a script", &error.to_string()))
    }

    /// Waits until something is so.
    ///
    /// # Errors
    /// When it isn't in time; with what the page said then.
    pub fn wait_until(&self, what: &str, within: Duration, mut is_so: impl FnMut() -> Result<bool>) -> Result<()> {
        let start = Instant::now();
        loop {
            if is_so()? {
                return Ok(());
            }
            if start.elapsed() > within {
                return Err(RigError::Deadline {
                    process: self.driver.process().name().to_owned(),
                    what: what.to_owned(),
                    waited: within,
                    log: self.story(),
                });
            }
            std::thread::sleep(LOOK);
        }
    }

    /// Closes it as a person does.
    ///
    /// # Errors
    /// When it is gone already.
    pub fn close(mut self) -> Result<()> {
        let Some(client) = self.client.take() else { return Ok(()) };
        self.runtime.block_on(client.close()).map_err(|error| self.failure("closing", &error.to_string()))
    }

    pub(in crate::rigs) fn block_on<T>(
        &self,
        act: impl AsyncFnOnce(&Client) -> Result<T, CmdError>,
    ) -> Result<T, CmdError> {
        let Some(client) = &self.client else { return Err(CmdError::NotW3C(Value::Null)) };
        let act = async { tokio::time::timeout(PATIENCE_WITH_DRIVER, act(client)).await };
        self.runtime.block_on(act).unwrap_or_else(|late| Err(CmdError::Lost(late.into())))
    }

    /// A failure, told with what the page shows and says.
    #[must_use]
    pub fn failure(&self, what: &str, reason: &str) -> RigError {
        RigError::Unreadable {
            what: format!("{what} in the page of {}", self.driver.process().name()),
            reason: reason.to_owned(),
            text: self.story(),
        }
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        // What leaves its family, as it does to close in order, is still known by this.
        let family = self.driver.family();
        if let Some(client) = self.client.take() {
            // It may be gone already, or hang; all of it is ended next.
            let _ = self.runtime.block_on(async { tokio::time::timeout(PATIENCE, client.close()).await });
        }
        kill(&family);
    }
}
