//! At their most talkative, neither participants nor the server write an invite's secret anywhere.

use std::time::Duration;

use conclave_protocol::invite::InviteLink;
use conclave_tests::rigs::Result;
use conclave_tests::rigs::participant::{ParticipantBuilder, create_link};
use conclave_tests::rigs::server::Server;

const SOON: Duration = Duration::from_secs(10);

#[test]
fn logs_hold_no_secret() -> Result<()> {
    let server = Server::start_with_log_filter("trace")?;
    let link = create_link(&server)?;
    let participant = |name: &str| {
        ParticipantBuilder::new(&link, name)
            .camera("pattern:320x180@15")
            .microphone("tone")
            .view(320, 180)
            .log_filter("trace")
            .stay(Duration::from_secs(5))
    };
    let (ada, bob) = (participant("Ada").start()?, participant("Bob").start()?);
    ada.wait_until_connected_to("Bob", SOON)?;
    let (_, ada) = ada.finish_with_events()?;
    let (_, bob) = bob.finish_with_events()?;

    let secret = InviteLink::parse(&link).expect("the link we were given").secret.0;
    let hex: String = secret.iter().map(|byte| format!("{byte:02x}")).collect();
    let text = link.split('.').nth(link.matches('.').count() - 1).expect("S between the last two dots");
    let forms = [
        ("base64url", text.to_owned()),
        ("hexadecimal", hex.clone()),
        ("hexadecimal capitals", hex.to_uppercase()),
        ("numbers", secret.map(|byte| byte.to_string()).join(", ")),
    ];
    for (who, log) in [("Ada", &ada.log), ("Bob", &bob.log), ("the server", &server.process().log())] {
        eprintln!("{who} logged {} lines", log.lines().count());
        assert!(log.contains("TRACE") || log.contains("DEBUG"), "{who} was not talkative");
        for (form, text) in &forms {
            // The log itself is not shown: it has a secret in it.
            assert!(!log.contains(text), "{who}'s log has the secret in {form}");
        }
    }
    Ok(())
}
