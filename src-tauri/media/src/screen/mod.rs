//! Screens: which monitors and windows there are, and pictures of one of them.
//!
//! A screen is a [`VideoSource`](crate::VideoSource) like a camera, with two differences. It gives the same picture
//! again while nothing on it changes ([`VideoFrame::is_same_picture`](crate::VideoFrame::is_same_picture)), so that
//! nobody encodes what everyone has. And its fault is its end: a window that was closed does not come back, and what has
//! its number later is another one.

mod convert;
mod desktop;
mod listing;
mod spec;
#[cfg(test)]
mod test_pixels;
mod thumbnail;
#[cfg(target_os = "linux")]
mod x11;

pub use desktop::{Desktop, NoDesktop, ProcessId, list_screens, open_screen};
pub use listing::ScreenInfo;
pub use spec::ScreenSpec;
pub use thumbnail::{THUMBNAIL_BOUNDS, Thumbnail};

/// The most pictures a second that are taken of a screen.
pub const SCREEN_FPS: u32 = 15;
