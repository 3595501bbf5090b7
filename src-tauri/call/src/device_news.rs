//! What media threads have to tell the driver. They never wait for it, and nothing that matters is lost meanwhile: of
//! each kind of device only the latest answer and the latest news count, so there is always room for them.

use std::sync::{Mutex, PoisonError};

use conclave_media::fault::DeviceNotice;
use conclave_protocol::notice::{DeviceKind, ScreenFault};
use conclave_room::{MediaEvent, SharingEvent};
use tokio::sync::Notify;

/// One thing from a media thread.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum DeviceEvent {
    /// The answer to an `OpenDevice` effect.
    Answer { kind: DeviceKind, answer: MediaEvent },
    /// From the device in use.
    Notice { kind: DeviceKind, notice: DeviceNotice },
    /// The answer to a `ShareScreen` effect.
    Sharing(SharingEvent),
    /// The screen that is shared has ended.
    ScreenGone(ScreenFault),
}

impl DeviceEvent {
    /// Whether this one says all that is worth saying once that one has been said before.
    fn supersedes(&self, earlier: &Self) -> bool {
        match (self, earlier) {
            (Self::Answer { kind, .. }, Self::Answer { kind: other, .. })
            | (Self::Notice { kind, .. }, Self::Notice { kind: other, .. }) => kind == other,
            (Self::Sharing(_), Self::Sharing(_)) | (Self::ScreenGone(_), Self::ScreenGone(_)) => true,
            _ => false,
        }
    }
}

/// Events that wait for the driver, in order: at most two of each kind of device, and two of the screen.
#[derive(Default)]
pub(crate) struct DeviceNews {
    waiting: Mutex<Vec<DeviceEvent>>,
    told: Notify,
}

impl DeviceNews {
    /// From any thread; never waits.
    pub(crate) fn tell(&self, event: DeviceEvent) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.retain(|earlier| !event.supersedes(earlier));
        waiting.push(event);
        drop(waiting);
        self.told.notify_one();
    }

    /// All that waits, once something does. Loses nothing when it is dropped unfinished.
    pub(crate) async fn next(&self) -> Vec<DeviceEvent> {
        loop {
            let waiting = std::mem::take(&mut *self.waiting.lock().unwrap_or_else(PoisonError::into_inner));
            if !waiting.is_empty() {
                return waiting;
            }
            self.told.notified().await;
        }
    }
}

#[cfg(test)]
mod tests {
    use conclave_room::Generation;

    use super::*;

    fn answer(kind: DeviceKind, number: u32) -> DeviceEvent {
        DeviceEvent::Answer { kind, answer: MediaEvent::Ready { kind, generation: Generation(number) } }
    }

    fn notice(kind: DeviceKind, notice: DeviceNotice) -> DeviceEvent {
        DeviceEvent::Notice { kind, notice }
    }

    #[tokio::test]
    async fn a_driver_that_is_busy_misses_nothing_that_still_matters() {
        use DeviceKind::{Camera, Microphone};
        let news = DeviceNews::default();
        for number in 0..1000 {
            news.tell(answer(Camera, number));
            news.tell(notice(Microphone, DeviceNotice::Recovered));
        }
        news.tell(answer(Microphone, 7));
        let expected = [answer(Camera, 999), notice(Microphone, DeviceNotice::Recovered), answer(Microphone, 7)];
        assert_eq!(news.next().await, expected);
        let later = news.next();
        news.tell(answer(Camera, 1000));
        assert_eq!(later.await, [answer(Camera, 1000)]);
    }
}
