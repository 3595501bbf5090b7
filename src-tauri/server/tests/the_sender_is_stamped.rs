//! Who said something is the server's to say.

use conclave_protocol::signalling::{Recipient, SignallingError};
use tokio_tungstenite::tungstenite::Message;

use crate::support::client::{Joined, pair};
use crate::support::server::{loopback, started};

#[tokio::test]
async fn a_relayed_message_carries_the_sender_that_the_server_knows() {
    let server = started(loopback()).await;
    let (mut first, mut second) = pair(server.listening()).await;
    first.client.relay(Recipient::Everyone, b"from the first").await;
    second.client.relay(Recipient::Participant(first.me.participant), b"from the second").await;
    second.hears_relayed(&first.me, b"from the first").await;
    first.hears_relayed(&second.me, b"from the second").await;
}

#[tokio::test]
async fn a_message_that_names_its_sender_is_refused() {
    let server = started(loopback()).await;
    let (mut first, second) = pair(server.listening()).await;
    let forged =
        format!(r#"{{"type":"relay","to":"everyone","payload":"AAAA","from":"{}"}}"#, first.me.participant.to_text());
    let Joined { client: mut forger, me, .. } = second;
    forger.send(Message::text(forged)).await;
    assert_eq!(forger.refused().await, SignallingError::Malformed);
    // Nothing of it reached the other: the next that is heard is what comes next.
    let mut back = Joined::returning(server.listening(), Some(me)).await;
    back.client.relay(Recipient::Everyone, b"honest").await;
    first.hears_relayed(&back.me, b"honest").await;
}
