//! At their most talkative, neither participants nor the server write anywhere what only participants may know, and the
//! server doesn't have it in its memory either.

use std::time::Duration;

use conclave_protocol::invite::InviteLink;
use conclave_tests::rigs::Result;
use conclave_tests::rigs::participant::{ParticipantBuilder, create_link};
use conclave_tests::rigs::process_memory::found_in;
use conclave_tests::rigs::server::Server;

const SOON: Duration = Duration::from_secs(10);
/// Long enough for the server's memory to be read meanwhile.
const STAY: Duration = Duration::from_secs(10);
/// Names that are nowhere by chance.
const ADA: &str = "Ada Zwiebelfisch";
const BOB: &str = "Bob Quarkkeulchen";

#[test]
fn logs_and_the_server_hold_no_secret() -> Result<()> {
    let server = Server::start_with_log_filter("trace")?;
    let link = create_link(&server)?;
    let participant = |name: &str| {
        ParticipantBuilder::new(&link, name)
            .camera("pattern:320x180@15")
            .microphone("tone")
            .view(320, 180)
            .log_filter("trace")
            .stay(STAY)
    };
    let parsed = InviteLink::parse(&link).expect("the link we were given");
    let secret = parsed.secret.0;
    let (ada, bob) = (participant(ADA).start()?, participant(BOB).start()?);
    ada.wait_until_connected_to(BOB, SOON)?;
    // What the server does know, as long as there is the room, shows that its memory is read.
    let known = [("R", parsed.room.0.to_vec()), ("S", secret.to_vec())];
    assert_eq!(found_in(server.process(), &known)?, ["R"], "in the server's memory during the call");
    let (ada_report, ada) = ada.finish_with_events()?;
    let (_, bob) = bob.finish_with_events()?;

    let hex: String = secret.iter().map(|byte| format!("{byte:02x}")).collect();
    let text = link.split('.').nth(link.matches('.').count() - 1).expect("S between the last two dots");
    let address = ada_report.peer(BOB)?.network.local_candidate.clone().expect("the address in use");
    let port = address.rsplit(':').next().expect("a port").to_owned();
    let secrets = [
        ("S in base64url", text.to_owned()),
        ("S in hexadecimal", hex.clone()),
        ("S in hexadecimal capitals", hex.to_uppercase()),
        ("S as numbers", secret.map(|byte| byte.to_string()).join(", ")),
        ("Ada's name", ADA.to_owned()),
        ("Bob's name", BOB.to_owned()),
        ("a session description", "a=fingerprint".to_owned()),
        ("ICE credentials", "a=ice-ufrag".to_owned()),
        ("a candidate", "typ host".to_owned()),
        ("an address", format!("127.0.0.1 {port}")),
    ];
    for (who, log) in [("Ada", &ada.log), ("Bob", &bob.log), ("the server", &server.process().log())] {
        eprintln!("{who} logged {} lines", log.lines().count());
        assert!(log.contains("TRACE") || log.contains("DEBUG"), "{who} was not talkative");
        for (form, text) in &secrets {
            // The log itself is not shown: it has a secret in it.
            assert!(!log.contains(text), "{who}'s log has {form}");
        }
    }
    let mut needles: Vec<_> = secrets.iter().map(|(form, text)| (*form, text.clone().into_bytes())).collect();
    needles.push(("S", secret.to_vec()));
    assert_eq!(found_in(server.process(), &needles)?, [""; 0], "in the server's memory after the call");
    Ok(())
}
