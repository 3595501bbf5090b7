//! The impaired network does to datagrams what it is asked to, however a program sends them.

use std::collections::BTreeSet;
use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::process::{Child, Command};
use std::time::Duration;

use conclave_tests::rigs::datagram_probe::{PROBE_BYTES, ProbeDatagram, monotonic_now};
use conclave_tests::rigs::impaired_network::{Connectivity, ImpairedNetwork, Impairment, Tracing};
use conclave_tests::rigs::wire_trace::Fate;

const METHODS: [&str; 4] = ["sendto", "sendmsg", "sendmmsg", "gso"];

#[derive(Debug, Clone, Copy)]
struct Arrival {
    datagram: ProbeDatagram,
    after: Duration,
}

fn receiver() -> UdpSocket {
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).expect("a socket");
    socket.set_read_timeout(Some(Duration::from_millis(250))).expect("a read timeout");
    socket
}

fn start_probe(network: &ImpairedNetwork, to: SocketAddr, count: u32, method: &str) -> Child {
    let (name, directory) = network.environment();
    Command::new(env!("CARGO_BIN_EXE_udp_probe"))
        .args([&to.to_string(), &count.to_string(), method])
        .env("LD_PRELOAD", network.shim())
        .env(name, directory)
        .spawn()
        .expect("the probe")
}

/// Everything that arrives until the probe has ended and the network has been quiet.
fn receive_all(socket: &UdpSocket, mut probe: Child) -> Vec<Arrival> {
    let mut arrivals = Vec::new();
    let mut bytes = [0; 2 * PROBE_BYTES];
    loop {
        match socket.recv(&mut bytes) {
            Ok(length) => {
                let datagram = ProbeDatagram::from_bytes(&bytes[..length]).expect("a probe datagram, whole");
                let after = monotonic_now().saturating_sub(datagram.sent);
                arrivals.push(Arrival { datagram, after });
            }
            Err(_) => {
                if let Some(status) = probe.try_wait().expect("the probe's status") {
                    assert!(status.success(), "the probe failed: {status}");
                    return arrivals;
                }
            }
        }
    }
}

fn send_through(network: &ImpairedNetwork, count: u32, method: &str) -> Vec<Arrival> {
    let socket = receiver();
    let probe = start_probe(network, socket.local_addr().expect("an address"), count, method);
    receive_all(&socket, probe)
}

fn numbers(arrivals: &[Arrival]) -> Vec<u32> {
    arrivals.iter().map(|arrival| arrival.datagram.number).collect()
}

#[test]
fn a_network_without_impairment_passes_everything_in_order() {
    for method in METHODS {
        let network = ImpairedNetwork::new(1, Impairment::default()).unwrap();
        let arrivals = send_through(&network, 1000, method);
        assert_eq!(numbers(&arrivals), (0..1000).collect::<Vec<_>>(), "{method}");
        assert_eq!(network.counts().unwrap().offered, 1000, "{method}");
    }
}

#[test]
fn the_share_of_lost_datagrams_is_the_one_asked_for() {
    const COUNT: u32 = 3000;
    for method in METHODS {
        let impairment = Impairment { loss: 0.15, ..Impairment::default() };
        let network = ImpairedNetwork::new(7, impairment).unwrap();
        let arrived = send_through(&network, COUNT, method).len() as f64;
        let lost = 1.0 - arrived / f64::from(COUNT);
        eprintln!("{method}: {:.1} % lost of {COUNT}", lost * 100.0);
        // Three standard deviations of 3,000 draws are 2 %.
        assert!((lost - 0.15).abs() < 0.02, "{method}: {lost}");
        let counts = network.counts().unwrap();
        assert_eq!(counts.offered, u64::from(COUNT), "{method}");
        assert_eq!((counts.offered - counts.lost) as f64, arrived, "{method}");
    }
}

#[test]
fn a_seed_says_which_datagrams_are_lost() {
    let impairment = Impairment { loss: 0.3, ..Impairment::default() };
    let lost = |seed| {
        let network = ImpairedNetwork::new(seed, impairment).unwrap();
        let arrived: BTreeSet<u32> = numbers(&send_through(&network, 500, "sendto")).into_iter().collect();
        (0..500).filter(|number| !arrived.contains(number)).collect::<Vec<_>>()
    };
    let first = lost(3);
    assert_eq!(first, lost(3));
    assert_ne!(first, lost(4));
}

