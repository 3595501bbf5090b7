//! What the conference wants done.

use conclave_conference::Deed;
use conclave_peer::IceServer as PeerIceServer;
use conclave_protocol::signalling::{ClientMessage, IceServer};

use super::Driver;
use crate::link::LinkCommand;
use crate::signalling::SignallingSocket;

impl Driver {
    pub(super) fn perform(&mut self, deed: Deed) {
        match deed {
            Deed::OpenSocket { socket } => {
                tracing::debug!(server = %self.signalling_url, "connecting to the room server");
                self.socket = Some(SignallingSocket::open(self.signalling_url.clone(), socket, self.events.clone()));
            }
            Deed::CloseSocket => self.socket = None,
            Deed::SendToServer(message) => self.say(message),
            Deed::OpenLink { peer, generation, role, ice_servers } => {
                let servers = ice_servers.into_iter().chain(self.extra_ice_servers.iter().cloned());
                self.links.open(peer, generation, role, servers.map(peer_ice_server).collect());
            }
            Deed::ApplyRemote { peer, generation, remote } => {
                self.links.command(peer, generation, LinkCommand::Remote(remote));
            }
            Deed::RestartIce { peer, generation, round } => {
                self.links.command(peer, generation, LinkCommand::RestartIce(round));
            }
            Deed::Verified { peer, generation } => self.links.command(peer, generation, LinkCommand::Verified),
            Deed::CloseLink { peer, generation } => self.links.close(peer, generation),
            Deed::SendControl { peer, generation, sealed } => {
                self.links.command(peer, generation, LinkCommand::SendControl(sealed));
            }
            Deed::SetDemand { peer, line, size } => {
                self.links.current_command(peer, LinkCommand::SetDemand(line, size));
            }
            Deed::OpenDevice { kind, device, generation } => self.devices.open(kind, device.as_ref(), generation),
            Deed::ShareScreen { screen, generation } => self.devices.share(screen.as_ref(), generation),
            Deed::MuteMicrophone { muted } => self.devices.media().microphone.set_muted(muted),
            Deed::ProcessSound(processing) => self.devices.process_sound(processing),
            Deed::SetVolume { peer, volume } => self.links.set_volume(peer, volume),
            // Nobody may be listening.
            Deed::Notify(notice) => drop(self.notices.send(notice)),
            Deed::End(reason) => self.ended = Some(reason),
        }
    }

    fn say(&self, message: ClientMessage) {
        if let Some(socket) = &self.socket {
            socket.send(message);
        }
    }
}

fn peer_ice_server(server: IceServer) -> PeerIceServer {
    let IceServer { urls, username, credential } = server;
    PeerIceServer { urls, username: username.unwrap_or_default(), credential: credential.unwrap_or_default() }
}
