//! What processing a microphone's sound costs.

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::machine::Machine;
use super::{command_line, write};
use crate::failure::Failure;
use crate::packages::Purpose;
use crate::workspace::Workspace;
use crate::{install, process};

/// Mean processor times for 10 ms of sound, in microseconds of one core.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct SoundCost {
    echo_cancellation_us: f64,
    noise_suppression_us: f64,
    automatic_gain_us: f64,
    all_us: f64,
}

/// All that was measured, as it is written to a file.
#[derive(Debug, Serialize)]
struct Measured {
    machine: Machine,
    command: String,
    cost: SoundCost,
}

/// Measures the processing alone, prints what it costs, and writes that to `json`.
pub(crate) fn sound(workspace: &Workspace, json: Option<&Path>) -> Result<(), Failure> {
    install::packages(Purpose::Build)?;
    println!("building for release");
    let arguments = ["run", "--locked", "--quiet", "--release", "-p", "conclave-media", "--example", "sound_cost"];
    let cost = read(&process::output(&mut workspace.cargo(&arguments))?)?;
    let measured = Measured { machine: Machine::this(), command: command_line(), cost };
    print!("{}", render(&measured));
    match json {
        Some(path) => write(path, &measured),
        None => Ok(()),
    }
}

/// One line with one JSON object.
fn read(line: &str) -> Result<SoundCost, Failure> {
    serde_json::from_str(line)
        .map_err(|error| Failure::UnexpectedOutput { from: "the example sound_cost".into(), detail: error.to_string() })
}

fn render(Measured { machine, cost, .. }: &Measured) -> String {
    let row = |what, us| format!("| {what} | {us:.0} us | {:.1} % |\n", us / 100.0);
    let SoundCost { echo_cancellation_us, noise_suppression_us, automatic_gain_us, all_us } = *cost;
    [
        format!("{machine}\n\n| for each 10 ms of sound | processor time | of one core |\n|---|---|---|\n"),
        row("echo cancellation", echo_cancellation_us),
        row("noise suppression", noise_suppression_us),
        row("automatic gain", automatic_gain_us),
        row("all three", all_us),
    ]
    .concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cost_is_read_and_shown_as_a_share_of_a_core() {
        let line = r#"{"echo_cancellation_us":123.4,"noise_suppression_us":50,"automatic_gain_us":40,"all_us":210.0}"#;
        let (machine, command) = (Machine::this(), String::new());
        let text = render(&Measured { machine, command, cost: read(line).unwrap() });
        assert!(text.contains("| all three | 210 us | 2.1 % |"), "{text}");
        assert!(read("123 us").is_err());
    }
}
