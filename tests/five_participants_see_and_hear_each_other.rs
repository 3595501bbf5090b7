//! A room of five: all twenty directions work, and each layer of a picture is encoded once, however many watch it.

use std::time::Duration;

use conclave_tests::rigs::participant::{Participant, ParticipantBuilder, create_link};
use conclave_tests::rigs::report::Report;
use conclave_tests::rigs::server::Server;
use conclave_tests::rigs::{Result, tone};

/// Everyone and how large they draw the others: every layer is wanted by somebody, some by several.
const PARTICIPANTS: [(&str, (u16, u16)); 5] =
    [("Ada", (1280, 720)), ("Bob", (640, 360)), ("Cleo", (640, 360)), ("Dai", (320, 180)), ("Eve", (320, 180))];
const STAY: Duration = Duration::from_secs(20);

#[test]
fn five_participants_see_and_hear_each_other() -> Result<()> {
    let server = Server::start()?;
    let link = create_link(&server)?;
    let participants = PARTICIPANTS
        .iter()
        .map(|(name, (width, height))| {
            ParticipantBuilder::new(&link, name)
                .camera("pattern:1280x720@30")
                .microphone("tone")
                .view(*width, *height)
                .stay(STAY)
                .start()
        })
        .collect::<Result<Vec<_>>>()?;
    let reports = participants.into_iter().map(Participant::finish).collect::<Result<Vec<_>>>()?;
    for report in &reports {
        for (other, _) in PARTICIPANTS.iter().filter(|(name, _)| *name != report.name) {
            assert_seen_and_heard(report, other)?;
        }
        assert_each_layer_is_encoded_once(report);
    }
    Ok(())
}

fn assert_seen_and_heard(report: &Report, other: &str) -> Result<()> {
    let peer = report.peer(other)?;
    let direction = format!("{other} to {}", report.name);
    let level = peer.audio.level_dbfs.unwrap_or(f64::NEG_INFINITY);
    eprintln!("{direction}: {}x{} {:.1} fps, {level:.1} dBFS", peer.video.width, peer.video.height, peer.video.fps);
    assert!(peer.video.fps >= 14.0, "{direction}: {} fps", peer.video.fps);
    // Not only at the end of its time: pictures for at least three quarters of the call.
    let least = 14.0 * STAY.as_secs_f64() * 0.75;
    assert!(peer.video.frames as f64 >= least, "{direction}: {} pictures", peer.video.frames);
    assert!((level - tone::LEVEL_DBFS).abs() <= 3.0, "{direction}: the tone came at {level} dBFS");
    Ok(())
}

fn assert_each_layer_is_encoded_once(report: &Report) {
    for encoder in &report.encoders {
        let rate = encoder.frames as f64 / STAY.as_secs_f64();
        eprintln!("{} encoded {}: {:.1} a second", report.name, encoder.layer, rate);
        // Once a peer would be at least twice the camera's rate for a layer that two watch.
        assert!(rate <= 33.0, "{} encoded {} at {rate} a second", report.name, encoder.layer);
    }
    let largest = PARTICIPANTS.iter().filter(|(name, _)| *name != report.name).map(|(_, view)| view.1).max();
    let expected: &[&str] = if largest == Some(720) { &["180p", "360p", "720p"] } else { &["180p", "360p"] };
    for layer in expected {
        assert!(report.encoded(layer).frames > 0, "{} never encoded {layer}: {:?}", report.name, report.encoders);
    }
}
