//! A Y4M file that is as good as a camera: the test pattern, whose stamps can be made to always say what time it is, so
//! that whoever plays it sends when each picture was taken. Players of any make can be given the same one.

use std::fs::File;
use std::io::Write as _;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use conclave_media::MediaTime;
use conclave_media::video::pattern::{Pattern, PatternStamp, StampRow};
use tempfile::TempDir;

use super::error::{Result, RigError};

/// What is in memory only is written so often without a disk at work.
const IN_MEMORY: &str = "/dev/shm";
const FPS: u32 = 30;
/// So many pictures, over and over: each is written anew each time.
const PICTURES: u32 = 24;
/// By so much a stamp may be older than the picture that is read with it.
const AGE: Duration = Duration::from_millis(5);

/// What the stamps of the pictures say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stamps {
    /// When the file was made; that costs nobody anything.
    Still,
    /// The time at which they are read, or 5 ms before.
    Live,
}

/// A file that is there, and kept up to date, until this is dropped.
#[derive(Debug)]
pub struct LiveRecording {
    directory: TempDir,
    stop: Arc<AtomicBool>,
    writer: Option<JoinHandle<()>>,
}

/// A picture's band, as it is in the file.
struct Band {
    number: u32,
    /// Where the picture's first line is in the file.
    start: u64,
    /// The lines of each row of cells, with what is left and right of the cells.
    rows: Vec<(StampRow, Vec<u8>)>,
}

impl LiveRecording {
    /// Makes a file of pictures of this size.
    ///
    /// # Errors
    /// When the pattern can't be drawn in that size, or the file can't be written.
    pub fn start(width: u32, height: u32, stamps: Stamps) -> Result<Self> {
        let directory = TempDir::with_prefix_in("conclave-recording-", IN_MEMORY)
            .or_else(|_| TempDir::with_prefix("conclave-recording-"))
            .map_err(RigError::io("making a recording's folder"))?;
        let mut recording = Self { directory, stop: Arc::default(), writer: None };
        let (file, mut bands) = write(&recording.path(), width, height)?;
        if stamps == Stamps::Still {
            return Ok(recording);
        }
        let stop = Arc::clone(&recording.stop);
        recording.writer = Some(std::thread::spawn(move || {
            while !stop.load(Ordering::Relaxed) {
                for band in &mut bands {
                    // A band that could not be written has an old stamp, and is as good as none.
                    let _ = band.update(&file, width as usize, height as usize);
                }
                std::thread::sleep(AGE);
            }
        }));
        Ok(recording)
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> PathBuf {
        self.directory.path().join("pattern.y4m")
    }
}

impl Drop for LiveRecording {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(writer) = self.writer.take() {
            let _ = writer.join();
        }
    }
}

impl Band {
    fn update(&mut self, file: &File, width: usize, height: usize) -> std::io::Result<()> {
        let stamp = PatternStamp { frame_number: self.number, captured: MediaTime::now() };
        for ((former, lines), row) in self.rows.iter_mut().zip(stamp.rows(width, height)) {
            if *former == row {
                continue;
            }
            for line in lines.chunks_exact_mut(width) {
                line[row.columns.clone()].copy_from_slice(&row.luma);
            }
            file.write_all_at(lines, self.start + (row.lines.start * width) as u64)?;
            *former = row;
        }
        Ok(())
    }
}

fn write(path: &Path, width: u32, height: u32) -> Result<(File, Vec<Band>)> {
    let failed = RigError::io("writing a recording");
    let undrawn =
        |error: &dyn std::fmt::Display| RigError::Build { what: "a recording".to_owned(), output: error.to_string() };
    let pattern = Pattern::new(width, height, FPS).map_err(|error| undrawn(&error))?;
    let mut contents = format!("YUV4MPEG2 W{width} H{height} F{FPS}:1 Ip A1:1 C420jpeg\n").into_bytes();
    let mut bands = Vec::new();
    for number in 0..PICTURES {
        contents.extend(b"FRAME\n");
        let stamp = PatternStamp { frame_number: number, captured: MediaTime::now() };
        let picture = pattern.draw(number, stamp.captured).map_err(|error| undrawn(&error))?;
        let width = width as usize;
        let rows = stamp.rows(width, height as usize);
        let lines = |row: &StampRow| picture.samples()[row.lines.start * width..row.lines.end * width].to_vec();
        bands.push(Band {
            number,
            start: contents.len() as u64,
            rows: rows.map(|row| (row.clone(), lines(&row))).collect(),
        });
        contents.extend(picture.samples());
    }
    let mut file = match File::create(path) {
        Ok(file) => file,
        Err(error) => return Err(failed(error)),
    };
    match file.write_all(&contents) {
        Ok(()) => Ok((file, bands)),
        Err(error) => Err(failed(error)),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{HashMap, HashSet};

    use conclave_media::video::pattern::read_stamp;
    use conclave_media::video::y4m::Y4mFile;

    use super::*;

    #[test]
    fn each_picture_says_when_it_was_read() {
        let recording = LiveRecording::start(320, 180, Stamps::Live).unwrap();
        let mut file = Y4mFile::open(&recording.path()).unwrap();
        let mut seen: HashMap<u32, HashSet<MediaTime>> = HashMap::new();
        while seen.len() < PICTURES as usize || seen.values().any(|times| times.len() < 3) {
            let picture = file.read_frame(MediaTime::now()).unwrap();
            // What is read while it is written says nothing.
            let Some(stamp) = read_stamp(&picture) else { continue };
            assert!(stamp.captured <= MediaTime::now());
            seen.entry(stamp.frame_number).or_default().insert(stamp.captured);
        }
    }
}
