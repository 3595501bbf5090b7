//! What a person has on the desk: two cameras, a microphone and a speaker.

use super::error::Result;
use super::fake_cameras::{CameraModel, FakeCamera, FakeCameras, FakeFormat};
use super::sound_server::SoundServer;

/// The camera that shows the test pattern.
pub const PATTERN_CAMERA: &str = "Desk camera";
/// The camera that shows [`PLAIN`].
pub const PLAIN_CAMERA: &str = "Door camera";
/// What the second camera shows (Y, U, V). No picture of the pattern looks like it.
pub const PLAIN: [u8; 3] = [90, 200, 60];

/// Devices, plugged in as long as this lives.
#[derive(Debug)]
pub struct Desk {
    /// Both cameras.
    pub cameras: FakeCameras,
    /// The first one: [`PATTERN_CAMERA`].
    pub pattern: FakeCamera,
    /// The second one: [`PLAIN_CAMERA`].
    pub plain: FakeCamera,
    /// The microphone and the speaker.
    pub sound: SoundServer,
}

impl Desk {
    /// Sets one up.
    ///
    /// # Errors
    /// When a device can't be made.
    pub fn set_up() -> Result<Self> {
        let cameras = FakeCameras::new()?;
        let pattern = cameras.plug_in(0, &CameraModel::webcam(PATTERN_CAMERA, "D1")?)?;
        let format = FakeFormat::plain(640, 360, 30, PLAIN);
        let plain = cameras.plug_in(1, &CameraModel::new(PLAIN_CAMERA, Some("D2"), vec![format]))?;
        Ok(Self { cameras, pattern, plain, sound: SoundServer::start()? })
    }
}
