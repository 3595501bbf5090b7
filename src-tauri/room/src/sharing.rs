//! The screen that this end shares: like a camera, but one that is gone stays gone.

use conclave_protocol::intent::ScreenChoice;
use conclave_protocol::line::LineState;
use conclave_protocol::notice::Notice;
use conclave_protocol::snapshot::SharingState;

use crate::context::Outbox;
use crate::effect::Effect;
use crate::input::{Generation, SharingEvent};

/// What is shared, and what is to be.
#[derive(Debug, Default)]
pub(crate) struct Sharing {
    active: Option<ScreenChoice>,
    pending: Option<Request>,
    latest: Generation,
}

/// A screen that is being opened, or the end of sharing when `screen` is `None`.
#[derive(Debug)]
struct Request {
    screen: Option<ScreenChoice>,
    generation: Generation,
}

impl Sharing {
    pub(crate) fn share(&mut self, outbox: &mut Outbox, screen: ScreenChoice) {
        self.request(outbox, Some(screen));
    }

    pub(crate) fn stop(&mut self, outbox: &mut Outbox) {
        if self.active.is_some() || self.pending.is_some() {
            self.request(outbox, None);
        }
    }

    pub(crate) fn handle(&mut self, outbox: &mut Outbox, event: SharingEvent) {
        match event {
            SharingEvent::Ready { generation } => {
                if let Some(request) = self.answered(generation) {
                    self.active = request.screen;
                }
            }
            SharingEvent::Refused { generation, fault } => {
                if let Some(screen) = self.answered(generation).and_then(|request| request.screen) {
                    outbox.push(Effect::Notify(Notice::ScreenNotShared { screen, fault }));
                }
            }
            SharingEvent::Ended { screen, fault } => {
                if let Some(screen) = self.active.take_if(|active| *active == screen) {
                    outbox.push(Effect::Notify(Notice::SharingEnded { screen, fault }));
                }
            }
        }
    }

    /// What the others are told.
    pub(crate) fn line_state(&self) -> LineState {
        if self.active.is_some() { LineState::Live } else { LineState::Off }
    }

    pub(crate) fn snapshot(&self) -> SharingState {
        SharingState {
            active: self.active.clone(),
            requested: self.pending.as_ref().and_then(|request| request.screen.clone()),
        }
    }

    fn request(&mut self, outbox: &mut Outbox, screen: Option<ScreenChoice>) {
        self.latest = self.latest.next();
        let generation = self.latest;
        self.pending = Some(Request { screen: screen.clone(), generation });
        outbox.push(Effect::ShareScreen { screen, generation });
    }

    /// The request that this answers; an answer to an earlier one than the latest is late.
    fn answered(&mut self, generation: Generation) -> Option<Request> {
        self.pending.take_if(|request| request.generation == generation)
    }
}
