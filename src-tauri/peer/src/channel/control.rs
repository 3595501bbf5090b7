//! The control channel: messages in order, none lost, bounded on both sides.

use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use tokio::sync::{mpsc, watch};
use webrtc::data_channel::{DataChannel, DataChannelEvent};

use super::Readiness;
use crate::activity::Activity;
use crate::statistics::Observations;

/// The longest control message, in bytes.
pub const MAX_CONTROL_MESSAGE_BYTES: usize = 16 * 1024;
/// Messages that may wait to be sent: at most a megabyte.
pub(crate) const SEND_QUEUE_MESSAGES: usize = 64;

/// Where the control channel's two tasks put what they learn.
pub(crate) struct ControlEnds {
    pub(crate) opened: watch::Sender<bool>,
    pub(crate) received: mpsc::Sender<Bytes>,
    pub(crate) observations: Arc<Observations>,
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
                    ends.observations.control_message_dropped();
                } else if ends.received.send(message.data.freeze()).await.is_err() {
                    return;
                }
            }
            DataChannelEvent::OnClose | DataChannelEvent::OnError => return,
            _ => {}
        }
    }
}

/// How often it is looked whether the other end has the last words.
const LAST_WORDS_POLL: Duration = Duration::from_millis(10);

/// Sends what is queued once it can arrive, as fast as the other end takes it. Ends when the queue does and the other
/// end has confirmed everything.
pub(crate) async fn send(channel: Arc<dyn DataChannel>, mut queued: mpsc::Receiver<Bytes>, mut readiness: Readiness) {
    if readiness.wait().await.is_err() {
        return;
    }
    while let Some(message) = queued.recv().await {
        if channel.send(BytesMut::from(message.as_ref())).await.is_err() {
            return;
        }
    }
    while channel.outstanding_bytes().await.is_ok_and(|bytes| bytes > 0) {
        tokio::time::sleep(LAST_WORDS_POLL).await;
    }
}
