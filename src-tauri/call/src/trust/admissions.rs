//! Whom the host has let in.

use std::collections::BTreeMap;

use conclave_keys::epoch::Epoch;
use conclave_keys::identity::DeviceKey;
use conclave_keys::statement::Signed;
use conclave_keys::statement::admission::Admission;

/// The most devices that count as let in at one time.
const MAX_ADMITTED: usize = 64;

/// The admissions that were found good, by device, this end's own among them.
#[derive(Debug, Default)]
pub(super) struct Admissions(BTreeMap<DeviceKey, Signed<Admission>>);

/// Whether an admission says anything new.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum News {
    New,
    Known,
}

impl Admissions {
    /// Takes an admission that was checked. What is for an earlier epoch is forgotten. Of one device the one that lasts
    /// longest counts; one by another host than before does in any case, as the former's is worth nothing any more.
    pub(super) fn insert(&mut self, admission: Signed<Admission>, epoch: Epoch) -> News {
        self.0.retain(|_, known| known.statement().epoch >= epoch);
        let device = admission.statement().device_key;
        let lasts = admission.statement().expires_at_ms;
        match self.0.get(&device) {
            Some(known) if known.signer() == admission.signer() && known.statement().expires_at_ms >= lasts => {
                return News::Known;
            }
            None if self.0.len() >= MAX_ADMITTED => self.forget_the_first_to_expire(),
            Some(_) | None => {}
        }
        self.0.insert(device, admission);
        News::New
    }

    /// Whether the device is let into this epoch now.
    pub(super) fn contains(&self, device: &DeviceKey, epoch: Epoch, now_ms: u64) -> bool {
        self.of(device).is_some_and(|admission| {
            let Admission { epoch: of, expires_at_ms, .. } = admission.statement();
            *of == epoch && *expires_at_ms > now_ms
        })
    }

    pub(super) fn of(&self, device: &DeviceKey) -> Option<&Signed<Admission>> {
        self.0.get(device)
    }

    pub(super) fn forget(&mut self, device: &DeviceKey) {
        self.0.remove(device);
    }

    /// All of them, to be shown to a newcomer.
    pub(super) fn to_bytes(&self) -> Vec<Vec<u8>> {
        self.0.values().map(Signed::to_bytes).collect()
    }

    fn forget_the_first_to_expire(&mut self) {
        let first = self.0.iter().min_by_key(|(_, admission)| admission.statement().expires_at_ms);
        if let Some(device) = first.map(|(device, _)| *device) {
            self.0.remove(&device);
        }
    }
}
