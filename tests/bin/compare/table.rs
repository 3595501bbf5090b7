//! The figures as people read them.

use std::fmt;
use std::time::Duration;

use crate::receiving::Seen;
use crate::sending::Cost;

const MEGABYTE: f64 = 1e6;

/// Rows of ours, theirs and the ratio, and notes on what they were measured with.
#[derive(Default)]
pub(crate) struct Table {
    rows: Vec<Row>,
    notes: Vec<String>,
}

struct Row {
    what: String,
    unit: &'static str,
    decimals: usize,
    ours: f64,
    theirs: f64,
}

impl Table {
    pub(crate) fn add_sending(&mut self, receivers: usize, ours: &Cost, theirs: &Cost) {
        let to = format!("720p sent to {receivers}");
        self.row(format!("{to}: processor"), "of a core", 2, ours.cores, theirs.cores);
        let drawing = theirs.by_process.get("gpu-process").copied().unwrap_or_default();
        self.row(
            format!("{to}: the same without Chromium's drawing"),
            "of a core",
            2,
            ours.cores,
            theirs.cores - drawing,
        );
        self.row(format!("{to}: memory"), "MB", 0, ours.memory as f64 / MEGABYTE, theirs.memory as f64 / MEGABYTE);
        let came = |cost: &Cost| {
            let (width, height) = cost.size;
            let Cost { fps, kbps, freezes, .. } = cost;
            format!("{width}x{height} at {fps:.1}/s and {kbps:.0} kbit/s to whom least came, {freezes} freezes")
        };
        self.notes.push(format!("{to}: Conclave's came as {}; Chromium's as {}", came(ours), came(theirs)));
        let parts = theirs.by_process.iter().map(|(what, cores)| format!("{what} {cores:.2}"));
        self.notes.push(format!("{to}, Chromium's processes: {}", parts.collect::<Vec<_>>().join(", ")));
    }

    pub(crate) fn add_receiving(&mut self, ours: &Seen, theirs: &Seen) {
        let mut row = |what: &str, of: fn(&Seen) -> f64| self.row(what.to_owned(), "ms", 0, of(ours), of(theirs));
        row("click on Join to the first picture, median", |seen| ms(&seen.joins, 0.5));
        row("click on Join to the first picture, slowest", |seen| ms(&seen.joins, 1.0));
        row("taken to drawn, median", |seen| ms(&seen.delays, 0.5));
        row("taken to drawn, p95", |seen| ms(&seen.delays, 0.95));
        let memory = |seen: &Seen| seen.memory as f64 / MEGABYTE;
        self.row("memory of who looks on".to_owned(), "MB", 0, memory(ours), memory(theirs));
        for (who, seen) in [("Conclave", ours), ("Chromium", theirs)] {
            let Seen { joins, delays, fps, sizes, .. } = seen;
            self.notes.push(format!(
                "{who} drew {fps:.1} pictures a second, of {sizes:?}; {} joins, {} pictures",
                joins.len(),
                delays.len()
            ));
        }
    }

    fn row(&mut self, what: String, unit: &'static str, decimals: usize, ours: f64, theirs: f64) {
        self.rows.push(Row { what, unit, decimals, ours, theirs });
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "| | | Conclave | Chromium | ratio |\n|---|---|---|---|---|")?;
        for Row { what, unit, decimals, ours, theirs } in &self.rows {
            writeln!(f, "| {what} | {unit} | {ours:.decimals$} | {theirs:.decimals$} | {:.2} |", ours / theirs)?;
        }
        writeln!(f)?;
        self.notes.iter().try_for_each(|note| writeln!(f, "{note}"))
    }
}

/// The smallest that so much of them are no larger than; they are sorted.
fn ms(sorted: &[Duration], share: f64) -> f64 {
    let at = (sorted.len().saturating_sub(1) as f64 * share).round() as usize;
    sorted.get(at).map_or(f64::NAN, |time| time.as_secs_f64() * 1e3)
}
