//! The main job: two participants in a call, at full size, for twenty seconds.

use std::time::Duration;

use conclave_tests::rigs::participant::{ParticipantBuilder, create_link};
use conclave_tests::rigs::report::Report;
use conclave_tests::rigs::server::Server;
use conclave_tests::rigs::{Result, tone};

/// Both are there for this long.
const CALL: Duration = Duration::from_secs(20);

#[test]
fn two_participants_see_and_hear_each_other() -> Result<()> {
    let server = Server::start()?;
    let link = create_link(&server)?;
    let participant = |name: &str| {
        ParticipantBuilder::new(&link, name).camera("pattern:1280x720@30").microphone("tone").view(1280, 720)
    };
    let ada = participant("Ada").stay(CALL).start()?;
    ada.wait_until_joined()?;
    // A moment longer, so that neither measures the other's leaving.
    let bob = participant("Bob").stay(Duration::from_secs(22)).start()?;
    let (ada, bob) = (ada.finish()?, bob.finish()?);
    assert_good_call(&ada, "Bob")?;
    assert_good_call(&bob, "Ada")
}

fn assert_good_call(report: &Report, other: &str) -> Result<()> {
    let peer = report.peer(other)?;
    eprintln!("{} of {other}: {peer:?}", report.name);
    let video = &peer.video;
    assert_eq!((video.width, video.height), (1280, 720));
    assert!(video.fps >= 28.0, "{} fps", video.fps);
    assert!(video.frames as f64 >= 28.0 * CALL.as_secs_f64() * 0.95, "{} pictures", video.frames);
    assert_eq!(video.freezes, 0, "{} ms frozen", video.freeze_ms);
    assert!(video.latency_ms.p95.is_some_and(|p95| p95 <= 100.0), "latency {:?}", video.latency_ms);
    assert!(peer.first_video_ms.is_some_and(|ms| ms <= 1000.0), "first picture after {:?} ms", peer.first_video_ms);
    let level = peer.audio.level_dbfs.unwrap_or(f64::NEG_INFINITY);
    assert!((level - tone::LEVEL_DBFS).abs() <= 1.0, "the tone came at {level} dBFS");
    assert_eq!(peer.links_built, 1);
    Ok(())
}
