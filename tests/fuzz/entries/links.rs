//! Text that a person pasted, or that another program handed over.

use conclave_protocol::bytes::encode;
use conclave_protocol::invite::InviteLink;

/// What is read as a link reads the same again from its own text, and its secret shows nowhere else.
pub fn invite_link(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let Ok(link) = InviteLink::parse(text) else { return };
    let written = link.to_text();
    assert_eq!(InviteLink::parse(&written).as_ref(), Ok(&link), "{written} reads differently");
    let shown = format!("{link:?}");
    assert!(!shown.contains(&encode(&link.secret.0)), "the secret shows in {shown}");
    let signalling = link.server.signalling_url();
    assert!(signalling.starts_with("ws://") || signalling.starts_with("wss://"), "{signalling}");
    assert!(!signalling.contains(&encode(&link.secret.0)), "the secret would go to the server");
}
