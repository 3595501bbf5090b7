//! What each fuzz target does with its input. The test that runs the checked-in corpora does the same, so the two
//! can't drift apart. Each panics when a rule is broken that must hold for any input whatever.

mod audio;
mod keys;
mod links;
mod messages;
mod notes;
mod script;
mod video;

pub use audio::{audio_jitter_buffer, opus_payloads};
pub use keys::{envelope, hello, statement};
pub use links::invite_link;
pub use messages::{client_message, peer_message, server_message, signal};
pub use notes::note;
pub use video::h264_depacketiser;

/// What a target does with one input.
pub type Entry = fn(&[u8]);

/// Every target, by the name of its folder in `corpus/`.
pub const TARGETS: &[(&str, Entry)] = &[
    ("audio_jitter_buffer", audio_jitter_buffer),
    ("client_message", client_message),
    ("envelope", envelope),
    ("h264_depacketiser", h264_depacketiser),
    ("hello", hello),
    ("invite_link", invite_link),
    ("note", note),
    ("opus_payloads", opus_payloads),
    ("peer_message", peer_message),
    ("server_message", server_message),
    ("signal", signal),
    ("statement", statement),
];
