//! A monitor: a part of the whole screen.

use std::time::Duration;

use x11rb::protocol::Event;
use x11rb::protocol::randr::{self, MonitorInfo, NotifyMask};
use x11rb::protocol::xproto::ConnectionExt as _;

use crate::clock::MediaTime;
use crate::fault::DeviceFault;
use crate::screen::x11::display::{Display, broken, fault};
use crate::screen::x11::view::{Sight, Target, View};

/// How often a monitor is looked up again though nothing was said of it.
const LOOK_UP_INTERVAL: Duration = Duration::from_secs(2);

/// A monitor as the server describes it.
pub(super) struct ListedMonitor {
    pub(super) name: String,
    pub(super) info: MonitorInfo,
}

/// Those there are, the primary one first.
pub(super) fn monitors(display: &Display) -> Result<Vec<ListedMonitor>, DeviceFault> {
    let reply = randr::get_monitors(&display.connection, display.root, true).map_err(broken)?.reply().map_err(fault)?;
    let mut monitors = Vec::with_capacity(reply.monitors.len());
    for info in reply.monitors {
        let name = display.connection.get_atom_name(info.name).map_err(broken)?.reply().map_err(fault)?.name;
        monitors.push(ListedMonitor { name: String::from_utf8_lossy(&name).into_owned(), info });
    }
    monitors.sort_by_key(|monitor| !monitor.info.primary);
    Ok(monitors)
}

/// One that pictures are taken of.
pub(super) struct Monitor {
    name: String,
    view: Option<View>,
    looked_up: MediaTime,
}

impl Monitor {
    pub(super) fn open(display: &Display, name: Option<&str>) -> Result<Self, DeviceFault> {
        let changes = NotifyMask::SCREEN_CHANGE | NotifyMask::CRTC_CHANGE | NotifyMask::OUTPUT_CHANGE;
        randr::select_input(&display.connection, display.root, changes).map_err(broken)?;
        let mut monitors = monitors(display)?.into_iter();
        let found = monitors.find(|monitor| name.is_none_or(|name| monitor.name == name));
        let name = found.ok_or(DeviceFault::NotFound)?.name;
        Ok(Self { name, view: None, looked_up: MediaTime::default() })
    }
}

impl Target for Monitor {
    fn event(&mut self, event: &Event, _: MediaTime) {
        if let Event::RandrScreenChangeNotify(_) | Event::RandrNotify(_) = event {
            self.view = None;
        }
    }

    fn sight(&mut self, display: &Display, now: MediaTime) -> Result<Sight, DeviceFault> {
        let known = self.view.filter(|_| now.since(self.looked_up) < LOOK_UP_INTERVAL);
        let view = match known {
            Some(view) => view,
            None => {
                let found = monitors(display)?.into_iter().find(|monitor| monitor.name == self.name);
                self.looked_up = now;
                view_of(display, &found.ok_or(DeviceFault::Unplugged)?.info)?
            }
        };
        self.view = Some(view);
        Ok(Sight::Visible(view))
    }
}

/// The part of the monitor that is on the screen: the server refuses to give any pixel that isn't.
fn view_of(display: &Display, info: &MonitorInfo) -> Result<View, DeviceFault> {
    let (root_width, root_height) = display.root_size()?;
    let (left, width) = overlap(info.x, info.width, root_width).ok_or(DeviceFault::Unplugged)?;
    let (top, height) = overlap(info.y, info.height, root_height).ok_or(DeviceFault::Unplugged)?;
    Ok(View { drawable: display.root, left, top, width, height, on_root: (left.into(), top.into()) })
}

/// What of a stretch lies within `0..limit`: its start and its length.
fn overlap(start: i16, length: u16, limit: u16) -> Option<(i16, u16)> {
    let from = i32::from(start).max(0);
    let to = (i32::from(start) + i32::from(length)).min(limit.into());
    Some((i16::try_from(from).ok()?, u16::try_from(to - from).ok().filter(|length| *length > 1)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_on_the_screen_is_asked_for() {
        assert_eq!(overlap(0, 1920, 1920), Some((0, 1920)));
        assert_eq!(overlap(1920, 1280, 3200), Some((1920, 1280)));
        assert_eq!(overlap(-10, 100, 1920), Some((0, 90)));
        assert_eq!(overlap(1900, 100, 1920), Some((1900, 20)));
        assert_eq!(overlap(1920, 100, 1920), None);
        assert_eq!(overlap(i16::MIN, u16::MAX, u16::MAX), Some((0, 32_767)));
    }
}
