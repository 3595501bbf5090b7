//! From a click on _Join_ to the first picture, and how late pictures are drawn.

use std::time::Duration;

use conclave_tests::rigs::Result;
use conclave_tests::rigs::app::Locator;
use conclave_tests::rigs::live_recording::{LiveRecording, Stamps};
use conclave_tests::rigs::participant::create_link;
use conclave_tests::rigs::process_tree::Member;
use conclave_tests::rigs::server::Server;

use crate::who::{Maker, Receiver, SENDER, Sender};

const JOINS: usize = 7;
const SETTLED: Duration = Duration::from_secs(15);
const WATCHED: Duration = Duration::from_secs(20);

/// What a receiver had of a sender of its own kind.
pub(crate) struct Seen {
    /// From the click to the first picture, the quickest first.
    pub(crate) joins: Vec<Duration>,
    /// From being taken to being drawn, the quickest first.
    pub(crate) delays: Vec<Duration>,
    /// Bytes, of all of a receiver's processes.
    pub(crate) memory: u64,
    /// Pictures a second that were drawn.
    pub(crate) fps: f64,
    /// How large they came.
    pub(crate) sizes: Vec<(u32, u32)>,
}

pub(crate) fn measure(maker: Maker) -> Result<Seen> {
    let recording = LiveRecording::start(1280, 720, Stamps::Live)?;
    let server = Server::start()?;
    let link = create_link(&server)?;
    let sender = Sender::join(maker, &link, &recording)?;
    let mut joins = Vec::new();
    let last = loop {
        let receiver = Receiver::at_the_door(maker, &link)?;
        receiver.page().expect_first_picture(SENDER)?;
        receiver.page().click(&Locator::button("Join"))?;
        joins.push(receiver.page().first_picture()?);
        if joins.len() == JOINS {
            break receiver;
        }
        receiver.page().click(&Locator::button("Leave"))?;
    };
    joins.sort_unstable();
    std::thread::sleep(SETTLED);
    let drawn = last.page().watch(SENDER, WATCHED)?;
    let memory = last.processes()?.iter().map(Member::proportional_set_size).sum::<Result<u64>>()?;
    drop(sender);
    Ok(Seen {
        joins,
        delays: drawn.delays(),
        memory,
        fps: drawn.0.len() as f64 / WATCHED.as_secs_f64(),
        sizes: drawn.sizes().into_iter().collect(),
    })
}
