//! A program with windows, whose every pixel is known.

use conclave_media::screen::ScreenSpec;
use x11rb::connection::Connection as _;
use x11rb::protocol::xproto::{
    AtomEnum, ConfigureWindowAux, ConnectionExt as _, CreateGCAux, CreateWindowAux, Gcontext, ImageFormat, PropMode,
    Rectangle, StackMode, Window, WindowClass,
};
use x11rb::rust_connection::RustConnection;
use x11rb::wrapper::ConnectionExt as _;

use super::display::Display;
use super::error::{Result, RigError};

/// Red, green, blue.
pub type Colour = [u8; 3];

/// The server's own font, of which every letter has these many pixels across and down.
const FONT: &[u8] = b"fixed";
const LETTER: (u16, u16) = (6, 13);

/// Where something is, and how large.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Area {
    /// Pixels from the left.
    pub x: i16,
    /// Pixels from the top.
    pub y: i16,
    /// Pixels across.
    pub width: u16,
    /// Pixels down.
    pub height: u16,
}

impl Area {
    /// An area.
    #[must_use]
    pub const fn new(x: i16, y: i16, width: u16, height: u16) -> Self {
        Self { x, y, width, height }
    }
}

/// A program that paints. Its windows are gone when it is dropped.
pub struct Painter {
    connection: RustConnection,
    root: Window,
}

/// One of its windows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PaintedWindow(Window);

impl PaintedWindow {
    /// Its number.
    pub(super) fn id(self) -> Window {
        self.0
    }

    /// What to share it by.
    #[must_use]
    pub fn spec(self) -> ScreenSpec {
        ScreenSpec::Window(self.0.into())
    }
}

impl Painter {
    /// Connects to a display.
    ///
    /// # Errors
    /// When that fails.
    pub fn start(display: &Display) -> Result<Self> {
        let unreadable = |error: x11rb::errors::ConnectError| RigError::Unreadable {
            what: display.name().to_owned(),
            reason: error.to_string(),
            text: String::new(),
        };
        let (connection, number) = RustConnection::connect(Some(display.name())).map_err(unreadable)?;
        let root = connection.setup().roots[number].root;
        Ok(Self { connection, root })
    }

    /// Opens a window of one colour, above all others, and of this process.
    ///
    /// # Errors
    /// When the server refuses.
    pub fn open(&self, title: &str, area: Area, colour: Colour) -> Result<PaintedWindow> {
        let window = self.connection.generate_id()?;
        // What the server clears is of the window's colour too.
        let look = CreateWindowAux::new().background_pixel(pixel(colour));
        let Area { x, y, width, height } = area;
        let class = WindowClass::INPUT_OUTPUT;
        self.connection.create_window(0, window, self.root, x, y, width, height, 0, class, 0, &look)?.check()?;
        self.connection.change_property8(
            PropMode::REPLACE,
            window,
            AtomEnum::WM_NAME,
            AtomEnum::STRING,
            title.as_bytes(),
        )?;
        let process = self.connection.intern_atom(false, b"_NET_WM_PID")?.reply()?.atom;
        self.connection.change_property32(
            PropMode::REPLACE,
            window,
            process,
            AtomEnum::CARDINAL,
            &[std::process::id()],
        )?;
        self.connection.map_window(window)?;
        let window = PaintedWindow(window);
        self.fill(window, Area::new(0, 0, width, height), colour)?;
        Ok(window)
    }

    /// Paints a part of a window.
    ///
    /// # Errors
    /// When the server refuses.
    pub fn fill(&self, window: PaintedWindow, area: Area, colour: Colour) -> Result<()> {
        let brush = self.brush(window, &CreateGCAux::new().foreground(pixel(colour)))?;
        let Area { x, y, width, height } = area;
        self.connection.poly_fill_rectangle(window.0, brush, &[Rectangle { x, y, width, height }])?;
        self.done(brush)
    }

