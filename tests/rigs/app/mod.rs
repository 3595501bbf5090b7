//! The desktop app as a person has it: its window on a display in memory, clicked and read by WebDriver.

mod builder;
mod processes;
mod window;

pub use super::webdriver::{Drawings, DrawnPicture, Locator};
pub use builder::AppBuilder;
pub use processes::CORE;
pub use window::AppWindow;
