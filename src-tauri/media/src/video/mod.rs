//! Video between a camera and a link, and between a link and a screen.

pub mod h264;
mod keyframes;
pub mod layer;
mod open;
pub(crate) mod pace;
pub mod pattern;
pub mod portrait;
mod pyramid;
pub mod receiver;
pub mod scale;
pub mod sender;
mod worker;
pub mod y4m;

pub use layer::{LayerLadder, VideoLayer};
pub use open::{AfterFault, SourceOpener, SourceSpec, open_source};
pub use receiver::{DecodedPicture, PictureIntegrity, VideoPacket, VideoReceiveStatistics, VideoReceiver};
pub use sender::{
    EncodedVideoFrame, EncodedVideoSink, EncoderStatistics, SinkResult, VideoSender, VideoSenderEvent,
    VideoSubscription,
};
