//! What trust in one participant means for trust in the others.

use conclave_keys::identity::DeviceKey;
use conclave_protocol::peer::DisplayName;

/// What one participant did that concerns the whole room.
#[derive(Debug)]
pub(super) enum PeerNews {
    /// There is a new session, and nothing was said in it.
    Session,
    /// Its first envelope opens with no key of this end.
    WrongPassword,
    /// One who is not let in says its name.
    Knocked(DisplayName),
    /// It shows what the host has said; nothing of it is checked.
    Statements(Vec<Vec<u8>>),
    /// It tells an epoch's secret, in a proven session.
    Epoch(Vec<u8>),
    /// It says that this end is not let in.
    Refused,
    /// The link to it is proven.
    Verified(DeviceKey),
    /// It is in an epoch that is over.
    LeftBehind,
}
