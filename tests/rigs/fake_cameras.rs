//! Cameras that are not there: `/dev/videoN` for one process, by `fake_cameras/*.c`. They are plugged in, pulled out,
//! stalled and taken away while the process runs.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::camera_pictures::{CameraEncoding, pattern_pictures};
use super::error::{Result, RigError};
use super::preload::compile_shim;

/// The cameras of a process, none at first.
#[derive(Debug)]
pub struct FakeCameras {
    directory: TempDir,
    shim: PathBuf,
}

/// What a camera is, before it is plugged in.
#[derive(Debug, Clone)]
pub struct CameraModel {
    /// What people call it.
    pub name: String,
    /// Its serial number; cheap ones have none.
    pub serial: Option<String>,
    /// What its node delivers.
    pub node: Node,
}

/// What a node of a camera delivers.
#[derive(Debug, Clone)]
pub enum Node {
    /// Pictures, in one of these formats.
    Pictures(Vec<FakeFormat>),
    /// Data about pictures: the second node of every USB camera.
    Metadata,
}

/// A format that a camera offers, and its pictures, which it shows over and over.
#[derive(Debug, Clone)]
pub struct FakeFormat {
    /// How pictures are packed.
    pub encoding: CameraEncoding,
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    /// Pictures a second.
    pub fps: u32,
    /// The pictures, packed.
    pub pictures: Vec<Vec<u8>>,
}

impl FakeFormat {
    /// A format that shows the first pictures of the test pattern.
    ///
    /// # Errors
    /// When the pattern can't be drawn in that size.
    pub fn pattern(encoding: CameraEncoding, width: u32, height: u32, fps: u32, pictures: u32) -> Result<Self> {
        let pictures = pattern_pictures(encoding, width, height, pictures)?;
        Ok(Self { encoding, width, height, fps, pictures })
    }

    /// A format that shows one colour (Y, U, V), as 4:2:2.
    #[must_use]
    pub fn plain(width: u32, height: u32, fps: u32, [y, u, v]: [u8; 3]) -> Self {
        let picture = [y, u, y, v].repeat((width * height / 2) as usize);
        Self { encoding: CameraEncoding::Yuyv, width, height, fps, pictures: vec![picture] }
    }
}

impl CameraModel {
    /// A webcam that shows the test pattern, two seconds of it over and over.
    ///
    /// # Errors
    /// When the pattern can't be drawn.
    pub fn webcam(name: &str, serial: &str) -> Result<Self> {
        let format = FakeFormat::pattern(CameraEncoding::Mjpeg, 640, 360, 30, 60)?;
        Ok(Self::new(name, Some(serial), vec![format]))
    }

    /// A camera with these formats.
    #[must_use]
    pub fn new(name: &str, serial: Option<&str>, formats: Vec<FakeFormat>) -> Self {
        Self { name: name.to_owned(), serial: serial.map(str::to_owned), node: Node::Pictures(formats) }
    }
}

/// Why a camera gives nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// It doesn't deliver any more.
    Stalled,
    /// Another program streams from it.
    Busy,
    /// This user may not open it.
    Forbidden,
    /// The USB has no room for uncompressed pictures.
    Crowded,
}

/// A camera; unplugged when dropped.
#[derive(Debug)]
pub struct FakeCamera {
    root: PathBuf,
    number: u32,
    times_plugged: u32,
}

impl FakeCameras {
    /// A machine without cameras.
    ///
    /// # Errors
    /// When the shim can't be compiled or its folder can't be made.
    pub fn new() -> Result<Self> {
        let directory =
            TempDir::with_prefix("conclave-cameras-").map_err(RigError::io("making the cameras' folder"))?;
        Ok(Self { directory, shim: compile_shim("fake_cameras")? })
    }

    /// The shim to be preloaded.
    #[must_use]
    pub fn shim(&self) -> &Path {
        &self.shim
    }

    /// The environment variable that leads the shim here.
    #[must_use]
    pub fn environment(&self) -> (&'static str, &Path) {
        ("FAKE_CAMERAS", self.directory.path())
    }

