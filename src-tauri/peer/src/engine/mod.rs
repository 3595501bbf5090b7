//! What a link's peer connection is built from: codecs, transport settings, interceptors.

pub(crate) mod codecs;
pub(crate) mod interceptors;
pub(crate) mod settings;
