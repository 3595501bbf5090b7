//! Screens of an X11 session, by the X protocol itself.

mod display;
mod grab;
mod list;
mod monitor;
mod pointer;
mod source;
mod view;
mod window;

use crate::fault::DeviceFault;
use crate::screen::{ScreenSpec, Thumbnail};
use crate::source::VideoSource;

pub(super) use list::screens;

use display::Display;
use source::X11Source;

pub(super) fn open(display: &str, spec: &ScreenSpec) -> Result<Box<dyn VideoSource>, DeviceFault> {
    Ok(Box::new(X11Source::open(Display::connect(display)?, spec)?))
}

pub(super) fn thumbnail(display: &str, spec: &ScreenSpec) -> Result<Thumbnail, DeviceFault> {
    X11Source::open(Display::connect(display)?, spec)?.thumbnail()
}
