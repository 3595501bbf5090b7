//! The connections of a page, as they are seen from outside it: how many there were, how often each negotiated, and its
//! statistics.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::Browser;
use crate::rigs::error::{Result, RigError};

/// Runs before the scripts of a page.
pub(super) const WATCH: &str = include_str!("connections.js");

/// What became of a connection so far.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct WatchedConnection {
    /// `new`, `connecting`, `connected`, `disconnected`, `failed` or `closed`.
    pub state: String,
    /// The types of its own descriptions, in order.
    pub local: Vec<String>,
    /// The types of the other end's.
    pub remote: Vec<String>,
    /// How often ICE was told to begin anew.
    pub restarts: u32,
    /// How often the browser said that it ought to be negotiated.
    pub negotiations_needed: u32,
    /// Descriptions that the browser refused, and why.
    pub failures: Vec<String>,
}

impl WatchedConnection {
    /// How often descriptions went there and back.
    #[must_use]
    pub fn negotiations(&self) -> usize {
        self.local.iter().chain(&self.remote).filter(|kind| *kind == "answer").count()
    }
}

/// The statistics of a connection, as `getStats` gives them.
#[derive(Debug, Clone)]
pub struct Statistics(Vec<Value>);

impl Statistics {
    /// The entries of a type: `inbound-rtp`, `candidate-pair`.
    pub fn of_type<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a Value> {
        self.0.iter().filter(move |entry| entry["type"] == kind)
    }

    /// The entries of streams that come in, of `audio` or `video`.
    pub fn incoming<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a Value> {
        self.of_type("inbound-rtp").filter(move |entry| entry["kind"] == kind)
    }

    /// The entries of streams that go out, of `audio` or `video`.
    pub fn outgoing<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a Value> {
        self.of_type("outbound-rtp").filter(move |entry| entry["kind"] == kind)
    }
}

impl Browser {
    /// All connections that the page has made, also those that are closed.
    ///
    /// # Errors
    /// When the page is gone.
    pub fn connections(&self) -> Result<Vec<WatchedConnection>> {
        let script = "
            return window.watchedConnections.map(({ connection, ...of }) =>
                ({ ...of, state: connection.connectionState }));";
        let found = self.script(script, &[])?;
        parsed("the page's connections", &found)
    }

    /// The statistics of a connection, which is told by its place among [`Browser::connections`].
    ///
    /// # Errors
    /// When there is no such connection.
    pub fn statistics(&self, of: usize) -> Result<Statistics> {
        let script = "
            const [of, done] = arguments;
            const found = window.watchedConnections[of];
            if (!found) done(null);
            else found.connection.getStats().then((stats) => done([...stats.values()]));";
        let found = self.script_with_callback(script, &[json!(of)])?;
        Ok(Statistics(parsed("a connection's statistics", &found)?))
    }
}

fn parsed<T: DeserializeOwned>(what: &str, found: &Value) -> Result<T> {
    T::deserialize(found).map_err(|error| RigError::Unreadable {
        what: what.to_owned(),
        reason: error.to_string(),
        text: found.to_string(),
    })
}
