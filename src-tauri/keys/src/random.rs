//! Random bytes, from the system only.

use thiserror::Error;

/// The system gave no random bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the system's random source failed")]
pub struct RandomSourceFailed;

/// `N` random bytes that are no secret, such as nonces.
pub(crate) fn draw<const N: usize>() -> Result<[u8; N], RandomSourceFailed> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|_| RandomSourceFailed)?;
    Ok(bytes)
}