    /// Writes a text line by line, black on white, from the upper left corner on, as far as the window goes.
    ///
    /// # Errors
    /// When the server refuses.
    pub fn write(&self, window: PaintedWindow, text: &str) -> Result<()> {
        let font = self.connection.generate_id()?;
        self.connection.open_font(font, FONT)?.check()?;
        let look = CreateGCAux::new().foreground(pixel([0; 3])).background(pixel([255; 3])).font(font);
        let brush = self.brush(window, &look)?;
        let size = self.connection.get_geometry(window.0)?.reply()?;
        let columns = usize::from(size.width / LETTER.0).min(255);
        for (row, line) in (0..size.height / LETTER.1).zip(text.lines()) {
            let line: Vec<u8> = line.bytes().filter(|byte| (b' '..=b'~').contains(byte)).take(columns).collect();
            let baseline = i16::try_from(row * LETTER.1 + 10).unwrap_or(i16::MAX);
            self.connection.image_text8(window.0, brush, 0, baseline, &line)?;
        }
        self.connection.close_font(font)?;
        self.done(brush)
    }

    /// Moves and resizes a window.
    ///
    /// # Errors
    /// When the server refuses.
    pub fn arrange(&self, window: PaintedWindow, area: Area) -> Result<()> {
        let Area { x, y, width, height } = area;
        let place =
            ConfigureWindowAux::new().x(i32::from(x)).y(i32::from(y)).width(u32::from(width)).height(u32::from(height));
        Ok(self.connection.configure_window(window.0, &place)?.check()?)
    }

    /// Puts a window above all others.
    ///
    /// # Errors
    /// When the server refuses.
    pub fn raise(&self, window: PaintedWindow) -> Result<()> {
        let above = ConfigureWindowAux::new().stack_mode(StackMode::ABOVE);
        Ok(self.connection.configure_window(window.0, &above)?.check()?)
    }

    /// Minimises a window.
    ///
    /// # Errors
    /// When the server refuses.
    pub fn hide(&self, window: PaintedWindow) -> Result<()> {
        Ok(self.connection.unmap_window(window.0)?.check()?)
    }

    /// Shows a minimised window again.
    ///
    /// # Errors
    /// When the server refuses.
    pub fn show(&self, window: PaintedWindow) -> Result<()> {
        Ok(self.connection.map_window(window.0)?.check()?)
    }

    /// Closes a window.
    ///
    /// # Errors
    /// When the server refuses.
    pub fn close(&self, window: PaintedWindow) -> Result<()> {
        Ok(self.connection.destroy_window(window.0)?.check()?)
    }

    /// Puts the pointer there.
    ///
    /// # Errors
    /// When the server refuses.
    pub fn point_at(&self, x: i16, y: i16) -> Result<()> {
        Ok(self.connection.warp_pointer(x11rb::NONE, self.root, 0, 0, 0, 0, x, y)?.check()?)
    }

    /// What is in a window that nothing covers, a colour a pixel, row by row.
    ///
    /// # Errors
    /// When the server refuses.
    pub fn look(&self, window: PaintedWindow) -> Result<Vec<Colour>> {
        let size = self.connection.get_geometry(window.0)?.reply()?;
        let format = ImageFormat::Z_PIXMAP;
        let image = self.connection.get_image(format, window.0, 0, 0, size.width, size.height, u32::MAX)?.reply()?;
        Ok(image.data.chunks_exact(4).map(|pixel| [pixel[2], pixel[1], pixel[0]]).collect())
    }

    fn brush(&self, window: PaintedWindow, look: &CreateGCAux) -> Result<Gcontext> {
        let brush = self.connection.generate_id()?;
        self.connection.create_gc(brush, window.0, look)?.check()?;
        Ok(brush)
    }

    /// Waits until the server has painted.
    fn done(&self, brush: Gcontext) -> Result<()> {
        self.connection.free_gc(brush)?.check()?;
        Ok(())
    }
}

fn pixel([red, green, blue]: Colour) -> u32 {
    u32::from_be_bytes([0, red, green, blue])
}

/// A colour's luma by BT.601 in limited range.
#[must_use]
pub fn luma([red, green, blue]: Colour) -> u8 {
    let part = |share: f64, sample: u8| share * f64::from(sample) / 255.0;
    (16.0 + part(65.481, red) + part(128.553, green) + part(24.966, blue)).round() as u8
}
