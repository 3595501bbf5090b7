//! Which monitors and windows there are.

use x11rb::protocol::xproto::{AtomEnum, ConnectionExt as _, MapState, Window, WindowClass};

use crate::fault::DeviceFault;
use crate::screen::x11::display::{Display, broken, fault};
use crate::screen::x11::monitor::monitors;
use crate::screen::{NoDesktop, ProcessId, ScreenInfo, ScreenSpec};

/// Nobody chooses among more.
const MAX_WINDOWS: usize = 256;
/// A title is cut after this many characters.
const MAX_TITLE_CHARACTERS: usize = 200;
/// Smaller windows are of no use to others: a window manager's helpers, icons.
const MIN_SIDE: u16 = 32;
/// The longest property that is read, in units of four bytes.
const MAX_PROPERTY_LENGTH: u32 = 4096;

/// Monitors, then windows, the topmost first.
pub(in crate::screen) fn screens(display: &str, except: Option<ProcessId>) -> Result<Vec<ScreenInfo>, NoDesktop> {
    let display = Display::connect(display)?;
    let monitors = monitors(&display).map_err(|_| NoDesktop::Failed)?.into_iter().map(|monitor| ScreenInfo {
        spec: ScreenSpec::Monitor(Some(monitor.name.clone())),
        name: monitor.name,
        width: monitor.info.width.into(),
        height: monitor.info.height.into(),
    });
    let mut screens: Vec<_> = monitors.collect();
    for window in windows(&display).map_err(|_| NoDesktop::Failed)?.into_iter().take(MAX_WINDOWS) {
        // One that was closed meanwhile is none.
        if let Ok(Some(info)) = describe(&display, window, except) {
            screens.push(info);
        }
    }
    Ok(screens)
}

/// The windows of programs, the topmost first.
fn windows(display: &Display) -> Result<Vec<Window>, DeviceFault> {
    for list in [display.atoms._NET_CLIENT_LIST_STACKING, display.atoms._NET_CLIENT_LIST] {
        let managed = property(display, display.root, list, AtomEnum::WINDOW.into())?;
        if let Some(windows) = managed.value32() {
            let mut windows: Vec<_> = windows.collect();
            windows.reverse();
            if !windows.is_empty() {
                return Ok(windows);
            }
        }
    }
    // Nobody manages windows here: all that are shown, but for menus and the like.
    let mut shown = Vec::new();
    let tree = display.connection.query_tree(display.root).map_err(broken)?.reply().map_err(fault)?;
    for window in tree.children.into_iter().rev() {
        let attributes = display.connection.get_window_attributes(window).map_err(broken)?.reply();
        let is_program = attributes.is_ok_and(|attributes| {
            attributes.map_state == MapState::VIEWABLE
                && attributes.class == WindowClass::INPUT_OUTPUT
                && !attributes.override_redirect
        });
        if is_program {
            shown.push(window);
        }
    }
    Ok(shown)
}

/// `None` for a window that is not to be shared.
fn describe(display: &Display, window: Window, except: Option<ProcessId>) -> Result<Option<ScreenInfo>, DeviceFault> {
    let process = property(display, window, display.atoms._NET_WM_PID, AtomEnum::CARDINAL.into())?;
    let process = process.value32().and_then(|mut values| values.next()).map(ProcessId);
    let geometry = display.connection.get_geometry(window).map_err(broken)?.reply().map_err(fault)?;
    let is_small = geometry.width < MIN_SIDE || geometry.height < MIN_SIDE;
    if is_small || (process.is_some() && process == except) {
        return Ok(None);
    }
    Ok(Some(ScreenInfo {
        spec: ScreenSpec::Window(window.into()),
        name: title(display, window)?,
        width: geometry.width.into(),
        height: geometry.height.into(),
    }))
}

fn title(display: &Display, window: Window) -> Result<String, DeviceFault> {
    let modern = property(display, window, display.atoms._NET_WM_NAME, display.atoms.UTF8_STRING)?;
    if !modern.value.is_empty() {
        return Ok(shown(&String::from_utf8_lossy(&modern.value)));
    }
    let old = property(display, window, AtomEnum::WM_NAME.into(), AtomEnum::ANY.into())?;
    // Latin-1, by the protocol of that time.
    Ok(shown(&old.value.iter().map(|byte| char::from(*byte)).collect::<String>()))
}

/// Titles are what programs say: of any length, and with any characters.
fn shown(title: &str) -> String {
    title.chars().filter(|c| !c.is_control()).take(MAX_TITLE_CHARACTERS).collect::<String>().trim().to_owned()
}

fn property(
    display: &Display,
    window: Window,
    name: u32,
    kind: u32,
) -> Result<x11rb::protocol::xproto::GetPropertyReply, DeviceFault> {
    let asked = display.connection.get_property(false, window, name, kind, 0, MAX_PROPERTY_LENGTH);
    asked.map_err(broken)?.reply().map_err(fault)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_is_one_line_of_bounded_length() {
        assert_eq!(shown(" a\nb\u{7}c "), "abc");
        assert_eq!(shown(&"x".repeat(5_000)).len(), MAX_TITLE_CHARACTERS);
    }
}
