//! What the room wants done.

use conclave_peer::IceServer as PeerIceServer;
use conclave_protocol::signalling::{ClientMessage, IceServer};
use conclave_room::Effect;

use super::Driver;
use crate::link::LinkCommand;
use crate::signalling::SignallingSocket;

impl Driver {
    pub(super) fn perform(&mut self, effect: Effect) {
        match effect {
            Effect::OpenSocket { socket } => {
                tracing::debug!(server = %self.signalling_url, "connecting to the room server");
                self.socket = Some(SignallingSocket::open(self.signalling_url.clone(), socket, self.events.clone()));
            }
            Effect::CloseSocket => self.socket = None,
            Effect::SendToServer(message) => self.say(message),
            Effect::Signal { to, signal } => self.trust.send(to, signal),
            Effect::Meet { peer, role } => self.trust.meet(peer, role),
            Effect::Attend { peer } => self.trust.attend(peer),
            Effect::Knock { peer, name } => self.trust.knock(peer, name),
            Effect::Govern(command) => self.trust.command(command),
            Effect::ConfirmIdentity { peer, name } => self.confirm_identity(peer, &name),
            Effect::Part { peer } => self.trust.part(peer),
            Effect::OpenLink { peer, generation, role, ice_servers } => {
                tracing::debug!(?peer, ?generation, ?role, "building a link");
                let servers = ice_servers.into_iter().chain(self.extra_ice_servers.iter().cloned());
                self.links.open(peer, generation, role, servers.map(peer_ice_server).collect());
                self.trust.link_opened(peer);
            }
            Effect::ApplyRemote { peer, generation, remote } => {
                self.links.command(peer, generation, LinkCommand::Remote(remote));
            }
            Effect::RestartIce { peer, generation, round } => {
                self.links.command(peer, generation, LinkCommand::RestartIce(round));
            }
            Effect::CloseLink { peer, generation } => {
                tracing::debug!(?peer, ?generation, "closing a link");
                self.links.close(peer, generation);
                self.trust.link_closed(peer);
                self.set_verified(peer, None);
            }
            Effect::SendToPeer { peer, generation, message } => {
                self.links.command(peer, generation, LinkCommand::Send(message));
            }
            Effect::SetDemand { peer, line, size } => {
                self.links.current_command(peer, LinkCommand::SetDemand(line, size));
            }
            Effect::OpenDevice { kind, device, generation } => self.devices.open(kind, device.as_ref(), generation),
            Effect::ShareScreen { screen, generation } => self.devices.share(screen.as_ref(), generation),
            Effect::MuteMicrophone { muted } => self.devices.media().microphone.set_muted(muted),
            Effect::ProcessSound(processing) => self.devices.process_sound(processing),
            Effect::SetVolume { peer, volume } => self.links.set_volume(peer, volume),
            // Nobody may be listening.
            Effect::Notify(notice) => drop(self.notices.send(notice)),
            Effect::End(reason) => self.ended = Some(reason),
        }
    }

    pub(super) fn say(&self, message: ClientMessage) {
        if let Some(socket) = &self.socket {
            socket.send(message);
        }
    }
}

fn peer_ice_server(server: IceServer) -> PeerIceServer {
    let IceServer { urls, username, credential } = server;
    PeerIceServer { urls, username: username.unwrap_or_default(), credential: credential.unwrap_or_default() }
}
