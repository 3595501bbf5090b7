//! Encode once: a sender with seven receivers works hardly more than one with a single receiver.

use std::time::Duration;

use conclave_tests::rigs::Result;
use conclave_tests::rigs::participant::{ParticipantBuilder, create_link};
use conclave_tests::rigs::server::Server;

const WATCHED_FOR: Duration = Duration::from_secs(12);

#[test]
fn sending_to_seven_costs_at_most_twice_as_much_as_to_one() -> Result<()> {
    let server = Server::start()?;
    let one = sender_processor_ms(&server, 1)?;
    let seven = sender_processor_ms(&server, 7)?;
    eprintln!("sender: {one} ms of processor time with 1 receiver, {seven} ms with 7, in {WATCHED_FOR:?}");
    assert!(seven <= 2.0 * one, "{seven} ms with seven receivers, {one} ms with one");
    Ok(())
}

fn sender_processor_ms(server: &Server, receivers: usize) -> Result<f64> {
    let link = create_link(server)?;
    let sender = ParticipantBuilder::new(&link, "Sender")
        .camera("pattern:1280x720@30")
        .microphone("tone")
        .stay(WATCHED_FOR + Duration::from_secs(3))
        .start()?;
    sender.wait_until_joined()?;
    let audience = (0..receivers)
        .map(|number| {
            ParticipantBuilder::new(&link, &format!("Receiver {number}")).stay(WATCHED_FOR * 2).view(1280, 720).start()
        })
        .collect::<Result<Vec<_>>>()?;
    let report = sender.finish()?;
    assert_eq!(report.peers.len(), receivers);
    for receiver in audience {
        let watched = receiver.leave()?;
        let video = &watched.peer("Sender")?.video;
        // A receiver that saw little would make the sender look cheap.
        assert!(video.frames as f64 >= 25.0 * WATCHED_FOR.as_secs_f64(), "{} saw {video:?}", watched.name);
        assert_eq!((video.width, video.height), (1280, 720), "{}", watched.name);
    }
    Ok(report.cpu_ms)
}
