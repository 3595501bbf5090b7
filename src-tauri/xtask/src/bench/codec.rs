//! What the codec alone costs on the same pictures, with nothing around it.

use serde::{Deserialize, Serialize};

use crate::failure::Failure;
use crate::process;
use crate::workspace::Workspace;

/// The cost of pictures, on one core.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct CodecCost {
    /// Drawing the test pattern, a picture.
    pub(super) draw_ms: f64,
    pub(super) layers: Vec<LayerCost>,
}

/// The cost of one layer's pictures; times are means a picture.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct LayerCost {
    pub(super) layer: String,
    pub(super) width: u32,
    pub(super) height: u32,
    /// From the next larger layer.
    pub(super) scale_ms: f64,
    pub(super) encode_ms: f64,
    pub(super) decode_ms: f64,
    pub(super) bitrate_bps: f64,
    pub(super) keyframe_bytes: u64,
}

impl CodecCost {
    /// Whether a layer of this name was measured.
    pub(super) fn knows(&self, layer: &str) -> bool {
        self.layers.iter().any(|cost| cost.layer == layer)
    }

    /// What drawing, scaling and encoding so many pictures of these layers costs, in milliseconds of one core.
    pub(super) fn of_sending<'a>(&self, drawn: f64, encoded: impl Iterator<Item = (&'a str, u64)>) -> f64 {
        let layers = encoded.filter_map(|(name, frames)| {
            let cost = self.layers.iter().find(|cost| cost.layer == name)?;
            Some((cost.scale_ms + cost.encode_ms) * frames as f64)
        });
        self.draw_ms * drawn + layers.sum::<f64>()
    }
}

/// Runs the measurement of the media crate.
pub(super) fn measure(workspace: &Workspace) -> Result<CodecCost, Failure> {
    println!("measuring the codec alone");
    let arguments = ["run", "--locked", "--quiet", "--release", "-p", "conclave-media", "--example", "codec_cost"];
    read(&process::output(&mut workspace.cargo(&arguments))?)
}

/// One line with one JSON object.
fn read(line: &str) -> Result<CodecCost, Failure> {
    let unexpected = |detail: String| Failure::UnexpectedOutput { from: "the example codec_cost".into(), detail };
    let cost: CodecCost = serde_json::from_str(line).map_err(|error| unexpected(error.to_string()))?;
    if cost.layers.is_empty() {
        return Err(unexpected("no layer at all".into()));
    }
    Ok(cost)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINE: &str = r#"{"draw_ms":0.5,"layers":[
        {"layer":"720p","width":1280,"height":720,"fps":30,"scale_ms":0.0,"encode_ms":3.5,"decode_ms":1.6,
         "bitrate_bps":1800000,"keyframe_bytes":61000},
        {"layer":"360p","width":640,"height":360,"fps":30,"scale_ms":0.4,"encode_ms":0.6,"decode_ms":0.3,
         "bitrate_bps":600000,"keyframe_bytes":20000}]}"#;

    #[test]
    fn the_cost_of_sending_is_that_of_all_pictures() {
        let cost = read(LINE).unwrap();
        let sending = cost.of_sending(10.0, [("720p", 10), ("360p", 4)].into_iter());
        assert!((sending - (5.0 + 35.0 + 4.0)).abs() < 1e-9, "{sending}");
    }

    #[test]
    fn no_layer_and_no_json_are_failures() {
        assert!(read(r#"{"draw_ms":0.5,"layers":[]}"#).is_err());
        assert!(read("720p: 3.5 ms\n").is_err());
    }
}
