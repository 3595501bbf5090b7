//! The room itself: hands each input to the part it concerns, and lets every part do what is due.

use std::time::Duration;

use conclave_protocol::ids::{ParticipantId, RoomAddress};
use conclave_protocol::intent::{HostCommand, Intent};
use conclave_protocol::line::MediaState;
use conclave_protocol::notice::DeviceKind;
use conclave_protocol::peer::PeerMessage;
use conclave_protocol::signalling::{LeaveReason, Member, SignallingError, Standing};
use conclave_protocol::snapshot::{EndReason, Governance, ServerPresence};

use crate::config::RoomConfig;
use crate::context::{Context, LocalState, Outbox};
use crate::devices::Devices;
use crate::effect::Effect;
use crate::governors::Governors;
use crate::input::{Input, MediaEvent};
use crate::lobby::{Arrival, Lobby};
use crate::roster::{Company, Roster};
use crate::server_session::{ServerSession, SessionNews};
use crate::sharing::Sharing;
use crate::time::Timestamp;

/// How long a call without the server and without anybody connected goes on.
const ALONE_FOR: Duration = Duration::from_secs(120);

/// One participant's room.
///
/// After [`Room::new`] and after each [`Room::handle`], the caller does what [`Room::poll_effect`] gives, in its order,
/// until there is nothing left, and sees to it that [`Input::Tick`] comes no later than [`Room::next_deadline`]. What
/// can't be done is dropped, not kept: the room asks again when it matters.
#[derive(Debug)]
pub struct Room {
    now: Timestamp,
    pub(crate) ended: Option<EndReason>,
    pub(crate) session: ServerSession,
    pub(crate) roster: Roster,
    pub(crate) lobby: Lobby,
    governors: Governors,
    pub(crate) devices: Devices,
    pub(crate) sharing: Sharing,
    pub(crate) local: LocalState,
    pub(crate) room_code: Option<String>,
    pub(crate) governance: Governance,
    /// Since when there is neither the server nor anybody connected.
    alone_since: Option<Timestamp>,
    outbox: Outbox,
}

impl Room {
    /// Starts joining.
    #[must_use]
    pub fn new(config: RoomConfig, now: Timestamp) -> Self {
        let mut outbox = Outbox::default();
        let mut devices = Devices::new();
        // Before the microphone opens, so that nothing is heard that should not be.
        devices.mute(&mut outbox, config.microphone_muted);
        devices.process_sound(&mut outbox, config.sound_processing);
        for (kind, device) in [
            (DeviceKind::Camera, config.camera),
            (DeviceKind::Microphone, config.microphone),
            (DeviceKind::Speaker, config.speaker),
        ] {
            if device.is_some() {
                devices.select(&mut outbox, kind, device);
            }
        }
        let address = RoomAddress { room: config.room, host: config.host };
        let session = ServerSession::start(now, &mut outbox, address, config.seed);
        Self {
            now,
            ended: None,
            session,
            roster: Roster::new(config.view),
            lobby: Lobby::default(),
            governors: Governors::default(),
            local: LocalState {
                name: config.name,
                client: config.client,
                media: devices.media_state(),
                ice_servers: Vec::new(),
            },
            devices,
            sharing: Sharing::default(),
            room_code: None,
            governance: Governance::default(),
            alone_since: None,
            outbox,
        }
    }

    /// Takes what happened at `now`. A time earlier than the latest counts as the latest; after the end of the call
    /// nothing has an effect.
    pub fn handle(&mut self, now: Timestamp, input: Input) {
        if self.ended.is_some() {
            return;
        }
        self.now = self.now.max(now);
        self.dispatch(input);
        self.run_timers();
        self.settle_company();
    }

    /// The next thing to do. Nothing follows [`Effect::End`].
    pub fn poll_effect(&mut self) -> Option<Effect> {
        self.outbox.pop()
    }

    /// When [`Input::Tick`] is to come if nothing happens before; always later than the latest input. `None` when the
    /// call is over, or waits for nothing.
    #[must_use]
    pub fn next_deadline(&self) -> Option<Timestamp> {
        if self.ended.is_some() {
            return None;
        }
        let parts = [
            self.session.next_deadline(),
            self.roster.next_deadline(),
            self.governors.next_deadline(),
            self.alone_since.map(|since| since + ALONE_FOR),
        ];
        parts.into_iter().flatten().min()
    }

