//! Two links, and what carries their signalling.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, Weak};
use std::time::Duration;

use bytes::Bytes;
use conclave_peer::{
    IncomingPacket, Interfaces, Line, Link, LinkConfig, LinkEvent, LinkEvents, OutgoingPacket, PacketSink, Role,
};
use tokio::sync::{mpsc, oneshot, watch};

/// Longer than anything here takes, shorter than anyone waits.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// Keeps what arrives.
#[derive(Default)]
pub(crate) struct Inbox {
    packets: Mutex<HashMap<Line, Vec<IncomingPacket>>>,
    arrivals: watch::Sender<usize>,
}

impl PacketSink for Inbox {
    fn packet(&self, line: Line, packet: IncomingPacket) {
        self.packets.lock().unwrap().entry(line).or_default().push(packet);
        self.arrivals.send_modify(|count| *count += 1);
    }
}

impl Inbox {
    pub(crate) fn packets(&self, line: Line) -> Vec<IncomingPacket> {
        self.packets.lock().unwrap().get(&line).cloned().unwrap_or_default()
    }

    /// Waits until what has arrived satisfies `is_enough`.
    pub(crate) async fn until(&self, is_enough: impl Fn(&Self) -> bool) {
        let mut arrivals = self.arrivals.subscribe();
        let enough = async {
            while !is_enough(self) {
                arrivals.changed().await.unwrap();
            }
        };
        tokio::time::timeout(PATIENCE, enough).await.expect("the packets did not arrive");
    }
}

/// One end: its link, what arrives on it, and the events that are not signalling.
pub(crate) struct End {
    pub(crate) link: Arc<Link>,
    pub(crate) inbox: Arc<Inbox>,
    pub(crate) events: mpsc::UnboundedReceiver<LinkEvent>,
}

impl End {
    /// The next event for which `pick` has something; others are passed over.
    pub(crate) async fn until<T>(&mut self, what: &str, mut pick: impl FnMut(LinkEvent) -> Option<T>) -> T {
        let found = async {
            while let Some(event) = self.events.recv().await {
                if let Some(found) = pick(event) {
                    return found;
                }
            }
            panic!("the link ended before: {what}");
        };
        tokio::time::timeout(PATIENCE, found).await.unwrap_or_else(|_| panic!("waited in vain for: {what}"))
    }

    pub(crate) async fn until_event(&mut self, expected: LinkEvent) {
        let what = format!("{expected:?}");
        self.until(&what, |event| (event == expected).then_some(())).await;
    }

    pub(crate) async fn until_connected(&mut self) {
        self.until_event(LinkEvent::Connected).await;
    }

    /// The interruption or the failure, whichever comes first.
    pub(crate) async fn until_trouble(&mut self) -> LinkEvent {
        let is_trouble = |event: &LinkEvent| matches!(event, LinkEvent::Interrupted | LinkEvent::Failed);
        self.until("trouble", |event| is_trouble(&event).then_some(event)).await
    }

    /// This end's description; only for an end without signalling.
    pub(crate) async fn until_description(&mut self) -> String {
        let description = |event| match event {
            LinkEvent::LocalDescription { sdp } => Some(sdp),
            _ => None,
        };
        self.until("a description", description).await
    }

    pub(crate) async fn close(self) {
        let mut shared = self.link;
        // The signalling borrows the link for a moment at a time.
        let link = loop {
            match Arc::try_unwrap(shared) {
                Ok(link) => break link,
                Err(borrowed) => shared = borrowed,
            }
            tokio::task::yield_now().await;
        };
        link.close().await;
    }
}

pub(crate) struct Pair {
    pub(crate) offerer: End,
    pub(crate) answerer: End,
    loss: Arc<OfferLoss>,
}

/// Who waits for the next offer to be lost, if that is to happen.
#[derive(Default)]
struct OfferLoss(Mutex<Option<oneshot::Sender<()>>>);

pub(crate) fn loopback(role: Role) -> LinkConfig {
    LinkConfig { interfaces: Interfaces::LoopbackOnly, ..LinkConfig::new(role) }
}

