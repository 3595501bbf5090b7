//! What the codec alone costs on the same pictures, with nothing around it.

use serde::{Deserialize, Serialize};

use crate::failure::Failure;
use crate::process;
use crate::workspace::Workspace;

/// The cost of one picture of a layer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct CodecCost {
    pub(super) layer: String,
    pub(super) width: u32,
    pub(super) height: u32,
    /// Per picture.
    pub(super) encode_ms: f64,
    /// Per picture.
    pub(super) decode_ms: f64,
}

/// Runs the measurement of the media crate.
pub(super) fn measure(workspace: &Workspace) -> Result<Vec<CodecCost>, Failure> {
    println!("measuring the codec alone");
    let arguments = ["run", "--locked", "--quiet", "--release", "-p", "conclave-media", "--example", "codec_cost"];
    read(&process::output(&mut workspace.cargo(&arguments))?)
}

/// One JSON object a line, a line a layer.
fn read(lines: &str) -> Result<Vec<CodecCost>, Failure> {
    let unexpected = |detail: String| Failure::UnexpectedOutput { from: "the example codec_cost".into(), detail };
    let costs: Vec<CodecCost> = lines
        .lines()
        .filter(|line| !line.trim().is_empty())
        .map(|line| serde_json::from_str(line).map_err(|error| unexpected(format!("{error} in {line}"))))
        .collect::<Result<_, _>>()?;
    if costs.is_empty() {
        return Err(unexpected("no layer at all".into()));
    }
    Ok(costs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_a_layer_is_read() {
        let costs =
            read("{\"layer\":\"720p\",\"width\":1280,\"height\":720,\"encode_ms\":3.5,\"decode_ms\":1.6}\n\n").unwrap();
        assert_eq!(costs.len(), 1);
        assert_eq!(costs[0].layer, "720p");
    }

    #[test]
    fn no_line_and_no_json_are_failures() {
        assert!(read("").is_err());
        assert!(read("720p: 3.5 ms\n").is_err());
    }
}
