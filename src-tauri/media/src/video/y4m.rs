//! YUV4MPEG2 files as a source: 4:2:0 with 8 bits, progressive, played for ever at their own rate.

use std::fs::File;
use std::io::{BufReader, ErrorKind, Read, Seek, SeekFrom};
use std::path::Path;
use std::time::Duration;

use crate::clock::MediaTime;
use crate::fault::DeviceFault;
use crate::frame::{FramePool, VideoFrame};
use crate::source::{FPS_RANGE, VideoSource};
use crate::video::pace::Pacer;

/// The longest header line that is read. Players write less than 100 bytes.
const MAX_LINE_LENGTH: usize = 1024;

const MAGIC: &[u8] = b"YUV4MPEG2";
const FRAME_MAGIC: &[u8] = b"FRAME";

/// What a file's first line says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Header {
    width: u32,
    height: u32,
    interval: Duration,
}

/// A file that is read picture by picture, and from its beginning again after the last one.
#[derive(Debug)]
pub struct Y4mFile<R = BufReader<File>> {
    reader: R,
    header: Header,
    first_frame: u64,
    pool: PoolHandle,
    pacer: Pacer,
}

/// A [`FramePool`], which has nothing to show for itself.
#[derive(Default)]
struct PoolHandle(FramePool);

impl std::fmt::Debug for PoolHandle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("FramePool")
    }
}

/// What a reading came to.
enum Reading<T> {
    Whole(T),
    EndOfFile,
}

impl Y4mFile {
    /// Opens a file and reads its header.
    ///
    /// # Errors
    /// [`DeviceFault::NotFound`], [`DeviceFault::PermissionDenied`], [`DeviceFault::UnsupportedFormat`] for a file of
    /// another kind or with a size or rate beyond what is supported, [`DeviceFault::Failed`] otherwise.
    pub fn open(path: &Path) -> Result<Self, DeviceFault> {
        let file = File::open(path).map_err(fault)?;
        // A pipe can't be played again from its beginning.
        if !file.metadata().map_err(fault)?.is_file() {
            return Err(DeviceFault::UnsupportedFormat);
        }
        Self::from_reader(BufReader::with_capacity(1 << 16, file))
    }
}

impl<R: Read + Seek> Y4mFile<R> {
    /// Reads the header of a file.
    ///
    /// # Errors
    /// As [`Y4mFile::open`].
    pub fn from_reader(mut reader: R) -> Result<Self, DeviceFault> {
        let Reading::Whole(line) = read_line(&mut reader)? else {
            return Err(DeviceFault::UnsupportedFormat);
        };
        let header = Header::parse(&line).ok_or(DeviceFault::UnsupportedFormat)?;
        let pool = FramePool::new();
        drop(pool.take(header.width, header.height).map_err(|_| DeviceFault::UnsupportedFormat)?);
        let first_frame = reader.stream_position().map_err(fault)?;
        Ok(Self { reader, header, first_frame, pool: PoolHandle(pool), pacer: Pacer::new(header.interval) })
    }

    /// The next picture, at once; the first one again after the last.
    ///
    /// # Errors
    /// [`DeviceFault::UnsupportedFormat`] when the file holds no whole picture, [`DeviceFault::Failed`] when it can't
    /// be read.
    pub fn read_frame(&mut self, captured: MediaTime) -> Result<VideoFrame, DeviceFault> {
        for _ in 0..2 {
            if let Reading::Whole(frame) = self.try_read_frame(captured)? {
                return Ok(frame);
            }
            self.reader.seek(SeekFrom::Start(self.first_frame)).map_err(fault)?;
        }
        Err(DeviceFault::UnsupportedFormat)
    }

    fn try_read_frame(&mut self, captured: MediaTime) -> Result<Reading<VideoFrame>, DeviceFault> {
        let Reading::Whole(line) = read_line(&mut self.reader)? else {
            return Ok(Reading::EndOfFile);
        };
        if line.split(|b| *b == b' ').next() != Some(FRAME_MAGIC) {
            return Err(DeviceFault::UnsupportedFormat);
        }
        let buffer = self.pool.0.take(self.header.width, self.header.height);
        let mut buffer = buffer.map_err(|_| DeviceFault::UnsupportedFormat)?;
        match self.reader.read_exact(buffer.samples_mut()) {
            Ok(()) => Ok(Reading::Whole(buffer.into_frame(captured))),
            // A file that was cut off plays up to its last whole picture.
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => Ok(Reading::EndOfFile),
            Err(error) => Err(fault(error)),
        }
    }
}

impl<R: Read + Seek + Send> VideoSource for Y4mFile<R> {
    fn next_frame(&mut self) -> Result<VideoFrame, DeviceFault> {
        let now = self.pacer.wait();
        self.read_frame(now)
    }
}

impl Header {
    fn parse(line: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(line.strip_prefix(MAGIC)?).ok()?;
        let (mut width, mut height, mut rate) = (None, None, None);
        for parameter in text.split_ascii_whitespace() {
            let (name, value) = parameter.split_at_checked(1)?;
            match name {
                "W" => width = Some(value.parse().ok()?),
                "H" => height = Some(value.parse().ok()?),
                "F" => rate = Some(parse_rate(value)?),
                "C" if !matches!(value, "420" | "420jpeg" | "420mpeg2" | "420paldv") => return None,
                "I" if !matches!(value, "p" | "?") => return None,
                _ => {}
            }
        }
        Some(Self { width: width?, height: height?, interval: rate? })
    }
}

