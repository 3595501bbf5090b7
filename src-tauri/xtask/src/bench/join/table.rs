//! What was measured as text for a terminal and for a document.

use std::fmt::Write as _;

use super::super::table::aligned;
use super::Measured;
use super::comparison::{ALLOWED_MS, Compared, Comparison, Spread, Verdict};

/// Everything measured, as Markdown, and whether it is good enough.
pub(super) fn render(measured: &Measured) -> String {
    let mut text = String::new();
    let rounds = measured.rounds.len() / 2;
    let _ = writeln!(
        text,
        "\n{}. `{}`. {rounds} round(s) each, by turns; everything on loopback.\n",
        measured.machine, measured.command
    );
    text += &aligned(&rows(&measured.comparison, measured.before.short(), &measured.now));
    let _ = writeln!(text, "\n{}", sentence(&measured.comparison));
    text
}

fn rows(comparison: &Comparison, before: &str, now: &str) -> Vec<Vec<String>> {
    let mut rows = vec![vec![
        "median (p10 to p90)".to_owned(),
        format!("before, {before}"),
        format!("now, {now}"),
        "difference of medians".to_owned(),
    ]];
    let figures = [
        ("both in the room to link usable (connected_ms)", comparison.connected_ms),
        ("call's start to the server's welcome (joined_ms)", comparison.joined_ms),
        ("both in the room to first picture (first_video_ms)", comparison.first_video_ms),
        ("both in the room to first sound (first_audio_ms)", comparison.first_audio_ms),
    ];
    rows.extend(figures.map(|(name, Compared { before, now, difference })| {
        vec![name.to_owned(), spread(before), spread(now), format!("{difference:+.1} ms")]
    }));
    rows
}

fn spread(Spread { p10, median, p90 }: Spread) -> String {
    format!("{median:.1} ms ({p10:.1} to {p90:.1})")
}

fn sentence(comparison: &Comparison) -> String {
    let difference = comparison.connected_ms.difference;
    let verdict = match comparison.verdict() {
        Verdict::Within => "within",
        Verdict::Beyond => "BEYOND",
    };
    format!(
        "The difference of connected_ms at the median, {difference:+.1} ms, is {verdict} the {ALLOWED_MS:.0} ms allowed."
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn comparison(difference: f64) -> Comparison {
        let spread = |median| Spread { p10: median - 5.0, median, p90: median + 5.0 };
        let compared = Compared { before: spread(100.0), now: spread(100.0 + difference), difference };
        Comparison { connected_ms: compared, joined_ms: compared, first_video_ms: compared, first_audio_ms: compared }
    }

    #[test]
    fn a_row_has_both_and_their_difference() {
        let rows = rows(&comparison(4.0), "aaaaaaa", "bbbbbbb-dirty");
        assert_eq!(rows[0][1..3], ["before, aaaaaaa", "now, bbbbbbb-dirty"]);
        assert_eq!(rows[1][1..], ["100.0 ms (95.0 to 105.0)", "104.0 ms (99.0 to 109.0)", "+4.0 ms"]);
    }

    #[test]
    fn the_last_line_says_whether_it_is_good_enough() {
        let text = "The difference of connected_ms at the median, -3.5 ms, is within the 15 ms allowed.";
        assert_eq!(sentence(&comparison(-3.5)), text);
        assert!(sentence(&comparison(15.5)).contains("+15.5 ms, is BEYOND the 15 ms allowed"));
    }
}
