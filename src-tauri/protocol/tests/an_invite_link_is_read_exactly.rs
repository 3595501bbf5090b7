//! The invite link's parser accepts the form of the documentation and nothing else, and names each fault.
#![cfg(test)]

use conclave_protocol::bytes::encode;
use conclave_protocol::ids::{HostKeyHash, RoomId};
use conclave_protocol::invite::{InviteLink, InviteLinkError, InviteSecret, MAX_LINK_LENGTH, ServerAddress};
use proptest::prelude::*;

fn link(server: &str) -> InviteLink {
    InviteLink {
        server: ServerAddress::parse(server).unwrap(),
        room: RoomId([7; 16]),
        secret: InviteSecret([8; 16]),
        host: HostKeyHash([9; 16]),
    }
}

fn text() -> String {
    link("http://127.0.0.1:7000").to_text()
}

#[test]
fn a_link_reads_back_as_itself_on_every_kind_of_host() {
    for server in ["http://127.0.0.1:7000", "https://rooms.example", "https://rooms.example:8443", "http://[::1]:7000"]
    {
        let link = link(server);
        assert_eq!(InviteLink::parse(&link.to_text()), Ok(link.clone()));
        assert_eq!(InviteLink::parse(&format!("  {}\n", link.to_text())), Ok(link), "white space is pasted along");
    }
}

#[test]
fn an_app_link_names_the_same_room() {
    for server in ["http://127.0.0.1:7000", "http://192.168.1.20:7000", "http://[::1]:7000", "https://rooms.example"] {
        let link = link(server);
        let app_link = link.to_text().replacen("https://", "conclave://", 1).replacen("http://", "conclave://", 1);
        assert_eq!(InviteLink::parse(&app_link), Ok(link));
    }
}

#[test]
fn each_fault_is_named() {
    let (room, key) = (encode(&[7; 16]), encode(&[8; 16]));
    let cases = [
        (String::new(), InviteLinkError::Server),
        ("rooms.example".into(), InviteLinkError::Server),
        (text().replace("http://", "ftp://"), InviteLinkError::Server),
        (text().replace("http://", "file://"), InviteLinkError::Server),
        (text().replace("http://", "javascript:"), InviteLinkError::Server),
        (text().replace("http://", "http://user:password@"), InviteLinkError::Server),
        (text().replace("/j/", "/x/"), InviteLinkError::Path),
        (text().replace("/j/", "/j/../"), InviteLinkError::Path),
        (text().replace("/j/", "/x/../j/"), InviteLinkError::Path),
        (text().replace("/j/", "/j\\"), InviteLinkError::Path),
        (text().replace("/j/", "/j\t/"), InviteLinkError::Path),
        (text().replace("127", "12\n7"), InviteLinkError::Path),
        (text().replace("http://", "http:"), InviteLinkError::Path),
        (text().replace('#', "?a=b#"), InviteLinkError::Path),
        (text().replace('#', "/more#"), InviteLinkError::Path),
        (format!("http://127.0.0.1/j/{}#1.{key}.{key}", &room[1..]), InviteLinkError::Room),
        (format!("http://127.0.0.1/j/{room}"), InviteLinkError::MissingKey),
        (format!("http://127.0.0.1/j/{room}#"), InviteLinkError::MissingKey),
        (format!("http://127.0.0.1/j/{room}#2.{key}.{key}"), InviteLinkError::Version),
        (format!("http://127.0.0.1/j/{room}#1.{key}"), InviteLinkError::Key),
        (format!("http://127.0.0.1/j/{room}#1.{key}.{key}."), InviteLinkError::Key),
        (format!("http://127.0.0.1/j/{room}#1.{key}=.{key}"), InviteLinkError::Key),
        (format!("http://127.0.0.1/j/{room}#1.{key}.{}", &key[1..]), InviteLinkError::Key),
        (format!("http://127.0.0.1/j/{room}#1.{}.{key}", key.replace('A', "+")), InviteLinkError::Key),
        (format!("{}{}", text(), "A".repeat(MAX_LINK_LENGTH)), InviteLinkError::TooLong),
    ];
    for (text, error) in cases {
        // Never the text itself: a test's output is a log too.
        assert!(InviteLink::parse(&text) == Err(error), "expected {error:?}");
    }
}

#[test]
fn debug_output_of_a_link_has_no_secret() {
    let shown = format!("{:?}", link("https://rooms.example"));
    assert!(!shown.contains(&encode(&[8; 16])), "the secret's text");
    assert!(!shown.contains("8, 8"), "the secret's bytes");
}

proptest! {
    #[test]
    fn no_text_makes_the_parser_panic(text in "\\PC{0,600}") {
        let _ = InviteLink::parse(&text);
    }

    #[test]
    fn a_link_that_is_accepted_writes_itself_back(path in "[A-Za-z0-9_/.-]{0,30}", key in "[A-Za-z0-9_.-]{0,60}") {
        if let Ok(link) = InviteLink::parse(&format!("http://127.0.0.1:7000/j/{path}#{key}")) {
            prop_assert_eq!(InviteLink::parse(&link.to_text()), Ok(link));
        }
    }

    #[test]
    fn one_changed_character_never_gives_the_same_room_and_key(at in 22_usize..90, to in any::<char>()) {
        let original = text();
        let changed: String = original.chars().enumerate().map(|(i, c)| if i == at { to } else { c }).collect();
        if changed != original {
            prop_assert_ne!(InviteLink::parse(&changed).ok(), InviteLink::parse(&original).ok());
        }
    }
}
