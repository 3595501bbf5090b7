//! A network that goes away says nothing: sockets stay open and lead nowhere. People are told within seconds all the
//! same, the call goes on meanwhile, and when the server answers again everyone is back in their places.

use std::time::{Duration, Instant};

use conclave_protocol::notice::Notice;
use conclave_tests::rigs::Result;
use conclave_tests::rigs::participant::{ParticipantBuilder, create_link};
use conclave_tests::rigs::server::Server;

const SOON: Duration = Duration::from_secs(5);
/// Five seconds of silence, three for the answer, and what a busy machine takes.
const NOTICED_WITHIN: Duration = Duration::from_secs(10);

#[test]
fn a_silent_server_is_noticed() -> Result<()> {
    let server = Server::start()?;
    let link = create_link(&server)?;
    let participant = |name: &str| {
        ParticipantBuilder::new(&link, name).camera("pattern:320x180@15").microphone("tone").view(320, 180)
    };
    let ada = participant("Ada").start()?;
    let bob = participant("Bob").start()?;
    ada.wait_until_connected_to("Bob", SOON)?;
    bob.wait_until_connected_to("Ada", SOON)?;

    server.freeze()?;
    let frozen = Instant::now();
    for participant in [&ada, &bob] {
        participant.wait_for("the news that the server is silent", NOTICED_WITHIN, |event| {
            event.is_notice(&Notice::ServerUnreachable)
        })?;
        eprintln!("{} ms after the server fell silent", frozen.elapsed().as_millis());
    }
    server.thaw()?;
    for participant in [&ada, &bob] {
        participant
            .wait_for("the news that the server is back", 2 * SOON, |event| event.is_notice(&Notice::ServerBack))?;
    }
    let bob = bob.leave()?;
    let ada = ada.leave()?;
    for (report, other) in [(&ada, "Bob"), (&bob, "Ada")] {
        let peer = report.peer(other)?;
        assert_eq!((peer.links_built, peer.video.freezes, peer.audio.lost), (1, 0, 0), "{}: {peer:?}", report.name);
    }
    Ok(())
}
