//! A monitor and a window, real as far as an X server, give their pictures: the right pixels and no others, as often as
//! they change, until they are gone.

use std::time::{Duration, Instant};

use conclave_media::fault::DeviceFault;
use conclave_media::screen::{Desktop, ProcessId, ScreenSpec};
use conclave_media::{VideoFrame, VideoSource};
use conclave_tests::rigs::display::Display;
use conclave_tests::rigs::painter::{Area, Colour, PaintedWindow, Painter, luma};
use conclave_tests::rigs::{Result, RigError};

const SOON: Duration = Duration::from_secs(5);
const WHITE: Colour = [255; 3];
const GREEN: Colour = [20, 160, 60];
const RED: Colour = [220, 30, 40];
/// What converting between colours rounds.
const ROUNDING: u8 = 2;

fn open(display: &Display, spec: &ScreenSpec) -> Result<Box<dyn VideoSource>> {
    Desktop::x11(display.name()).open(spec).map_err(|fault| RigError::Unreadable {
        what: spec.to_string(),
        reason: fault.to_string(),
        text: String::new(),
    })
}

/// The first picture that is as wanted, of those that come soon.
fn picture(source: &mut dyn VideoSource, what: &str, wanted: impl Fn(&VideoFrame) -> bool) -> VideoFrame {
    let end = Instant::now() + SOON;
    loop {
        let frame = source.next_frame().expect("a picture");
        if wanted(&frame) {
            return frame;
        }
        assert!(Instant::now() < end, "in vain waited for {what}; the last picture is {frame:?}");
    }
}

/// How the source ends.
fn end(source: &mut dyn VideoSource) -> DeviceFault {
    let end = Instant::now() + SOON;
    loop {
        match source.next_frame() {
            Ok(_) => assert!(Instant::now() < end, "it goes on"),
            Err(fault) => return fault,
        }
    }
}

fn luma_at(frame: &VideoFrame, x: usize, y: usize) -> u8 {
    let [plane, ..] = frame.planes();
    plane.samples[y * plane.width + x]
}

fn is(frame: &VideoFrame, x: usize, y: usize, colour: Colour) -> bool {
    luma_at(frame, x, y).abs_diff(luma(colour)) <= ROUNDING
}

/// Whether all of the picture is of one colour.
fn is_all(frame: &VideoFrame, colour: Colour) -> bool {
    frame.planes()[0].samples.iter().all(|sample| sample.abs_diff(luma(colour)) <= ROUNDING)
}

fn has_size(width: u32, height: u32) -> impl Fn(&VideoFrame) -> bool {
    move |frame| (frame.width, frame.height) == (width, height)
}

/// A display of 800 by 600 with its pointer out of the way, in the lower right corner, and a window.
fn scene(area: Area, colour: Colour) -> Result<(Display, Painter, PaintedWindow)> {
    let display = Display::start(800, 600)?;
    let painter = Painter::start(&display)?;
    painter.point_at(799, 599)?;
    let window = painter.open("Paint", area, colour)?;
    Ok((display, painter, window))
}

#[test]
fn monitors_and_windows_are_listed_as_people_know_them() -> Result<()> {
    let (display, painter, window) = scene(Area::new(10, 10, 300, 200), GREEN)?;
    let above = painter.open("Above", Area::new(20, 20, 100, 100), RED)?;
    let tiny = painter.open("Tiny", Area::new(0, 0, 8, 8), RED)?;
    let hidden = painter.open("Hidden", Area::new(0, 0, 100, 100), RED)?;
    painter.hide(hidden)?;
    let desktop = Desktop::x11(display.name());
    let screens = desktop.screens(None).expect("screens");
    assert!(matches!(screens[0].spec, ScreenSpec::Monitor(Some(_))), "{screens:?}");
    assert_eq!((screens[0].width, screens[0].height), (800, 600));
    let windows: Vec<_> = screens[1..].iter().map(|screen| (screen.spec.clone(), screen.name.as_str())).collect();
    assert_eq!(windows, [(above.spec(), "Above"), (window.spec(), "Paint")]);
    assert_eq!((screens[2].width, screens[2].height), (300, 200));

    let without_ours = desktop.screens(Some(ProcessId(std::process::id()))).expect("screens");
    assert_eq!(without_ours, screens[..1]);

    let thumbnail = desktop.thumbnail(&screens[0].spec).expect("a thumbnail");
    assert_eq!((thumbnail.width, thumbnail.height), (266, 200));
    let thumbnail = desktop.thumbnail(&window.spec()).expect("a thumbnail");
    assert_eq!((thumbnail.width, thumbnail.height), (300, 200));
    assert_eq!(thumbnail.rgba[..4], [GREEN[0], GREEN[1], GREEN[2], 255]);
    assert_eq!(desktop.thumbnail(&hidden.spec()).err(), Some(DeviceFault::Stalled));
    painter.close(tiny)
}

