//! The server introduces; the call is between the participants. Without a server for ten seconds they miss nothing.

use std::time::{Duration, Instant};

use conclave_protocol::notice::Notice;
use conclave_tests::rigs::Result;
use conclave_tests::rigs::participant::{ParticipantBuilder, create_link};
use conclave_tests::rigs::report::{PeerReport, Report};
use conclave_tests::rigs::server::Server;

const OUTAGE: Duration = Duration::from_secs(10);
const SOON: Duration = Duration::from_secs(5);
/// How long the third is with them.
const TOGETHER: Duration = Duration::from_secs(3);

#[test]
fn a_server_outage_does_not_touch_a_call() -> Result<()> {
    let server = Server::start()?;
    let link = create_link(&server)?;
    let participant = |name: &str| {
        ParticipantBuilder::new(&link, name).camera("pattern:640x360@30").microphone("tone").view(640, 360)
    };
    let ada = participant("Ada").start()?;
    let bob = participant("Bob").start()?;
    ada.wait_until_connected_to("Bob", SOON)?;
    bob.wait_until_connected_to("Ada", SOON)?;

    let address = server.kill()?;
    let killed = Instant::now();
    for participant in [&ada, &bob] {
        participant
            .wait_for("the news that the server is gone", SOON, |event| event.is_notice(&Notice::ServerUnreachable))?;
    }
    std::thread::sleep(OUTAGE.saturating_sub(killed.elapsed()));
    let server = Server::start_on(address)?;
    // The pause between attempts has grown over ten seconds; it must not have grown out of hand.
    for participant in [&ada, &bob] {
        participant
            .wait_for("the news that the server is back", 2 * SOON, |event| event.is_notice(&Notice::ServerBack))?;
    }

    let cleo = participant("Cleo").start()?;
    for name in ["Ada", "Bob"] {
        cleo.wait_until_connected_to(name, SOON)?;
    }
    ada.wait_until_connected_to("Cleo", SOON)?;
    bob.wait_until_connected_to("Cleo", SOON)?;

    std::thread::sleep(TOGETHER);

    // Bob's account is of a time in which Ada was there throughout, and hers of him once he has left.
    let bob = bob.leave()?;
    let ada = ada.leave()?;
    let cleo = cleo.leave()?;
    assert!(killed.elapsed() > OUTAGE);
    assert_nothing_missed(&bob, "Ada")?;
    let of_bob = assert_nothing_missed(&ada, "Bob")?;
    for name in ["Ada", "Bob"] {
        let video = &cleo.peer(name)?.video;
        assert!(video.frames as f64 >= 25.0 * TOGETHER.as_secs_f64(), "Cleo sees {name}: {video:?}");
    }
    let (encoded, decoded) = (bob.encoded("360p").frames, of_bob.video.frames);
    eprintln!("Bob encoded {encoded} pictures, Ada decoded {decoded}");
    // Those of before the link was up are nobody's; the last may be on their way while Bob counts.
    assert!(encoded.abs_diff(decoded) <= 5, "Bob encoded {encoded} pictures, Ada decoded {decoded}");
    drop(server);
    Ok(())
}

fn assert_nothing_missed<'a>(report: &'a Report, other: &str) -> Result<&'a PeerReport> {
    let peer = report.peer(other)?;
    eprintln!("{} of {other}: {peer:?}", report.name);
    assert_eq!(peer.links_built, 1);
    assert_eq!((peer.video.lost, peer.audio.lost), (0, 0));
    assert_eq!(peer.video.freezes, 0);
    assert!(peer.video.longest_gap_ms <= 150.0, "a gap of {} ms", peer.video.longest_gap_ms);
    let least = 28.0 * OUTAGE.as_secs_f64();
    assert!(peer.video.frames as f64 >= least, "{} pictures", peer.video.frames);
    Ok(peer)
}
