//! Video between a camera and a link, and between a link and a screen.

pub mod h264;
pub mod layer;
mod pace;
pub mod pattern;
mod pyramid;
pub mod scale;
pub mod y4m;

pub use layer::VideoLayer;