    /// Plugs a camera in as `/dev/video<number>`.
    ///
    /// # Errors
    /// When its folder can't be written.
    pub fn plug_in(&self, number: u32, model: &CameraModel) -> Result<FakeCamera> {
        let mut camera = FakeCamera { root: self.directory.path().to_path_buf(), number, times_plugged: 0 };
        camera.describe(model).map_err(RigError::io("writing a camera's folder"))?;
        camera.plug_in_as(number)?;
        Ok(camera)
    }
}

impl FakeCamera {
    /// Pulls it out.
    ///
    /// # Errors
    /// When it isn't plugged in.
    pub fn unplug(&self) -> Result<()> {
        fs::remove_file(self.folder().join("plugged")).map_err(RigError::io("unplugging a camera"))
    }

    /// Plugs it in again, as `/dev/video<number>`.
    ///
    /// # Errors
    /// When another one was there before.
    pub fn plug_in_as(&mut self, number: u32) -> Result<()> {
        let former = self.folder();
        self.number = number;
        self.times_plugged += 1;
        let placed = if former == self.folder() { Ok(()) } else { fs::rename(&former, self.folder()) };
        placed
            .and_then(|()| fs::write(self.folder().join("bus"), format!("usb-0000:00:14.0-{}", number + 1)))
            // Renamed into place: it is never seen half written.
            .and_then(|()| fs::write(self.folder().join("plugged.new"), self.times_plugged.to_string()))
            .and_then(|()| fs::rename(self.folder().join("plugged.new"), self.folder().join("plugged")))
            .map_err(RigError::io("plugging a camera in"))
    }

    /// Brings trouble to it, from its next picture or opening on.
    ///
    /// # Errors
    /// When its folder can't be written.
    pub fn trouble(&self, trouble: Trouble) -> Result<()> {
        fs::write(self.folder().join(trouble.file()), "").map_err(RigError::io("troubling a camera"))
    }

    /// Takes the trouble away.
    ///
    /// # Errors
    /// When it wasn't in that trouble.
    pub fn relieve(&self, trouble: Trouble) -> Result<()> {
        fs::remove_file(self.folder().join(trouble.file())).map_err(RigError::io("relieving a camera"))
    }

    /// Whether a program streams from it.
    #[must_use]
    pub fn is_in_use(&self) -> bool {
        self.folder().join("streaming").exists()
    }

    fn folder(&self) -> PathBuf {
        self.root.join(format!("video{}", self.number))
    }

    fn describe(&self, model: &CameraModel) -> std::io::Result<()> {
        let folder = self.folder();
        let sysfs = folder.join("sysfs");
        fs::create_dir_all(sysfs.join("device"))?;
        let serial = model.serial.as_ref().map(|serial| ("serial", serial.as_str()));
        let index = if matches!(model.node, Node::Metadata) { "1" } else { "0" };
        let attributes = [
            ("name", model.name.as_str()),
            ("index", index),
            ("idVendor", "c0de"),
            ("idProduct", "cafe"),
            ("device/bInterfaceNumber", "00"),
        ];
        for (attribute, value) in attributes.into_iter().chain(serial) {
            fs::write(sysfs.join(attribute), format!("{value}\n"))?;
        }
        match &model.node {
            Node::Metadata => fs::write(folder.join("metadata"), ""),
            Node::Pictures(formats) => formats.iter().try_for_each(|format| write_format(&folder, format)),
        }
    }
}

impl Trouble {
    fn file(self) -> &'static str {
        match self {
            Self::Stalled => "stalled",
            Self::Busy => "busy",
            Self::Forbidden => "forbidden",
            Self::Crowded => "crowded",
        }
    }
}

fn write_format(folder: &Path, format: &FakeFormat) -> std::io::Result<()> {
    let FakeFormat { encoding, width, height, fps, pictures } = format;
    let folder = folder.join("formats").join(format!("{}-{width}x{height}@{fps}", encoding.fourcc()));
    fs::create_dir_all(&folder)?;
    for (number, picture) in pictures.iter().enumerate() {
        fs::write(folder.join(format!("{number:04}")), picture)?;
    }
    Ok(())
}

impl Drop for FakeCamera {
    fn drop(&mut self) {
        // It may be unplugged already.
        let _ = self.unplug();
    }
}
