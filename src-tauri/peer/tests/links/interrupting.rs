//! What happens when the network goes away, and when ICE is restarted.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use conclave_peer::{Line, LinkConfig, LinkError, LinkEvent, Role};

use crate::impairments::Cable;
use crate::support::{Pair, connected_pair, frame, loopback, pair_of};

/// A pair on a cable that both ends send over.
async fn pair_on(cable: &Arc<Cable>) -> Pair {
    let on_cable = |role| LinkConfig { impairment: Some(Arc::<Cable>::clone(cable)), ..loopback(role) };
    pair_of(on_cable(Role::Offerer), on_cable(Role::Answerer)).await
}

#[tokio::test]
async fn a_pulled_cable_interrupts_both_ends_and_plugged_in_again_both_are_back() {
    let cable = Arc::new(Cable::default());
    let mut pair = pair_on(&cable).await;
    pair.offerer.until_connected().await;
    pair.answerer.until_connected().await;

    let pulled = Instant::now();
    cable.pull();
    pair.offerer.until_event(LinkEvent::Interrupted).await;
    pair.answerer.until_event(LinkEvent::Interrupted).await;
    let noticed = pulled.elapsed();
    assert!(noticed < Duration::from_secs(5), "noticed after {noticed:?}");

    cable.plug_in();
    pair.offerer.until_connected().await;
    pair.answerer.until_connected().await;
    pair.offerer.link.send_control(Bytes::from_static(b"back")).unwrap();
    pair.answerer.until_event(LinkEvent::Control(Bytes::from_static(b"back"))).await;
    pair.close().await;
}

#[tokio::test]
async fn a_link_that_can_not_connect_fails_by_its_own_timer() {
    let cable = Arc::new(Cable::default());
    cable.pull();
    let config = |role| LinkConfig {
        impairment: Some(Arc::<Cable>::clone(&cable)),
        connect_timeout: Duration::from_millis(700),
        ..loopback(role)
    };
    let mut pair = pair_of(config(Role::Offerer), config(Role::Answerer)).await;
    pair.offerer.until_event(LinkEvent::Failed).await;
    pair.answerer.until_event(LinkEvent::Failed).await;
    pair.close().await;
}

#[tokio::test]
async fn an_ice_restart_keeps_sources_and_numbering_and_uses_new_sockets() {
    let pair = connected_pair().await;
    let sender = pair.offerer.link.line_sender(Line::Camera);
    sender.send(&frame(1, 5, 500)).unwrap();
    pair.answerer.inbox.until(|inbox| inbox.packets(Line::Camera).len() == 5).await;
    let before = pair.offerer.link.statistics().await.local_candidate.unwrap();

    pair.offerer.link.restart_ice().await.unwrap();
    // While the sockets change a frame may be lost; one of those that follow arrives.
    let mut timestamp = 1;
    let arrived = |timestamp| {
        move |packets: &[conclave_peer::IncomingPacket]| packets.iter().any(|packet| packet.timestamp == timestamp)
    };
    let mut after = before.clone();
    let start = Instant::now();
    while after == before {
        assert!(start.elapsed() < crate::support::PATIENCE, "the restart did not end");
        timestamp += 1;
        sender.send(&frame(timestamp, 5, 500)).unwrap();
        tokio::time::sleep(Duration::from_millis(20)).await;
        after = pair.offerer.link.statistics().await.local_candidate.unwrap_or(after);
    }
    let is_here = arrived(timestamp + 1);
    sender.send(&frame(timestamp + 1, 5, 500)).unwrap();
    pair.answerer.inbox.until(|inbox| is_here(&inbox.packets(Line::Camera))).await;

    let packets = pair.answerer.inbox.packets(Line::Camera);
    let first = &packets[0];
    for packet in &packets {
        assert_eq!(packet.ssrc, first.ssrc);
        let index = u32::from(packet.sequence.wrapping_sub(first.sequence));
        assert_eq!(packet.timestamp, 1 + index / 5, "numbering goes on");
    }
    pair.close().await;
}

#[tokio::test]
async fn an_ice_restart_brings_back_a_link_whose_sockets_are_dead() {
    let cable = Arc::new(Cable::default());
    let mut pair = pair_on(&cable).await;
    pair.offerer.until_connected().await;
    pair.answerer.until_connected().await;
    cable.pull();
    pair.offerer.until_event(LinkEvent::Interrupted).await;
    pair.offerer.link.restart_ice().await.unwrap();
    cable.plug_in();
    pair.offerer.until_connected().await;
    pair.answerer.until_connected().await;
    pair.close().await;
}

#[tokio::test]
async fn a_restart_whose_offer_is_lost_can_be_asked_for_again() {
    let cable = Arc::new(Cable::default());
    let mut pair = pair_on(&cable).await;
    pair.offerer.until_connected().await;
    pair.answerer.until_connected().await;
    cable.pull();
    pair.offerer.until_event(LinkEvent::Interrupted).await;
    let lost = pair.lose_next_offer();
    pair.offerer.link.restart_ice().await.unwrap();
    lost.await.unwrap();
    pair.offerer.link.restart_ice().await.unwrap();
    cable.plug_in();
    pair.offerer.until_connected().await;
    pair.offerer.link.send_control(Bytes::from_static(b"back")).unwrap();
    pair.answerer.until_event(LinkEvent::Control(Bytes::from_static(b"back"))).await;
    pair.close().await;
}

#[tokio::test]
async fn only_the_offerer_restarts_and_only_after_an_answer() {
    let pair = connected_pair().await;
    assert_eq!(pair.answerer.link.restart_ice().await, Err(LinkError::WrongState));
    pair.close().await;
    let early = crate::support::lone(loopback(Role::Offerer)).await;
    assert_eq!(early.link.restart_ice().await, Err(LinkError::WrongState));
    early.close().await;
}
