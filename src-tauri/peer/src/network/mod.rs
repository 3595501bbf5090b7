//! The sockets under a link: which addresses they are bound to, how large their buffers are, and, in tests, what
//! becomes of what is sent.

mod impairment;
mod interfaces;
mod repeat;
mod runtime;

pub use impairment::{Fate, Impairment};
pub(crate) use interfaces::LocalAddresses;
pub(crate) use runtime::LinkRuntime;
