//! A window, by a pixmap of its own: what covers it, and what of it is off the screen, doesn't matter.

use std::time::Duration;

use x11rb::connection::Connection as _;
use x11rb::protocol::Event;
use x11rb::protocol::composite::{self, Redirect};
use x11rb::protocol::xproto::{
    ChangeWindowAttributesAux, ConnectionExt as _, EventMask, MapState, Pixmap, Window as WindowId, WindowClass,
};

use crate::clock::MediaTime;
use crate::fault::DeviceFault;
use crate::screen::x11::display::{Display, broken, fault};
use crate::screen::x11::view::{Sight, Target, View};

/// A size counts once it has stood for this long: each size costs a keyframe, and a window that is dragged larger has a
/// new one with every movement.
const SIZE_STANDS: Duration = Duration::from_millis(250);

/// A window that is narrower or lower has nothing in it to be read.
const MIN_SIDE: u16 = 16;

/// Depths whose pixels are four bytes, blue first.
const DEPTHS: [u8; 2] = [24, 32];

/// A window that pictures are taken of.
pub(super) struct Window {
    id: WindowId,
    state: State,
    size: (u16, u16),
    pixmap: Option<NamedPixmap>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Shown, and of its size since then.
    Shown { since: MediaTime },
    /// Not shown.
    Minimised,
    /// Gone, for ever: what has its number from now on is another window.
    Closed,
}

/// What is drawn in the window now. Stays as it is when the window has another size, and another pixmap.
#[derive(Debug, Clone, Copy)]
struct NamedPixmap {
    id: Pixmap,
    border: i16,
    width: u16,
    height: u16,
}

impl Window {
    pub(super) fn open(display: &Display, id: u64) -> Result<Self, DeviceFault> {
        let id = WindowId::try_from(id).map_err(|_| DeviceFault::NotFound)?;
        let not_found = |error| match fault(error) {
            DeviceFault::Unplugged => DeviceFault::NotFound,
            other => other,
        };
        let connection = &display.connection;
        // Before anything else is asked, so that no change is missed.
        let changes = ChangeWindowAttributesAux::new().event_mask(EventMask::STRUCTURE_NOTIFY);
        let selected = connection.change_window_attributes(id, &changes).map_err(broken)?.check();
        selected.map_err(not_found)?;
        let attributes = connection.get_window_attributes(id).map_err(broken)?.reply().map_err(not_found)?;
        let geometry = connection.get_geometry(id).map_err(broken)?.reply().map_err(not_found)?;
        if attributes.class != WindowClass::INPUT_OUTPUT || !DEPTHS.contains(&geometry.depth) {
            return Err(DeviceFault::UnsupportedFormat);
        }
        composite::redirect_window(connection, id, Redirect::AUTOMATIC).map_err(broken)?.check().map_err(not_found)?;
        let is_shown = attributes.map_state == MapState::VIEWABLE;
        let state = if is_shown { State::Shown { since: MediaTime::default() } } else { State::Minimised };
        Ok(Self { id, state, size: (geometry.width, geometry.height), pixmap: None })
    }

    /// Has it named anew when it is looked at again.
    fn forget_pixmap(&mut self, display: &Display) -> Result<(), DeviceFault> {
        match self.pixmap.take() {
            Some(pixmap) => display.connection.free_pixmap(pixmap.id).map(drop).map_err(broken),
            None => Ok(()),
        }
    }

    fn name_pixmap(&self, display: &Display) -> Result<Option<NamedPixmap>, DeviceFault> {
        let connection = &display.connection;
        let Some(geometry) = answer(connection.get_geometry(self.id).map_err(broken)?.reply())? else {
            return Ok(None);
        };
        if geometry.width < MIN_SIDE || geometry.height < MIN_SIDE {
            return Ok(None);
        }
        let id = connection.generate_id().map_err(|_| DeviceFault::Failed)?;
        let named = composite::name_window_pixmap(connection, self.id, id).map_err(broken)?.check();
        let border = i16::try_from(geometry.border_width).map_err(|_| DeviceFault::UnsupportedFormat)?;
        let pixmap = NamedPixmap { id, border, width: geometry.width, height: geometry.height };
        let Some(()) = answer(named)? else { return Ok(None) };
        // It may have been resized between the two answers; the pixmap has the size that is to be read.
        let real = connection.get_geometry(id).map_err(broken)?.reply().map_err(fault)?;
        let fits = real.width >= geometry.width && real.height >= geometry.height;
        if !fits {
            connection.free_pixmap(id).map_err(broken)?;
        }
        Ok(fits.then_some(pixmap))
    }
}

/// `None` when the window was hidden or closed before the server came to the question; an event tells which.
fn answer<T>(reply: Result<T, x11rb::errors::ReplyError>) -> Result<Option<T>, DeviceFault> {
    match reply.map_err(fault) {
        Ok(reply) => Ok(Some(reply)),
        Err(DeviceFault::Unplugged) => Ok(None),
        Err(other) => Err(other),
    }
}

impl Target for Window {
    fn event(&mut self, event: &Event, now: MediaTime) {
        self.state = match (event, self.state) {
            (_, State::Closed) => State::Closed,
            (Event::DestroyNotify(gone), _) if gone.window == self.id => State::Closed,
            (Event::UnmapNotify(hidden), _) if hidden.window == self.id => State::Minimised,
            (Event::MapNotify(shown), _) if shown.window == self.id => State::Shown { since: now },
            (Event::ConfigureNotify(new), State::Shown { .. }) if new.window == self.id => {
                let size = (new.width, new.height);
                let is_same = std::mem::replace(&mut self.size, size) == size;
                if is_same { self.state } else { State::Shown { since: now } }
            }
            (_, state) => state,
        };
    }

    fn sight(&mut self, display: &Display, now: MediaTime) -> Result<Sight, DeviceFault> {
        let since = match self.state {
            State::Closed => return Err(DeviceFault::Unplugged),
            State::Minimised => {
                self.forget_pixmap(display)?;
                return Ok(Sight::Hidden);
            }
            State::Shown { since } => since,
        };
        if now.since(since) < SIZE_STANDS {
            self.forget_pixmap(display)?;
            return Ok(Sight::Hidden);
        }
        if self.pixmap.is_none() {
            self.pixmap = self.name_pixmap(display)?;
        }
        let Some(NamedPixmap { id, border, width, height }) = self.pixmap else { return Ok(Sight::Hidden) };
        let place = display.connection.translate_coordinates(self.id, display.root, 0, 0).map_err(broken)?.reply();
        let Some(place) = answer(place)? else { return Ok(Sight::Hidden) };
        let on_root = (place.dst_x.into(), place.dst_y.into());
        Ok(Sight::Visible(View { drawable: id, left: border, top: border, width, height, on_root }))
    }
}
