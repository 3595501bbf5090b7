//! What is checked of, and changed in, session descriptions (RFC 8866, RFC 9429).

mod description;
mod start_bitrate;

pub use description::{DescriptionError, MAX_DESCRIPTION_LENGTH};
pub(crate) use description::{DescriptionKind, RemoteDescription, check};
pub(crate) use start_bitrate::with_start_bitrate;
