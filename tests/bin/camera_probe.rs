//! Lists cameras or reads one, and tells what happens, one JSON object a line; see `rigs/camera_probe.rs`.
//!
//! `camera_probe list | watch [NAME] | dawdle [NAME]`

use std::io::{self, Write as _};
use std::time::{Duration, Instant};

use conclave_media::camera::{self, CameraFormatWish};
use conclave_media::video::pattern::{Pattern, read_stamp};
use conclave_media::{DeviceFault, MediaTime, VideoFrame};
use conclave_tests::rigs::camera_probe::{ProbeEvent, ProbePicture};

/// Between one attempt to open the camera and the next.
const REOPEN_AFTER: Duration = Duration::from_millis(100);

/// After each picture, when dawdling.
const DAWDLING: Duration = Duration::from_millis(250);

/// Whoever started the probe kills it; if that one was killed first, it ends by itself.
const LIFETIME: Duration = Duration::from_secs(120);

fn main() -> io::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["list"] => list(),
        ["watch"] => watch(None, Duration::ZERO),
        ["watch", name] => watch(Some(name), Duration::ZERO),
        ["dawdle"] => watch(None, DAWDLING),
        ["dawdle", name] => watch(Some(name), DAWDLING),
        _ => Err(io::Error::other("camera_probe list | watch [NAME] | dawdle [NAME]")),
    }
}

fn tell(event: &ProbeEvent) -> io::Result<()> {
    let mut line = serde_json::to_string(event)?;
    line.push('\n');
    io::stdout().write_all(line.as_bytes())
}

fn list() -> io::Result<()> {
    for camera in camera::cameras() {
        tell(&ProbeEvent::Camera { name: camera.name, id: camera.id })?;
    }
    tell(&ProbeEvent::Listed)
}

fn watch(name: Option<&str>, pause: Duration) -> io::Result<()> {
    let started = Instant::now();
    let mut patterns = Vec::new();
    while started.elapsed() < LIFETIME {
        let fault = match camera::open(name, CameraFormatWish::default()) {
            Err(fault) => fault,
            Ok(mut source) => {
                tell(&ProbeEvent::Opened)?;
                let fault = loop {
                    match source.next_frame() {
                        Ok(frame) => {
                            tell(&ProbeEvent::Picture(look(&frame, &mut patterns)))?;
                            std::thread::sleep(pause);
                        }
                        Err(fault) => break fault,
                    }
                };
                tell_fault(fault)?;
                let closing = Instant::now();
                drop(source);
                let took_ms = u64::try_from(closing.elapsed().as_millis()).unwrap_or(u64::MAX);
                tell(&ProbeEvent::Closed { took_ms })?;
                continue;
            }
        };
        tell_fault(fault)?;
        std::thread::sleep(REOPEN_AFTER);
    }
    Ok(())
}

fn tell_fault(fault: DeviceFault) -> io::Result<()> {
    tell(&ProbeEvent::Fault { fault: format!("{fault:?}") })
}

/// What there is to be seen in a picture; `patterns` keeps what it is compared with.
fn look(frame: &VideoFrame, patterns: &mut Vec<((u32, u32), Pattern)>) -> ProbePicture {
    let arrived = MediaTime::now();
    let micros = |time: MediaTime| u64::try_from(time.as_duration().as_micros()).unwrap_or(u64::MAX);
    let number = read_stamp(frame).map(|stamp| stamp.frame_number);
    ProbePicture {
        width: frame.width,
        height: frame.height,
        number,
        difference: number.and_then(|number| difference(frame, number, patterns)),
        captured_us: micros(frame.captured),
        arrived_us: micros(arrived),
    }
}

fn difference(frame: &VideoFrame, number: u32, patterns: &mut Vec<((u32, u32), Pattern)>) -> Option<f64> {
    let size = (frame.width, frame.height);
    if !patterns.iter().any(|(known, _)| *known == size) {
        patterns.push((size, Pattern::new(size.0, size.1, 30).ok()?));
    }
    let (_, pattern) = patterns.iter().find(|(known, _)| *known == size)?;
    let expected = pattern.draw(number, MediaTime::default()).ok()?;
    let plane_difference = |(got, expected): (conclave_media::frame::Plane<'_>, conclave_media::frame::Plane<'_>)| {
        let sum: u64 = got.samples.iter().zip(expected.samples).map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
        sum as f64 / got.samples.len() as f64
    };
    Some(frame.planes().into_iter().zip(expected.planes()).map(plane_difference).fold(0.0, f64::max))
}
