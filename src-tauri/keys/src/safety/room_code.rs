//! The room code: 30 digits that everybody with the same roster of devices sees alike.

use conclave_protocol::ids::RoomId;
use sha2::Sha256;

use crate::canonical::Canonical;
use crate::identity::DeviceKey;
use crate::secret::Secret;

/// Groups of five digits.
pub const ROOM_CODE_GROUPS: usize = 6;

/// Rounds of PBKDF2: some milliseconds. Without them 2^50 pairs of keys would do to find two rosters of one code, which
/// is what a man in the middle needs who shows two people different keys of his own; the rounds make it 2^65.
const ROUNDS: u32 = 20_000;

/// 30 digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct RoomCode([u32; ROOM_CODE_GROUPS]);

impl RoomCode {
    /// The code of a room and the devices in it, mine included, in any order. Takes some milliseconds.
    #[must_use]
    pub fn of(room: RoomId, devices: &[DeviceKey]) -> Self {
        let mut devices = devices.to_vec();
        devices.sort_unstable();
        devices.dedup();
        let roster = Canonical::new("conclave v1 room code").bytes(&room.0);
        let roster = devices.iter().fold(roster, |roster, device| roster.bytes(device.as_bytes())).finish();
        let stretched: [u8; 32] = pbkdf2::pbkdf2_hmac_array::<Sha256, 32>(&roster, b"conclave v1 room code", ROUNDS);
        let digits = Secret::<{ 8 * ROOM_CODE_GROUPS }>::derive(&stretched, &[], b"conclave v1 room code");
        let mut groups = digits.expose().as_chunks::<8>().0.iter().map(|group| u64::from_be_bytes(*group) % 100_000);
        // Below 100,000.
        Self(std::array::from_fn(|_| groups.next().unwrap_or_default() as u32))
    }
}

impl std::fmt::Display for RoomCode {
    /// Six groups of five digits with spaces between.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (i, group) in self.0.iter().enumerate() {
            let space = if i == 0 { "" } else { " " };
            write!(f, "{space}{group:05}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::DeviceIdentity;

    const ROOM: RoomId = RoomId([1; 16]);

    fn key(seed: u8) -> DeviceKey {
        DeviceIdentity::from_seed(&[seed; 32]).public_key()
    }

    #[test]
    fn the_order_of_the_roster_and_repetitions_do_not_matter() {
        let code = RoomCode::of(ROOM, &[key(1), key(2), key(3)]);
        assert_eq!(RoomCode::of(ROOM, &[key(3), key(1), key(2), key(1)]), code);
    }

    #[test]
    fn another_device_or_another_room_changes_the_code() {
        let code = RoomCode::of(ROOM, &[key(1), key(2)]);
        assert_ne!(RoomCode::of(ROOM, &[key(1), key(3)]), code);
        assert_ne!(RoomCode::of(ROOM, &[key(1)]), code);
        assert_ne!(RoomCode::of(RoomId([2; 16]), &[key(1), key(2)]), code);
    }

    #[test]
    fn a_code_is_six_groups_of_five_digits() {
        assert_eq!(RoomCode([0, 1, 99_999, 12_345, 67_890, 10]).to_string(), "00000 00001 99999 12345 67890 00010");
    }
}
