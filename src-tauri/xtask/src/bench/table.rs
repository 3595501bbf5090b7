//! The figures as text for a terminal and for a document: GitHub's Markdown tables.

use std::fmt::Write as _;

use super::Measured;
use super::figures::CallFigures;

const MIB: f64 = 1024.0 * 1024.0;

/// Everything measured, as Markdown.
pub(super) fn render(measured: &Measured) -> String {
    let mut text = String::new();
    let runs = measured.runs.len() / measured.medians.len().max(1);
    let _ = writeln!(
        text,
        "\n{}. `{}`. Medians of {runs} run(s); everything on loopback.\n",
        measured.machine, measured.command
    );
    text += &aligned(&call_rows(&measured.medians));
    text += "\nThe codec alone, on the same pictures, on one core:\n\n";
    text += &aligned(&codec_rows(measured));
    text
}

fn call_rows(medians: &[CallFigures]) -> Vec<Vec<String>> {
    let header = [
        "receivers",
        "capture to decoded, p50",
        "p95",
        "in the room to first picture",
        "pictures/s",
        "freezes",
        "sender CPU",
        "against 1st row",
        "of it drawing, scaling, encoding",
        "sender memory",
        "a receiver's CPU",
        "memory",
    ];
    let mut rows = vec![header.map(str::to_owned).to_vec()];
    let first = medians.first().map_or(f64::NAN, |row| row.sender_cpu_percent);
    rows.extend(medians.iter().map(|row| {
        vec![
            row.receivers.to_string(),
            format!("{:.1} ms", row.latency_p50_ms),
            format!("{:.1} ms", row.latency_p95_ms),
            format!("{:.0} ms", row.first_picture_ms),
            format!("{:.1}", row.fps),
            row.freezes.to_string(),
            format!("{:.1} %", row.sender_cpu_percent),
            format!("{:.2} x", row.sender_cpu_percent / first),
            format!("{:.1} %", row.sender_codec_percent),
            format!("{:.0} MiB", row.sender_memory_bytes / MIB),
            format!("{:.1} %", row.receiver_cpu_percent),
            format!("{:.0} MiB", row.receiver_memory_bytes / MIB),
        ]
    }));
    rows
}

fn codec_rows(measured: &Measured) -> Vec<Vec<String>> {
    let header = ["layer", "scale a picture", "encode", "decode", "bit/s", "keyframe"];
    let mut rows = vec![header.map(str::to_owned).to_vec()];
    rows.extend(measured.codec.layers.iter().map(|cost| {
        vec![
            format!("{} ({}x{})", cost.layer, cost.width, cost.height),
            format!("{:.2} ms", cost.scale_ms),
            format!("{:.2} ms", cost.encode_ms),
            format!("{:.2} ms", cost.decode_ms),
            format!("{:.0} k", cost.bitrate_bps / 1000.0),
            format!("{:.0} KiB", cost.keyframe_bytes as f64 / 1024.0),
        ]
    }));
    rows
}

/// A Markdown table whose columns are aligned, its first row the header.
pub(super) fn aligned(rows: &[Vec<String>]) -> String {
    let columns = rows.first().map_or(0, Vec::len);
    let widths: Vec<usize> = (0..columns)
        .map(|column| rows.iter().filter_map(|row| row.get(column)).map(String::len).max().unwrap_or(0))
        .collect();
    let mut text = String::new();
    for (number, row) in rows.iter().enumerate() {
        for (cell, width) in row.iter().zip(&widths) {
            let _ = write!(text, "| {cell:width$} ");
        }
        text += "|\n";
        if number == 0 {
            for width in &widths {
                let _ = write!(text, "|-{}-", "-".repeat(*width));
            }
            text += "|\n";
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_aligned_and_has_a_header_rule() {
        let rows = [vec!["a".to_owned(), "bcd".to_owned()], vec!["1234".to_owned(), "5".to_owned()]];
        assert_eq!(aligned(&rows), "| a    | bcd |\n|------|-----|\n| 1234 | 5   |\n");
    }

    #[test]
    fn the_sender_s_cost_is_set_against_the_first_row() {
        let row = |receivers, sender_cpu_percent| CallFigures {
            receivers,
            latency_p50_ms: 20.0,
            latency_p95_ms: 30.0,
            first_picture_ms: 200.0,
            fps: 30.0,
            sender_cpu_percent,
            sender_codec_percent: 12.0,
            sender_memory_bytes: 80.0 * MIB,
            receiver_cpu_percent: 10.0,
            receiver_memory_bytes: 60.0 * MIB,
            encoded_fps: 30.0,
            freezes: 0,
        };
        let rows = call_rows(&[row(1, 20.0), row(7, 30.0)]);
        assert_eq!(rows[2][7], "1.50 x");
        assert_eq!(rows[2][9], "80 MiB");
    }
}
