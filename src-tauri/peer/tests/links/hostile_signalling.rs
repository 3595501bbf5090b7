//! Descriptions and candidates that no honest end would send.

use conclave_peer::{DescriptionError, IceCandidate, LinkError, LinkEvent, Role};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::support::{connected_pair, lone, loopback};

/// A good offer.
async fn offer() -> String {
    let mut offerer = lone(loopback(Role::Offerer)).await;
    let sdp = offerer.until_description().await;
    offerer.close().await;
    sdp
}

/// What an answerer says to `sdp`; it must survive it.
async fn verdict(sdp: String) -> Result<(), LinkError> {
    let answerer = lone(loopback(Role::Answerer)).await;
    let verdict = answerer.link.apply_offer(sdp).await;
    answerer.close().await;
    verdict
}

/// `sdp` cut into its session part and its m-lines.
fn sections(sdp: &str) -> Vec<String> {
    let mut sections = vec![String::new()];
    for line in sdp.lines() {
        if line.starts_with("m=") {
            sections.push(String::new());
        }
        let section = sections.last_mut().unwrap();
        section.push_str(line);
        section.push_str("\r\n");
    }
    sections
}

#[tokio::test]
async fn the_offer_of_a_link_is_a_good_one() {
    let offer = offer().await;
    let kinds: Vec<String> =
        sections(&offer)[1..].iter().map(|section| section.split(' ').next().unwrap().to_owned()).collect();
    assert_eq!(kinds, ["m=audio", "m=video", "m=video", "m=audio", "m=application"]);
    assert_eq!(offer.matches("packetization-mode=1").count(), 2);
    assert!(!offer.contains("rtx") && !offer.contains("VP8"));
    for feedback in ["nack\r\n", "nack pli", "ccm fir", "transport-cc"] {
        assert!(offer.contains(&format!("a=rtcp-fb:102 {feedback}")), "{feedback:?}");
    }
    assert_eq!(offer.matches("a=sendrecv").count(), 5);
    assert_eq!(verdict(offer).await, Ok(()));
}

#[tokio::test]
async fn an_answer_keeps_the_answerer_in_the_dtls_server_role() {
    let mut offerer = lone(loopback(Role::Offerer)).await;
    let mut answerer = lone(loopback(Role::Answerer)).await;
    let offer = offerer.until_description().await;
    answerer.link.apply_offer(offer).await.unwrap();
    let answer = answerer.until_description().await;
    assert_eq!(answer.matches("a=setup:passive").count(), answer.matches("a=setup:").count());
    offerer.close().await;
    answerer.close().await;
}

#[tokio::test]
async fn offers_with_other_lines_or_codecs_are_refused_by_name() {
    let good = offer().await;
    let parts = sections(&good);
    let with = |order: &[usize]| order.iter().map(|index| parts[*index].as_str()).collect::<String>();
    let cases = [
        (String::new(), DescriptionError::Malformed),
        ("hello".to_owned(), DescriptionError::Malformed),
        ("v=0\r\n".repeat(20_000), DescriptionError::TooLong),
        (with(&[0]), DescriptionError::WrongLines),
        (with(&[0, 1, 2, 3, 4]), DescriptionError::WrongLines),
        (with(&[0, 1, 2, 3, 4, 5, 1]), DescriptionError::WrongLines),
        (with(&[0, 2, 1, 3, 4, 5]), DescriptionError::WrongLines),
        (with(&[0, 1, 2, 3, 5, 4]), DescriptionError::WrongLines),
        (with(&[0, 1, 2, 3, 4, 4]), DescriptionError::WrongMids),
        (good.replace("a=mid:2", "a=mid:1"), DescriptionError::WrongMids),
        (good.replace("a=mid:2\r\n", ""), DescriptionError::WrongMids),
        (good.replace("a=mid:2", &format!("a=mid:{}", "9".repeat(40))), DescriptionError::WrongMids),
        (good.replace("packetization-mode=1", "packetization-mode=0"), DescriptionError::NoH264),
        (good.replace("H264/90000", "VP8/90000"), DescriptionError::NoH264),
        (good.replace("opus/48000", "PCMU/8000"), DescriptionError::NoOpus),
        (good.replace("webrtc-datachannel", "something"), DescriptionError::NoDataChannel),
        (good.replacen("m=video 9", "m=video 0", 1), DescriptionError::WrongLines),
        (
            good.replace("a=mid:2\r\n", &format!("a=mid:2\r\n{}", "a=x:y\r\n".repeat(600))),
            DescriptionError::TooManyAttributes,
        ),
        (
            good.replace(
                "a=mid:1\r\n",
                &format!("a=mid:1\r\n{}", (0..20).map(|n| format!("a=ssrc:{n} cname:x\r\n")).collect::<String>()),
            ),
            DescriptionError::TooManyAttributes,
        ),
    ];
    for (index, (sdp, expected)) in cases.into_iter().enumerate() {
        if expected != DescriptionError::TooLong && index > 1 {
            assert_ne!(sdp, good, "case {index} changes nothing");
        }
        assert_eq!(verdict(sdp).await, Err(LinkError::Description(expected)), "case {index}");
    }
}

