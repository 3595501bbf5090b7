//! Who comes into a running call sees and hears everyone at once, and disturbs nobody.

use std::time::Duration;

use conclave_tests::rigs::Result;
use conclave_tests::rigs::participant::{ParticipantBuilder, create_link};
use conclave_tests::rigs::server::Server;

const SOON: Duration = Duration::from_secs(5);

#[test]
fn a_late_joiner_meets_everyone() -> Result<()> {
    let server = Server::start()?;
    let link = create_link(&server)?;
    let participant = |name: &str| {
        ParticipantBuilder::new(&link, name).camera("pattern:640x360@30").microphone("tone").view(640, 360)
    };
    let (ada, bob) = (participant("Ada").start()?, participant("Bob").start()?);
    ada.wait_until_connected_to("Bob", SOON)?;
    bob.wait_until_connected_to("Ada", SOON)?;
    // Long into the call: the keyframe that the first two began with is far behind.
    std::thread::sleep(Duration::from_secs(3));

    let cleo = participant("Cleo").stay(Duration::from_secs(5)).start()?.finish()?;
    let bob = bob.leave()?;
    let ada = ada.leave()?;
    for name in ["Ada", "Bob"] {
        let peer = cleo.peer(name)?;
        eprintln!("Cleo of {name}: {peer:?}");
        assert!(peer.first_video_ms.is_some_and(|ms| ms <= 1000.0), "first picture after {:?}", peer.first_video_ms);
        assert!(peer.first_audio_ms.is_some_and(|ms| ms <= 1000.0), "first sound after {:?}", peer.first_audio_ms);
        assert!(peer.video.fps >= 28.0, "{} fps", peer.video.fps);
    }
    for (report, other) in [(&ada, "Bob"), (&bob, "Ada")] {
        let peer = report.peer(other)?;
        assert_eq!((peer.video.freezes, peer.video.lost), (0, 0), "{}: {peer:?}", report.name);
        assert!(report.peer("Cleo")?.video.frames >= 4 * 28, "{} saw Cleo", report.name);
    }
    Ok(())
}
