//! What a client, a server or another participant sends.

use std::fmt::Debug;

use conclave_protocol::peer::{DisplayName, MAX_NAME_CHARACTERS, MAX_PEER_MESSAGE_LENGTH, PeerMessage};
use conclave_protocol::signal::Signal;
use conclave_protocol::signalling::{ClientMessage, RoomOrder, ServerMessage};

/// What the server reads from a client.
pub fn client_message(data: &[u8]) {
    let Ok(message) = serde_json::from_slice::<ClientMessage>(data) else { return };
    if let ClientMessage::Govern { order } = &message
        && let Ok(order) = serde_json::from_slice::<RoomOrder>(order.body.as_slice())
    {
        reads_the_same(&order, serde_json::from_slice(&order.to_json()).ok());
    }
    reads_the_same(&message, serde_json::from_str(&message.to_json()).ok());
}

/// What a client reads from a server.
pub fn server_message(data: &[u8]) {
    let Ok(message) = serde_json::from_slice::<ServerMessage>(data) else { return };
    reads_the_same(&message, serde_json::from_str(&message.to_json()).ok());
}

/// What a participant reads from another one on the link between them.
pub fn peer_message(data: &[u8]) {
    let Ok(message) = PeerMessage::from_json(data) else { return };
    assert!(data.len() <= MAX_PEER_MESSAGE_LENGTH);
    if let PeerMessage::Profile { name, .. } = &message {
        is_presentable(name);
    }
    reads_the_same(&message, PeerMessage::from_json(&message.to_json()).ok());
}

/// What a participant reads from another one by way of the server.
pub fn signal(data: &[u8]) {
    let Ok(signal) = Signal::from_json(data) else { return };
    if let Signal::Hello { name } = &signal {
        is_presentable(name);
    }
    reads_the_same(&signal, Signal::from_json(&signal.to_json()).ok());
}

fn reads_the_same<T: Debug + PartialEq>(message: &T, again: Option<T>) {
    assert_eq!(Some(message), again.as_ref(), "what was read reads differently from its own JSON");
}

/// A name is shown in windows and logs: whatever came, it is short, visible and turns no text around.
fn is_presentable(name: &DisplayName) {
    let name = name.as_str();
    assert!((1..=MAX_NAME_CHARACTERS).contains(&name.chars().count()), "{name:?} has the wrong length");
    assert_eq!(name.trim(), name, "white space around a name");
    let hostile = |c: char| c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    assert!(!name.contains(hostile), "{name:?}");
}
