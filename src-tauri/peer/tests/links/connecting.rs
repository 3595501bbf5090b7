//! Two ends find each other and everything they can say arrives.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use conclave_peer::{IceServer, Interfaces, Line, LinkConfig, LinkEvent, Role};

use crate::impairments::Batches;
use crate::support::{connected_pair, frame, lone, loopback, pair_of};

#[tokio::test]
async fn two_links_connect_and_every_line_carries_packets_both_ways() {
    let pair = connected_pair().await;
    for (from, to) in [(&pair.offerer, &pair.answerer), (&pair.answerer, &pair.offerer)] {
        for line in Line::ALL {
            let sender = from.link.line_sender(line);
            for count in 0..20u32 {
                sender.send(&frame(count * 960, 3, 900)).unwrap();
                let so_far = (count as usize + 1) * 3;
                to.inbox.until(|inbox| inbox.packets(line).len() >= so_far).await;
            }
            let packets = to.inbox.packets(line);
            assert_eq!(packets.len(), 60);
            for (index, packet) in packets.iter().enumerate() {
                assert_eq!(packet.sequence, packets[0].sequence.wrapping_add(index as u16), "{line:?}");
                assert_eq!(packet.timestamp, index as u32 / 3 * 960);
                assert_eq!(packet.marker, index % 3 == 2);
                assert_eq!(packet.payload.len(), 900);
                assert_eq!(packet.ssrc, packets[0].ssrc);
            }
        }
    }
    pair.close().await;
}

#[tokio::test]
async fn control_messages_arrive_whole_and_in_order_both_ways() {
    let mut pair = connected_pair().await;
    for round in 0..2 {
        let (from, to) = match round {
            0 => (&pair.offerer, &mut pair.answerer),
            _ => (&pair.answerer, &mut pair.offerer),
        };
        for size in [0usize, 1, 100, 16 * 1024] {
            from.link.send_control(Bytes::from(vec![size as u8; size])).unwrap();
        }
        for size in [0usize, 1, 100, 16 * 1024] {
            let message = to
                .until("a control message", |event| match event {
                    LinkEvent::Control(message) => Some(message),
                    _ => None,
                })
                .await;
            assert_eq!(message, vec![size as u8; size]);
        }
    }
    pair.close().await;
}

/// What an end says the moment it is connected must not be lost because the other end's channel is a moment behind: here
/// it comes together with the end of the handshake.
#[tokio::test]
async fn the_first_control_message_arrives_however_early_it_is_sent() {
    for round in 0..10 {
        let batches = Arc::new(Batches::new(Duration::from_millis(30)));
        let answerer = LinkConfig { impairment: Some(batches), ..loopback(Role::Answerer) };
        let mut pair = pair_of(loopback(Role::Offerer), answerer).await;
        for end in [&mut pair.answerer, &mut pair.offerer] {
            end.until_connected().await;
            end.link.send_control(Bytes::from_static(b"first")).unwrap();
        }
        for end in [&mut pair.answerer, &mut pair.offerer] {
            let what = format!("the first message of round {round}");
            let message = |event| match event {
                LinkEvent::Control(message) => Some(message),
                _ => None,
            };
            assert_eq!(end.until(&what, message).await, "first");
        }
        pair.close().await;
    }
}

#[tokio::test]
async fn who_wants_relays_only_tells_no_address_and_connects_by_none() {
    let connect_timeout = Duration::from_secs(2);
    // Nobody is there: a relay is looked for in vain.
    let turn =
        IceServer { urls: vec!["turn:127.0.0.1:9".into()], username: "ada".into(), credential: "lovelace".into() };
    let relays = LinkConfig {
        interfaces: Interfaces::RelayOnly,
        ice_servers: vec![turn],
        connect_timeout,
        ..LinkConfig::new(Role::Offerer)
    };
    let (mut hidden, mut other) = (lone(relays).await, lone(loopback(Role::Answerer)).await);
    let offer = hidden.until_description().await;
    assert!(!offer.contains("a=candidate"), "{offer}");
    other.link.apply_offer(offer).await.unwrap();
    hidden.link.apply_answer(other.until_description().await).await.unwrap();
    let candidate = other
        .until("a candidate", |event| match event {
            LinkEvent::LocalCandidate(candidate) => Some(candidate),
            _ => None,
        })
        .await;
    hidden.link.apply_candidate(candidate).await.unwrap();
    let end = hidden.until("its failure", |event| match event {
        LinkEvent::LocalCandidate(_) | LinkEvent::Connected | LinkEvent::Failed => Some(event),
        _ => None,
    });
    assert_eq!(end.await, LinkEvent::Failed);
    hidden.close().await;
    other.close().await;
}
