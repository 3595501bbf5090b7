//! Sealed bytes from one to another.

use conclave_protocol::bytes::SealedBytes;
use conclave_protocol::signalling::{Recipient, ServerMessage, SignallingError, Standing};

use super::Registry;
use super::output::{ConnectionId, Output};
use super::place::{Place, Position, Presence};
use super::time::Timestamp;

impl Registry {
    /// A connection has sealed bytes for others in its room.
    ///
    /// Bytes for somebody who is not in the room (any more), or whom the sender doesn't meet, are dropped and counted:
    /// the sender can't know yet. What would be too large a message for who gets it is refused.
    pub fn relay(
        &mut self,
        now: Timestamp,
        connection: ConnectionId,
        to: Recipient,
        payload: SealedBytes,
    ) -> Vec<Output> {
        let seat = self.seats.get(&connection).copied();
        let sender = seat.and_then(|seat| {
            let room = self.rooms.get_mut(&seat.address)?;
            let position = room.place(seat.participant)?.position();
            Some((seat.participant, position, room))
        });
        let Some((from, position, room)) = sender else {
            return self.refuse(now, connection, SignallingError::HelloExpected);
        };
        // The sender's name makes a message longer: one that the server could read may be too large for the others.
        let size = relayed_bytes(&payload);
        if size > self.config.message_bytes {
            return self.refuse(now, connection, SignallingError::TooLarge);
        }
        let message = ServerMessage::Relayed { from, payload };
        let mut connected = Vec::new();
        let mut found = 0_usize;
        for place in room.places_mut().filter(|place| place.participant != from && is_for(to, position, place)) {
            found += 1;
            match &mut place.presence {
                Presence::Connected(connection, _) => connected.push(*connection),
                Presence::Away { backlog, .. } => {
                    backlog.keep(from, message.clone(), size, self.config.kept_bytes_per_place, &mut self.kept);
                }
            }
        }
        if found == 0 && matches!(to, Recipient::Participant(_)) {
            self.unknown_recipients += 1;
        }
        Output::to_all(connected, message)
    }
}

/// Whether what a sender in this position says is for this place.
fn is_for(to: Recipient, sender: Position, place: &Place) -> bool {
    match to {
        Recipient::Everyone => sender.standing == Standing::Inside && place.standing == Standing::Inside,
        Recipient::Participant(wanted) => wanted == place.participant && sender.meets(place.position()),
    }
}

/// The size of a [`ServerMessage::Relayed`] as JSON, in bytes.
fn relayed_bytes(payload: &SealedBytes) -> usize {
    const ENVELOPE: usize = r#"{"type":"relayed","from":"0123456789012345678901","payload":""}"#.len();
    ENVELOPE + (payload.0.len() * 4).div_ceil(3)
}

#[cfg(test)]
mod tests {
    use conclave_protocol::ids::ParticipantId;

    use super::*;

    #[test]
    fn the_size_of_a_relayed_message_is_known_without_writing_it() {
        for length in 0..20 {
            let payload = SealedBytes(vec![0xFF; length]);
            let size = relayed_bytes(&payload);
            let message = ServerMessage::Relayed { from: ParticipantId([0xFF; 16]), payload };
            assert_eq!(size, message.to_json().len(), "{length} bytes");
        }
    }
}
