//! The room's keys: made from the link's secret S, a password if the room has one, and the epoch's secret.

use std::num::NonZeroU64;

use conclave_protocol::ids::{HostKeyHash, RoomId};
use conclave_protocol::invite::InviteSecret;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::epoch::{Epoch, EpochSecret};
use crate::hosted_rooms::PasswordGiven;
use crate::invitation::room_id;
use crate::password::{Password, PasswordError};
use crate::secret::Secret;

/// What a link and a password give.
#[derive(Clone)]
pub struct RoomKey {
    room: RoomId,
    hello_key: Secret<32>,
    root: Secret<32>,
    password: PasswordGiven,
}

impl RoomKey {
    /// The keys of the room that the link's S belongs to. H is in them, so that two who were given links with different
    /// hosts have nothing to say to each other. With a password this stretches it: 64 MiB and some 100 ms of
    /// one core, so not on a thread that must not wait.
    ///
    /// # Errors
    /// [`PasswordError::Unstretchable`].
    pub fn new(secret: &InviteSecret, host: HostKeyHash, password: Option<&Password>) -> Result<Self, PasswordError> {
        let mut key = Zeroizing::new(secret.0.to_vec());
        if let Some(password) = password {
            // Reserved at once: growing would leave a copy behind.
            key.reserve_exact(32);
            let stretched = password.stretch(password_salt(secret).expose())?;
            key.extend_from_slice(stretched.expose());
        }
        Ok(Self {
            room: room_id(secret),
            hello_key: Secret::derive(&secret.0, &[], b"conclave v1 hello"),
            root: Secret::derive(&key, &[], &[b"conclave v1 room".as_slice(), &host.0].concat()),
            password: if password.is_some() { PasswordGiven::Yes } else { PasswordGiven::No },
        })
    }

    /// Whether the keys were made with a password.
    #[must_use]
    pub fn has_password(&self) -> bool {
        self.password == PasswordGiven::Yes
    }

    /// R, the room that the keys are of.
    #[must_use]
    pub fn room(&self) -> RoomId {
        self.room
    }

    /// The keys of epoch 0, which everybody has who has link and password.
    #[must_use]
    pub fn first_epoch(&self) -> EpochKey {
        self.epoch_key(Epoch::FIRST, &[])
    }

    /// The keys of an epoch after somebody was removed.
    #[must_use]
    pub fn later_epoch(&self, epoch: NonZeroU64, secret: &EpochSecret) -> EpochKey {
        self.epoch_key(Epoch(epoch.get()), secret.as_bytes())
    }

    /// Tells this device, and who has both the link and what this device keeps, whether a password is the room's.
    #[must_use]
    pub fn password_check(&self) -> PasswordCheck {
        PasswordCheck(*Secret::<16>::derive(self.root.expose(), &[], b"conclave v1 password check").expose())
    }

    fn epoch_key(&self, epoch: Epoch, salt: &[u8]) -> EpochKey {
        let info = [b"conclave v1 epoch".as_slice(), &epoch.0.to_be_bytes()].concat();
        EpochKey {
            room: self.room,
            epoch,
            hello_key: self.hello_key.clone(),
            key: Secret::derive(self.root.expose(), salt, &info),
        }
    }

    #[cfg(test)]
    pub(crate) fn root(&self) -> &[u8; 32] {
        self.root.expose()
    }
}

impl std::fmt::Debug for RoomKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RoomKey(…)")
    }
}

/// Follows from a room's password and its link: see [`RoomKey::password_check`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PasswordCheck([u8; 16]);

/// The room's salt for its password.
pub(crate) fn password_salt(secret: &InviteSecret) -> Secret<16> {
    Secret::derive(&secret.0, &[], b"conclave v1 password salt")
}

/// The room's keys in one epoch: what a handshake is made with.
#[derive(Clone)]
pub struct EpochKey {
    room: RoomId,
    epoch: Epoch,
    hello_key: Secret<32>,
    key: Secret<32>,
}

impl EpochKey {
    /// R.
    #[must_use]
    pub fn room(&self) -> RoomId {
        self.room
    }

    /// The epoch.
    #[must_use]
    pub fn epoch(&self) -> Epoch {
        self.epoch
    }

    pub(crate) fn hello_key(&self) -> &[u8; 32] {
        self.hello_key.expose()
    }

    pub(crate) fn key(&self) -> &[u8; 32] {
        self.key.expose()
    }
}

impl std::fmt::Debug for EpochKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "EpochKey({:?}, …)", self.epoch)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: InviteSecret = InviteSecret([7; 16]);
    const HOST: HostKeyHash = HostKeyHash([3; 16]);

    #[test]
    fn a_password_changes_all_but_the_hello_key() {
        let open = RoomKey::new(&SECRET, HOST, None).unwrap();
        let locked = RoomKey::new(&SECRET, HOST, Some(&Password::new("one").unwrap())).unwrap();
        let other = RoomKey::new(&SECRET, HOST, Some(&Password::new("two").unwrap())).unwrap();
        assert!(!open.has_password() && locked.has_password());
        assert_eq!(open.hello_key, locked.hello_key);
        assert_ne!(open.root, locked.root);
        assert_ne!(open.password_check(), locked.password_check());
        assert_ne!(other.password_check(), locked.password_check());
        assert_ne!(locked.root, other.root);
    }

    #[test]
    fn a_link_with_another_host_gives_other_keys_and_the_same_hello_key() {
        let one = RoomKey::new(&SECRET, HOST, None).unwrap();
        let other = RoomKey::new(&SECRET, HostKeyHash([4; 16]), None).unwrap();
        assert_eq!(one.hello_key, other.hello_key);
        assert_ne!(one.root, other.root);
    }

    #[test]
    fn another_secret_changes_every_key() {
        let (one, other) =
            (RoomKey::new(&SECRET, HOST, None).unwrap(), RoomKey::new(&InviteSecret([8; 16]), HOST, None).unwrap());
        assert_ne!(one.hello_key, other.hello_key);
        assert_ne!(one.root, other.root);
        assert_ne!(one.room, other.room);
    }

    #[test]
    fn each_epoch_and_each_of_its_secrets_has_a_key_of_its_own() {
        let room = RoomKey::new(&SECRET, HOST, None).unwrap();
        let epoch =
            |number, secret| room.later_epoch(NonZeroU64::new(number).unwrap(), &EpochSecret::from_bytes(secret));
        let keys = [room.first_epoch(), epoch(1, [0; 32]), epoch(1, [1; 32]), epoch(2, [1; 32])];
        for (i, one) in keys.iter().enumerate() {
            assert_ne!(one.key(), room.root());
            assert!(keys[..i].iter().all(|other| other.key() != one.key()));
        }
    }

    #[test]
    fn keys_do_not_show() {
        let room = RoomKey::new(&SECRET, HOST, None).unwrap();
        assert_eq!(format!("{room:?} {:?}", room.first_epoch()), "RoomKey(…) EpochKey(Epoch(0), …)");
    }
}
