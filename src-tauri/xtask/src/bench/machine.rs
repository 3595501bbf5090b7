//! What the figures were measured on.

use std::fmt;
use std::process::Command;

use serde::Serialize;

use crate::process;

/// This computer, as far as it matters for the figures.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Machine {
    pub(super) cores: usize,
    pub(super) processor: String,
    pub(super) system: String,
}

impl Machine {
    pub(super) fn this() -> Self {
        let information = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        let system = process::output(Command::new("uname").args(["-s", "-r", "-m"])).unwrap_or_default();
        Self {
            cores: std::thread::available_parallelism().map_or(0, usize::from),
            processor: processor(&information).unwrap_or("unknown processor").to_owned(),
            system: if system.is_empty() { std::env::consts::OS.to_owned() } else { system.trim().to_owned() },
        }
    }
}

impl fmt::Display for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} cores of {}, {}", self.cores, self.processor, self.system)
    }
}

fn processor(information: &str) -> Option<&str> {
    let line = information.lines().find(|line| line.starts_with("model name"))?;
    line.split_once(": ").map(|(_, name)| name.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_processor_s_name_is_read() {
        assert_eq!(processor("processor\t: 0\nmodel name\t: A Processor @ 3 GHz\n"), Some("A Processor @ 3 GHz"));
        assert_eq!(processor("nothing"), None);
    }
}
