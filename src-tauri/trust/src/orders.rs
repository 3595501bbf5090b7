//! What whoever governs has the server do: signed anew for each connection.

use conclave_keys::room_order;
use conclave_keys::statement::authority::Rank;
use conclave_protocol::signalling::limits::MAX_ORDER_NUMBER;
use conclave_protocol::signalling::{Access, Lock, OrderNumber, RoomCommand, RoomOrder, Standing};
use conclave_protocol::snapshot::Governance;

use super::{Trust, TrustEffect};

/// The numbers of this end's orders: the time, as nobody remembers the last one over a restart, or one more than it.
#[derive(Debug, Default)]
pub(super) struct OrderNumbers {
    last: u64,
}

impl OrderNumbers {
    fn next(&mut self, now_ms: u64) -> Option<OrderNumber> {
        self.last = self.last.saturating_add(1).max(now_ms).min(MAX_ORDER_NUMBER);
        OrderNumber::try_from(self.last).ok()
    }

    /// The clock was put back since this device gave that order.
    fn go_on_from(&mut self, last: OrderNumber) {
        self.last = self.last.max(last.get());
    }
}

impl Trust {
    /// The server has this end in the room, or waiting: if this end governs, the server is told so. It may have
    /// forgotten everything.
    pub fn welcomed(&mut self, standing: Standing) {
        let present = self.present();
        match self.office() {
            // A host that has forgotten its own rules: an order has to be given to come in, and this one opens no door.
            Some(Rank::Host) if standing == Standing::Waiting && self.authority.policy(&present).is_none() => {
                self.order(RoomCommand::SetAccess { access: Access::Lobby });
            }
            Some(_) if self.authority.policy(&present).is_some() => self.order_rules(),
            Some(_) | None => {}
        }
    }

    /// Whoever begins to speak for the room has the server know it, or those who wait would wait in vain. A co-host does
    /// so once the host is gone from the room, and not whenever the link to it breaks for a moment.
    pub(super) fn look_at_office(&mut self) {
        let present = self.present();
        let office = self.office();
        if std::mem::replace(&mut self.office, office) == office {
            return;
        }
        if office.is_some() {
            // Those who are there were let in by whoever governed before: that ends.
            self.renewed_at_ms.get_or_insert(self.now_ms);
        }
        if office.is_none() {
            let knocking: Vec<_> = self.knocking.keys().copied().collect();
            knocking.into_iter().for_each(|peer| self.knocks_no_more(peer));
        } else if self.authority.policy(&present).is_some() {
            self.order_rules();
        }
    }

    /// The server has obeyed a later order of this end's than one that it was given now.
    pub fn order_repeated(&mut self, last: OrderNumber) {
        self.orders.go_on_from(last);
        if self.office().is_some() {
            self.order_rules();
        }
    }

    /// As what this end speaks for the room.
    pub(super) fn office(&self) -> Option<Rank> {
        let mut proven = self.peers.values().filter_map(super::PeerTrust::proven_device);
        let host_is_here = proven.any(|device| self.authority.host().is_host(&device));
        let rank = self.authority.rank(&self.own_device(), &self.present());
        rank.filter(|rank| *rank == Rank::Host || !host_is_here)
    }

    /// Has the server keep the rules that are in force.
    pub(super) fn order_rules(&mut self) {
        let Governance { access, lock, .. } = self.governance();
        let (lock_order, access_order) = (RoomCommand::SetLock { lock }, RoomCommand::SetAccess { access });
        // Nobody is to slip in between the two: what shuts a door comes first.
        let orders = match lock {
            Lock::Locked => [lock_order, access_order],
            Lock::Unlocked => [access_order, lock_order],
        };
        orders.into_iter().for_each(|order| self.order(order));
    }

    pub(super) fn order(&mut self, command: RoomCommand) {
        let Some(participant) = self.me else { return };
        let Some(number) = self.orders.next(self.now_ms) else { return };
        let (room, host) = (self.authority.room(), self.authority.first());
        let order = RoomOrder { room, host, participant, number, command };
        let own = self.own_device();
        let authority = self.authority.host();
        // The device of H needs no credentials, whatever was handed over since.
        let (handovers, policy) = match (own.key_hash() == host, authority.is_host(&own)) {
            (true, _) => (&[][..], None),
            (false, true) => (authority.handovers(), None),
            (false, false) => (authority.handovers(), authority.host_policy()),
        };
        match room_order::sign(&order, &self.identity, handovers, policy) {
            Ok(signed) => self.outbox.push(TrustEffect::Order(Box::new(signed))),
            Err(error) => tracing::error!(%error, "an order was not signed"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_grow_even_when_the_clock_is_put_back() {
        let mut numbers = OrderNumbers::default();
        let drawn: Vec<_> = [5, 5, 3, 100].map(|now_ms| numbers.next(now_ms).unwrap()).to_vec();
        let expected: Vec<_> = [5, 6, 7, 100].map(|number| OrderNumber::try_from(number).unwrap()).to_vec();
        assert_eq!(drawn, expected);
    }
}
