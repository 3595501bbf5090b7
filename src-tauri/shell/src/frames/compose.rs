//! From pictures that may be sent to a message.

use std::sync::Arc;

use bytes::Bytes;
use conclave_call::media::video::scale::Scaler;
use tokio::task::JoinError;

use super::fit::fitted;
use super::header::NumberedFrame;
use super::tiles::ReadyFrame;

/// All of them, each in the size of its tile, in one message. Scaling nine pictures takes longer than a task may: it is
/// done on a thread for that.
///
/// # Errors
/// When scaling panicked.
pub(super) async fn compose(ready: Vec<ReadyFrame>, scaler: Arc<Scaler>) -> Result<Bytes, JoinError> {
    tokio::task::spawn_blocking(move || message(ready, &scaler)).await
}

fn message(ready: Vec<ReadyFrame>, scaler: &Scaler) -> Bytes {
    let scaled: Vec<_> = ready
        .into_iter()
        .map(|ReadyFrame { mut numbered, size }| {
            let (width, height) = fitted(numbered.frame.width, numbered.frame.height, size);
            // One that can't be scaled is shown as it is: it has been counted as under way already.
            if let Ok(frame) = scaler.scale(&numbered.frame, width, height) {
                numbered.frame = frame;
            }
            numbered
        })
        .collect();
    let mut message = Vec::with_capacity(scaled.iter().map(NumberedFrame::length).sum());
    scaled.iter().for_each(|frame| frame.write(&mut message));
    Bytes::from(message)
}
