//! The control channel: messages in order, none lost, bounded on both sides.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::{Bytes, BytesMut};
use tokio::sync::{mpsc, watch};
use webrtc::data_channel::{DataChannel, DataChannelEvent};

use crate::activity::Activity;

/// The longest control message, in bytes.
pub const MAX_CONTROL_MESSAGE_BYTES: usize = 16 * 1024;
/// Messages that may wait to be sent: at most a megabyte.
pub(crate) const SEND_QUEUE_MESSAGES: usize = 64;

/// Control messages that were dropped.
#[derive(Debug, Default)]
pub(crate) struct ControlDrops(AtomicU64);

impl ControlDrops {
    pub(crate) fn count(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// Where the control channel's two tasks put what they learn.
pub(crate) struct ControlEnds {
    pub(crate) opened: watch::Sender<bool>,
    pub(crate) received: mpsc::Sender<Bytes>,
    pub(crate) drops: Arc<ControlDrops>,
    pub(crate) activity: Arc<Activity>,
}

/// Takes what arrives until the channel or its connection ends. A full `received` holds back the other end.
pub(crate) async fn receive(channel: Arc<dyn DataChannel>, ends: ControlEnds) {
    while let Some(event) = channel.poll().await {
        match event {
            DataChannelEvent::OnOpen => {
                ends.opened.send_replace(true);
            }
            DataChannelEvent::OnMessage(message) => {
                ends.activity.heard();
                if message.data.len() > MAX_CONTROL_MESSAGE_BYTES {
                    ends.drops.0.fetch_add(1, Ordering::Relaxed);
                } else if ends.received.send(message.data.freeze()).await.is_err() {
                    return;
                }
            }
            DataChannelEvent::OnClose | DataChannelEvent::OnError => return,
            _ => {}
        }
    }
}

/// Sends what is queued once the channel is open, as fast as the other end takes it.
pub(crate) async fn send(
    channel: Arc<dyn DataChannel>,
    mut queued: mpsc::Receiver<Bytes>,
    mut opened: watch::Receiver<bool>,
) {
    if opened.wait_for(|open| *open).await.is_err() {
        return;
    }
    while let Some(message) = queued.recv().await {
        if channel.send(BytesMut::from(message.as_ref())).await.is_err() {
            return;
        }
    }
}
