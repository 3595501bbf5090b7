//! A link leaves nothing behind.

use std::time::{Duration, Instant};

use bytes::Bytes;
use conclave_peer::{Line, LinkEvent, SendError};

use crate::support::{PATIENCE, connected_pair, frame, pair};

fn open_descriptors() -> usize {
    std::fs::read_dir("/proc/self/fd").unwrap().count()
}

fn living_tasks() -> usize {
    tokio::runtime::Handle::current().metrics().num_alive_tasks()
}

/// Waits until what links held is given back: their last tasks end a moment after them.
async fn settle(descriptors: usize) -> (usize, usize) {
    let start = Instant::now();
    loop {
        let now = (open_descriptors(), living_tasks());
        if (now.0 <= descriptors && now.1 == 0) || start.elapsed() > PATIENCE {
            return now;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

const PAIRS: usize = 50;
// The other tests of this process open descriptors too; a pair that left any of its own would leave a hundred.
const TOLERANCE: usize = PAIRS / 2;

#[tokio::test]
async fn closed_links_leave_no_descriptors_and_no_tasks() {
    connected_pair().await.close().await;
    let allowed = open_descriptors() + TOLERANCE;
    for index in 0..PAIRS {
        match index % 2 {
            0 => connected_pair().await.close().await,
            _ => pair().await.close().await,
        }
    }
    let (descriptors, tasks) = settle(allowed).await;
    assert!(descriptors <= allowed, "{descriptors} descriptors, {allowed} allowed");
    assert_eq!(tasks, 0);
}

#[tokio::test]
async fn dropped_links_leave_no_descriptors_and_no_tasks() {
    drop(connected_pair().await);
    let allowed = open_descriptors() + TOLERANCE;
    for _ in 0..PAIRS {
        drop(connected_pair().await);
    }
    let (descriptors, tasks) = settle(allowed).await;
    assert!(descriptors <= allowed, "{descriptors} descriptors, {allowed} allowed");
    assert_eq!(tasks, 0);
}

#[tokio::test]
async fn a_closed_link_says_so_to_whoever_still_sends() {
    let pair = connected_pair().await;
    let sender = pair.offerer.link.line_sender(Line::Camera);
    sender.send(&frame(0, 1, 100)).unwrap();
    pair.close().await;
    assert_eq!(sender.send(&frame(1, 1, 100)), Err(SendError::Closed));
}

#[tokio::test]
async fn the_other_end_of_a_closed_link_is_interrupted_in_time() {
    let mut pair = connected_pair().await;
    let start = Instant::now();
    pair.offerer.close().await;
    assert!(start.elapsed() < Duration::from_secs(2), "closing took {:?}", start.elapsed());
    let ended = pair.answerer.until_trouble().await;
    assert!(start.elapsed() < Duration::from_secs(6), "{ended:?} came after {:?}", start.elapsed());
    // Whatever it is told now, it takes without harm.
    let _ = pair.answerer.link.send_control(Bytes::from_static(b"anyone there?"));
    pair.answerer.close().await;
}

/// A goodbye spares the other end the wait for a link that never comes back.
#[tokio::test]
async fn what_was_said_before_closing_arrives() {
    for round in 0..5 {
        let mut pair = connected_pair().await;
        let messages: Vec<Bytes> = (0..10u8).map(|number| Bytes::from(vec![number; 1000])).collect();
        for message in &messages {
            pair.offerer.link.send_control(message.clone()).unwrap();
        }
        pair.offerer.close().await;
        for message in messages {
            let what = format!("message {} of round {round}", message[0]);
            let said = |event| match event {
                LinkEvent::Control(said) => Some(said),
                _ => None,
            };
            assert_eq!(pair.answerer.until(&what, said).await, message);
        }
        pair.answerer.close().await;
    }
}
