//! What sending 720p to so many costs.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use conclave_tests::rigs::Result;
use conclave_tests::rigs::live_recording::{LiveRecording, Stamps};
use conclave_tests::rigs::participant::{ParticipantBuilder, create_link};
use conclave_tests::rigs::process_tree::Member;
use conclave_tests::rigs::server::Server;

use crate::who::{Maker, SENDER, Sender};

const SOON: Duration = Duration::from_secs(30);
/// Bandwidth estimates have reached what 720p takes.
const SETTLED: Duration = Duration::from_secs(20);
const MEASURED: Duration = Duration::from_secs(15);

/// What one sender cost.
pub(crate) struct Cost {
    /// Of one core.
    pub(crate) cores: f64,
    /// The same, by what its processes are for.
    pub(crate) by_process: BTreeMap<String, f64>,
    /// Bytes, of all its processes.
    pub(crate) memory: u64,
    /// What came to the receiver to whom least came, pictures a second.
    pub(crate) fps: f64,
    /// The size in which it came there.
    pub(crate) size: (u32, u32),
    /// All that came to the one to whom least came, sound and all, from the links' beginning on, kilobits a second.
    pub(crate) kbps: f64,
    /// Of all receivers together.
    pub(crate) freezes: u64,
}

/// The receivers are the same programs for both, without windows: on one computer seven browsers that draw would leave
/// the sender too little.
pub(crate) fn measure(maker: Maker, receivers: usize) -> Result<Cost> {
    let recording = LiveRecording::start(1280, 720, Stamps::Still)?;
    let server = Server::start()?;
    let link = create_link(&server)?;
    let sender = Sender::join(maker, &link, &recording)?;
    let receivers = (1..=receivers).map(|number| {
        let receiver = ParticipantBuilder::new(&link, &format!("Receiver {number}")).view(1280, 720);
        receiver.stay(Duration::from_secs(300)).start()
    });
    let receivers = receivers.collect::<Result<Vec<_>>>()?;
    for receiver in &receivers {
        receiver.wait_until_connected_to(SENDER, SOON)?;
    }
    let connected = Instant::now();
    std::thread::sleep(SETTLED);
    let (before, start) = (times(&sender.processes()?)?, Instant::now());
    std::thread::sleep(MEASURED);
    let processes = sender.processes()?;
    let (after, seconds) = (times(&processes)?, start.elapsed().as_secs_f64());
    let mut by_process = BTreeMap::new();
    for (id, (what, time)) in after {
        let former = before.get(&id).map_or(Duration::ZERO, |(_, time)| *time);
        *by_process.entry(what).or_insert(0.0) += time.saturating_sub(former).as_secs_f64() / seconds;
    }
    let memory = processes.iter().map(Member::proportional_set_size).sum::<Result<u64>>()?;
    let together = connected.elapsed().as_secs_f64();
    let mut cost = Cost {
        cores: by_process.values().sum(),
        by_process,
        memory,
        fps: f64::INFINITY,
        size: (0, 0),
        kbps: f64::INFINITY,
        freezes: 0,
    };
    for receiver in receivers {
        let report = receiver.leave()?;
        let peer = report.peer(SENDER)?;
        cost.freezes += peer.video.freezes;
        cost.kbps = cost.kbps.min(peer.network.received_bytes as f64 * 8.0 / 1_000.0 / together);
        if peer.video.fps < cost.fps {
            (cost.fps, cost.size) = (peer.video.fps, (peer.video.width, peer.video.height));
        }
    }
    Ok(cost)
}

/// Of each process by its number: what it is for, and the processor time it has used.
fn times(processes: &[Member]) -> Result<BTreeMap<u32, (String, Duration)>> {
    processes.iter().map(|process| Ok((process.id, (purpose(process)?, process.processor_time()?)))).collect()
}

/// As Chromium names it; the first process has no name.
fn purpose(process: &Member) -> Result<String> {
    let arguments = process.arguments()?;
    let named = |name: &str| arguments.iter().find_map(|argument| argument.strip_prefix(name).map(str::to_owned));
    Ok(named("--utility-sub-type=").or_else(|| named("--type=")).unwrap_or_else(|| "itself".to_owned()))
}