#[test]
fn a_monitor_shows_every_pixel_that_was_painted() -> Result<()> {
    let (display, painter, page) = scene(Area::new(0, 0, 790, 590), WHITE)?;
    painter.write(page, include_str!("../ARCHITECTURE.md"))?;
    let mut source = open(&display, &ScreenSpec::Monitor(None))?;
    let frame = source.next_frame().expect("a picture");
    assert_eq!((frame.width, frame.height), (800, 600));
    let painted = painter.look(page)?;
    let black = painted.iter().filter(|colour| **colour == [0; 3]).count();
    assert!(black > 10_000, "{black} pixels of text");
    let wrong = painted.iter().enumerate().filter(|(at, colour)| !is(&frame, at % 790, at / 790, **colour)).count();
    assert_eq!(wrong, 0, "of {}", painted.len());
    Ok(())
}

#[test]
fn what_does_not_change_is_the_same_picture_and_what_changes_is_another() -> Result<()> {
    let (display, painter, window) = scene(Area::new(0, 0, 400, 300), WHITE)?;
    let mut source = open(&display, &ScreenSpec::Monitor(None))?;
    let mut last = picture(&mut *source, "the window", |frame| is(frame, 5, 5, WHITE));
    // Two seconds, in which the server's word is doubted several times.
    for _ in 0..30 {
        let frame = source.next_frame().expect("a picture");
        assert!(frame.is_same_picture(&last) && frame.captured > last.captured);
        last = frame;
    }
    // Painted over with the same colour: the server tells of it, and it is no change.
    painter.fill(window, Area::new(0, 0, 400, 300), WHITE)?;
    for _ in 0..5 {
        assert!(source.next_frame().expect("a picture").is_same_picture(&last));
    }
    painter.fill(window, Area::new(100, 100, 2, 2), RED)?;
    let changed = picture(&mut *source, "a change of two pixels", |frame| is(frame, 100, 100, RED));
    assert!(!changed.is_same_picture(&last));
    assert!(changed.captured.since(last.captured) < Duration::from_millis(700));
    Ok(())
}

#[test]
fn the_pointer_is_in_the_picture_and_leaves_no_trace() -> Result<()> {
    let (display, painter, _window) = scene(Area::new(0, 0, 700, 500), GREEN)?;
    let mut source = open(&display, &ScreenSpec::Monitor(None))?;
    let strange = |frame: &VideoFrame, left: usize, top: usize| {
        let near = (top - 20..top + 20).flat_map(|y| (left - 20..left + 20).map(move |x| (x, y)));
        near.filter(|(x, y)| !is(frame, *x, *y, GREEN)).count()
    };
    let away = picture(&mut *source, "the window", |frame| is(frame, 5, 5, GREEN));
    assert_eq!((strange(&away, 100, 100), strange(&away, 400, 300)), (0, 0));
    painter.point_at(100, 100)?;
    let here = picture(&mut *source, "the pointer", |frame| strange(frame, 100, 100) > 20);
    assert_eq!(strange(&here, 400, 300), 0);
    painter.point_at(400, 300)?;
    let there = picture(&mut *source, "the pointer", |frame| strange(frame, 400, 300) > 20);
    assert_eq!(strange(&there, 100, 100), 0);
    Ok(())
}

