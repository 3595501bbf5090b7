//! A page that WebDriver drives, be it the app's window or a tab of a browser: clicked, read, and looked at.

mod driver;
mod evidence;
mod extension;
mod first_picture;
mod locator;
mod page;
mod pictures;
mod surroundings;

pub use locator::Locator;
pub use page::Page;
pub use pictures::{Drawings, DrawnPicture};

pub(super) use driver::{Driver, free_port};
pub(super) use evidence::Console;
pub(super) use extension::Extension;
pub(super) use surroundings::Surroundings;
