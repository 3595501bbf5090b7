//! A camera, real as far as `/dev/videoN`, gives its pictures: the right ones, whole, at its rate, in the format that
//! is best; by either backend.

use std::time::Duration;

use conclave_media::camera::CameraBackend;
use conclave_tests::rigs::Result;
use conclave_tests::rigs::camera_pictures::{CameraEncoding, pattern_pictures};
use conclave_tests::rigs::camera_probe::{CameraProbe, ProbePicture};
use conclave_tests::rigs::fake_cameras::{CameraModel, FakeCameras, FakeFormat, Trouble};
use conclave_tests::rigs::process::Mark;

const PROBE: &str = env!("CARGO_BIN_EXE_camera_probe");
const BACKENDS: [CameraBackend; 2] = [CameraBackend::V4l2, CameraBackend::Nokhwa];

/// Pictures in a loop; a prime, so that no other period hides a repetition.
const LOOP: u32 = 7;

/// Sampled over two seconds.
const SAMPLE: usize = 60;

/// A mean difference: what JPEG at a webcam's quality costs, and rounding between ranges.
const JPEG_LOSS: f64 = 4.0;

fn watch(model: &CameraModel, backend: CameraBackend, count: usize) -> Result<(Vec<ProbePicture>, String)> {
    let cameras = FakeCameras::new()?;
    let _camera = cameras.plug_in(0, model)?;
    let probe = CameraProbe::start(PROBE, &["watch"], &cameras, backend)?;
    let pictures = probe.wait_for_pictures(Mark::default(), count, Duration::from_secs(15))?;
    Ok((pictures, probe.story()))
}

fn one_format(encoding: CameraEncoding, width: u32, height: u32, fps: u32) -> Result<CameraModel> {
    let format = FakeFormat::pattern(encoding, width, height, fps, LOOP)?;
    Ok(CameraModel::new("Test Camera", None, vec![format]))
}

/// How many pictures of the loop were left out between these.
fn skipped(pictures: &[ProbePicture]) -> u32 {
    let numbers: Vec<u32> = pictures.iter().filter_map(|picture| picture.number).collect();
    numbers.windows(2).map(|pair| (pair[1] + LOOP - pair[0]) % LOOP).map(|step| (step + LOOP - 1) % LOOP).sum()
}

/// Pictures a second, from when they were taken.
fn rate(pictures: &[ProbePicture]) -> f64 {
    let (first, last) = (pictures[0].captured_us, pictures[pictures.len() - 1].captured_us);
    (pictures.len() - 1) as f64 * 1e6 / (last - first) as f64
}

#[test]
fn pictures_of_every_encoding_come_right_and_at_the_cameras_rate() -> Result<()> {
    for backend in BACKENDS {
        for (encoding, tolerance) in
            [(CameraEncoding::Mjpeg, JPEG_LOSS), (CameraEncoding::Yuyv, 0.0), (CameraEncoding::Nv12, 0.0)]
        {
            let (pictures, story) = watch(&one_format(encoding, 1280, 720, 30)?, backend, SAMPLE)?;
            let what = format!("{encoding:?} by {backend:?}");
            for picture in &pictures {
                assert_eq!((picture.width, picture.height), (1280, 720), "{what}\n{story}");
                assert!(picture.difference.is_some_and(|mean| mean <= tolerance), "{what}: {picture:?}\n{story}");
            }
            // The first ones may have waited for the program to start up.
            let steady = &pictures[5..];
            let rate = rate(steady);
            let mut ages: Vec<u64> = steady.iter().map(|picture| picture.arrived_us - picture.captured_us).collect();
            ages.sort_unstable();
            let worst = pictures.iter().filter_map(|picture| picture.difference).fold(0.0, f64::max);
            eprintln!(
                "{what}: {rate:.2} pictures/s, {} skipped, age p50 {} us, p95 {} us, difference at most {worst:.2}",
                skipped(steady),
                ages[ages.len() / 2],
                ages[ages.len() * 95 / 100],
            );
            assert!((29.0..=31.0).contains(&rate), "{what}: {rate} pictures a second\n{story}");
            assert!(skipped(steady) <= 2, "{what}: {} skipped\n{story}", skipped(steady));
        }
    }
    Ok(())
}

#[test]
fn three_planes_come_right() -> Result<()> {
    // nokhwa doesn't know this encoding.
    let (pictures, story) = watch(&one_format(CameraEncoding::I420, 640, 360, 30)?, CameraBackend::V4l2, 10)?;
    assert!(pictures.iter().all(|picture| picture.difference == Some(0.0)), "{story}");
    Ok(())
}

#[test]
fn a_camera_is_set_to_the_format_that_suits_best() -> Result<()> {
    let format = |encoding, width, height, fps| FakeFormat::pattern(encoding, width, height, fps, LOOP);
    // As a USB 2 webcam offers them: raw pictures in full size at a low rate only.
    let model = CameraModel::new(
        "USB 2 Webcam",
        None,
        vec![
            format(CameraEncoding::Yuyv, 640, 480, 30)?,
            format(CameraEncoding::Yuyv, 1280, 720, 10)?,
            format(CameraEncoding::Mjpeg, 640, 480, 30)?,
            format(CameraEncoding::Mjpeg, 1280, 720, 60)?,
            format(CameraEncoding::Mjpeg, 1280, 720, 30)?,
            format(CameraEncoding::Mjpeg, 1920, 1080, 30)?,
        ],
    );
    for backend in BACKENDS {
        let (pictures, story) = watch(&model, backend, SAMPLE)?;
        let picture = pictures[SAMPLE - 1];
        assert_eq!((picture.width, picture.height), (1280, 720), "{backend:?}\n{story}");
        // Compressed, so not exact; and neither 10 nor 60.
        assert!(picture.difference.is_some_and(|mean| mean > 0.1 && mean <= JPEG_LOSS), "{backend:?}\n{story}");
        let rate = rate(&pictures[5..]);
        assert!((29.0..=31.0).contains(&rate), "{backend:?}: {rate}\n{story}");
    }
    Ok(())
}

