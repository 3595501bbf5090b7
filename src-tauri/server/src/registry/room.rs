//! One room: its places, the order in which they were taken, and what its host ordered.

use std::collections::VecDeque;

use conclave_protocol::ids::{JoinOrder, ParticipantId};
use conclave_protocol::signalling::limits::MAX_REMOVED;
use conclave_protocol::signalling::{Access, Lock, Standing};

use super::output::ConnectionId;
use super::place::Place;

/// A room. There are few places in one: looking through them all is the fastest way.
#[derive(Debug, Default)]
pub(super) struct Room {
    /// Those inside by when they came in, those who wait by when they came, in between.
    places: Vec<Place>,
    next_order: u32,
    pub(super) access: Access,
    pub(super) lock: Lock,
    removed: VecDeque<ParticipantId>,
}

impl Room {
    pub(super) fn count(&self, standing: Standing) -> usize {
        self.places.iter().filter(|place| place.standing == standing).count()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    pub(super) fn places(&self) -> impl Iterator<Item = &Place> {
        self.places.iter()
    }

    pub(super) fn places_mut(&mut self) -> impl Iterator<Item = &mut Place> {
        self.places.iter_mut()
    }

    pub(super) fn place(&self, participant: ParticipantId) -> Option<&Place> {
        self.places.iter().find(|place| place.participant == participant)
    }

    pub(super) fn place_mut(&mut self, participant: ParticipantId) -> Option<&mut Place> {
        self.places.iter_mut().find(|place| place.participant == participant)
    }

    /// Whether somebody is there who lets people in.
    pub(super) fn is_governed(&self) -> bool {
        self.places.iter().any(Place::is_governor)
    }

    /// Those who wait, longest first.
    pub(super) fn waiting(&self) -> impl Iterator<Item = &Place> {
        self.places.iter().filter(|place| place.is_waiting())
    }

    /// Where a newcomer gets its place. A locked room refuses nobody by itself: it may be the host, or somebody who was
    /// inside and whose place lapsed.
    pub(super) fn door(&self) -> Standing {
        match (self.lock, self.access) {
            (Lock::Unlocked, Access::Open) => Standing::Inside,
            (Lock::Unlocked, Access::Lobby) | (Lock::Locked, _) => Standing::Waiting,
        }
    }

    /// The order of whoever comes inside next.
    pub(super) fn next_order(&self) -> JoinOrder {
        JoinOrder(self.next_order)
    }

    /// Whoever comes inside later has a greater order, up to the greatest there is: from there on ids break the tie.
    pub(super) fn add(&mut self, place: Place) {
        if place.standing == Standing::Inside {
            self.next_order = self.next_order.max(place.order.0.saturating_add(1));
        }
        self.places.push(place);
    }

    pub(super) fn remove(&mut self, participant: ParticipantId) -> Option<Place> {
        let index = self.places.iter().position(|place| place.participant == participant)?;
        Some(self.places.remove(index))
    }

    /// The connections of everyone who meets this participant.
    pub(super) fn audience(&self, participant: ParticipantId) -> Vec<ConnectionId> {
        let Some(position) = self.place(participant).map(Place::position) else {
            return Vec::new();
        };
        let others = self.places().filter(|place| place.participant != participant);
        others.filter(|place| place.position().meets(position)).filter_map(Place::connection).collect()
    }

    /// Whoever was removed doesn't come back as who it was.
    pub(super) fn remember_removed(&mut self, participant: ParticipantId) {
        if self.has_removed(participant) {
            return;
        }
        if self.removed.len() >= MAX_REMOVED {
            self.removed.pop_front();
        }
        self.removed.push_back(participant);
    }

    pub(super) fn has_removed(&self, participant: ParticipantId) -> bool {
        self.removed.contains(&participant)
    }
}
