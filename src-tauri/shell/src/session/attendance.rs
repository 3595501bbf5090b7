//! Being in a call: passes wishes on, tells what happens, and keeps what is to be remembered.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use conclave_call::Call;
use conclave_call::keys::hosted_rooms::HostedRoom;
use conclave_call::protocol::ids::{ParticipantId, RoomId};
use conclave_call::protocol::intent::Intent;
use conclave_call::protocol::notice::Notice;
use conclave_call::protocol::peer::DisplayName;
use conclave_call::protocol::snapshot::{Office, RoomPhase, RoomSnapshot};
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{broadcast, mpsc};
use tokio::time::{MissedTickBehavior, interval};

use super::figures::FigureKeeper;
use super::{CallEvent, Listener, Memory};
use crate::rooms::policy_access;

const LEVELS_INTERVAL: Duration = Duration::from_millis(100);
const FIGURES_INTERVAL: Duration = Duration::from_secs(1);
/// More people than this are not remembered of a call.
const MAX_MET: usize = 64;

/// One call, from beginning to end.
pub(super) struct Attendance {
    room: RoomId,
    memory: Arc<dyn Memory>,
    listener: Listener,
    met: BTreeMap<ParticipantId, DisplayName>,
}

impl Attendance {
    pub(super) fn new(room: RoomId, memory: Arc<dyn Memory>, listener: Listener) -> Self {
        Self { room, memory, listener, met: BTreeMap::new() }
    }

    /// Attends until the call is over or nobody can ask anything of it any more.
    pub(super) async fn attend(
        mut self,
        call: Call,
        mut notices: broadcast::Receiver<Notice>,
        mut intents: mpsc::Receiver<Intent>,
    ) {
        let mut snapshots = call.snapshots();
        let mut known_devices = call.known_devices();
        let mut figures = FigureKeeper::default();
        let (mut levels_due, mut figures_due) = (interval(LEVELS_INTERVAL), interval(FIGURES_INTERVAL));
        for due in [&mut levels_due, &mut figures_due] {
            due.set_missed_tick_behavior(MissedTickBehavior::Skip);
        }
        let first = snapshots.borrow_and_update().clone();
        self.see(first);
        let (mut has_notices, mut is_leaving) = (true, false);
        loop {
            tokio::select! {
                changed = snapshots.changed() => {
                    let snapshot = snapshots.borrow_and_update().clone();
                    let is_over = changed.is_err() || matches!(snapshot.phase, RoomPhase::Ended { .. });
                    self.see(snapshot);
                    if is_over {
                        break;
                    }
                }
                notice = notices.recv(), if has_notices => match notice {
                    Ok(notice) => (self.listener)(CallEvent::Notice { notice }),
                    Err(RecvError::Lagged(missed)) => tracing::warn!(missed, "notices came faster than they were told"),
                    // The call is over: the snapshots say why.
                    Err(RecvError::Closed) => has_notices = false,
                },
                intent = intents.recv(), if !is_leaving => {
                    // Nobody can ask anything any more: the app ends.
                    is_leaving = intent.is_none();
                    call.dispatch(intent.unwrap_or(Intent::Leave)).await;
                }
                Ok(()) = known_devices.changed() => {
                    let known = known_devices.borrow_and_update().clone();
                    self.memory.keep_known(&known);
                }
                _ = levels_due.tick() => {
                    if let Some(levels) = call.levels().await {
                        (self.listener)(levels.into());
                    }
                }
                _ = figures_due.tick() => {
                    if let Some(statistics) = call.statistics().await {
                        (self.listener)(CallEvent::Figures { links: figures.figures(&statistics) });
                    }
                }
            }
        }
        let reason = call.ended().await;
        self.memory.met(self.room, self.met.into_values().collect());
        (self.listener)(CallEvent::Ended { reason });
    }

    fn see(&mut self, snapshot: RoomSnapshot) {
        self.keep_rules(&snapshot);
        for other in &snapshot.others {
            if let Some(name) = &other.name
                && (self.met.len() < MAX_MET || self.met.contains_key(&other.id))
            {
                self.met.insert(other.id, name.clone());
            }
        }
        (self.listener)(CallEvent::Snapshot { snapshot: Box::new(snapshot) });
    }

    /// A host that comes again has its room as it left it.
    fn keep_rules(&self, snapshot: &RoomSnapshot) {
        if snapshot.governance.office != Office::Host {
            return;
        }
        let access = policy_access(snapshot.governance.access);
        if let Some(hosted) = self.memory.hosted(self.room).filter(|hosted| hosted.access != access) {
            self.memory.keep_hosted(self.room, HostedRoom { access, ..hosted });
        }
    }
}
