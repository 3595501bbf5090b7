//! How long after it was taken somebody's picture is drawn.

use std::time::Duration;

use conclave_tests::rigs::Result;
use conclave_tests::rigs::app::{AppBuilder, Locator};
use conclave_tests::rigs::participant::{ParticipantBuilder, create_link};
use conclave_tests::rigs::server::Server;

const CAMERA: &str = "pattern:1280x720@30";
const SETTLED: Duration = Duration::from_secs(10);
const WATCHED: Duration = Duration::from_secs(20);

/// What was measured.
pub(crate) struct Late {
    pub(crate) median_ms: u128,
    pub(crate) p95_ms: u128,
}

pub(crate) fn measure() -> Result<Late> {
    let server = Server::start()?;
    let link = create_link(&server)?;
    let bob =
        ParticipantBuilder::new(&link, "Bob").camera(CAMERA).view(1280, 720).stay(Duration::from_secs(120)).start()?;
    let app = AppBuilder::new("Ada").display(1400, 900).argument(&link).start()?;
    app.resize(1380, 880)?;
    app.fill(&Locator::field("Your name"), "Ada")?;
    app.click(&Locator::button("Join"))?;
    app.wait_for(&Locator::tile("Bob"))?;
    std::thread::sleep(SETTLED);
    let delays = app.watch("Bob", WATCHED)?.delays();
    drop(bob);
    let at = |share: f64| delays.get((delays.len() as f64 * share) as usize).map_or(0, Duration::as_millis);
    eprintln!("{} pictures in {} s", delays.len(), WATCHED.as_secs());
    Ok(Late { median_ms: at(0.5), p95_ms: at(0.95) })
}
