//! Fifteen percent of all datagrams lost, both ways: every pair connects, sound goes on, pictures come back.

use std::panic::resume_unwind;
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use conclave_tests::rigs::impaired_network::{ImpairedNetwork, Impairment};
use conclave_tests::rigs::participant::{Participant, ParticipantBuilder, create_link};
use conclave_tests::rigs::report::Report;
use conclave_tests::rigs::server::Server;
use conclave_tests::rigs::{Result, RigError, tone};

const LOSS: f64 = 0.15;
const SEEDS: std::ops::Range<u32> = 1..21;
/// Calls at a time: what two cores carry.
const TOGETHER: usize = 5;
/// A handshake that loss broke is begun anew after eight seconds, as often as it takes.
const CONNECTED_WITHIN: Duration = Duration::from_secs(40);
const TALK: Duration = Duration::from_secs(8);

struct LossyCall {
    seed: u32,
    participants: [(Participant, ImpairedNetwork); 2],
}

#[test]
fn a_call_survives_packet_loss() -> Result<()> {
    let server = Server::start()?;
    let seeds = Mutex::new(SEEDS);
    // Another call begins as soon as one ends: how long a handshake takes is a matter of luck.
    let next = || seeds.lock().unwrap_or_else(PoisonError::into_inner).next();
    let some_calls = || -> Result<()> {
        while let Some(seed) = next() {
            hold_call(start_call(&server, seed)?)?;
        }
        Ok(())
    };
    thread::scope(|scope| {
        let callers: Vec<_> = (0..TOGETHER).map(|_| scope.spawn(some_calls)).collect();
        callers.into_iter().try_for_each(|caller| caller.join().unwrap_or_else(|panic| resume_unwind(panic)))
    })
}

fn start_call(server: &Server, seed: u32) -> Result<LossyCall> {
    let link = create_link(server)?;
    let participant = |name: &str, seed| {
        let network = ImpairedNetwork::new(seed, Impairment { loss: LOSS, ..Impairment::default() })?;
        let participant = ParticipantBuilder::new(&link, name)
            .camera("pattern:320x180@15")
            .microphone("tone")
            .view(320, 180)
            .network(&network)
            .start()?;
        Ok::<_, RigError>((participant, network))
    };
    Ok(LossyCall { seed, participants: [participant("Ada", seed)?, participant("Bob", seed + 1000)?] })
}

fn hold_call(call: LossyCall) -> Result<()> {
    let [(ada, ada_network), (bob, bob_network)] = call.participants;
    eprintln!("seed {}", call.seed);
    ada.wait_until_connected_to("Bob", CONNECTED_WITHIN)?;
    bob.wait_until_connected_to("Ada", CONNECTED_WITHIN)?;
    thread::sleep(TALK);
    let (ada, bob) = (ada.leave()?, bob.leave()?);
    for (report, other) in [(&ada, "Bob"), (&bob, "Ada")] {
        assert_survived(call.seed, report, other)?;
    }
    for network in [ada_network, bob_network] {
        let counts = network.counts()?;
        let lost = counts.lost as f64 / counts.offered as f64;
        // Some hundred datagrams: within three standard deviations, or the network was not the one asked for.
        assert!((lost - LOSS).abs() < 0.05, "seed {}: {counts:?}", call.seed);
    }
    Ok(())
}

fn assert_survived(seed: u32, report: &Report, other: &str) -> Result<()> {
    let peer = report.peer(other)?;
    let direction = format!("seed {seed}, {other} to {}", report.name);
    eprintln!("{direction}: {:?} {:?} links {}", peer.video, peer.audio, peer.links_built);
    // 50 packets a second are sent; at most a quarter may be missing.
    let heard = peer.audio.packets as f64 / (50.0 * TALK.as_secs_f64());
    assert!(heard >= 0.75, "{direction}: {heard} of the sound");
    let level = peer.audio.level_dbfs.unwrap_or(f64::NEG_INFINITY);
    assert!((level - tone::LEVEL_DBFS).abs() <= 3.0, "{direction}: the tone came at {level} dBFS");
    // Retransmission gives most of the pictures; a keyframe brings the rest back.
    let seen = peer.video.frames as f64 / (15.0 * TALK.as_secs_f64());
    assert!(seen >= 0.5, "{direction}: {seen} of the pictures");
    assert!(peer.video.fps >= 5.0, "{direction}: {} fps in the end", peer.video.fps);
    assert!(peer.video.longest_gap_ms <= 3000.0, "{direction}: frozen for {} ms", peer.video.longest_gap_ms);
    Ok(())
}
