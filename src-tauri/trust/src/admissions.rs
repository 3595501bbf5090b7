//! Whom the host has let in.

use std::collections::BTreeMap;

use conclave_keys::identity::DeviceKey;
use conclave_keys::statement::Signed;
use conclave_keys::statement::admission::Admission;
use conclave_keys::statement::authority::Rank;

use super::authority::Moment;

/// The most devices that count as let in at one time.
const MAX_ADMITTED: usize = 64;

/// The admissions that were found good, by device, this end's own among them.
#[derive(Debug, Default)]
pub(super) struct Admissions {
    kept: BTreeMap<DeviceKey, Kept>,
    /// Devices that a host which has forgotten everything finds in the room with its own word or a co-host's, and until
    /// when.
    mine: BTreeMap<DeviceKey, u64>,
}

#[derive(Debug)]
struct Kept {
    admission: Signed<Admission>,
    /// As what its signer spoke.
    by: Rank,
}

/// Whether an admission says anything new.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum News {
    New,
    Known,
}

impl Admissions {
    /// Takes an admission that was checked, and as what its signer spoke. What is for an earlier epoch is forgotten. Of
    /// one device and signer the one that lasts longest counts; a new host's in place of the former's, which is worth
    /// nothing any more; and the host's rather than that of who acts for it, which is worth nothing once it is back.
    pub(super) fn insert(&mut self, admission: Signed<Admission>, by: Rank, moment: Moment<'_>) -> News {
        self.kept.retain(|_, kept| kept.admission.statement().epoch >= moment.epoch);
        let device = admission.statement().device_key;
        match self.kept.get(&device) {
            Some(kept) if kept.outdoes(&admission, by, moment) => return News::Known,
            None if self.kept.len() >= MAX_ADMITTED => self.forget_the_first_to_expire(),
            Some(_) | None => {}
        }
        self.kept.insert(device, Kept { admission, by });
        News::New
    }

    /// Whether the device is let into this epoch now.
    pub(super) fn contains(&self, device: &DeviceKey, moment: Moment<'_>) -> bool {
        self.of(device).is_some_and(|admission| is_good(admission, moment))
    }

    pub(super) fn of(&self, device: &DeviceKey) -> Option<&Signed<Admission>> {
        self.kept.get(device).map(|kept| &kept.admission)
    }

    pub(super) fn forget(&mut self, device: &DeviceKey) {
        self.kept.remove(device);
        self.mine.remove(device);
    }

    /// This end signed it, or whoever acted for it, for an epoch that it doesn't know any more.
    pub(super) fn insert_mine(&mut self, admission: &Admission) {
        if self.mine.len() < MAX_ADMITTED {
            self.mine.insert(admission.device_key, admission.expires_at_ms);
        }
    }

    pub(super) fn were_mine(&self, device: &DeviceKey, now_ms: u64) -> bool {
        self.mine.get(device).is_some_and(|expires_at_ms| *expires_at_ms > now_ms)
    }

    /// All that are good now, to be shown to one who is let in.
    pub(super) fn told(&self, moment: Moment<'_>) -> Vec<Vec<u8>> {
        let good = self.kept.values().filter(|kept| is_good(&kept.admission, moment));
        good.map(|kept| kept.admission.to_bytes()).collect()
    }

    fn forget_the_first_to_expire(&mut self) {
        let first = self.kept.iter().min_by_key(|(_, kept)| kept.admission.statement().expires_at_ms);
        if let Some(device) = first.map(|(device, _)| *device) {
            self.kept.remove(&device);
        }
    }
}

impl Kept {
    fn outdoes(&self, other: &Signed<Admission>, by: Rank, moment: Moment<'_>) -> bool {
        if self.admission.signer() == other.signer() {
            return self.admission.statement().expires_at_ms >= other.statement().expires_at_ms;
        }
        (self.by, by) == (Rank::Host, Rank::Acting) && is_good(&self.admission, moment)
    }
}

fn is_good(admission: &Signed<Admission>, moment: Moment<'_>) -> bool {
    let Admission { epoch, expires_at_ms, .. } = admission.statement();
    *epoch == moment.epoch && *expires_at_ms > moment.now_ms
}

#[cfg(test)]
mod tests {
    use conclave_keys::epoch::Epoch;
    use conclave_keys::identity::DeviceIdentity;
    use conclave_keys::statement::admission::AdmittedRole;
    use conclave_protocol::ids::RoomId;

    use super::*;

    const NOW: Moment<'static> = Moment { epoch: Epoch(1), now_ms: 100, present: &[] };

    fn device(seed: u8) -> DeviceIdentity {
        DeviceIdentity::from_seed(&[seed; 32])
    }

    fn admission(of: u8, by: u8, expires_at_ms: u64) -> Signed<Admission> {
        let (room, device_key) = (RoomId([0; 16]), device(of).public_key());
        let role = AdmittedRole::Participant;
        let admission = Admission { room, epoch: Epoch(1), device_key, role, expires_at_ms };
        Signed::sign(admission, &device(by)).unwrap()
    }

    #[test]
    fn the_host_s_word_outdoes_that_of_who_acts_for_it_and_the_latest_host_s_all() {
        let mut admissions = Admissions::default();
        assert_eq!(admissions.insert(admission(9, 1, 200), Rank::Host, NOW), News::New);
        assert_eq!(admissions.insert(admission(9, 1, 150), Rank::Host, NOW), News::Known);
        assert_eq!(admissions.insert(admission(9, 2, 300), Rank::Acting, NOW), News::Known);
        assert_eq!(admissions.insert(admission(9, 3, 120), Rank::Host, NOW), News::New);
        let later = Moment { now_ms: 120, ..NOW };
        assert!(!admissions.contains(&device(9).public_key(), later));
        assert_eq!(admissions.insert(admission(9, 2, 300), Rank::Acting, later), News::New, "expired");
        assert!(admissions.contains(&device(9).public_key(), later));
        let next_epoch = Moment { epoch: Epoch(2), ..NOW };
        assert!(!admissions.contains(&device(9).public_key(), next_epoch));
    }

    #[test]
    fn so_many_are_kept_and_the_first_to_expire_goes_first() {
        let mut admissions = Admissions::default();
        for number in 0..=MAX_ADMITTED as u8 {
            admissions.insert(admission(number, 200, 1_000 + u64::from(number)), Rank::Host, NOW);
        }
        assert_eq!(admissions.told(NOW).len(), MAX_ADMITTED);
        assert!(!admissions.contains(&device(0).public_key(), NOW));
    }
}