#[test]
fn broken_pictures_are_skipped() -> Result<()> {
    let mut pictures = pattern_pictures(CameraEncoding::Mjpeg, 640, 360, LOOP)?;
    // Cut off, empty, and not a JPEG at all.
    let half = pictures[1].len() / 2;
    pictures[1].truncate(half);
    pictures[3].clear();
    pictures[5].reverse();
    let format = FakeFormat { encoding: CameraEncoding::Mjpeg, width: 640, height: 360, fps: 30, pictures };
    let model = CameraModel::new("Shaky Camera", None, vec![format]);
    let (seen, story) = watch(&model, CameraBackend::V4l2, SAMPLE)?;
    let mut numbers: Vec<u32> = seen.iter().filter_map(|picture| picture.number).collect();
    assert_eq!(numbers.len(), SAMPLE, "{story}");
    assert!(seen.iter().all(|picture| picture.difference.is_some_and(|mean| mean <= JPEG_LOSS)), "{story}");
    numbers.sort_unstable();
    numbers.dedup();
    assert_eq!(numbers, [0, 2, 4, 6], "{story}");
    Ok(())
}

#[test]
fn a_camera_that_sends_nothing_but_broken_pictures_has_failed() -> Result<()> {
    for backend in BACKENDS {
        let pictures = vec![vec![0xFF, 0xD8, 0xFF, 0xD9]; 3];
        let format = FakeFormat { encoding: CameraEncoding::Mjpeg, width: 640, height: 360, fps: 30, pictures };
        let cameras = FakeCameras::new()?;
        let _camera = cameras.plug_in(0, &CameraModel::new("Broken Camera", None, vec![format]))?;
        let probe = CameraProbe::start(PROBE, &["watch"], &cameras, backend)?;
        assert_eq!(probe.wait_for_fault(Mark::default(), Duration::from_secs(10))?, "Failed", "{backend:?}");
    }
    Ok(())
}

#[test]
fn without_a_name_the_first_camera_that_opens_is_taken() -> Result<()> {
    for backend in BACKENDS {
        let cameras = FakeCameras::new()?;
        let taken = cameras.plug_in(0, &one_format(CameraEncoding::Yuyv, 640, 480, 30)?)?;
        let _free = cameras.plug_in(2, &one_format(CameraEncoding::Yuyv, 640, 360, 30)?)?;
        taken.trouble(Trouble::Busy)?;
        let probe = CameraProbe::start(PROBE, &["watch"], &cameras, backend)?;
        let pictures = probe.wait_for_pictures(Mark::default(), 3, Duration::from_secs(10))?;
        assert!(pictures.iter().all(|picture| picture.height == 360), "{backend:?}\n{}", probe.story());
    }
    Ok(())
}

#[test]
fn who_reads_slowly_gets_new_pictures_all_the_same() -> Result<()> {
    for backend in BACKENDS {
        let cameras = FakeCameras::new()?;
        let _camera = cameras.plug_in(0, &one_format(CameraEncoding::Yuyv, 640, 360, 30)?)?;
        let probe = CameraProbe::start(PROBE, &["dawdle"], &cameras, backend)?;
        let pictures = probe.wait_for_pictures(Mark::default(), 12, Duration::from_secs(15))?;
        // The driver fills the buffers it has and then waits: three pictures of four a second. Read in order, the
        // first of them would be three quarters of a second old.
        let mut ages: Vec<u64> = pictures[2..].iter().map(|picture| picture.arrived_us - picture.captured_us).collect();
        ages.sort_unstable();
        eprintln!("{backend:?}: ages {ages:?} us");
        assert!(ages[ages.len() / 2] < 250_000, "{backend:?}: {ages:?}");
    }
    Ok(())
}

#[test]
fn on_a_crowded_bus_compressed_pictures_are_taken() -> Result<()> {
    let model = CameraModel::new(
        "USB 3 Webcam",
        None,
        vec![
            FakeFormat::pattern(CameraEncoding::Yuyv, 1280, 720, 30, 2)?,
            FakeFormat::pattern(CameraEncoding::Mjpeg, 1280, 720, 30, 2)?,
        ],
    );
    let cameras = FakeCameras::new()?;
    let camera = cameras.plug_in(0, &model)?;
    camera.trouble(Trouble::Crowded)?;
    let probe = CameraProbe::start(PROBE, &["watch"], &cameras, CameraBackend::V4l2)?;
    let pictures = probe.wait_for_pictures(Mark::default(), 3, Duration::from_secs(10))?;
    assert!(pictures.iter().all(|picture| picture.difference.is_some_and(|mean| mean > 0.1)), "{}", probe.story());
    Ok(())
}
