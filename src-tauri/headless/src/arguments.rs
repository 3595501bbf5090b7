//! The command line.

use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum};
use conclave_call::Reach;
use conclave_call::media::screen::ScreenSpec;
use conclave_call::media::source::{CameraSpec, MicrophoneSpec, SpeakerSpec, SpecError};
use conclave_call::protocol::intent::{DeviceChoice, ScreenChoice};
use conclave_call::protocol::invite::{InvalidServerAddress, ServerAddress};
use conclave_call::protocol::line::TileSize;
use conclave_call::protocol::sound::{SoundProcessing, Switch};
use thiserror::Error;

/// A Conclave participant without a window.
#[derive(Debug, Parser)]
#[command(version)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Make a room and print its invite link.
    Create(CreateArguments),
    /// Join a room as several people who show the same camera, encoded once for all of them, and look at nobody: a full
    /// room for the cost of its packets.
    Crowd(CrowdArguments),
    /// Join a room and stay until the time is up or Ctrl-C.
    Join(Box<JoinArguments>),
}

#[derive(Debug, Args)]
pub(crate) struct CreateArguments {
    /// The room server, as https://HOST or http://HOST:PORT.
    #[arg(long, value_parser = server)]
    pub(crate) server: ServerAddress,
    /// Have newcomers wait until the host lets them in. Without --identity the host's key is kept in the user's data
    /// folder.
    #[arg(long)]
    pub(crate) lobby: bool,
    /// Have everybody who joins give this password beside the link; `-` reads it from standard input, where no process
    /// list shows it.
    #[arg(long, value_name = "PASSWORD")]
    pub(crate) password: Option<String>,
    /// The device that hosts the room, by the key in this file, made when it isn't there. Without it an open room has no
    /// host.
    #[arg(long, value_name = "FILE")]
    pub(crate) identity: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct CrowdArguments {
    /// The invite link, or `-` to read it from standard input, where no process list shows it.
    pub(crate) link: String,
    /// How many there are.
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u8).range(1..=10))]
    pub(crate) people: u8,
    /// What the others call each of them, before a number.
    #[arg(long, default_value = "Person")]
    pub(crate) name: String,
    #[arg(
        help = "pattern[:WxH@FPS], device[:NAME] or file:PATH.y4m",
        long,
        value_name = "SPEC",
        default_value = "pattern"
    )]
    pub(crate) camera: CameraSpec,
    /// Leave after this many seconds; without it, stay until Ctrl-C.
    #[arg(long = "for", value_name = "SECONDS", value_parser = seconds)]
    pub(crate) stay: Option<Duration>,
    /// Which addresses the others are offered.
    #[arg(long, value_enum, default_value = "network")]
    pub(crate) reach: ReachArgument,
}

#[derive(Debug, Args)]
pub(crate) struct JoinArguments {
    /// The invite link, or `-` to read it from standard input, where no process list shows it.
    pub(crate) link: String,
    /// What the others call you.
    #[arg(long)]
    pub(crate) name: String,
    #[arg(
        help = "pattern[:WxH@FPS], device[:NAME], file:PATH.y4m or off",
        long,
        value_name = "SPEC",
        default_value = "device"
    )]
    pub(crate) camera: Choice<CameraSpec>,
    #[arg(
        help = "tone[:HZ], device[:NAME], file:PATH.wav or off",
        long,
        value_name = "SPEC",
        default_value = "device"
    )]
    pub(crate) microphone: Choice<MicrophoneSpec>,
    #[arg(help = "device[:NAME] or null", long, value_name = "SPEC", default_value = "device")]
    pub(crate) speaker: Choice<SpeakerSpec>,
    /// Take echo and noise out of the microphone's sound, and bring speech to a usual level; tones and the like would be
    /// taken for noise.
    #[arg(long, value_enum, default_value = "off")]
    pub(crate) sound_processing: SwitchArgument,
    #[arg(
        help = "Share a screen from the start: monitor[:ID], window:ID, pattern[:WxH@FPS], file:PATH.y4m or off",
        long,
        value_name = "SPEC",
        default_value = "off"
    )]
    pub(crate) screen: Choice<ScreenSpec>,
    /// The room's password, if it has one; `-` reads it from standard input, after the link if that is read there too.
    #[arg(long, value_name = "PASSWORD")]
    pub(crate) password: Option<String>,
    /// Who this participant proves to be: the device's key in this file, made when it isn't there; what it knows of rooms
    /// and devices is kept beside it. Without it, somebody new each time.
    #[arg(long, value_name = "FILE")]
    pub(crate) identity: Option<PathBuf>,
    /// Leave after this many seconds in the room.
    #[arg(long = "for", value_name = "SECONDS", value_parser = seconds)]
    pub(crate) stay: Option<Duration>,
    /// Change to another camera this many seconds after joining; may be given several times.
    #[arg(long, value_name = "SPEC@SECONDS")]
    pub(crate) switch_camera: Vec<CameraSwitch>,
    /// Write figures of the call to this file, as JSON.
    #[arg(long, value_name = "FILE")]
    pub(crate) report: Option<PathBuf>,
    /// The tile size to ask the others for, in pixels; 0x0 for no pictures.
    #[arg(long, value_name = "WxH", default_value = "1280x720", value_parser = tile_size)]
    pub(crate) view: TileSize,
    /// The size to ask for the screens that others share in, in pixels; 0x0 for none of them.
    #[arg(long, value_name = "WxH", default_value = "0x0", value_parser = tile_size)]
    pub(crate) view_screens: TileSize,
    /// Write what the others' cameras show to Y4M files in this folder.
    #[arg(long, value_name = "DIR")]
    pub(crate) save_video: Option<PathBuf>,
    /// Write the screens that others share to Y4M files in this folder.
    #[arg(long, value_name = "DIR")]
    pub(crate) save_screens: Option<PathBuf>,
    /// Write what the others say to WAV files in this folder.
    #[arg(long, value_name = "DIR")]
    pub(crate) save_audio: Option<PathBuf>,
    /// STUN and TURN servers besides those the room server names: a JSON list of {urls, username, credential}.
    #[arg(long, value_name = "FILE")]
    pub(crate) ice_servers: Option<PathBuf>,
    /// Which addresses the others are offered.
    #[arg(long, value_enum, default_value = "network")]
    pub(crate) reach: ReachArgument,
}

