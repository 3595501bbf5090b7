//! When all is well: everyone sees everyone else, over one working link a pair, and knows what they said.

use std::time::Duration;

use conclave_protocol::ids::ParticipantId;
use conclave_protocol::line::{LineState, TileSize, VideoLine};
use conclave_protocol::snapshot::{LinkPhase, RemoteParticipant, RoomPhase, RoomSnapshot, ServerPresence};
use conclave_room::{Input, LinkRole};

use crate::client::Life;
use crate::links::Presence;
use crate::world::World;

/// Runs until all is well; says how long it took.
pub(crate) fn settles(world: &mut World, within: Duration) -> Duration {
    const STEP: Duration = Duration::from_millis(500);
    let mut waited = Duration::ZERO;
    loop {
        let Err(what) = settled(world) else { return waited };
        if waited >= within {
            world.violated(&format!("not settled {waited:?} after the trouble: {what}"));
        }
        world.run_for(STEP);
        waited += STEP;
    }
}

/// What is well stays well; in the end nobody waits for anything, and nothing more is done.
pub(crate) fn stays_settled(world: &mut World, duration: Duration) {
    let half = duration / 2;
    let mut before = world.counts.clone();
    for _ in 0..2 {
        before = world.counts.clone();
        world.run_for(half);
        if let Err(what) = settled(world) {
            world.violated(&format!("settled, but not for long: {what}"));
        }
    }
    if world.counts.links_opened != before.links_opened || world.counts.signals != before.signals {
        world.violated("links are built and signals sent where all was well");
    }
    for client in 0..world.clients.len() {
        if world.clients[client].life != Life::Crashed && world.clients[client].room.next_deadline().is_some() {
            world.violated(&format!("{client} still waits for something"));
        }
        if let Life::Ended(_) = world.clients[client].life {
            world.feed(client, Input::Tick);
        }
    }
}

/// Whether all is well, or what is not.
pub(crate) fn settled(world: &World) -> Result<(), String> {
    let running = world.running();
    let snapshots: Vec<_> = running.iter().map(|client| world.clients[*client].room.snapshot()).collect();
    let mut everyone = Vec::new();
    for (client, snapshot) in running.iter().zip(&snapshots) {
        if snapshot.phase != RoomPhase::Joined || snapshot.server != ServerPresence::Connected {
            return Err(format!("{client} is {:?}, the server {:?}", snapshot.phase, snapshot.server));
        }
        let Some(id) = snapshot.me.id else { return Err(format!("{client} doesn't know itself")) };
        everyone.push((*client, id, snapshot));
    }
    let statistics = world.server.registry.statistics();
    if statistics.participants != running.len() || statistics.away != 0 || statistics.waiting != 0 {
        return Err(format!("the server has {statistics:?} for {} running", running.len()));
    }
    for one in &everyone {
        let (client, _, snapshot) = one;
        if snapshot.others.len() + 1 != everyone.len() {
            return Err(format!("{client} sees {} of {}", snapshot.others.len() + 1, everyone.len()));
        }
        if world.clients[*client].links.len() != snapshot.others.len() {
            return Err(format!("{client} has {} links", world.clients[*client].links.len()));
        }
        for other in everyone.iter().filter(|other| other.0 != *client) {
            pair_settled(world, *one, *other)?;
        }
    }
    Ok(())
}

type Someone<'a> = (usize, ParticipantId, &'a RoomSnapshot);

/// Whether `one` sees `other` as they are.
fn pair_settled(world: &World, one: Someone<'_>, other: Someone<'_>) -> Result<(), String> {
    let (client, id, _) = one;
    let (other_client, other_id, other_snapshot) = other;
    let Some(seen) = seen_by(one, other_id) else { return Err(format!("{client} doesn't see {other_client}")) };
    let Some(myself) = seen_by(other, id) else { return Err(format!("{other_client} doesn't see {client}")) };
    if seen.link != LinkPhase::Connected {
        return Err(format!("the link from {client} to {other_client} is {:?}", seen.link));
    }
    let link = world.clients[client].links.get(&other_id);
    let ends = link.and_then(|link| world.pair(*link));
    let Some((offerer, answerer)) = ends else { return Err(format!("{client} is not linked to {other_client}")) };
    let (offering, answering) = (&world.links[offerer], &world.links[answerer]);
    let opposite = offering.role == LinkRole::Offerer && answering.role == LinkRole::Answerer;
    let open = offering.presence == Presence::Open && answering.presence == Presence::Open;
    if !opposite || !open || offering.generation != answering.generation {
        return Err(format!("ends {offering:?} and {answering:?} don't fit"));
    }
    let later = if (seen.order, seen.id) > (myself.order, myself.id) { other_client } else { client };
    // Whoever is let in again joins later than the links say that outlived its absence.
    if offering.owner != later && world.host.is_none() {
        return Err(format!("not the later of {client} and {other_client} offers"));
    }
    if seen.name.as_ref() != Some(&other_snapshot.me.name) {
        return Err(format!("{client} takes {other_client} for {:?}", seen.name));
    }
    let me = &other_snapshot.me;
    let microphone = match (&me.microphone.active, me.microphone_muted) {
        (None, _) => LineState::Off,
        (Some(_), true) => LineState::Muted,
        (Some(_), false) => LineState::Live,
    };
    let camera = if me.camera.active.is_some() { LineState::Live } else { LineState::Off };
    if (seen.media.microphone, seen.media.camera) != (microphone, camera) {
        return Err(format!("{client} thinks {other_client} sends {:?}", seen.media));
    }
    for line in [VideoLine::Camera, VideoLine::Screen] {
        let wanted = world.clients[client].views.get(&(other_id, line)).copied().unwrap_or(match line {
            VideoLine::Camera => World::VIEW,
            VideoLine::Screen => TileSize::HIDDEN,
        });
        let demanded = world.clients[other_client].demands.get(&(id, line)).copied().unwrap_or(TileSize::HIDDEN);
        if demanded != wanted {
            return Err(format!("{other_client} sends {demanded:?} to {client}, who wants {wanted:?}"));
        }
    }
    Ok(())
}

fn seen_by(one: Someone<'_>, other: ParticipantId) -> Option<&RemoteParticipant> {
    one.2.others.iter().find(|seen| seen.id == other)
}
