//! What fits through, as a sender learns it on a real link.

use std::sync::Arc;
use std::time::{Duration, Instant};

use conclave_peer::{Line, LinkConfig, LinkEvent, Role};

use crate::impairments::Bottleneck;
use crate::support::{PATIENCE, Pair, frame, loopback, pair, pair_of};

/// Sends a picture 30 times a second, as large as the last estimate allows and at most 3 Mbit/s, until `is_enough` says
/// so of the time that has passed and of the last estimate.
async fn send_until(pair: &mut Pair, is_enough: impl Fn(Duration, u64) -> bool) -> u64 {
    pair.offerer.until_connected().await;
    pair.answerer.until_connected().await;
    let sender = pair.offerer.link.line_sender(Line::Camera);
    let start = Instant::now();
    let mut ticks = tokio::time::interval(Duration::from_millis(33));
    let mut estimate_bps = 500_000;
    let mut owed_bytes = 0.0;
    for timestamp in 0.. {
        ticks.tick().await;
        while let Ok(event) = pair.offerer.events.try_recv() {
            if let LinkEvent::SendBandwidth { bps } = event {
                println!("{:?}: {bps}", start.elapsed());
                estimate_bps = bps;
            }
        }
        if is_enough(start.elapsed(), estimate_bps) {
            break;
        }
        assert!(start.elapsed() < PATIENCE, "still {estimate_bps}");
        owed_bytes += estimate_bps.min(3_000_000) as f64 / 8.0 * 0.033;
        let packets = (owed_bytes / 1000.0) as u16;
        if packets > 0 && sender.send(&frame(timestamp * 3000, packets, 1000)).is_ok() {
            owed_bytes -= f64::from(packets) * 1000.0;
        }
    }
    estimate_bps
}

#[tokio::test]
async fn on_a_free_path_the_estimate_soon_allows_the_largest_picture() {
    let mut pair = pair().await;
    let start = Instant::now();
    let estimate = send_until(&mut pair, |_, bps| bps > 2_500_000).await;
    println!("{estimate} after {:?}", start.elapsed());
    let told = pair.offerer.link.statistics().await.estimated_bps.unwrap();
    assert!(told > 2_000_000, "{told}");
    pair.close().await;
}

#[tokio::test]
async fn a_narrow_path_is_not_overrun() {
    let bottleneck = Arc::new(Bottleneck::new(600_000.0, Duration::from_millis(800)));
    let offerer = LinkConfig { impairment: Some(bottleneck), ..loopback(Role::Offerer) };
    let mut pair = pair_of(offerer, loopback(Role::Answerer)).await;
    let estimate = send_until(&mut pair, |passed, _| passed > Duration::from_secs(8)).await;
    assert!((150_000..900_000).contains(&estimate), "{estimate}");
    pair.close().await;
}
