//! Events on their way to the link's owner, who may be slow.

use std::collections::VecDeque;

use bytes::Bytes;

use crate::event::LinkEvent;

/// Control messages that may wait here; more stay in the channel, which holds back the other end.
const MAX_CONTROL: usize = 32;
/// Events that may wait in all; an owner that leaves more than this is not there any more.
const MAX_EVENTS: usize = 1024;

/// The link outgrew its owner's patience.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Overflow;

/// A bounded queue in which repeated wishes and estimates become one.
#[derive(Debug, Default)]
pub(super) struct Outbox {
    events: VecDeque<LinkEvent>,
    control: usize,
}

impl Outbox {
    pub(super) fn push(&mut self, event: LinkEvent) -> Result<(), Overflow> {
        match event {
            LinkEvent::KeyframeRequested { .. } if self.events.contains(&event) => return Ok(()),
            LinkEvent::SendBandwidth { .. } => {
                let waiting = self.events.iter_mut().find(|waiting| matches!(waiting, LinkEvent::SendBandwidth { .. }));
                if let Some(waiting) = waiting {
                    *waiting = event;
                    return Ok(());
                }
            }
            _ => {}
        }
        if self.events.len() >= MAX_EVENTS {
            return Err(Overflow);
        }
        self.events.push_back(event);
        Ok(())
    }

    pub(super) fn push_control(&mut self, message: Bytes) -> Result<(), Overflow> {
        self.control += 1;
        self.push(LinkEvent::Control(message))
    }

    /// Whether another control message may be taken off its channel.
    pub(super) fn has_room_for_control(&self) -> bool {
        self.control < MAX_CONTROL
    }

    pub(super) fn is_empty(&self) -> bool {
        self.events.is_empty()
    }

    pub(super) fn pop(&mut self) -> Option<LinkEvent> {
        let event = self.events.pop_front()?;
        if matches!(event, LinkEvent::Control(_)) {
            self.control -= 1;
        }
        Some(event)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::line::Line;

    #[test]
    fn the_latest_estimate_takes_the_place_of_the_one_that_waits() {
        let mut outbox = Outbox::default();
        outbox.push(LinkEvent::SendBandwidth { bps: 1 }).unwrap();
        outbox.push(LinkEvent::Connected).unwrap();
        outbox.push(LinkEvent::SendBandwidth { bps: 2 }).unwrap();
        assert_eq!(outbox.pop(), Some(LinkEvent::SendBandwidth { bps: 2 }));
        assert_eq!(outbox.pop(), Some(LinkEvent::Connected));
        assert_eq!(outbox.pop(), None);
    }

    #[test]
    fn a_keyframe_wish_that_waits_is_not_repeated() {
        let mut outbox = Outbox::default();
        for line in [Line::Camera, Line::Screen, Line::Camera] {
            outbox.push(LinkEvent::KeyframeRequested { line }).unwrap();
        }
        let camera = LinkEvent::KeyframeRequested { line: Line::Camera };
        let screen = LinkEvent::KeyframeRequested { line: Line::Screen };
        assert_eq!([outbox.pop(), outbox.pop(), outbox.pop()], [Some(camera), Some(screen), None]);
    }

    #[test]
    fn control_messages_are_taken_only_while_there_is_room() {
        let mut outbox = Outbox::default();
        for _ in 0..MAX_CONTROL {
            assert!(outbox.has_room_for_control());
            outbox.push_control(Bytes::new()).unwrap();
        }
        assert!(!outbox.has_room_for_control());
        outbox.pop();
        assert!(outbox.has_room_for_control());
    }

    #[test]
    fn an_owner_that_never_takes_anything_is_noticed() {
        let mut outbox = Outbox::default();
        for _ in 0..MAX_EVENTS {
            outbox.push(LinkEvent::Interrupted).unwrap();
        }
        assert_eq!(outbox.push(LinkEvent::Connected), Err(Overflow));
    }
}
