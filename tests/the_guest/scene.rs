//! What a guest does in the page, step by step, and what is expected of a call with one.

use std::path::{Path, PathBuf};
use std::time::Duration;

use conclave_protocol::ids::ParticipantId;
use conclave_tests::rigs::browser::{Browser, BrowserBuilder, BrowserKind, Locator, WatchedConnection};
use conclave_tests::rigs::desk::Desk;
use conclave_tests::rigs::event::Event;
use conclave_tests::rigs::participant::{Participant, ParticipantBuilder, create_link};
use conclave_tests::rigs::process::Mark;
use conclave_tests::rigs::server::Server;
use conclave_tests::rigs::sound::Sound;
use conclave_tests::rigs::sound_server::{SPEAKER, SoundServer};
use conclave_tests::rigs::{Result, RigError, tone};

pub(crate) const SOON: Duration = Duration::from_secs(10);
pub(crate) const GUEST: &str = "Ada";
pub(crate) const OTHER: &str = "Bob";
pub(crate) const OTHER_CAMERA: &str = "pattern:640x360@30";
/// What `--microphone tone` speaks.
const TONE_HZ: u32 = 440;

/// A room with somebody in it, where a guest is expected.
pub(crate) struct Scene {
    pub(crate) server: Server,
    pub(crate) link: String,
    pub(crate) desk: Desk,
    /// Where the other one saves what it sees and hears.
    pub(crate) folder: tempfile::TempDir,
}

impl Scene {
    pub(crate) fn set() -> Result<Self> {
        let server = Server::start()?;
        let link = create_link(&server)?;
        let folder = tempfile::tempdir().map_err(RigError::io("making a folder"))?;
        Ok(Self { server, link, desk: Desk::set_up()?, folder })
    }

    /// Somebody with the app, as far as a guest can tell.
    pub(crate) fn other(&self) -> ParticipantBuilder {
        ParticipantBuilder::new(&self.link, OTHER).camera(OTHER_CAMERA).microphone("tone").view(640, 360)
    }

    pub(crate) fn browser(&self, kind: BrowserKind) -> BrowserBuilder {
        BrowserBuilder::new(kind, GUEST).cameras(&self.desk.cameras).sound_server(&self.desk.sound)
    }

    /// The other one, started, and a guest whom it is linked to.
    pub(crate) fn call_with(&self, other: ParticipantBuilder) -> Result<(Participant, Browser)> {
        let other = other.start()?;
        other.wait_until_joined()?;
        let guest = self.guest_with(&other)?;
        Ok((other, guest))
    }

    /// A guest in the call, with Chromium, whom the other one is linked to.
    pub(crate) fn guest_with(&self, other: &Participant) -> Result<Browser> {
        let before = other.mark();
        let guest = self.browser(BrowserKind::Chromium).start()?;
        guest.join(&self.link, GUEST)?;
        wait_for_link(other, before)?;
        Ok(guest)
    }
}

/// Waits until the other one is linked to the guest, anew after the mark.
pub(crate) fn wait_for_link(other: &Participant, from: Mark) -> Result<()> {
    let linked = |event: &Event| matches!(event, Event::Connected { name: Some(name), .. } if name == GUEST);
    other.wait_for_after(from, "a link to the guest", SOON, linked).map(drop)
}

/// Who the guest is in the room, as the other one knows it.
pub(crate) fn guest_id(other: &Participant) -> Result<ParticipantId> {
    other.find("the guest", SOON, |event| match event {
        Event::Connected { peer, name: Some(name) } if name == GUEST => Some(peer),
        _ => None,
    })
}

/// Pictures of somebody are drawn one after the other: at least so many in two seconds.
pub(crate) fn assert_is_drawn(guest: &Browser, name: &str, least: usize) -> Result<()> {
    guest.wait_for(&Locator::tile(name))?;
    guest.wait_for_picture(name)?;
    let drawn = guest.watch(name, Duration::from_secs(2))?;
    eprintln!("{} pictures of {name} in two seconds, sizes {:?}", drawn.distinct(), drawn.sizes());
    assert!(drawn.distinct() >= least, "{} pictures of {name} in two seconds", drawn.distinct());
    assert_eq!(drawn.steps_back(), 0, "{:?}", drawn.numbers());
    Ok(())
}

/// What comes out of the guest's speaker for this long.
pub(crate) fn heard_for(time: Duration, sound: &SoundServer) -> Result<Sound> {
    let recording = sound.listen_to(SPEAKER)?;
    std::thread::sleep(time);
    recording.finish()
}

pub(crate) fn assert_hears_the_tone(sound: &SoundServer) -> Result<()> {
    let heard = heard_for(Duration::from_secs(2), sound)?;
    let level = heard.level_at_dbfs(TONE_HZ);
    eprintln!("the guest hears {TONE_HZ} Hz at {level:.1} dBFS, loudest is {} Hz", heard.loudest_hz());
    assert_eq!(heard.loudest_hz(), TONE_HZ);
    assert!((level - tone::LEVEL_DBFS).abs() <= 3.0, "{level} dBFS");
    Ok(())
}

/// The page's one link, which was negotiated this often and of which nothing was ever refused.
pub(crate) fn assert_one_link(guest: &Browser, negotiations: usize) -> Result<WatchedConnection> {
    let mut connections = guest.connections()?;
    assert_eq!(connections.len(), 1, "{connections:?}");
    let link = connections.swap_remove(0);
    assert_eq!(link.negotiations(), negotiations, "{link:?}");
    assert!(link.failures.is_empty(), "{link:?}");
    Ok(link)
}

/// The files of somebody's pictures, the earliest first: each size has one of its own.
pub(crate) fn saved_of(who: ParticipantId, folder: &Path) -> Result<Vec<PathBuf>> {
    let begin = format!("{}-", who.to_text());
    let entries = std::fs::read_dir(folder).map_err(RigError::io("listing what was saved"))?;
    let mut files: Vec<(u32, PathBuf)> = entries
        .filter_map(|entry| {
            let entry = entry.ok()?;
            let name = entry.file_name().into_string().ok()?;
            let (number, _) = name.strip_prefix(&begin)?.split_once('-')?;
            Some((number.parse().ok()?, entry.path()))
        })
        .collect();
    files.sort();
    Ok(files.into_iter().map(|(_, path)| path).collect())
}