    fn dispatch(&mut self, input: Input) {
        match input {
            Input::Intent(intent) => self.intent(intent),
            Input::RoomCode(code) => self.room_code = code,
            Input::Governance(governance) => self.governance = governance,
            Input::Recognised { participant, recognition } => self.roster.recognised(participant, recognition),
            Input::Server { socket, event } => {
                let company = self.roster.company();
                let news = self.session.handle(self.now, &mut self.outbox, company, socket, event);
                self.session_news(news);
            }
            // No link is built with one who waits.
            Input::Signal { .. } if self.session.standing() == Some(Standing::Waiting) => {}
            Input::Signal { from, signal } => {
                let (roster, mut cx) = self.roster_and_context();
                roster.signal(&mut cx, from, signal);
            }
            Input::Link { peer, generation, event } => {
                let (roster, mut cx) = self.roster_and_context();
                roster.link_event(&mut cx, peer, generation, event);
            }
            Input::Knock { from, knock: Some(knock) } => self.lobby.knocked(from, knock),
            Input::Knock { from, knock: None } => self.lobby.answered(from),
            Input::Removed { participant } => {
                self.lobby.waits_no_more(participant);
                let (roster, mut cx) = self.roster_and_context();
                roster.put_out(&mut cx, participant);
            }
            Input::Ended(reason) => self.end(reason),
            Input::Media(event) => self.media_event(event),
            Input::Sharing(event) => {
                self.sharing.handle(&mut self.outbox, event);
                self.tell_media_state();
            }
            Input::Tick => {}
        }
    }

    fn intent(&mut self, intent: Intent) {
        match intent {
            Intent::Leave => self.end(EndReason::Left),
            Intent::Rename { name } => {
                if self.local.name != name {
                    self.local.name = name;
                    let profile = self.local.profile();
                    let (roster, mut cx) = self.roster_and_context();
                    roster.tell_all(&mut cx, &profile);
                }
            }
            Intent::SelectCamera { camera } => self.devices.select(&mut self.outbox, DeviceKind::Camera, camera),
            Intent::SelectMicrophone { microphone } => {
                self.devices.select(&mut self.outbox, DeviceKind::Microphone, microphone);
            }
            Intent::SelectSpeaker { speaker } => {
                self.devices.select(&mut self.outbox, DeviceKind::Speaker, Some(speaker));
            }
            Intent::MuteMicrophone { muted } => {
                self.devices.mute(&mut self.outbox, muted);
                self.tell_media_state();
            }
            Intent::SetSoundProcessing { processing } => self.devices.process_sound(&mut self.outbox, processing),
            Intent::ShareScreen { screen } => self.sharing.share(&mut self.outbox, screen),
            Intent::StopSharing => self.sharing.stop(&mut self.outbox),
            Intent::ViewVideo { participant, line, size } => {
                let (roster, mut cx) = self.roster_and_context();
                roster.view(&mut cx, participant, line, size);
            }
            Intent::SetVolume { participant, volume } => {
                let (roster, mut cx) = self.roster_and_context();
                roster.set_volume(&mut cx, participant, volume);
            }
            Intent::ConfirmIdentity { participant } => {
                if let Some(name) = self.roster.proven_name(participant) {
                    self.outbox.push(Effect::ConfirmIdentity { peer: participant, name });
                }
            }
            Intent::ForgetDevices => self.outbox.push(Effect::ForgetDevices),
            Intent::Govern { mut command } => {
                if let HostCommand::NameCoHosts { participants } = &mut command {
                    // The first of them who is there acts: that is who has been there longest.
                    self.roster.sort_by_presence(participants);
                }
                self.outbox.push(Effect::Govern(command));
            }
        }
    }

    fn session_news(&mut self, news: Option<SessionNews>) {
        match news {
            Some(SessionNews::Welcomed { me, standing, members, ice_servers }) => {
                self.local.ice_servers = ice_servers;
                // The server names those who wait anew to whoever governs.
                self.lobby.forget();
                self.governors.forget();
                match standing {
                    Standing::Inside => self.came_inside(me, &members),
                    Standing::Waiting => self.came_to_wait(me, &members),
                }
            }
            Some(SessionNews::Admitted { me, members }) => self.came_inside(me, &members),
            Some(SessionNews::Waiting(participant)) => self.came_to_the_door(participant),
            Some(SessionNews::Governs(governor)) => {
                let (governors, mut cx) = self.governors_and_context();
                governors.ask(&mut cx, governor);
            }
            Some(SessionNews::GovernsNoMore(governor, reason)) => {
                self.governors.left(governor);
                let (roster, mut cx) = self.roster_and_context();
                roster.left(&mut cx, governor, reason);
            }
            Some(SessionNews::Joined(member)) => {
                self.lobby.came_inside(member.participant);
                let (roster, mut cx) = self.roster_and_context();
                roster.joined(&mut cx, member);
            }
            Some(SessionNews::Left(participant, reason)) => {
                self.lobby.waits_no_more(participant);
                let (roster, mut cx) = self.roster_and_context();
                roster.left(&mut cx, participant, reason);
            }
            Some(SessionNews::Over(reason)) => self.end(reason),
            None => {}
        }
    }

