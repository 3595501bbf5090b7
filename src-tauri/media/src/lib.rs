//! Devices, codecs, and audio and video processing of a participant. Everything runs on OS threads that their handles
//! own; what passes between threads is bounded, and newest wins. Knows nothing of the network: encoded frames and
//! packets leave and enter as plain types.

pub mod audio;
pub mod camera;
pub mod clock;
pub mod fault;
pub mod frame;
pub mod screen;
pub mod slot;
pub mod source;
pub mod video;

pub use clock::MediaTime;
pub use fault::{DeviceFault, DeviceNotice, ReplaceTrackError};
pub use frame::{AudioFrame, VideoFrame};
pub use screen::ScreenSpec;
pub use slot::LatestFrame;
pub use source::{CameraSpec, DeviceInfo, MicrophoneSpec, SpeakerSpec, VideoSource};