#[tokio::test]
async fn mangled_offers_get_an_answer_or_an_error_and_never_take_the_link_down() {
    let good = offer().await;
    let lines: Vec<&str> = good.lines().collect();
    for seed in 0..150 {
        let mut dice = ChaCha8Rng::seed_from_u64(seed);
        let mut mangled: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
        for _ in 0..dice.random_range(1..4) {
            let at = dice.random_range(0..mangled.len());
            match dice.random_range(0..5) {
                0 => drop(mangled.remove(at)),
                1 => mangled.insert(at, mangled[dice.random_range(0..mangled.len())].clone()),
                2 => mangled[at] = mangled[at].chars().take(dice.random_range(0..12)).collect(),
                3 => mangled[at] = mangled[at].replace(char::is_numeric, "99999999999"),
                _ => mangled[at].push_str(" ;=\u{fffd}:-1"),
            }
        }
        let outcome = verdict(mangled.join("\r\n") + "\r\n").await;
        assert_ne!(outcome, Err(LinkError::Closed), "seed {seed}");
    }
}

#[tokio::test]
async fn a_description_in_the_wrong_state_is_refused_and_does_no_harm() {
    let good = offer().await;
    let mut pair = connected_pair().await;
    assert_eq!(pair.offerer.link.apply_offer(good.clone()).await, Err(LinkError::WrongState));
    assert_eq!(pair.offerer.link.apply_answer(good.clone()).await, Err(LinkError::WrongState));
    assert_eq!(pair.answerer.link.apply_answer(good.clone()).await, Err(LinkError::WrongState));
    // Another link's lines, in the place of a restart's.
    let foreign = good.replace("a=mid:2", "a=mid:7").replace("0 1 2 3 4", "0 1 7 3 4");
    let refused = pair.answerer.link.apply_offer(foreign).await;
    assert_eq!(refused, Err(LinkError::Description(DescriptionError::WrongMids)));
    pair.offerer.link.send_control("still here".into()).unwrap();
    pair.answerer.until_event(LinkEvent::Control("still here".into())).await;
    pair.close().await;
}

#[tokio::test]
async fn candidates_are_bounded_in_size_and_number_and_never_lead_to_tcp() {
    let answerer = lone(loopback(Role::Answerer)).await;
    let apply = |text: &str| {
        answerer.link.apply_candidate(IceCandidate {
            candidate: text.to_owned(),
            sdp_mid: None,
            sdp_m_line_index: Some(0),
        })
    };
    assert_eq!(apply("").await, Ok(()), "the end of candidates");
    for text in ["candidate:", "nonsense", "candidate:1 1 udp 1", &"x".repeat(2000)] {
        assert_eq!(apply(text).await, Err(LinkError::Candidate), "{text}");
    }
    assert_eq!(apply("candidate:1 1 udp 2130706431 deadbeef.local 5000 typ host").await, Ok(()));

    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let port = listener.local_addr().unwrap().port();
    let passive = format!("candidate:1 1 tcp 1 127.0.0.1 {port} typ host tcptype passive");
    assert_eq!(apply(&passive).await, Ok(()));
    answerer.link.apply_offer(offer().await).await.unwrap();
    assert_eq!(apply(&passive).await, Ok(()));

    let mut refused = 0;
    for port in 1..100 {
        match apply(&format!("candidate:1 1 udp 2130706431 127.0.0.1 {port} typ host")).await {
            Ok(()) => {}
            Err(LinkError::TooManyCandidates) => refused += 1,
            Err(other) => unreachable!("{other}"),
        }
    }
    assert_eq!(refused, 99 - 32);
    assert!(listener.accept().is_err(), "something connected by TCP");
    answerer.close().await;
}
