//! All that the commands work with.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use conclave_call::keys::hosted_rooms::HostedRoom;
use conclave_call::keys::known_devices::KnownDevices;
use conclave_call::protocol::ids::RoomId;
use conclave_call::protocol::invite::InviteLink;
use conclave_call::protocol::peer::DisplayName;
use serde::Serialize;
use tauri::Runtime;
use tauri::ipc::Channel;
use ts_rs::TS;

use crate::commands::life::AppEvent;
use crate::frames::{Frames, FramesAddress};
use crate::identity::IdentityKeeper;
use crate::links::{self, LinkOutcome};
use crate::preview::Previews;
use crate::rooms::{Company, Hosting, Nearby};
use crate::session::{Memory, Sessions};
use crate::settings::{Settings, SettingsError};

/// All that the commands work with.
pub struct App<R: Runtime> {
    /// What is kept.
    pub settings: Arc<Settings<R>>,
    /// Who this device is.
    pub identity: IdentityKeeper,
    /// The room servers in this program.
    pub hosting: Hosting,
    /// The rooms of this network.
    pub nearby: Nearby,
    /// The people of a test call.
    pub company: Company,
    /// The call.
    pub sessions: Sessions,
    /// The devices before a call.
    pub previews: Previews,
    /// The way for pictures into the window.
    pub frames: Frames,
    /// Where the window finds them.
    pub frames_address: FramesAddress,
    /// What the page is told of beside its calls.
    pub post: Post,
}

/// Tells the page what happens outside; keeps the last link for one that isn't there yet.
#[derive(Default)]
pub struct Post {
    state: Mutex<PostState>,
}

#[derive(Default)]
struct PostState {
    page: Option<Channel<AppEvent>>,
    waiting: Option<LinkOutcome>,
    former: FormerPage,
}

/// What became of the page before this one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum FormerPage {
    /// There was none, or it was left.
    #[default]
    Gone,
    /// Its process ended before its time.
    BrokeDown,
}

impl Post {
    /// A page has started, in the place of the one before: what became of that.
    pub fn attach(&self, page: Channel<AppEvent>) -> FormerPage {
        let mut state = self.lock();
        if let Some(outcome) = state.waiting.take() {
            tell(&page, AppEvent::LinkOpened { outcome });
        }
        state.page = Some(page);
        std::mem::take(&mut state.former)
    }

    /// The page broke down. The next one is to lead to the lobby of the room whose call it had, if it had one.
    pub fn page_lost(&self, call: Option<InviteLink>) {
        let mut state = self.lock();
        state.page = None;
        state.former = FormerPage::BrokeDown;
        if let Some(link) = call {
            state.waiting = Some(links::outcome(&link.to_text()));
        }
    }

    /// A link was opened.
    pub fn link_opened(&self, outcome: LinkOutcome) {
        let mut state = self.lock();
        match &state.page {
            Some(page) => tell(page, AppEvent::LinkOpened { outcome }),
            None => state.waiting = Some(outcome),
        }
    }

    fn lock(&self) -> MutexGuard<'_, PostState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn tell(page: &Channel<AppEvent>, event: AppEvent) {
    if let Err(error) = page.send(event) {
        tracing::warn!(%error, "the page could not be told");
    }
}

/// What a call remembers, kept in the settings.
pub(crate) struct SettingsMemory<R: Runtime> {
    pub(crate) settings: Arc<Settings<R>>,
    pub(crate) room: RoomKind,
}

/// Whether a room is worth remembering.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RoomKind {
    /// It is.
    Real,
    /// It was made to try the app.
    Test,
}

impl<R: Runtime> Memory for SettingsMemory<R> {
    fn hosted(&self, room: RoomId) -> Option<HostedRoom> {
        self.settings.hosted(room)
    }

    fn known(&self) -> KnownDevices {
        self.settings.kept().known_devices
    }

    fn visit(&self, link: &InviteLink) {
        if self.room == RoomKind::Real {
            complain(self.settings.visit(link, None));
        }
    }

    fn keep_hosted(&self, room: RoomId, hosted: HostedRoom) {
        complain(self.settings.keep_hosted(room, hosted));
    }

    fn keep_known(&self, known: &KnownDevices) {
        complain(self.settings.keep_known(known));
    }

    fn met(&self, room: RoomId, people: Vec<DisplayName>) {
        complain(self.settings.met(room, people));
    }
}

/// A call doesn't end because something can't be remembered of it.
fn complain(kept: Result<(), SettingsError>) {
    if let Err(error) = kept {
        tracing::error!(%error, "something of the call is not remembered");
    }
}
