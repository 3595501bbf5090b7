//! Pictures of a monitor or a window, one after the other.

use std::time::Duration;

use x11rb::connection::Connection as _;
use x11rb::protocol::Event;
use x11rb::protocol::damage::{self, Damage, ReportLevel};

use crate::clock::MediaTime;
use crate::fault::DeviceFault;
use crate::frame::{FramePool, VideoFrame};
use crate::screen::convert::{RawPicture, to_frame};
use crate::screen::x11::display::{Display, broken, id_fault};
use crate::screen::x11::grab::Grabber;
use crate::screen::x11::monitor::Monitor;
use crate::screen::x11::pointer::{Pointer, PointerPlace};
use crate::screen::x11::view::{Sight, Target, View};
use crate::screen::x11::window::Window;
use crate::screen::{SCREEN_FPS, ScreenSpec, Thumbnail};
use crate::source::VideoSource;
use crate::video::pace::Pacer;

/// How often the pixels are looked at though the server reported no change: not all that is drawn by graphics cards is
/// reported.
const DOUBT_INTERVAL: Duration = Duration::from_millis(500);

/// How often in a row the pixels may be missing where they should be.
const MAX_MISSES: u32 = 5;

/// A monitor or window as a source.
pub(super) struct X11Source {
    display: Display,
    target: Box<dyn Target>,
    damage: Damage,
    grabber: Grabber,
    pool: FramePool,
    pacer: Pacer,
    /// Something was drawn since the pixels were looked at.
    is_damaged: bool,
    looked: MediaTime,
    misses: u32,
    seen: Option<Seen>,
    /// Memory for the next pixels.
    spare: Vec<u8>,
}

/// What was seen last.
struct Seen {
    /// Without the pointer.
    pixels: Vec<u8>,
    view: View,
    pointer: Option<PointerPlace>,
    frame: VideoFrame,
}

impl X11Source {
    pub(super) fn open(display: Display, spec: &ScreenSpec) -> Result<Self, DeviceFault> {
        let (target, drawable): (Box<dyn Target>, _) = match spec {
            ScreenSpec::Monitor(name) => (Box::new(Monitor::open(&display, name.as_deref())?), display.root),
            ScreenSpec::Window(id) => {
                let drawable = u32::try_from(*id).map_err(|_| DeviceFault::NotFound)?;
                (Box::new(Window::open(&display, *id)?), drawable)
            }
            ScreenSpec::Pattern { .. } | ScreenSpec::File(_) => return Err(DeviceFault::NotFound),
        };
        let damage = display.connection.generate_id().map_err(id_fault)?;
        let level = ReportLevel::NON_EMPTY;
        let created = damage::create(&display.connection, damage, drawable, level).map_err(broken)?;
        created.check().map_err(|_| DeviceFault::Failed)?;
        Ok(Self {
            display,
            target,
            damage,
            grabber: Grabber::default(),
            pool: FramePool::new(),
            pacer: Pacer::new(Duration::from_secs(1) / SCREEN_FPS),
            is_damaged: true,
            looked: MediaTime::default(),
            misses: 0,
            seen: None,
            spare: Vec::new(),
        })
    }

    /// What it looks like now.
    pub(super) fn thumbnail(&mut self) -> Result<Thumbnail, DeviceFault> {
        let now = MediaTime::now();
        self.take_events(now)?;
        let Sight::Visible(view) = self.target.sight(&self.display, now)? else { return Err(DeviceFault::Stalled) };
        let mut pixels = Vec::new();
        self.grabber.grab(&self.display, &view, &mut pixels)?;
        Thumbnail::of(raw(&pixels, &view))
    }

    fn take_events(&mut self, now: MediaTime) -> Result<(), DeviceFault> {
        while let Some(event) = self.display.connection.poll_for_event().map_err(broken)? {
            if let Event::DamageNotify(_) = event {
                self.is_damaged = true;
            }
            self.target.event(&event, now);
        }
        Ok(())
    }

    /// Looks at the pixels, unless nothing can have changed, and at the pointer.
    fn look(&mut self, view: View, now: MediaTime) -> Result<(), DeviceFault> {
        let pointer = Pointer::of(&self.display)?;
        let place = pointer.place(&view);
        let drawn = place.map(|place| (place, &pointer));
        let is_known = self.seen.as_ref().is_some_and(|seen| seen.view.has_pixels_of(&view));
        if !is_known || self.is_damaged || now.since(self.looked) >= DOUBT_INTERVAL {
            self.grab(&view, now)?;
            // What was drawn again as it was before is not changed.
            let is_same = |seen: &Seen| seen.view.has_size_of(&view) && seen.pixels == self.spare;
            if !self.seen.as_ref().is_some_and(is_same) {
                let former = self.seen.take().map(|seen| seen.pixels).unwrap_or_default();
                let fresh = std::mem::replace(&mut self.spare, former);
                return self.show(fresh, view, drawn, now);
            }
        }
        match self.seen.take_if(|seen| seen.pointer != place) {
            Some(seen) => self.show(seen.pixels, view, drawn, now),
            None => Ok(()),
        }
    }

    /// Gets the pixels into the spare memory.
    fn grab(&mut self, view: &View, now: MediaTime) -> Result<(), DeviceFault> {
        // First, so that what is drawn meanwhile is reported.
        damage::subtract(&self.display.connection, self.damage, x11rb::NONE, x11rb::NONE).map_err(broken)?;
        self.is_damaged = false;
        self.looked = now;
        self.grabber.grab(&self.display, view, &mut self.spare)
    }

    /// Makes a picture of pixels and pointer.
    fn show(
        &mut self,
        mut pixels: Vec<u8>,
        view: View,
        pointer: Option<(PointerPlace, &Pointer)>,
        now: MediaTime,
    ) -> Result<(), DeviceFault> {
        let covered = pointer.map(|(place, pointer)| pointer.draw(place, &view, &mut pixels));
        let frame = to_frame(&self.pool, raw(&pixels, &view), now)?;
        if let Some(covered) = covered {
            covered.restore(&mut pixels);
        }
        self.seen = Some(Seen { pixels, view, pointer: pointer.map(|(place, _)| place), frame });
        Ok(())
    }
}

fn raw<'a>(pixels: &'a [u8], view: &View) -> RawPicture<'a> {
    RawPicture { bgrx: pixels, width: view.width.into(), height: view.height.into() }
}

impl VideoSource for X11Source {
    fn next_frame(&mut self) -> Result<VideoFrame, DeviceFault> {
        let now = self.pacer.wait();
        self.take_events(now)?;
        if let Sight::Visible(view) = self.target.sight(&self.display, now)? {
            match self.look(view, now) {
                Ok(()) => self.misses = 0,
                // The screen was arranged anew after its place was looked up; what is gone is told of in time.
                Err(DeviceFault::Unplugged) if self.misses < MAX_MISSES => self.misses += 1,
                Err(fault) => return Err(fault),
            }
        }
        // What is hidden is shown as it was.
        self.seen.as_ref().map(|seen| seen.frame.seen_again(now)).ok_or(DeviceFault::Stalled)
    }
}