    fn came_inside(&mut self, me: Member, members: &[Member]) {
        self.governors.forget();
        let (roster, mut cx) = self.roster_and_context();
        roster.welcomed(&mut cx, me, members);
    }

    /// Only those who govern are among the members.
    fn came_to_wait(&mut self, me: Member, members: &[Member]) {
        let (roster, mut cx) = self.roster_and_context();
        roster.waits(&mut cx, me);
        let (governors, mut cx) = self.governors_and_context();
        for governor in members {
            governors.ask(&mut cx, governor.participant);
        }
    }

    /// Who waits is not in the room, whatever this end thought: a link that lives goes on, and no other is built.
    fn came_to_the_door(&mut self, participant: ParticipantId) {
        let (roster, mut cx) = self.roster_and_context();
        roster.left(&mut cx, participant, LeaveReason::TimedOut);
        if self.lobby.waits(participant) == Arrival::New {
            self.outbox.push(Effect::Attend { peer: participant });
        }
    }

    /// Nothing is to be said any more to who is neither in the room, nor waits, nor is waited for. What was asked of one
    /// who governs went with the link that it was in the room by.
    fn settle_company(&mut self) {
        if self.ended.is_some() {
            return;
        }
        for peer in self.outbox.take_closed() {
            let (governors, mut cx) = self.governors_and_context();
            if governors.contains(peer) {
                governors.ask(&mut cx, peer);
            }
        }
        let Self { outbox, roster, governors, lobby, .. } = self;
        outbox.part_from_all_but(|peer| roster.contains(peer) || governors.contains(peer) || lobby.is_outside(peer));
    }

    fn media_event(&mut self, event: MediaEvent) {
        self.devices.handle(&mut self.outbox, event);
        self.tell_media_state();
    }

    /// Tells the others what this end sends, if that changed.
    fn tell_media_state(&mut self) {
        let state = MediaState { screen: self.sharing.line_state(), ..self.devices.media_state() };
        if self.local.media != state {
            self.local.media = state;
            let (roster, mut cx) = self.roster_and_context();
            roster.tell_all(&mut cx, &PeerMessage::MediaState { state });
        }
    }

    fn run_timers(&mut self) {
        if self.ended.is_some() {
            return;
        }
        let news = self.session.run_timers(self.now, &mut self.outbox);
        self.session_news(news);
        if self.ended.is_some() {
            return;
        }
        let (roster, mut cx) = self.roster_and_context();
        roster.run_timers(&mut cx);
        let (governors, mut cx) = self.governors_and_context();
        governors.run_timers(&mut cx);
        self.count_time_alone();
    }

    fn count_time_alone(&mut self) {
        let away = self.session.was_member() && self.session.presence() == ServerPresence::Connecting;
        if !away || self.roster.company() == Company::Connected {
            self.alone_since = None;
            return;
        }
        let since = *self.alone_since.get_or_insert(self.now);
        if self.now.since(since) >= ALONE_FOR {
            self.end(EndReason::ServerUnreachable);
        }
    }

    fn end(&mut self, reason: EndReason) {
        // Whoever replaced this client is the same participant to the others, and doesn't leave.
        let replaced = EndReason::Refused { error: SignallingError::Replaced };
        let (roster, mut cx) = self.roster_and_context();
        if reason != replaced {
            roster.say_bye(&mut cx);
        }
        if !matches!(reason, EndReason::Refused { .. }) {
            self.session.say_leave(&mut self.outbox);
        }
        let (roster, mut cx) = self.roster_and_context();
        roster.close_all(&mut cx);
        self.outbox.push(Effect::CloseSocket);
        self.outbox.push(Effect::End(reason));
        self.ended = Some(reason);
    }

    fn governors_and_context(&mut self) -> (&mut Governors, Context<'_>) {
        let cx =
            Context { now: self.now, server: self.session.presence(), outbox: &mut self.outbox, local: &self.local };
        (&mut self.governors, cx)
    }

    fn roster_and_context(&mut self) -> (&mut Roster, Context<'_>) {
        let cx =
            Context { now: self.now, server: self.session.presence(), outbox: &mut self.outbox, local: &self.local };
        (&mut self.roster, cx)
    }
}
