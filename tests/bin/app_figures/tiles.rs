//! What nine tiles cost.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use conclave_tests::rigs::Result;
use conclave_tests::rigs::app::{AppBuilder, AppWindow, CORE, Locator};
use conclave_tests::rigs::crowd::Crowd;
use conclave_tests::rigs::participant::create_link;
use conclave_tests::rigs::server::Server;

const PEOPLE: usize = 9;
const CAMERA: &str = "pattern:640x360@30";
/// The bandwidth estimates have settled.
const SETTLED: Duration = Duration::from_secs(15);
const MEASURED: Duration = Duration::from_secs(20);
const WATCHED: Duration = Duration::from_secs(5);

/// What was measured.
pub(crate) struct Tiles {
    pub(crate) slowest_fps: f64,
    pub(crate) core_percent: f64,
    pub(crate) page_percent: f64,
}

pub(crate) fn measure() -> Result<Tiles> {
    let server = Server::start()?;
    let link = create_link(&server)?;
    // Each shows itself to the window, and looks at nobody. Nine computers of their own would cost this one nothing, so
    // the pictures are encoded once for all; the window gets nine streams and decodes each.
    let people = Crowd::start(&link, PEOPLE, CAMERA)?;
    // Nine tiles of 640x360 and what is around them.
    let app = AppBuilder::new("Ada").display(2000, 1300).argument(&link).start()?;
    app.resize(1960, 1220)?;
    app.fill(&Locator::field("Your name"), "Ada")?;
    app.click(&Locator::button("Join"))?;
    for number in 1..=PEOPLE {
        app.wait_for(&Locator::tile(&format!("Person {number}")))?;
    }
    std::thread::sleep(SETTLED);
    let (before, start) = (processor_times(&app)?, Instant::now());
    std::thread::sleep(MEASURED);
    let (after, time) = (processor_times(&app)?, start.elapsed().as_secs_f64());
    // Looking costs, so it comes after; one tile at a time, while all are drawn.
    let mut slowest_fps = f64::INFINITY;
    for number in 1..=PEOPLE {
        let distinct: BTreeSet<_> = app.watch(&format!("Person {number}"), WATCHED)?.numbers().into_iter().collect();
        slowest_fps = slowest_fps.min(distinct.len() as f64 / WATCHED.as_secs_f64());
    }
    drop(people);
    let percent = |of: fn(&(Duration, Duration)) -> Duration| 100.0 * (of(&after) - of(&before)).as_secs_f64() / time;
    Ok(Tiles { slowest_fps, core_percent: percent(|times| times.0), page_percent: percent(|times| times.1) })
}

/// Of the core, and of all that belongs to the page.
fn processor_times(app: &AppWindow) -> Result<(Duration, Duration)> {
    let mut times = (Duration::ZERO, Duration::ZERO);
    for process in app.processes()? {
        let time = process.processor_time()?;
        if process.name == CORE { times.0 += time } else { times.1 += time }
    }
    Ok(times)
}
