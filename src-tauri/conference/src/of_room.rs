//! What the room wants done: some of it by whom it believes, the rest outside.

use conclave_room::Effect;

use crate::conference::Conference;
use crate::deed::Deed;

impl Conference {
    pub(super) fn carry_out_of_room(&mut self, effect: Effect) {
        let deed = match effect {
            Effect::Signal { to, signal } => return self.trust.send(to, signal),
            Effect::Meet { peer, role } => return self.trust.meet(peer, role),
            Effect::Attend { peer } => return self.trust.attend(peer),
            Effect::Knock { peer, name } => return self.trust.knock(peer, name),
            Effect::Govern(command) => return self.trust.command(command),
            Effect::ConfirmIdentity { peer, name } => return self.confirm_identity(peer, &name),
            Effect::ForgetDevices => return self.trust.forget_devices(),
            Effect::Part { peer } => return self.trust.part(peer),
            Effect::OpenLink { peer, generation, role, ice_servers } => {
                tracing::debug!(?peer, ?generation, ?role, "building a link");
                self.controls.opened(peer, generation);
                self.want(Deed::OpenLink { peer, generation, role, ice_servers });
                return self.trust.link_opened(peer);
            }
            Effect::CloseLink { peer, generation } => {
                tracing::debug!(?peer, ?generation, "closing a link");
                self.want(Deed::CloseLink { peer, generation });
                self.controls.closed(peer, generation);
                self.trust.link_closed(peer);
                return self.set_verified(peer, None);
            }
            Effect::OpenSocket { socket } => Deed::OpenSocket { socket },
            Effect::CloseSocket => Deed::CloseSocket,
            Effect::SendToServer(message) => Deed::SendToServer(message),
            Effect::ApplyRemote { peer, generation, remote } => Deed::ApplyRemote { peer, generation, remote },
            Effect::RestartIce { peer, generation, round } => Deed::RestartIce { peer, generation, round },
            Effect::SendToPeer { peer, generation, message } => return self.say(peer, generation, &message),
            Effect::SetDemand { peer, line, size } => Deed::SetDemand { peer, line, size },
            Effect::OpenDevice { kind, device, generation } => Deed::OpenDevice { kind, device, generation },
            Effect::ShareScreen { screen, generation } => Deed::ShareScreen { screen, generation },
            Effect::MuteMicrophone { muted } => Deed::MuteMicrophone { muted },
            Effect::ProcessSound(processing) => Deed::ProcessSound(processing),
            Effect::SetVolume { peer, volume } => Deed::SetVolume { peer, volume },
            Effect::Notify(notice) => Deed::Notify(notice),
            Effect::End(reason) => Deed::End(reason),
        };
        self.want(deed);
    }
}