/// Two links that signal to each other, connecting.
pub(crate) async fn pair() -> Pair {
    pair_of(loopback(Role::Offerer), loopback(Role::Answerer)).await
}

/// Two links that are up.
pub(crate) async fn connected_pair() -> Pair {
    let mut pair = pair().await;
    pair.offerer.until_connected().await;
    pair.answerer.until_connected().await;
    pair
}

pub(crate) async fn pair_of(offerer: LinkConfig, answerer: LinkConfig) -> Pair {
    let (offerer, offerer_events, offerer_rest) = open(offerer).await;
    let (answerer, answerer_events, answerer_rest) = open(answerer).await;
    let (to_answerer, to_offerer) = (Arc::downgrade(&answerer.link), Arc::downgrade(&offerer.link));
    let loss = Arc::<OfferLoss>::default();
    tokio::spawn(signal(offerer_events, to_answerer, Role::Offerer, offerer_rest, loss.clone()));
    tokio::spawn(signal(answerer_events, to_offerer, Role::Answerer, answerer_rest, loss.clone()));
    Pair { offerer, answerer, loss }
}

/// One end without another: all its events are in its hands.
pub(crate) async fn lone(config: LinkConfig) -> End {
    let (end, mut link_events, rest) = open(config).await;
    tokio::spawn(async move {
        while let Some(event) = link_events.next().await {
            if rest.send(event).is_err() {
                return;
            }
        }
    });
    end
}

async fn open(config: LinkConfig) -> (End, LinkEvents, mpsc::UnboundedSender<LinkEvent>) {
    let inbox = Arc::new(Inbox::default());
    let packets: Arc<dyn PacketSink> = Arc::<Inbox>::clone(&inbox);
    let (link, link_events) = Link::open(config, packets).await.unwrap();
    let (rest, events) = mpsc::unbounded_channel();
    let link = Arc::new(link);
    (End { link, inbox, events }, link_events, rest)
}

/// Carries one end's signalling to the other, in order, and hands on the rest.
async fn signal(
    mut events: LinkEvents,
    other: Weak<Link>,
    from: Role,
    rest: mpsc::UnboundedSender<LinkEvent>,
    loss: Arc<OfferLoss>,
) {
    while let Some(event) = events.next().await {
        match event {
            LinkEvent::LocalDescription { sdp } => {
                let Some(other) = other.upgrade() else { continue };
                if from == Role::Offerer
                    && let Some(lost) = loss.0.lock().unwrap().take()
                {
                    lost.send(()).unwrap();
                    continue;
                }
                match from {
                    Role::Offerer => other.apply_offer(sdp).await.unwrap(),
                    Role::Answerer => other.apply_answer(sdp).await.unwrap(),
                }
            }
            LinkEvent::LocalCandidate(candidate) => {
                if let Some(other) = other.upgrade() {
                    other.apply_candidate(candidate).await.unwrap();
                }
            }
            event => {
                if rest.send(event).is_err() {
                    return;
                }
            }
        }
    }
}

impl Pair {
    /// Lets the offerer's next offer get lost; the answer tells when it has been.
    pub(crate) fn lose_next_offer(&self) -> oneshot::Receiver<()> {
        let (lost, when) = oneshot::channel();
        *self.loss.0.lock().unwrap() = Some(lost);
        when
    }

    pub(crate) async fn close(self) {
        self.offerer.close().await;
        self.answerer.close().await;
    }
}

/// A frame of `packets` packets, each with its index in its first two bytes.
pub(crate) fn frame(timestamp: u32, packets: u16, payload_bytes: usize) -> Vec<OutgoingPacket> {
    (0..packets)
        .map(|index| {
            let mut payload = vec![0; payload_bytes.max(2)];
            payload[..2].copy_from_slice(&index.to_be_bytes());
            OutgoingPacket { payload: Bytes::from(payload), timestamp, marker: index + 1 == packets }
        })
        .collect()
}
