//! What a server may try with two who handshake, and what comes of it.

use conclave_keys::invitation;
use conclave_keys::note::Note;
use conclave_keys::pair::Pair;
use conclave_keys::room_key::RoomKey;
use conclave_protocol::ids::{HostKeyHash, OfferRound};
use conclave_protocol::invite::InviteSecret;
use conclave_protocol::notice::SecurityProblem;
use conclave_protocol::peer::DisplayName;

use super::test_ends::*;
use super::*;

#[test]
fn two_who_have_the_link_verify_each_other_and_hear_each_other() {
    let mut room = Room::new();
    room.ada().trust.send(BOB, Signal::Hello { name: DisplayName::from_untrusted("Ada") });
    room.bob().trust.send(ADA, Signal::Hello { name: DisplayName::from_untrusted("Bob") });
    room.connect();
    let kinds = |end: &End| -> Vec<&'static str> {
        let kind = |signal: &Signal| match signal {
            Signal::Hello { .. } => "name",
            Signal::Offer { .. } => "offer",
            Signal::Answer { .. } => "answer",
            Signal::Candidate { .. } => "candidate",
            _ => "other",
        };
        end.heard.iter().map(kind).collect()
    };
    assert_eq!(kinds(room.bob()), ["name", "offer", "candidate"]);
    assert_eq!(kinds(room.ada()), ["name", "answer"]);
    let (mut ada, mut bob) = (room.ada().verified.remove(0).1, room.bob().verified.remove(0).1);
    let sealed = ada.sealer.seal(b"hello").unwrap();
    assert_eq!(bob.opener.open(&sealed).unwrap(), b"hello");
    let sealed = bob.sealer.seal(b"hello yourself").unwrap();
    assert_eq!(ada.opener.open(&sealed).unwrap(), b"hello yourself");
    assert!(room.ends.iter().all(|end| end.problems.is_empty()));
}

#[test]
fn a_message_lost_at_any_step_verifies_nobody_wrongly_and_the_next_link_is_good() {
    let steps = Room::transcript().len();
    assert!(steps >= 5, "{steps}");
    for lost in 0..steps {
        let mut room = Room::new();
        room.ada().offer_to(BOB, GENERATION);
        let mut step = 0;
        room.relay_all(|message| {
            step += 1;
            if step - 1 == lost { Vec::new() } else { vec![message] }
        });
        room.ends.iter_mut().for_each(|end| end.verified.clear());
        room.ada().offer_to(BOB, LinkGeneration(2));
        room.relay_all(|message| vec![message]);
        room.assert_verified();
    }
}

#[test]
fn a_message_altered_at_any_step_is_dropped_and_told() {
    for altered in 0..Room::transcript().len() {
        let mut room = Room::new();
        room.ada().offer_to(BOB, GENERATION);
        let mut step = 0;
        let mut to = ADA;
        room.relay_all(|mut message| {
            if step == altered {
                let last = message.payload.0.len() - 1;
                message.payload.0[last] ^= 1;
                to = message.to;
            }
            step += 1;
            vec![message]
        });
        let victim = room.ends.iter().find(|end| end.id == to).unwrap();
        assert_eq!(victim.problems, [SecurityProblem::Forged], "step {altered}");
        room.ends.iter_mut().for_each(|end| end.verified.clear());
        room.ada().offer_to(BOB, LinkGeneration(2));
        room.relay_all(|message| vec![message]);
        room.assert_verified();
    }
}

#[test]
fn a_message_that_comes_twice_is_taken_once() {
    for twice in 0..Room::transcript().len() {
        let mut room = Room::new();
        room.ada().offer_to(BOB, GENERATION);
        let mut step = 0;
        room.relay_all(|message| {
            step += 1;
            if step - 1 == twice { vec![message.clone(), message] } else { vec![message] }
        });
        assert!(room.ends.iter().all(|end| end.verified.len() == 1), "step {twice}");
        let offers = room.bob().heard.iter().filter(|signal| matches!(signal, Signal::Offer { .. })).count();
        assert_eq!(offers, 1, "step {twice}");
        room.assert_verified();
    }
}

#[test]
fn everything_of_an_old_session_said_again_changes_nothing_in_the_new_one() {
    let mut room = Room::new();
    let mut old = Vec::new();
    room.ada().offer_to(BOB, GENERATION);
    room.relay_all(|message| {
        old.push(message.clone());
        vec![message]
    });
    room.ends.iter_mut().for_each(|end| end.verified.clear());
    room.ada().offer_to(BOB, LinkGeneration(2));
    room.relay_all(|message| vec![message]);
    let heard: Vec<usize> = room.ends.iter().map(|end| end.heard.len()).collect();
    for message in &old {
        room.ends.iter_mut().find(|end| end.id == message.to).unwrap().receive(message);
    }
    room.relay_all(|message| vec![message]);
    assert_eq!(room.ends.iter().map(|end| end.heard.len()).collect::<Vec<_>>(), heard);
    room.assert_verified();
    assert!(room.ends.iter().all(|end| end.verified.is_empty()), "only once");
    // And the link goes on: what is sealed now is heard.
    room.ada().trust.send(BOB, Signal::RestartRequest { generation: LinkGeneration(2) });
    room.ada().act();
    room.relay_all(|message| vec![message]);
    assert!(matches!(room.bob().heard.last(), Some(Signal::RestartRequest { .. })));
}

