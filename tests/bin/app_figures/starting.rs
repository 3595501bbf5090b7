//! From the program's start to a home screen that can be used, and the memory that this takes.

use std::time::Duration;

use conclave_tests::rigs::app::{AppBuilder, AppWindow, CORE, Locator};
use conclave_tests::rigs::{Result, RigError};

const STARTS: usize = 5;
/// What is loaded late has come, and what was needed to start is given back.
const SETTLED: Duration = Duration::from_secs(5);

/// What was measured.
pub(crate) struct Starts {
    /// Each start, in milliseconds.
    pub(crate) each_ms: Vec<u64>,
    /// After the last one, in megabytes of a million bytes.
    pub(crate) memory_mb: f64,
}

impl Starts {
    pub(crate) fn median_ms(&self) -> u64 {
        let mut sorted = self.each_ms.clone();
        sorted.sort_unstable();
        sorted.get(sorted.len() / 2).copied().unwrap_or_default()
    }
}

pub(crate) fn measure() -> Result<Starts> {
    // The first start reads everything from disk, and finds no settings.
    let folder = tempfile::tempdir().map_err(RigError::io("making a folder"))?;
    let mut starts = Starts { each_ms: Vec::new(), memory_mb: 0.0 };
    for _ in 0..STARTS {
        let app = AppBuilder::new("Ada").data(folder.path()).start()?;
        app.wait_for(&Locator::button("New room"))?;
        starts.each_ms.push(start_ms(&app)?);
        std::thread::sleep(SETTLED);
        let mut bytes = 0;
        for process in app.processes()? {
            bytes += process.proportional_set_size()?;
        }
        starts.memory_mb = bytes as f64 / 1e6;
    }
    Ok(starts)
}

/// From the core's start, as the system noted it, to the first picture with content, as the page did. The page shows
/// nothing before its home screen is there and answers.
fn start_ms(app: &AppWindow) -> Result<u64> {
    let script = "
        const painted = performance.getEntriesByName('first-contentful-paint')[0];
        return performance.timeOrigin + (painted ? painted.startTime : performance.now());";
    let painted_ms = app.script(script, &[])?.as_f64().unwrap_or_default();
    let core = app.processes()?.into_iter().find(|process| process.name == CORE);
    let core = core.ok_or_else(|| app.failure("measuring", "there is no process of the core"))?;
    let up =
        std::fs::read_to_string("/proc/uptime").map_err(RigError::io("reading the time since the system's start"))?;
    let up: f64 = up.split_whitespace().next().and_then(|seconds| seconds.parse().ok()).unwrap_or_default();
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default().as_secs_f64();
    let started_ms = (now - up + core.started.as_secs_f64()) * 1_000.0;
    Ok((painted_ms - started_ms).max(0.0) as u64)
}