/// The time between two pictures, from a rate such as `30000:1001`.
fn parse_rate(value: &str) -> Option<Duration> {
    let (pictures, seconds) = value.split_once(':')?;
    let (pictures, seconds): (u32, u32) = (pictures.parse().ok()?, seconds.parse().ok()?);
    let nanos = (u64::from(seconds) * 1_000_000_000).checked_div(u64::from(pictures))?;
    let shortest = 1_000_000_000 / u64::from(*FPS_RANGE.end());
    let longest = 1_000_000_000 / u64::from(*FPS_RANGE.start());
    (shortest..=longest).contains(&nanos).then(|| Duration::from_nanos(nanos))
}

/// A line without its end.
fn read_line(reader: &mut impl Read) -> Result<Reading<Vec<u8>>, DeviceFault> {
    let mut line = Vec::new();
    let mut byte = [0];
    while line.len() < MAX_LINE_LENGTH {
        match reader.read(&mut byte) {
            Ok(0) => return Ok(Reading::EndOfFile),
            Ok(_) if byte[0] == b'\n' => return Ok(Reading::Whole(line)),
            Ok(_) => line.push(byte[0]),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(fault(error)),
        }
    }
    Err(DeviceFault::UnsupportedFormat)
}

fn fault(error: std::io::Error) -> DeviceFault {
    match error.kind() {
        ErrorKind::NotFound => DeviceFault::NotFound,
        ErrorKind::PermissionDenied => DeviceFault::PermissionDenied,
        _ => DeviceFault::Failed,
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    /// A file of 4x2 pictures, the n-th of them filled with n.
    fn file(header: &str, frames: u8) -> Vec<u8> {
        let mut bytes = header.as_bytes().to_vec();
        for n in 0..frames {
            bytes.extend_from_slice(b"FRAME Ip\n");
            bytes.extend_from_slice(&[n; 12]);
        }
        bytes
    }

    fn open(bytes: Vec<u8>) -> Result<Y4mFile<Cursor<Vec<u8>>>, DeviceFault> {
        Y4mFile::from_reader(Cursor::new(bytes))
    }

    #[test]
    fn a_file_plays_round_and_round() {
        let mut source = open(file("YUV4MPEG2 W4 H2 F100:1 Ip A1:1 C420jpeg XSOMETHING\n", 3)).unwrap();
        let shown: Vec<_> = (0..7).map(|_| source.next_frame().unwrap().samples()[0]).collect();
        assert_eq!(shown, [0, 1, 2, 0, 1, 2, 0]);
    }

    #[test]
    fn a_file_that_was_cut_off_plays_its_whole_pictures() {
        let mut bytes = file("YUV4MPEG2 W4 H2 F25:1\n", 3);
        bytes.truncate(bytes.len() - 5);
        let mut source = open(bytes).unwrap();
        let shown: Vec<_> = (0..4).map(|_| source.read_frame(MediaTime::default()).unwrap().samples()[0]).collect();
        assert_eq!(shown, [0, 1, 0, 1]);
    }

    #[test]
    fn hostile_headers_are_refused() {
        for header in [
            "",
            "YUV4MPEG2",
            "YUV4MPEG2 W4 H2\n",
            "YUV4MPEG2 W4 F25:1\n",
            "YUV4MPEG2 W4 H2 F0:0\n",
            "YUV4MPEG2 W4 H2 F25:0\n",
            "YUV4MPEG2 W4 H2 F1:4294967295\n",
            "YUV4MPEG2 W18446744073709551615 H2 F25:1\n",
            "YUV4MPEG2 W4294967295 H4294967295 F25:1\n",
            "YUV4MPEG2 W0 H2 F25:1\n",
            "YUV4MPEG2 W4 H2 F25:1 C444\n",
            "YUV4MPEG2 W4 H2 F25:1 C420p10\n",
            "YUV4MPEG2 W4 H2 F25:1 It\n",
            "YUV4MPEG2 W-4 H2 F25:1\n",
            "YUV4MPEG2 \u{e9}\n",
            "RIFF....\n",
        ] {
            assert_eq!(open(file(header, 1)).err(), Some(DeviceFault::UnsupportedFormat), "{header}");
        }
        let endless = format!("YUV4MPEG2 {}", "X".repeat(10_000));
        assert_eq!(open(endless.into_bytes()).err(), Some(DeviceFault::UnsupportedFormat));
    }

    #[test]
    fn a_file_without_pictures_is_refused() {
        let mut source = open(file("YUV4MPEG2 W4 H2 F25:1\n", 0)).unwrap();
        assert_eq!(source.read_frame(MediaTime::default()).err(), Some(DeviceFault::UnsupportedFormat));
        let mut bytes = file("YUV4MPEG2 W4 H2 F25:1\n", 1);
        bytes.extend_from_slice(b"FRAMES\n");
        let mut source = open(bytes).unwrap();
        assert!(source.read_frame(MediaTime::default()).is_ok());
        assert_eq!(source.read_frame(MediaTime::default()).err(), Some(DeviceFault::UnsupportedFormat));
    }

    #[test]
    fn missing_files_and_folders_are_told_apart() {
        assert_eq!(Y4mFile::open(Path::new("/nonexistent.y4m")).err(), Some(DeviceFault::NotFound));
        assert!(Y4mFile::open(Path::new("/")).is_err());
    }
}
