//! What a link's peer connection is built from besides its interceptors: codecs and transport settings.

pub(crate) mod codecs;
pub(crate) mod settings;
