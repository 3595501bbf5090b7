//! What a link tells of itself and of the other end.

use std::time::Duration;

use bytes::Bytes;
use conclave_peer::{CandidateKind, Line, LinkEvent, LinkStatistics, SendError};

use crate::support::{Pair, connected_pair, frame, loopback};

/// The offerer's statistics once they satisfy `is_enough`; reports come every second.
async fn statistics_until(pair: &Pair, is_enough: impl Fn(&LinkStatistics) -> bool) -> LinkStatistics {
    let sender = pair.offerer.link.line_sender(Line::Camera);
    let looked = async {
        for timestamp in 0.. {
            let _ = sender.send(&frame(timestamp * 3000, 4, 1000));
            tokio::time::sleep(Duration::from_millis(20)).await;
            let statistics = pair.offerer.link.statistics().await;
            if is_enough(&statistics) {
                return statistics;
            }
        }
        unreachable!()
    };
    tokio::time::timeout(crate::support::PATIENCE, looked).await.expect("the statistics stay as they are")
}

#[tokio::test]
async fn statistics_tell_the_path_the_round_trip_and_what_passed() {
    let pair = connected_pair().await;
    let camera = Line::Camera as usize;
    let statistics = statistics_until(&pair, |now| {
        now.round_trip.is_some() && now.send_bps > 0 && now.lines[camera].sent.jitter > Duration::ZERO
    })
    .await;
    let round_trip = statistics.round_trip.unwrap();
    assert!(round_trip < Duration::from_millis(500), "{round_trip:?}");
    for candidate in [&statistics.local_candidate, &statistics.remote_candidate] {
        let candidate = candidate.as_ref().unwrap();
        assert!(matches!(candidate.kind, CandidateKind::Host | CandidateKind::PeerReflexive));
        assert_eq!(candidate.protocol, "udp");
        assert!(candidate.address.starts_with("127.0.0.1:"), "{}", candidate.address);
    }
    let sent = &statistics.lines[camera].sent;
    assert!(statistics.lines.iter().all(|line| line.takes));
    assert_eq!((sent.packets % 4, sent.lost, sent.retransmitted), (0, 0, 0));
    assert!(sent.bytes > sent.packets * 1012);
    assert_eq!(statistics.sent_packets, sent.packets);
    assert_eq!(statistics.received_packets, 0);

    pair.answerer.inbox.until(|inbox| inbox.packets(Line::Camera).len() as u64 >= sent.packets).await;
    let other = pair.answerer.link.statistics().await;
    let received = &other.lines[camera].received;
    assert_eq!((received.packets, received.lost), (sent.packets, 0));
    assert!(other.receive_bps > 0);
    assert_eq!(other.local_candidate.unwrap().address, statistics.remote_candidate.unwrap().address);
    pair.close().await;
}

#[tokio::test]
async fn a_wanted_keyframe_is_asked_for_of_the_right_line() {
    let mut pair = connected_pair().await;
    // Before anything has arrived there is nobody to ask: the wish is kept.
    pair.answerer.link.request_keyframe(Line::Screen);
    for line in [Line::Camera, Line::Screen] {
        pair.offerer.link.line_sender(line).send(&frame(0, 1, 100)).unwrap();
        pair.answerer.inbox.until(|inbox| inbox.packets(line).len() == 1).await;
    }
    pair.offerer.until_event(LinkEvent::KeyframeRequested { line: Line::Screen }).await;
    for _ in 0..10 {
        pair.answerer.link.request_keyframe(Line::Camera);
    }
    pair.offerer.until_event(LinkEvent::KeyframeRequested { line: Line::Camera }).await;
    let asked = pair.answerer.link.statistics().await.lines[Line::Camera as usize].received.keyframe_requests;
    assert!((1..=2).contains(&asked), "asked {asked} times");
    let told = pair.offerer.link.statistics().await.lines[Line::Screen as usize].sent.keyframe_requests;
    assert_eq!(told, 1);
    pair.close().await;
}

#[tokio::test]
async fn nothing_is_taken_before_the_link_is_up_nor_beyond_its_limits() {
    let early = crate::support::lone(loopback(conclave_peer::Role::Offerer)).await;
    let sender = early.link.line_sender(Line::Microphone);
    assert_eq!(sender.send(&frame(0, 1, 10)), Err(SendError::NotConnected));
    assert_eq!(early.link.send_control(Bytes::from_static(b"hi")), Err(SendError::NotConnected));
    early.close().await;

    let pair = connected_pair().await;
    let camera = pair.offerer.link.line_sender(Line::Camera);
    assert_eq!(camera.send(&frame(0, 1, 1201)), Err(SendError::TooLarge));
    assert_eq!(camera.send(&frame(0, 2000, 1000)), Err(SendError::TooLarge));
    let long = Bytes::from(vec![0; 16 * 1024 + 1]);
    assert_eq!(pair.offerer.link.send_control(long), Err(SendError::TooLarge));
    pair.close().await;
}
