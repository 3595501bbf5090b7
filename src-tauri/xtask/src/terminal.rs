//! `cargo xtask run --no-window`: a call from this computer's terminal.

use std::fs;
use std::path::Path;

use crate::failure::Failure;
use crate::packages::Purpose;
use crate::participant::{Event, Participant, Reach, Seat, create_room};
use crate::programs::Programs;
use crate::room_server::RoomServer;
use crate::workspace::Workspace;
use crate::{install, interrupt};

/// Makes a room, or joins that of `link`, and stays until Ctrl-C.
pub(crate) fn run(workspace: &Workspace, link: Option<&str>, name: &str) -> Result<(), Failure> {
    println!("==> What the system must have");
    install::packages(Purpose::Build)?;
    println!("==> Building");
    let programs = Programs::build(workspace)?;
    interrupt::remember();
    let Some(link) = link else {
        let server = RoomServer::start(&programs)?;
        let link = create_room(&programs, server.url())?;
        println!(
            "\nThe room server is at {}. Whoever has this link, on this computer, can join:\n\n    {link}\n",
            server.url()
        );
        println!("From another terminal: cargo xtask run --no-window '{link}' --name Guest\n");
        return join(&programs, &link, name, Reach::ThisComputer);
    };
    join(&programs, link, name, Reach::Network)
}

fn join(programs: &Programs, link: &str, name: &str, reach: Reach) -> Result<(), Failure> {
    let seat = Seat {
        name: name.to_owned(),
        camera: if has_camera() {
            "device"
        } else {
            println!("There is no camera here: the others see a test pattern.");
            "pattern"
        },
        microphone: if has_sound(Direction::Capture) {
            "device"
        } else {
            println!("There is no microphone here: the others hear a test tone.");
            "tone"
        },
        speaker: if has_sound(Direction::Playback) {
            "device"
        } else {
            println!("There is no speaker here: nothing is played.");
            "null"
        },
        reach,
        stay: None,
        report: None,
    };
    println!("Ctrl-C leaves the room.");
    Participant::join(programs, link, &seat, |event| {
        if let Some(sentence) = sentence(&event) {
            println!("{sentence}");
        }
    })?
    .wait_for_leave()
}

fn sentence(event: &Event) -> Option<String> {
    let text = |value: &serde_json::Value, key: &str| value[key].as_str().unwrap_or("?").to_owned();
    match event {
        Event::Joined => Some("You are in the room.".into()),
        Event::Connected { name } => Some(format!("{} is connected.", name.as_deref().unwrap_or("Someone"))),
        Event::Reconnecting => Some("A connection is interrupted; trying again.".into()),
        Event::Left { name } => Some(format!("{} left.", name.as_deref().unwrap_or("Someone"))),
        Event::Notice { notice } => match notice["type"].as_str()? {
            "device" => Some(format!("The {}: {}.", text(notice, "kind"), fault(&text(notice, "fault")))),
            "deviceRecovered" => Some(format!("The {} works again.", text(notice, "kind"))),
            "serverUnreachable" => Some("The room server can't be reached; the call goes on.".into()),
            "serverBack" => Some("The room server is there again.".into()),
            "linkTrouble" => Some("A connection can't be made; trying on.".into()),
            // Said by other events already.
            _ => None,
        },
        Event::Other => None,
    }
}

fn fault(name: &str) -> &str {
    match name {
        "notFound" => "there is none",
        "busy" => "another program uses it",
        "permissionDenied" => "the system doesn't let us use it",
        "unsupportedFormat" => "it offers no format that we read",
        "unplugged" => "it was unplugged",
        "stalled" => "it delivers nothing any more; it is being reopened",
        _ => "it failed",
    }
}

/// Whether a device for pictures is there. Elsewhere than on Linux one is taken for granted.
fn has_camera() -> bool {
    !cfg!(target_os = "linux") || names_in(Path::new("/dev")).iter().any(|name| name.starts_with("video"))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Direction {
    Capture,
    Playback,
}

/// Whether a sound server runs or the kernel has such a device. Elsewhere than on Linux one is taken for granted.
fn has_sound(direction: Direction) -> bool {
    if !cfg!(target_os = "linux") || std::env::var_os("PULSE_SERVER").is_some() {
        return true;
    }
    let server =
        std::env::var_os("XDG_RUNTIME_DIR").is_some_and(|folder| Path::new(&folder).join("pulse/native").exists());
    server || kernel_has(direction, &fs::read_to_string("/proc/asound/pcm").unwrap_or_default())
}

/// Lines like `00-00: ALC257 Analog : ALC257 Analog : playback 1 : capture 1`.
fn kernel_has(direction: Direction, listing: &str) -> bool {
    let word = match direction {
        Direction::Capture => ": capture ",
        Direction::Playback => ": playback ",
    };
    listing.lines().any(|line| line.contains(word))
}

fn names_in(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sound_card_with_an_output_only_is_no_microphone() {
        let listing = "00-03: HDMI 0 : HDMI 0 : playback 1\n";
        assert!(kernel_has(Direction::Playback, listing));
        assert!(!kernel_has(Direction::Capture, listing));
    }

    #[test]
    fn a_missing_camera_is_said_plainly() {
        let notice = serde_json::json!({ "type": "device", "kind": "camera", "device": "device", "fault": "notFound" });
        assert_eq!(sentence(&Event::Notice { notice }).as_deref(), Some("The camera: there is none."));
    }
}
