//! What is checked of session descriptions (RFC 8866, RFC 9429).

mod description;

pub use description::{DescriptionError, MAX_DESCRIPTION_LENGTH};
pub(crate) use description::{DescriptionKind, RemoteDescription, check};
