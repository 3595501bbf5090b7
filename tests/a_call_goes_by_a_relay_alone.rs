//! Whoever shows the others no address is reached through a TURN server, and through nothing else.

use std::time::Duration;

use conclave_tests::rigs::Result;
use conclave_tests::rigs::participant::{ParticipantBuilder, create_link};
use conclave_tests::rigs::report::Report;
use conclave_tests::rigs::server::Server;
use conclave_tests::rigs::tone;
use conclave_tests::rigs::turn_server::TurnServer;

const CALL: Duration = Duration::from_secs(6);

#[test]
fn a_call_goes_by_a_relay_alone() -> Result<()> {
    let turn = TurnServer::start()?;
    let server = Server::start_with_ice_servers(&turn.list()?)?;
    let link = create_link(&server)?;
    let participant = |name: &str| {
        ParticipantBuilder::new(&link, name).camera("pattern:640x360@30").microphone("tone").view(640, 360)
    };
    let ada = participant("Ada").by_relay_only().stay(CALL).start()?;
    ada.wait_until_joined()?;
    let bob = participant("Bob").stay(CALL).start()?;
    let (ada, bob) = (ada.finish()?, bob.finish()?);
    for (report, other) in [(&ada, "Bob"), (&bob, "Ada")] {
        assert_good_call(report, other)?;
    }
    assert!(turn.requests() > 0);
    let (of_ada, of_bob) = (&ada.peer("Bob")?.network, &bob.peer("Ada")?.network);
    let local = of_ada.local_candidate.clone().unwrap_or_default();
    assert!(local.starts_with("relay"), "{of_ada:?}");
    // Her checks may come to him before her candidates do: then the same address is a peer-reflexive one.
    let address = |candidate: &str| candidate.split(' ').next_back().map(str::to_owned);
    assert_eq!(of_bob.remote_candidate.as_deref().and_then(address), address(&local), "{of_bob:?}");
    Ok(())
}

fn assert_good_call(report: &Report, other: &str) -> Result<()> {
    let peer = report.peer(other)?;
    eprintln!("{} of {other}: {peer:?}", report.name);
    assert!(peer.video.fps >= 28.0, "{} fps", peer.video.fps);
    let level = peer.audio.level_dbfs.unwrap_or(f64::NEG_INFINITY);
    assert!((level - tone::LEVEL_DBFS).abs() <= 1.0, "the tone came at {level} dBFS");
    assert_eq!(peer.links_built, 1);
    Ok(())
}