#[test]
fn delay_and_jitter_are_added_to_each_datagram() {
    let impairment =
        Impairment { delay: Duration::from_millis(40), jitter: Duration::from_millis(20), ..Impairment::default() };
    let network = ImpairedNetwork::new(1, impairment).unwrap();
    let mut arrivals = send_through(&network, 1000, "gso");
    assert_eq!(arrivals.len(), 1000);
    arrivals.sort_by_key(|arrival| arrival.after);
    let at = |share: usize| arrivals[arrivals.len() * share / 100].after.as_secs_f64() * 1000.0;
    eprintln!("delay p0 {:.1} p50 {:.1} p90 {:.1} ms", at(0), at(50), at(90));
    assert!(at(0) >= 40.0);
    // The machine itself may be late, never early: the middle of 40 to 60, and some time for the scheduler.
    assert!((49.0..58.0).contains(&at(50)), "median {}", at(50));
    assert!(at(90) >= 57.0, "90th percentile {}", at(90));
}

#[test]
fn datagrams_are_doubled_and_reordered_at_the_rates_asked_for() {
    let impairment =
        Impairment { duplicate: 0.1, reorder: 0.05, reorder_by: Duration::from_millis(30), ..Impairment::default() };
    let network = ImpairedNetwork::new(5, impairment).unwrap();
    let arrivals = numbers(&send_through(&network, 3000, "sendmsg"));
    let distinct: BTreeSet<u32> = arrivals.iter().copied().collect();
    assert_eq!(distinct.len(), 3000, "nothing is lost");
    let doubled = arrivals.len() - 3000;
    assert!((220..380).contains(&doubled), "{doubled} doubled of 3000");
    let mut highest = 0;
    let mut overtaken = BTreeSet::new();
    for number in arrivals {
        if number < highest {
            overtaken.insert(number);
        }
        highest = highest.max(number);
    }
    assert!((100..200).contains(&overtaken.len()), "{} overtaken of 3000", overtaken.len());
}

#[test]
fn a_blackout_is_switched_on_and_off_under_a_running_program() {
    let mut network = ImpairedNetwork::new(1, Impairment::default()).unwrap();
    let socket = receiver();
    let probe = start_probe(&network, socket.local_addr().unwrap(), 5_000, "sendto");
    let receiving = std::thread::spawn(move || receive_all(&socket, probe));
    let wait_for_offers = |network: &ImpairedNetwork, more: u64| {
        let target = network.counts().unwrap().offered + more;
        while network.counts().unwrap().offered < target {
            std::thread::yield_now();
        }
    };
    wait_for_offers(&network, 1);
    network.set(Impairment { connectivity: Connectivity::Blackout, ..Impairment::default() }).unwrap();
    let dark_from = monotonic_now();
    wait_for_offers(&network, 500);
    let dark_until = monotonic_now();
    network.set(Impairment::default()).unwrap();
    let arrivals = receiving.join().unwrap();
    let sent_in = |from: Duration, until: Duration| {
        arrivals.iter().filter(|arrival| (from..until).contains(&arrival.datagram.sent)).count()
    };
    assert_eq!(sent_in(dark_from, dark_until), 0, "nothing passes in the dark");
    assert!(sent_in(Duration::ZERO, dark_from) > 0, "something passed before");
    assert!(sent_in(dark_until, Duration::MAX) > 0, "something passed after");
    assert!(network.counts().unwrap().blacked_out >= 500);
}

#[test]
fn a_trace_tells_every_datagram_and_its_fate() {
    let impairment = Impairment { loss: 0.2, ..Impairment::default() };
    let network = ImpairedNetwork::with_tracing(9, impairment, Tracing::On).unwrap();
    let arrivals = send_through(&network, 500, "gso");
    let trace = network.trace().unwrap();
    assert_eq!(trace.len(), 500);
    assert!(trace.iter().all(|datagram| usize::from(datagram.length) == PROBE_BYTES));
    let passed = trace.iter().filter(|datagram| datagram.fate == Fate::Sent).count();
    assert_eq!(passed, arrivals.len());
    assert!(passed < 450);
}