#[test]
fn what_is_reflected_is_not_believed() {
    let mut room = Room::new();
    room.ada().offer_to(BOB, GENERATION);
    // The server answers for Bob with Ada's own words.
    room.relay_all(|message| match message.from {
        ADA => vec![Relayed { from: BOB, to: ADA, payload: message.payload }],
        _ => Vec::new(),
    });
    room.assert_nothing_verified();
    assert!(room.ada().heard.is_empty());
    assert_eq!(room.ada().problems, [SecurityProblem::Forged]);
}

#[test]
fn what_is_for_another_is_not_believed() {
    let mut room = Room::new();
    let mut cleo = End::new(CLEO, SECRET, None);
    cleo.trust.meet(ADA, LinkRole::Answerer);
    room.ends.push(cleo);
    room.ada().offer_to(BOB, GENERATION);
    room.relay_all(|message| match message.to {
        BOB => vec![Relayed { to: CLEO, ..message }],
        _ => vec![Relayed { from: BOB, ..message }],
    });
    room.assert_nothing_verified();
    assert!(!room.ends.iter().any(End::took_description));
    assert_eq!(room.ends[2].problems, [SecurityProblem::Forged]);
}

#[test]
fn two_with_different_links_to_one_room_have_nothing_to_say_to_each_other() {
    let other = InviteSecret([8; 16]);
    assert_ne!(invitation::room_id(&other), invitation::room_id(&SECRET));
    let mut room = Room::of(End::new(ADA, SECRET, None), End::new(BOB, other, None));
    room.connect();
    room.assert_nothing_verified();
    assert!(!room.ends.iter().any(End::took_description));
    assert_eq!(room.bob().problems, [SecurityProblem::Forged]);
}

#[test]
fn a_wrong_password_is_told_to_both_and_nothing_else_is() {
    for (ada, bob) in [(None, Some("right")), (Some("right"), None), (Some("wrong"), Some("right"))] {
        let mut room = Room::of(End::new(ADA, SECRET, ada), End::new(BOB, SECRET, bob));
        room.connect();
        room.assert_nothing_verified();
        assert!(!room.ends.iter().any(End::took_description));
        for end in &room.ends {
            assert_eq!(end.problems, [SecurityProblem::OtherKey], "{ada:?} {bob:?}");
        }
    }
    let mut room = Room::of(End::new(ADA, SECRET, Some("right")), End::new(BOB, SECRET, Some("right")));
    room.connect();
    room.assert_verified();
}

#[test]
fn links_that_name_different_hosts_lead_to_nobody() {
    let other = HostKeyHash([4; 16]);
    let mut room = Room::of(End::new(ADA, SECRET, None), End::with_host(BOB, SECRET, other, None));
    room.connect();
    room.assert_nothing_verified();
    assert!(!room.ends.iter().any(End::took_description));
    for end in &room.ends {
        assert_eq!(end.problems, [SecurityProblem::OtherKey]);
    }
}

#[test]
fn a_description_without_one_good_fingerprint_is_not_used() {
    let hex = |byte: &str, count| vec![byte; count].join(":");
    let good = format!("a=fingerprint:sha-256 {}\r\n", hex("AA", 32));
    let bad = [
        String::new(),
        format!("a=fingerprint:sha-1 {}\r\n", hex("AA", 20)),
        format!("{good}a=fingerprint:sha-1 {}\r\n", hex("AA", 20)),
        format!("{good}a=fingerprint:sha-256 {}\r\n", hex("BB", 32)),
        format!("a=fingerprint:sha-256 {}\r\n", hex("AA", 31)),
    ];
    for attribute in &bad {
        // A participant who offers that way. Its own trust wouldn't seal it, so another's words are put in its mouth.
        let mut room = Room::new();
        room.ada().offer_to(BOB, GENERATION);
        // All but the Hellos and what proves her device.
        room.relay_all(|message| {
            let drops = message.payload.0[0] == 2 && message.payload.0[1] != 7;
            if drops { Vec::new() } else { vec![message] }
        });
        let sdp = with_fingerprint(attribute, "offers", "actpass");
        let offer = Signal::Offer { generation: GENERATION, round: OfferRound::FIRST, sdp };
        room.ada().trust.with(BOB, |peer, _, outbox| peer.seal_unchecked(outbox, &offer));
        room.ada().act();
        room.relay_all(|message| vec![message]);
        room.assert_nothing_verified();
        assert!(!room.bob().took_description(), "{attribute}");
        assert_eq!(room.bob().problems, [SecurityProblem::Fingerprint], "{attribute}");
    }
}

