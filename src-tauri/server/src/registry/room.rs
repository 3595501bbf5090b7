//! One room: its places, and the order in which they were taken.

use conclave_protocol::ids::{JoinOrder, ParticipantId};

use super::output::ConnectionId;
use super::place::Place;

/// A room. There are few places in one: looking through them all is the fastest way.
#[derive(Debug, Default)]
pub(super) struct Room {
    places: Vec<Place>,
    next_order: u32,
}

impl Room {
    pub(super) fn len(&self) -> usize {
        self.places.len()
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

    /// The order of whoever comes next.
    pub(super) fn next_order(&self) -> JoinOrder {
        JoinOrder(self.next_order)
    }

    /// Whoever comes later has a greater order, up to the greatest there is: from there on ids break the tie.
    pub(super) fn add(&mut self, place: Place) {
        self.next_order = self.next_order.max(place.order.0.saturating_add(1));
        self.places.push(place);
    }

    pub(super) fn remove(&mut self, participant: ParticipantId) -> Option<Place> {
        let index = self.places.iter().position(|place| place.participant == participant)?;
        Some(self.places.remove(index))
    }

    /// The connections of everyone but this participant.
    pub(super) fn others(&self, participant: ParticipantId) -> Vec<ConnectionId> {
        self.places().filter(|place| place.participant != participant).filter_map(Place::connection).collect()
    }
}
