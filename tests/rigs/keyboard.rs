//! The keyboard of a display: keys that go to whichever window has the focus, and to programs that asked for them.

use x11rb::connection::Connection as _;
use x11rb::protocol::xproto::{ConnectionExt as _, InputFocus, KEY_PRESS_EVENT, KEY_RELEASE_EVENT, Keycode};
use x11rb::protocol::xtest::ConnectionExt as _;
use x11rb::rust_connection::RustConnection;

use super::display::Display;
use super::error::{Result, RigError};
use super::painter::PaintedWindow;

/// A key that nobody types with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FunctionKey {
    /// F8.
    F8,
    /// F9.
    F9,
}

impl FunctionKey {
    /// As WebDriver writes it.
    #[must_use]
    pub fn for_webdriver(self) -> &'static str {
        match self {
            Self::F8 => "\u{e038}",
            Self::F9 => "\u{e039}",
        }
    }

    /// As X11 calls it, whatever keyboard there is (keysymdef.h).
    fn keysym(self) -> u32 {
        match self {
            Self::F8 => 0xffc5,
            Self::F9 => 0xffc6,
        }
    }
}

/// The keyboard of a display.
pub struct Keyboard {
    connection: RustConnection,
}

impl Keyboard {
    /// That of a display.
    ///
    /// # Errors
    /// When it can't be reached.
    pub fn of(display: &Display) -> Result<Self> {
        let unreadable = |error: x11rb::errors::ConnectError| RigError::Unreadable {
            what: display.name().to_owned(),
            reason: error.to_string(),
            text: String::new(),
        };
        let (connection, _) = RustConnection::connect(Some(display.name())).map_err(unreadable)?;
        Ok(Self { connection })
    }

    /// Has keys go to this window.
    ///
    /// # Errors
    /// When the server refuses.
    pub fn focus(&self, window: PaintedWindow) -> Result<()> {
        self.connection.set_input_focus(InputFocus::PARENT, window.id(), x11rb::CURRENT_TIME)?.check()?;
        Ok(())
    }

    /// Holds a key down.
    ///
    /// # Errors
    /// When the keyboard has no such key.
    pub fn hold(&self, key: FunctionKey) -> Result<()> {
        self.send(KEY_PRESS_EVENT, key)
    }

    /// Lets it go.
    ///
    /// # Errors
    /// When the keyboard has no such key.
    pub fn let_go(&self, key: FunctionKey) -> Result<()> {
        self.send(KEY_RELEASE_EVENT, key)
    }

    fn send(&self, kind: u8, key: FunctionKey) -> Result<()> {
        let code = self.code(key)?;
        self.connection.xtest_fake_input(kind, code, x11rb::CURRENT_TIME, x11rb::NONE, 0, 0, 0)?.check()?;
        Ok(())
    }

    fn code(&self, key: FunctionKey) -> Result<Keycode> {
        let setup = self.connection.setup();
        let (first, last) = (setup.min_keycode, setup.max_keycode);
        let mapping = self.connection.get_keyboard_mapping(first, last - first + 1)?.reply()?;
        let symbols = mapping.keysyms.chunks(usize::from(mapping.keysyms_per_keycode).max(1));
        let found = (first..=last).zip(symbols).find(|(_, symbols)| symbols.first() == Some(&key.keysym()));
        found.map(|(code, _)| code).ok_or_else(|| RigError::Unreadable {
            what: "the keyboard".to_owned(),
            reason: format!("it has no {key:?}"),
            text: format!("{:x?}", mapping.keysyms),
        })
    }
}