#[test]
fn a_restart_may_change_everything_but_the_certificate() {
    for (fingerprint, expected) in [(ADA.0[0], Vec::new()), (99, vec![SecurityProblem::Fingerprint])] {
        let mut room = Room::new();
        room.connect();
        let sdp = sdp(fingerprint, "restarted", "actpass");
        room.ada().trust.send(BOB, Signal::Offer { generation: GENERATION, round: OfferRound(2), sdp });
        room.ada().act();
        room.relay_all(|message| vec![message]);
        let restarts = |end: &End| end.heard.iter().filter(|signal| is_of_round_two(signal)).count();
        let taken = usize::from(expected.is_empty());
        assert_eq!((restarts(room.bob()), restarts(room.ada())), (taken, taken));
        assert_eq!(room.bob().problems, expected);
    }
}

fn is_of_round_two(signal: &Signal) -> bool {
    matches!(signal, Signal::Offer { round: OfferRound(2), .. } | Signal::Answer { round: OfferRound(2), .. })
}

#[test]
fn an_answer_without_a_proof_is_not_applied() {
    let mut room = Room::new();
    room.ada().offer_to(BOB, GENERATION);
    let mut has_answered = false;
    // Bob's answer with its proof is lost; instead he says it as an ordinary signal.
    for _ in 0..20 {
        let Some(message) = room.ends.iter_mut().find_map(|end| (!end.outbox.is_empty()).then(|| end.outbox.remove(0)))
        else {
            break;
        };
        let is_answer = message.from == BOB && message.payload.0[..2] == [2, 2];
        if is_answer {
            has_answered = true;
            let signal =
                Signal::Answer { generation: GENERATION, round: OfferRound::FIRST, sdp: sdp(2, "answers", "active") };
            room.bob().trust.with(ADA, |peer, _, outbox| peer.seal_unchecked(outbox, &signal));
            room.bob().act();
        } else {
            room.ends.iter_mut().find(|end| end.id == message.to).unwrap().receive(&message);
        }
    }
    assert!(has_answered);
    room.assert_nothing_verified();
    assert!(!room.ada().took_description());
}

#[test]
fn media_may_not_flow_before_the_confirmation_has_come() {
    let mut room = Room::new();
    room.ada().offer_to(BOB, GENERATION);
    let mut confirmation = None;
    room.relay_all(|message| {
        if message.from == ADA && message.payload.0[..2] == [2, 3] {
            confirmation = Some(message);
            return Vec::new();
        }
        vec![message]
    });
    assert_eq!((room.ada().verified.len(), room.bob().verified.len()), (1, 0));
    room.bob().receive(&confirmation.unwrap());
    room.assert_verified();
}

#[test]
fn whoever_waits_in_vain_asks_for_another_link_before_there_is_a_session() {
    let mut room = Room::new();
    room.bob().trust.send(ADA, Signal::RebuildRequest { generation: LinkGeneration(0) });
    room.bob().act();
    room.relay_all(|message| vec![message]);
    assert_eq!(room.ada().heard, [Signal::RebuildRequest { generation: LinkGeneration(0) }]);
}

#[test]
fn a_stranger_s_note_is_told_and_not_followed() {
    let mut room = Room::new();
    let stranger = RoomKey::new(&InviteSecret([9; 16]), HOST, None).unwrap().first_epoch();
    let pair = Pair { me: BOB, peer: ADA, role: Role::Answerer };
    let payload = Note::Rebuild(LinkGeneration(5)).seal(&stranger, pair).unwrap();
    room.ada().receive(&Relayed { from: BOB, to: ADA, payload });
    assert!(room.ada().heard.is_empty());
    assert_eq!(room.ada().problems, [SecurityProblem::Forged]);
}

#[test]
fn who_offers_may_change_between_two_links() {
    let mut room = Room::new();
    room.connect();
    room.assert_verified();
    // The standing link keeps its roles.
    room.ada().trust.meet(BOB, LinkRole::Answerer);
    room.bob().trust.meet(ADA, LinkRole::Offerer);
    room.ada().trust.send(BOB, Signal::RestartRequest { generation: GENERATION });
    room.ada().act();
    room.relay_all(|message| vec![message]);
    assert!(matches!(room.bob().heard.last(), Some(Signal::RestartRequest { .. })));
    room.bob().offer_to(ADA, LinkGeneration(2));
    room.relay_all(|message| vec![message]);
    room.assert_verified();
    assert!(room.ends.iter().all(|end| end.problems.is_empty()));
}

#[test]
fn a_flood_of_forgeries_is_told_once_and_kept_nowhere() {
    let mut room = Room::new();
    for i in 0..10_000_u32 {
        let payload = SealedBytes([&[1_u8 + (i % 3) as u8], i.to_be_bytes().as_slice(), &[0; 60]].concat());
        room.bob().receive(&Relayed { from: ADA, to: BOB, payload });
    }
    assert_eq!(room.bob().problems, [SecurityProblem::Forged]);
    assert!(room.bob().outbox.is_empty());
    room.connect();
    room.assert_verified();
}

#[test]
fn nobody_is_heard_whom_the_room_does_not_know() {
    let mut room = Room::new();
    room.bob().trust.part(ADA);
    room.connect();
    room.assert_nothing_verified();
    assert!(room.bob().heard.is_empty() && room.bob().outbox.is_empty());
}
