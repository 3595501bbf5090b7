//! Steps of a longer task: announced, timed, named when one fails.

use std::time::{Duration, Instant};

use crate::failure::Failure;

/// Announces and times steps.
#[derive(Debug, Default)]
pub(crate) struct Steps {
    done: Vec<(String, Duration)>,
}

impl Steps {
    /// Does one step; its failure is named after it.
    pub(crate) fn step<T>(&mut self, name: &str, work: impl FnOnce() -> Result<T, Failure>) -> Result<T, Failure> {
        println!("\n==> {}. {name}", self.done.len() + 1);
        let started = Instant::now();
        let result = work();
        let took = started.elapsed();
        match result {
            Ok(value) => {
                println!("    {name}: done in {}", seconds(took));
                self.done.push((name.to_owned(), took));
                Ok(value)
            }
            Err(reason) => {
                println!("    {name}: FAILED after {}", seconds(took));
                Err(Failure::Step { step: name.to_owned(), reason: Box::new(reason) })
            }
        }
    }

    /// How long each step took.
    pub(crate) fn print_times(&self) {
        let width = self.done.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
        println!("\nTimes:");
        for (name, took) in &self.done {
            println!("    {name:width$}  {:>8}", seconds(*took));
        }
        let total = self.done.iter().map(|(_, took)| *took).sum();
        println!("    {:width$}  {:>8}", "together", seconds(total));
    }
}

fn seconds(duration: Duration) -> String {
    format!("{:.1} s", duration.as_secs_f64())
}
