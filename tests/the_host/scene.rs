//! A room that has a host.

use std::path::PathBuf;
use std::time::Duration;

use conclave_protocol::snapshot::EndReason;
use conclave_tests::rigs::Result;
use conclave_tests::rigs::error::RigError;
use conclave_tests::rigs::event::Event;
use conclave_tests::rigs::participant::{Participant, ParticipantBuilder, create_link_with};
use conclave_tests::rigs::server::Server;

pub(crate) const SOON: Duration = Duration::from_secs(5);

/// A room's link, its server, and the devices of those who keep theirs.
pub(crate) struct Scene {
    pub(crate) link: String,
    _server: Server,
    devices: tempfile::TempDir,
}

impl Scene {
    /// A room that Ada's device made, with these arguments.
    pub(crate) fn made_with(arguments: &[&str]) -> Result<Self> {
        let server = Server::start()?;
        let devices = tempfile::TempDir::with_prefix("conclave-devices-").map_err(RigError::io("making a folder"))?;
        let device = devices.path().join("Ada").display().to_string();
        let arguments = [arguments, &["--identity", &device]].concat();
        let link = create_link_with(server.url(), &arguments)?;
        Ok(Self { link, _server: server, devices })
    }

    /// The file with the device of one who keeps it.
    pub(crate) fn device(&self, name: &str) -> PathBuf {
        self.devices.path().join(name)
    }

    /// Somebody who shows a small picture, speaks, and is the same device each time.
    pub(crate) fn participant(&self, name: &str) -> ParticipantBuilder {
        ParticipantBuilder::new(&self.link, name)
            .camera("pattern:320x180@15")
            .microphone("tone")
            .view(320, 180)
            .identity(&self.device(name))
    }

    /// The host, in its room.
    pub(crate) fn host(&self) -> Result<Participant> {
        let host = self.participant("Ada").start()?;
        host.wait_until_joined()?;
        Ok(host)
    }

    /// Somebody asks to come in, and the host lets it.
    pub(crate) fn let_in(&self, host: &mut Participant, name: &str) -> Result<Participant> {
        let guest = self.participant(name).start()?;
        let id = host.wait_for_knock_of(name)?;
        host.command_about("admit", id)?;
        guest.wait_until_connected_to("Ada", SOON)?;
        host.wait_until_connected_to(name, SOON)?;
        Ok(guest)
    }
}

/// Why its call ended, and what its program said of that.
pub(crate) fn wait_for_end(mut participant: Participant) -> Result<(EndReason, String)> {
    let reason = participant.find("the end of the call", SOON, |event| match event {
        Event::Ended { reason } => Some(reason),
        _ => None,
    })?;
    let finished = participant.wait_for_end(SOON)?;
    assert_eq!(finished.status.success(), reason == EndReason::Left, "{}", finished.story);
    Ok((reason, finished.log))
}

/// Whether it was ever linked to anybody.
pub(crate) fn was_connected(participant: &Participant) -> bool {
    participant.events().iter().any(|timed| matches!(timed.event, Event::Connected { .. }))
}
