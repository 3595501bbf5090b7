//! Pictures in Y4M files: those a participant saved, and those a camera shall show.

use std::fs::File;
use std::io::{BufReader, BufWriter};
use std::ops::Range;
use std::path::Path;

use conclave_media::MediaTime;
use conclave_media::frame::FrameBuffer;
use conclave_media::video::pattern::read_stamp;

use super::error::{Result, RigError};

/// One picture, I420.
#[derive(Debug, Clone, Copy)]
pub struct Picture<'a> {
    width: u32,
    height: u32,
    planes: [&'a [u8]; 3],
}

impl Picture<'_> {
    /// The number that a picture of the test pattern carries; `None` if it is none, or can't be read.
    #[must_use]
    pub fn pattern_number(&self) -> Option<u32> {
        let mut buffer = FrameBuffer::new(self.width, self.height).ok()?;
        for (plane, samples) in buffer.planes_mut().into_iter().zip(self.planes) {
            plane.samples.iter_mut().zip(samples).for_each(|(to, from)| *to = *from);
        }
        read_stamp(&buffer.into_frame(MediaTime::default())).map(|stamp| stamp.frame_number)
    }

    /// The luma at a place; `None` where the picture has none.
    #[must_use]
    pub fn luma_at(&self, x: usize, y: usize) -> Option<u8> {
        let [luma, ..] = self.planes;
        let width = self.width as usize;
        if x < width { luma.get(y * width + x).copied() } else { None }
    }

    /// How close these samples of its luma are to what they should be, in dB (peak signal to noise ratio over 8 bits):
    /// infinite when they are the same, and zero when the picture has another size.
    #[must_use]
    pub fn luma_psnr_db_of(&self, expected: &[u8], samples: Range<usize>) -> f64 {
        let [luma, ..] = self.planes;
        let (Some(is), Some(should)) = (luma.get(samples.clone()), expected.get(samples)) else { return 0.0 };
        if luma.len() != expected.len() {
            return 0.0;
        }
        let squares = is.iter().zip(should).map(|(is, should)| u64::from(is.abs_diff(*should)).pow(2));
        let mean = squares.sum::<u64>() as f64 / is.len() as f64;
        10.0 * (255.0 * 255.0 / mean).log10()
    }

    /// Whether the picture is all of one colour: each plane's samples are within `tolerance` of it, but for the
    /// hundredth that a codec may leave astray.
    #[must_use]
    pub fn is_plain(&self, colour: [u8; 3], tolerance: u8) -> bool {
        self.planes.iter().zip(colour).all(|(plane, expected)| {
            let astray = plane.iter().filter(|sample| sample.abs_diff(expected) > tolerance).count();
            astray * 100 <= plane.len()
        })
    }
}

/// What `look` finds in each picture of a file.
///
/// # Errors
/// When the file can't be read, or is something else.
pub fn look_at_y4m<T>(path: &Path, mut look: impl FnMut(Picture<'_>) -> T) -> Result<Vec<T>> {
    let file = File::open(path).map_err(RigError::io(format!("opening {}", path.display())))?;
    let mut decoder = y4m::decode(BufReader::new(file)).map_err(unreadable(path))?;
    let side = |side: usize| u32::try_from(side).unwrap_or(u32::MAX);
    let (width, height) = (side(decoder.get_width()), side(decoder.get_height()));
    let mut found = Vec::new();
    loop {
        match decoder.read_frame() {
            Ok(frame) => {
                let planes = [frame.get_y_plane(), frame.get_u_plane(), frame.get_v_plane()];
                found.push(look(Picture { width, height, planes }));
            }
            Err(y4m::Error::EOF) => return Ok(found),
            Err(error) => return Err(unreadable(path)(error)),
        }
    }
}

/// Writes a second of pictures of one colour (Y, U, V).
///
/// # Errors
/// When the file can't be written.
pub fn write_plain_y4m(path: &Path, width: usize, height: usize, fps: usize, colour: [u8; 3]) -> Result<()> {
    let file = File::create(path).map_err(RigError::io(format!("making {}", path.display())))?;
    let mut encoder = y4m::encode(width, height, y4m::Ratio::new(fps, 1))
        .with_colorspace(y4m::Colorspace::C420)
        .write_header(BufWriter::new(file))
        .map_err(unreadable(path))?;
    let [y, u, v] = colour;
    let chroma = width.div_ceil(2) * height.div_ceil(2);
    let planes = [vec![y; width * height], vec![u; chroma], vec![v; chroma]];
    for _ in 0..fps {
        let [y, u, v] = &planes;
        encoder.write_frame(&y4m::Frame::new([y, u, v], None)).map_err(unreadable(path))?;
    }
    Ok(())
}

fn unreadable(path: &Path) -> impl Fn(y4m::Error) -> RigError {
    move |error| RigError::Unreadable {
        what: path.display().to_string(),
        reason: error.to_string(),
        text: String::new(),
    }
}