#[test]
fn a_window_shows_its_own_pixels_whatever_covers_it_and_wherever_it_is() -> Result<()> {
    let (display, painter, window) = scene(Area::new(50, 50, 320, 240), GREEN)?;
    let mut source = open(&display, &window.spec())?;
    assert!(is_all(&picture(&mut *source, "the window", has_size(320, 240)), GREEN));
    let cover = painter.open("Cover", Area::new(0, 0, 500, 500), RED)?;
    painter.fill(window, Area::new(0, 0, 320, 240), WHITE)?;
    let covered = picture(&mut *source, "what was painted under the cover", |frame| is(frame, 5, 5, WHITE));
    assert!(is_all(&covered, WHITE));
    painter.arrange(window, Area::new(-200, 550, 320, 240))?;
    painter.fill(window, Area::new(0, 0, 320, 240), GREEN)?;
    let outside = picture(&mut *source, "what was painted off the screen", |frame| is(frame, 5, 5, GREEN));
    assert!(is_all(&outside, GREEN), "all of it, also what is off the screen");
    painter.close(cover)
}

#[test]
fn a_window_that_is_resized_goes_on_in_its_new_size() -> Result<()> {
    let (display, painter, window) = scene(Area::new(50, 50, 320, 240), GREEN)?;
    let mut source = open(&display, &window.spec())?;
    picture(&mut *source, "the window", has_size(320, 240));
    // As a hand drags it: only where it comes to rest counts.
    for width in 321..401 {
        painter.arrange(window, Area::new(50, 50, width, 301))?;
        let frame = if width % 10 == 0 { source.next_frame().expect("a picture") } else { continue };
        assert!(has_size(320, 240)(&frame), "{frame:?} while it was dragged");
    }
    let larger = picture(&mut *source, "the new size", has_size(400, 300));
    assert!(is_all(&larger, GREEN));
    painter.arrange(window, Area::new(50, 50, 200, 100))?;
    assert!(is_all(&picture(&mut *source, "a smaller size", has_size(200, 100)), GREEN));
    Ok(())
}

#[test]
fn a_minimised_window_is_shown_as_it_was_until_it_is_back() -> Result<()> {
    let (display, painter, window) = scene(Area::new(50, 50, 320, 240), GREEN)?;
    let mut source = open(&display, &window.spec())?;
    let before = picture(&mut *source, "the window", has_size(320, 240));
    painter.hide(window)?;
    let _other = painter.open("Other", Area::new(50, 50, 320, 240), RED)?;
    for _ in 0..20 {
        assert!(source.next_frame().expect("a picture").is_same_picture(&before));
    }
    painter.show(window)?;
    painter.fill(window, Area::new(0, 0, 320, 240), WHITE)?;
    picture(&mut *source, "the window's return", |frame| is_all(frame, WHITE));
    Ok(())
}

#[test]
fn a_closed_window_is_the_end_and_no_other_window_is_shown() -> Result<()> {
    let (display, painter, window) = scene(Area::new(50, 50, 320, 240), GREEN)?;
    let _behind = painter.open("Behind", Area::new(50, 50, 320, 240), RED)?;
    painter.raise(window)?;
    let mut source = open(&display, &window.spec())?;
    picture(&mut *source, "the window", has_size(320, 240));
    painter.close(window)?;
    let end_by = Instant::now() + SOON;
    let fault = loop {
        match source.next_frame() {
            Ok(frame) => assert!(is_all(&frame, GREEN) && Instant::now() < end_by),
            Err(fault) => break fault,
        }
    };
    assert_eq!(fault, DeviceFault::Unplugged);
    assert_eq!(Desktop::x11(display.name()).open(&window.spec()).err(), Some(DeviceFault::NotFound));
    Ok(())
}

#[test]
fn a_display_that_is_gone_is_the_end() -> Result<()> {
    let (display, _painter, window) = scene(Area::new(50, 50, 320, 240), GREEN)?;
    let mut sources = [open(&display, &window.spec())?, open(&display, &ScreenSpec::Monitor(None))?];
    for source in &mut sources {
        picture(&mut **source, "a picture", |_| true);
    }
    drop(display);
    for source in &mut sources {
        assert_eq!(end(&mut **source), DeviceFault::Unplugged);
    }
    Ok(())
}

#[test]
fn what_is_not_there_can_t_be_shared() -> Result<()> {
    let display = Display::start(640, 480)?;
    let desktop = Desktop::x11(display.name());
    for spec in [
        ScreenSpec::Monitor(Some("nowhere".into())),
        ScreenSpec::Window(0),
        ScreenSpec::Window(12_345_678),
        ScreenSpec::Window(u64::MAX),
    ] {
        assert_eq!(desktop.open(&spec).err(), Some(DeviceFault::NotFound), "{spec}");
    }
    Ok(())
}
