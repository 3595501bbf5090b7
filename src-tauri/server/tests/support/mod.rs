//! What the tests share.

pub(crate) mod client;
pub(crate) mod host;
pub(crate) mod orders;
#[cfg(unix)]
pub(crate) mod program;
pub(crate) mod registry;
pub(crate) mod server;
pub(crate) mod tls;

use std::time::Duration;

/// Bounds what a test waits for. Reaching it is a failure, so it is generous.
pub(crate) async fn within<F: Future>(future: F) -> F::Output {
    tokio::time::timeout(Duration::from_secs(20), future).await.expect("it happens in time")
}
