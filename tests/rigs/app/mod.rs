//! The desktop app as a person has it: its window on a display in memory, clicked and read by WebDriver.

mod builder;
mod drawn;
mod driver;
mod locator;
mod processes;
mod window;

pub use builder::AppBuilder;
pub use drawn::{Drawings, DrawnPicture};
pub use locator::Locator;
pub use processes::{AppProcess, CORE};
pub use window::AppWindow;
