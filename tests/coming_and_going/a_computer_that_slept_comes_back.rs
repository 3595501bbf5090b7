//! A computer that slept has lost its place, its links and its server's patience. It is back in the call without anybody
//! doing anything.

use std::time::Duration;

use conclave_tests::rigs::Result;
use conclave_tests::rigs::event::Event;
use conclave_tests::rigs::participant::{ParticipantBuilder, create_link};
use conclave_tests::rigs::process::Signal;
use conclave_tests::rigs::server::Server;

const SOON: Duration = Duration::from_secs(10);
/// At most this long the server waits for a word of hers, and then keeps her place.
const NIGHT: Duration = Duration::from_secs(120);

#[test]
fn a_computer_that_slept_comes_back() -> Result<()> {
    let server = Server::start()?;
    let link = create_link(&server)?;
    let somebody =
        |name| ParticipantBuilder::new(&link, name).camera("pattern:320x180@15").microphone("tone").view(320, 180);
    let stay = NIGHT + 6 * SOON;
    let bob = somebody("Bob").stay(stay).start()?;
    let ada = somebody("Ada").stay(stay).start()?;
    for (end, other) in [(&ada, "Bob"), (&bob, "Ada")] {
        end.wait_until_connected_to(other, SOON)?;
    }
    let (ada_awake, bob_awake) = (ada.mark(), bob.mark());
    // No process runs while a computer sleeps.
    ada.signal(Signal::Stop)?;
    bob.wait_for_after(bob_awake, "Ada's absence", NIGHT, |event| matches!(event, Event::Left { .. }))?;
    let (asleep, woken) = (bob.mark(), std::time::Instant::now());
    ada.signal(Signal::Continue)?;
    let connected = |name: &'static str| move |event: &Event| matches!(event, Event::Connected { name: Some(other), .. } if other == name);
    bob.wait_for_after(asleep, "Ada", 2 * SOON, connected("Ada"))?;
    ada.wait_for_after(ada_awake, "Bob", 2 * SOON, connected("Bob"))?;
    eprintln!("back after {:?}", woken.elapsed());
    Ok(())
}