/// Whether something is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum SwitchArgument {
    On,
    Off,
}

impl SwitchArgument {
    pub(crate) fn sound_processing(self) -> SoundProcessing {
        SoundProcessing::every(match self {
            Self::On => Switch::On,
            Self::Off => Switch::Off,
        })
    }
}

/// Which of this computer's addresses the others are offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ReachArgument {
    /// Those of every real network interface; and 127.0.0.1 when the room's server is there.
    Network,
    /// Only 127.0.0.1: a call that does not leave this computer.
    ThisComputer,
    /// None: all goes through a TURN server.
    RelayOnly,
}

impl ReachArgument {
    pub(crate) fn reach(self) -> Reach {
        match self {
            Self::Network => Reach::Network,
            Self::ThisComputer => Reach::ThisComputer,
            Self::RelayOnly => Reach::RelayOnly,
        }
    }
}

/// A device as the command line names it; `off` is none.
#[derive(Debug, Clone)]
pub(crate) struct Choice<Spec> {
    spec: Option<Spec>,
}

impl<Spec: ToString> Choice<Spec> {
    pub(crate) fn device(&self) -> Option<DeviceChoice> {
        self.spec.as_ref().map(|spec| DeviceChoice(spec.to_string()))
    }
}

impl Choice<ScreenSpec> {
    pub(crate) fn screen(&self) -> Option<ScreenChoice> {
        self.spec.as_ref().map(|spec| ScreenChoice(spec.to_string()))
    }
}

impl<Spec: FromStr<Err = SpecError>> FromStr for Choice<Spec> {
    type Err = SpecError;

    fn from_str(text: &str) -> Result<Self, SpecError> {
        let spec = if text == "off" { None } else { Some(text.parse()?) };
        Ok(Self { spec })
    }
}

/// `--switch-camera SPEC@SECONDS`. A spec may have an `@` of its own: the last one counts.
#[derive(Debug, Clone)]
pub(crate) struct CameraSwitch {
    pub(crate) camera: Choice<CameraSpec>,
    pub(crate) after: Duration,
}

/// What is wrong with an argument.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub(crate) enum ArgumentError {
    #[error("a camera switch looks like SPEC@SECONDS")]
    CameraSwitch,
    #[error(transparent)]
    Spec(#[from] SpecError),
    #[error("a size looks like 1280x720")]
    Size,
    #[error("not a number of seconds")]
    Seconds,
}

impl FromStr for CameraSwitch {
    type Err = ArgumentError;

    fn from_str(text: &str) -> Result<Self, ArgumentError> {
        let (camera, after) = text.rsplit_once('@').ok_or(ArgumentError::CameraSwitch)?;
        Ok(Self { camera: camera.parse()?, after: seconds(after)? })
    }
}

fn seconds(text: &str) -> Result<Duration, ArgumentError> {
    let seconds = text.parse().map_err(|_| ArgumentError::Seconds)?;
    Duration::try_from_secs_f64(seconds).map_err(|_| ArgumentError::Seconds)
}

fn tile_size(text: &str) -> Result<TileSize, ArgumentError> {
    let (width, height) = text.split_once('x').ok_or(ArgumentError::Size)?;
    let side = |text: &str| text.parse().map_err(|_| ArgumentError::Size);
    Ok(TileSize { width: side(width)?, height: side(height)? })
}

fn server(text: &str) -> Result<ServerAddress, InvalidServerAddress> {
    ServerAddress::parse(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn the_command_line_is_well_formed() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn a_switch_to_a_pattern_has_two_at_signs() {
        let switch: CameraSwitch = "pattern:640x360@30@2.5".parse().unwrap();
        assert_eq!(switch.after, Duration::from_millis(2500));
        assert_eq!(switch.camera.device(), Some(DeviceChoice("pattern:640x360@30".into())));
        let off: CameraSwitch = "off@3".parse().unwrap();
        assert_eq!(off.camera.device(), None);
    }

    #[test]
    fn nonsense_is_refused() {
        assert_eq!(tile_size("1280").err(), Some(ArgumentError::Size));
        assert_eq!(tile_size("70000x1").err(), Some(ArgumentError::Size));
        assert_eq!(seconds("-1").err(), Some(ArgumentError::Seconds));
        assert_eq!(seconds("NaN").err(), Some(ArgumentError::Seconds));
        assert_eq!("pattern@x".parse::<CameraSwitch>().err(), Some(ArgumentError::Seconds));
    }
}
