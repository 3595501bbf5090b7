//! Where screens are found: the person's session, however it is shown.

use thiserror::Error;

use crate::fault::DeviceFault;
use crate::screen::{ScreenInfo, ScreenSpec, Thumbnail};
use crate::source::VideoSource;
use crate::video::pattern::Pattern;
use crate::video::y4m::Y4mFile;

#[cfg(target_os = "linux")]
use crate::screen::x11;

/// A process, by the system's number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ProcessId(pub u32);

/// Why no screens can be listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Error)]
pub enum NoDesktop {
    /// Nothing is shown here: no display.
    #[error("there is no display")]
    NoDisplay,
    /// The session is Wayland's, which shows screens only by its portal.
    #[error("screens of a Wayland session are not available")]
    Wayland,
    /// Not on this system.
    #[error("screens are not available on this system")]
    System,
    /// The display refused, or lacks something.
    #[error("the display failed")]
    Failed,
}

impl From<NoDesktop> for DeviceFault {
    fn from(reason: NoDesktop) -> Self {
        match reason {
            NoDesktop::NoDisplay => Self::NotFound,
            NoDesktop::Wayland | NoDesktop::System => Self::UnsupportedFormat,
            NoDesktop::Failed => Self::Failed,
        }
    }
}

/// A session whose screens can be seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Desktop(Kind);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Kind {
    #[cfg(target_os = "linux")]
    X11 { display: String },
}

/// What the environment says of a session.
struct Session {
    kind: Option<String>,
    wayland_display: Option<String>,
    display: Option<String>,
}

impl Session {
    fn of_this_process() -> Self {
        let read = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
        Self { kind: read("XDG_SESSION_TYPE"), wayland_display: read("WAYLAND_DISPLAY"), display: read("DISPLAY") }
    }
}

impl Desktop {
    /// The session that this process is in.
    ///
    /// # Errors
    /// [`NoDesktop`].
    pub fn of_this_session() -> Result<Self, NoDesktop> {
        Self::of(Session::of_this_process())
    }

    /// The X server of this name, as `DISPLAY` has it.
    #[cfg(target_os = "linux")]
    #[must_use]
    pub fn x11(display: &str) -> Self {
        Self(Kind::X11 { display: display.to_owned() })
    }

    #[cfg(target_os = "linux")]
    fn of(session: Session) -> Result<Self, NoDesktop> {
        // XWayland's server shows only its own windows, and a black screen.
        let is_wayland = session.kind.as_deref() == Some("wayland") || session.wayland_display.is_some();
        match session.display {
            _ if is_wayland => Err(NoDesktop::Wayland),
            Some(display) => Ok(Self::x11(&display)),
            None => Err(NoDesktop::NoDisplay),
        }
    }

    #[cfg(not(target_os = "linux"))]
    fn of(_: Session) -> Result<Self, NoDesktop> {
        Err(NoDesktop::System)
    }

    /// Monitors, then windows, the topmost first. Windows of the process `except` are left out: who shares the call's own
    /// window shows a picture in a picture.
    ///
    /// # Errors
    /// [`NoDesktop`].
    pub fn screens(&self, except: Option<ProcessId>) -> Result<Vec<ScreenInfo>, NoDesktop> {
        match self.0 {
            #[cfg(target_os = "linux")]
            Kind::X11 { ref display } => x11::screens(display, except),
        }
    }

    /// Begins to take pictures of a monitor or window, the pointer among them.
    ///
    /// # Errors
    /// Why it can't be had. A source whose window is closed or whose monitor is gone ends with
    /// [`DeviceFault::Unplugged`].
    pub fn open(&self, spec: &ScreenSpec) -> Result<Box<dyn VideoSource>, DeviceFault> {
        match self.0 {
            #[cfg(target_os = "linux")]
            Kind::X11 { ref display } => x11::open(display, spec),
        }
    }

    /// What a monitor or window looks like now.
    ///
    /// # Errors
    /// Why it can't be had; [`DeviceFault::Stalled`] for a window that is minimised.
    pub fn thumbnail(&self, spec: &ScreenSpec) -> Result<Thumbnail, DeviceFault> {
        match self.0 {
            #[cfg(target_os = "linux")]
            Kind::X11 { ref display } => x11::thumbnail(display, spec),
        }
    }
}

/// The monitors and windows of the session that this process is in; see [`Desktop::screens`].
///
/// # Errors
/// [`NoDesktop`].
pub fn list_screens(except: Option<ProcessId>) -> Result<Vec<ScreenInfo>, NoDesktop> {
    Desktop::of_this_session()?.screens(except)
}

/// Opens what a spec names.
///
/// # Errors
/// Why it can't be had; [`DeviceFault::UnsupportedFormat`] where screens are not available.
pub fn open_screen(spec: &ScreenSpec) -> Result<Box<dyn VideoSource>, DeviceFault> {
    match spec {
        ScreenSpec::Pattern { width, height, fps } => {
            let pattern = Pattern::new(*width, *height, *fps).map_err(|_| DeviceFault::UnsupportedFormat)?;
            Ok(Box::new(pattern))
        }
        ScreenSpec::File(path) => Ok(Box::new(Y4mFile::open(path)?)),
        ScreenSpec::Monitor(_) | ScreenSpec::Window(_) => Desktop::of_this_session()?.open(spec),
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    fn session(kind: &str, wayland: &str, display: &str) -> Session {
        let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        Session { kind: some(kind), wayland_display: some(wayland), display: some(display) }
    }

    #[test]
    fn a_wayland_session_is_not_taken_for_its_x_server() {
        assert_eq!(Desktop::of(session("x11", "", ":0")), Ok(Desktop::x11(":0")));
        assert_eq!(Desktop::of(session("", "", ":0")), Ok(Desktop::x11(":0")));
        assert_eq!(Desktop::of(session("wayland", "", ":0")), Err(NoDesktop::Wayland));
        assert_eq!(Desktop::of(session("", "wayland-0", ":0")), Err(NoDesktop::Wayland));
        assert_eq!(Desktop::of(session("tty", "", "")), Err(NoDesktop::NoDisplay));
    }

    #[test]
    fn a_display_that_is_not_there_is_said_so() {
        let nowhere = Desktop::x11(":60999");
        assert_eq!(nowhere.screens(None), Err(NoDesktop::NoDisplay));
        let spec = ScreenSpec::Monitor(None);
        assert_eq!(nowhere.open(&spec).err(), Some(DeviceFault::NotFound));
        assert_eq!(nowhere.thumbnail(&spec).err(), Some(DeviceFault::NotFound));
    }
}
