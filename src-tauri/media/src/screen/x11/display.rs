//! A connection to an X server that has what taking pictures needs.

use x11rb::connection::Connection as _;
use x11rb::errors::{ConnectionError, ReplyError, ReplyOrIdError};
use x11rb::protocol::xproto::{ConnectionExt as _, ImageOrder, Window};
use x11rb::protocol::{ErrorKind, composite, damage, randr, xfixes};
use x11rb::rust_connection::RustConnection;

use crate::fault::DeviceFault;
use crate::screen::NoDesktop;

x11rb::atom_manager! {
    /// Names that window managers and windows use (Extended Window Manager Hints 1.5).
    pub(super) Atoms: AtomsCookie {
        _NET_CLIENT_LIST,
        _NET_CLIENT_LIST_STACKING,
        _NET_WM_NAME,
        _NET_WM_PID,
        UTF8_STRING,
    }
}

/// Of each pixel four bytes: blue, green, red, and one that means nothing.
pub(super) const BYTES_A_PIXEL: usize = 4;

/// An X server.
pub(super) struct Display {
    pub(super) connection: RustConnection,
    pub(super) root: Window,
    pub(super) atoms: Atoms,
}

impl Display {
    pub(super) fn connect(name: &str) -> Result<Self, NoDesktop> {
        if !has_port(name) {
            return Err(NoDesktop::NoDisplay);
        }
        let (connection, number) = RustConnection::connect(Some(name)).map_err(|_| NoDesktop::NoDisplay)?;
        let root = connection.setup().roots.get(number).ok_or(NoDesktop::NoDisplay)?.root;
        has_known_pixels(&connection)?;
        agree_on_versions(&connection).map_err(|_| NoDesktop::Failed)?;
        let atoms = Atoms::new(&connection).map_err(|_| NoDesktop::Failed)?;
        let atoms = atoms.reply().map_err(|_| NoDesktop::Failed)?;
        Ok(Self { connection, root, atoms })
    }

    /// The whole screen's width and height.
    pub(super) fn root_size(&self) -> Result<(u16, u16), DeviceFault> {
        let geometry = self.connection.get_geometry(self.root).map_err(broken)?.reply().map_err(fault)?;
        Ok((geometry.width, geometry.height))
    }
}

/// Display 0 is at port 6000, and so on. x11rb adds the two without looking whether the sum is one.
fn has_port(name: &str) -> bool {
    let number = name.rsplit(':').next().and_then(|numbers| numbers.split('.').next());
    number.and_then(|number| number.parse::<u16>().ok()).is_some_and(|number| number.checked_add(6000).is_some())
}

/// Nearly every server there is has pixels of four bytes, blue first. Others would need another conversion.
fn has_known_pixels(connection: &RustConnection) -> Result<(), NoDesktop> {
    let setup = connection.setup();
    let known = |depth| setup.pixmap_formats.iter().any(|format| format.depth == depth && format.bits_per_pixel == 32);
    let root_depth = setup.roots.first().map(|screen| screen.root_depth);
    let fits = setup.image_byte_order == ImageOrder::LSB_FIRST && root_depth == Some(24) && known(24);
    if fits { Ok(()) } else { Err(NoDesktop::Failed) }
}

/// A server refuses requests of extensions whose version was not agreed on.
fn agree_on_versions(connection: &RustConnection) -> Result<(), ReplyError> {
    // Names of windows' pixmaps came with 0.2, and monitors with 1.5.
    composite::query_version(connection, 0, 4)?.reply()?;
    randr::query_version(connection, 1, 5)?.reply()?;
    // The pointer's picture came with 1, and is needed by all later ones.
    xfixes::query_version(connection, 5, 0)?.reply()?;
    damage::query_version(connection, 1, 1)?.reply()?;
    Ok(())
}

/// The connection is broken: the server, and with it all screens, are gone.
pub(super) fn broken(_: ConnectionError) -> DeviceFault {
    DeviceFault::Unplugged
}

/// What a refusal means for a source.
pub(super) fn fault(error: ReplyError) -> DeviceFault {
    let ReplyError::X11Error(error) = error else { return DeviceFault::Unplugged };
    match error.error_kind {
        // What was asked about is not there any more.
        ErrorKind::Window | ErrorKind::Drawable | ErrorKind::Pixmap | ErrorKind::Match | ErrorKind::DamageBadDamage => {
            DeviceFault::Unplugged
        }
        ErrorKind::Access => DeviceFault::PermissionDenied,
        _ => DeviceFault::Failed,
    }
}

/// The same for what needs a new number.
pub(super) fn id_fault(error: ReplyOrIdError) -> DeviceFault {
    match error {
        ReplyOrIdError::IdsExhausted => DeviceFault::Failed,
        ReplyOrIdError::ConnectionError(error) => broken(error),
        ReplyOrIdError::X11Error(error) => fault(ReplyError::X11Error(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_display_s_number_is_a_port_s() {
        assert!([":0", ":99.0", "elsewhere:10.1", "unix:59535"].into_iter().all(has_port));
        assert!(![":59536", ":65536", ":", "", "elsewhere", ":x"].into_iter().any(has_port));
    }
}
