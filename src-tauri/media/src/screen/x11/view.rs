//! Where the pixels of a screen are to be had.

use x11rb::protocol::Event;
use x11rb::protocol::xproto::Drawable;

use crate::clock::MediaTime;
use crate::fault::DeviceFault;
use crate::screen::x11::display::Display;

/// A rectangle of pixels that the server can give.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct View {
    pub(super) drawable: Drawable,
    /// Of the rectangle in the drawable.
    pub(super) left: i16,
    pub(super) top: i16,
    pub(super) width: u16,
    pub(super) height: u16,
    /// Where its upper left corner is on the whole screen, which is where pointers are.
    pub(super) on_root: (i32, i32),
}

impl View {
    /// Whether the two are of one size, so that their pixels can be compared.
    pub(super) fn has_size_of(&self, other: &Self) -> bool {
        (self.width, self.height) == (other.width, other.height)
    }

    /// Whether the two are of the same pixels, wherever those are shown.
    pub(super) fn has_pixels_of(&self, other: &Self) -> bool {
        let corner = |view: &Self| (view.drawable, view.left, view.top);
        corner(self) == corner(other) && self.has_size_of(other)
    }
}

/// Whether there is anything to be seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sight {
    /// There.
    Visible(View),
    /// Not at the moment: a window that is minimised, or being resized.
    Hidden,
}

/// A monitor or a window that pictures are taken of.
pub(super) trait Target: Send {
    /// Something happened on the display.
    fn event(&mut self, event: &Event, now: MediaTime);

    /// Where its pixels are now.
    ///
    /// # Errors
    /// [`DeviceFault::Unplugged`] when it is gone.
    fn sight(&mut self, display: &Display, now: MediaTime) -> Result<Sight, DeviceFault>;
}
