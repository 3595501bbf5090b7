//! Whatever a participant sends is read within bounds, or refused with a typed error.
#![cfg(test)]

use conclave_protocol::ids::{LinkGeneration, OfferRound};
use conclave_protocol::peer::{
    DisplayName, MAX_NAME_CHARACTERS, MAX_PEER_MESSAGE_LENGTH, PeerMessage, PeerMessageError,
};
use conclave_protocol::signal::{IceCandidate, MAX_CANDIDATE_LENGTH, MAX_SDP_LENGTH, Signal, SignalError};
use conclave_protocol::signalling::limits::MAX_MESSAGE_BYTES;
use conclave_protocol::signalling::{ClientMessage, Recipient};
use proptest::prelude::*;

fn offer(length: usize) -> Signal {
    Signal::Offer { generation: LinkGeneration(1), round: OfferRound::FIRST, sdp: "a".repeat(length) }
}

#[test]
fn a_session_description_over_its_bound_is_refused() {
    assert!(Signal::from_json(&offer(MAX_SDP_LENGTH).to_json()).is_ok());
    assert_eq!(Signal::from_json(&offer(MAX_SDP_LENGTH + 1).to_json()), Err(SignalError::TooLong));
}

#[test]
fn a_candidate_over_its_bound_is_refused() {
    let candidate = |length| Signal::Candidate {
        generation: LinkGeneration(1),
        candidate: IceCandidate { candidate: "c".repeat(length), sdp_mid: Some("0".into()), sdp_m_line_index: Some(0) },
    };
    assert!(Signal::from_json(&candidate(MAX_CANDIDATE_LENGTH).to_json()).is_ok());
    assert_eq!(Signal::from_json(&candidate(MAX_CANDIDATE_LENGTH + 1).to_json()), Err(SignalError::TooLong));
}

#[test]
fn the_longest_session_description_fits_a_server_message_once_sealed() {
    let sdp = "a=x\r\n".repeat(MAX_SDP_LENGTH / 5);
    let plain = Signal::Offer { generation: LinkGeneration(u32::MAX), round: OfferRound(u32::MAX), sdp }.to_json();
    let nonce_and_tag = 12 + 16;
    let payload = conclave_protocol::bytes::SealedBytes(vec![0; plain.len() + nonce_and_tag]);
    let message = ClientMessage::Relay { to: Recipient::Everyone, payload };
    assert!(message.to_json().len() <= MAX_MESSAGE_BYTES, "{} bytes", message.to_json().len());
}

#[test]
fn a_long_peer_message_is_refused_before_it_is_read() {
    let message = format!(r#"{{"type":"bye"}}{}"#, " ".repeat(MAX_PEER_MESSAGE_LENGTH));
    assert_eq!(PeerMessage::from_json(message.as_bytes()), Err(PeerMessageError::TooLong));
}

#[test]
fn a_hostile_name_is_tamed_on_arrival() {
    let message = r#"{"type":"profile","name":"  \u202eevil\u0007\n\u200b  ","client":"browser"}"#;
    let Ok(PeerMessage::Profile { name, .. }) = PeerMessage::from_json(message.as_bytes()) else { panic!("a profile") };
    assert_eq!(name.as_str(), "evil");
    assert_eq!(DisplayName::from_untrusted(" \u{202e} ").as_str(), "Someone");
}

proptest! {
    #[test]
    fn a_name_keeps_its_rule_whatever_comes(text in any::<String>()) {
        let name = DisplayName::from_untrusted(&text);
        prop_assert!((1..=MAX_NAME_CHARACTERS).contains(&name.as_str().chars().count()));
        prop_assert!(!name.as_str().chars().any(char::is_control));
        prop_assert_eq!(DisplayName::from_untrusted(name.as_str()), name, "the rule applied twice changes nothing");
    }

    #[test]
    fn no_bytes_make_a_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = (Signal::from_json(&bytes), PeerMessage::from_json(&bytes));
        let _ = serde_json::from_slice::<ClientMessage>(&bytes);
    }
}
