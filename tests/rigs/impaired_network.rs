//! A network that misbehaves, for one process: the datagrams it sends are lost, held, doubled, reordered or blacked
//! out by `impaired_network.c`, and can be recorded. Put one on each end of a call to impair both directions.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::error::{Result, RigError};
use super::preload::compile_shim;
use super::wire_trace::{SentDatagram, read_trace};

/// How the network misbehaves. The default is a network that behaves.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Impairment {
    /// The share of datagrams that are lost, 0 to 1.
    pub loss: f64,
    /// The share of datagrams that arrive twice, 0 to 1.
    pub duplicate: f64,
    /// How long each datagram is held.
    pub delay: Duration,
    /// Up to how much longer, evenly spread; later datagrams may overtake.
    pub jitter: Duration,
    /// The share of datagrams that are held for `reorder_by` more, 0 to 1.
    pub reorder: f64,
    /// How much longer these are held.
    pub reorder_by: Duration,
    /// Whether anything passes at all.
    pub connectivity: Connectivity,
}

/// Whether anything passes at all.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Connectivity {
    /// What the rates leave over passes.
    #[default]
    Up,
    /// Nothing passes.
    Blackout,
}

/// Whether each datagram's head is recorded.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Tracing {
    /// Only counts are kept.
    #[default]
    Off,
    /// [`ImpairedNetwork::trace`] tells them all.
    On,
}

/// What became of the datagrams that a process sent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DatagramCounts {
    /// All that it sent.
    pub offered: u64,
    /// Lost by chance.
    pub lost: u64,
    /// Lost in a blackout.
    pub blacked_out: u64,
    /// Sent twice.
    pub duplicated: u64,
    /// Sent later.
    pub held: u64,
}

/// The network of one process; its settings can change while the process runs.
#[derive(Debug)]
pub struct ImpairedNetwork {
    directory: TempDir,
    shim: PathBuf,
    seed: u32,
    tracing: Tracing,
    generation: u64,
}

impl ImpairedNetwork {
    /// A network whose datagrams' fates follow from `seed`.
    ///
    /// # Errors
    /// When the shim can't be compiled or the settings can't be written.
    pub fn new(seed: u32, impairment: Impairment) -> Result<Self> {
        Self::with_tracing(seed, impairment, Tracing::Off)
    }

    /// The same, with or without a record of every datagram.
    ///
    /// # Errors
    /// When the shim can't be compiled or the settings can't be written.
    pub fn with_tracing(seed: u32, impairment: Impairment, tracing: Tracing) -> Result<Self> {
        let mut network = Self {
            directory: TempDir::with_prefix("conclave-network-").map_err(RigError::io("making a network's folder"))?,
            shim: compile_shim("impaired_network.c")?,
            seed,
            tracing,
            generation: 0,
        };
        network.write_settings(impairment)?;
        Ok(network)
    }

    /// The shim to be preloaded.
    #[must_use]
    pub fn shim(&self) -> &Path {
        &self.shim
    }

    /// The environment variable that leads the shim here.
    #[must_use]
    pub fn environment(&self) -> (&'static str, &Path) {
        ("IMPAIRED_NETWORK", self.directory.path())
    }

    /// Changes the network under the running process; returns once the change is in force.
    ///
    /// # Errors
    /// [`RigError::Deadline`] when the process doesn't take it up within two seconds, as one that has sent nothing yet.
    pub fn set(&mut self, impairment: Impairment) -> Result<()> {
        self.write_settings(impairment)?;
        let started = Instant::now();
        // The shim looks at its settings every 10 ms.
        while self.counters()?.iter().all(|c| c.first() != Some(&self.generation)) {
            if started.elapsed() > Duration::from_secs(2) {
                return Err(RigError::Deadline {
                    process: "impaired network".to_owned(),
                    what: format!("{impairment:?} to be in force"),
                    waited: started.elapsed(),
                    log: String::new(),
                });
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        Ok(())
    }

    /// What became of the datagrams so far.
    ///
    /// # Errors
    /// When the counts can't be read.
    pub fn counts(&self) -> Result<DatagramCounts> {
        let mut sum = DatagramCounts::default();
        for counters in self.counters()? {
            let [_, offered, lost, blacked_out, duplicated, held] = counters[..] else {
                continue;
            };
            sum.offered += offered;
            sum.lost += lost;
            sum.blacked_out += blacked_out;
            sum.duplicated += duplicated;
            sum.held += held;
        }
        Ok(sum)
    }

    /// Every datagram sent while tracing was on, in order.
    ///
    /// # Errors
    /// When the record can't be read.
    pub fn trace(&self) -> Result<Vec<SentDatagram>> {
        let mut all = Vec::new();
        for file in self.files("trace-")? {
            all.extend(read_trace(&file)?);
        }
        Ok(all)
    }

    fn write_settings(&mut self, impairment: Impairment) -> Result<()> {
        self.generation += 1;
        let mut text = String::new();
        let flag = |on: bool| f64::from(u8::from(on));
        let settings = [
            ("seed", f64::from(self.seed)),
            ("loss", impairment.loss),
            ("duplicate", impairment.duplicate),
            ("reorder", impairment.reorder),
            ("blackout", flag(impairment.connectivity == Connectivity::Blackout)),
            ("trace", flag(self.tracing == Tracing::On)),
        ];
        for (key, value) in settings {
            let _ = writeln!(text, "{key} {value}");
        }
        for (key, time) in
            [("delay_us", impairment.delay), ("jitter_us", impairment.jitter), ("reorder_us", impairment.reorder_by)]
        {
            let _ = writeln!(text, "{key} {}", time.as_micros());
        }
        let _ = writeln!(text, "generation {}", self.generation);
        let fresh = self.directory.path().join("settings.new");
        std::fs::write(&fresh, text).map_err(RigError::io("writing a network's settings"))?;
        std::fs::rename(&fresh, self.directory.path().join("settings"))
            .map_err(RigError::io("placing a network's settings"))
    }

    fn files(&self, prefix: &str) -> Result<Vec<PathBuf>> {
        let entries = std::fs::read_dir(self.directory.path()).map_err(RigError::io("listing a network's folder"))?;
        Ok(entries
            .filter_map(|entry| entry.ok())
            .filter(|entry| entry.file_name().to_string_lossy().starts_with(prefix))
            .map(|entry| entry.path())
            .collect())
    }

    /// `struct counts` of every process that had this network, as it is written by the shim.
    fn counters(&self) -> Result<Vec<Vec<u64>>> {
        self.files("counts-")?
            .iter()
            .map(|file| {
                let bytes = std::fs::read(file).map_err(RigError::io("reading a network's counts"))?;
                Ok(bytes.chunks_exact(8).filter_map(|word| word.try_into().ok().map(u64::from_ne_bytes)).collect())
            })
            .collect()
    }
}
