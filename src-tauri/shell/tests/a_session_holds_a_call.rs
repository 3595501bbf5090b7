//! Two sessions as the window holds them, on a room server of the app's own: snapshots, levels, pictures, the end.
#![cfg(test)]

use std::sync::Arc;
use std::time::Duration;

use conclave_call::keys::hosted_rooms::HostedRoom;
use conclave_call::keys::identity::DeviceIdentity;
use conclave_call::keys::known_devices::KnownDevices;
use conclave_call::protocol::ids::{ParticipantId, RoomId};
use conclave_call::protocol::intent::Intent;
use conclave_call::protocol::invite::InviteLink;
use conclave_call::protocol::line::LineState;
use conclave_call::protocol::peer::DisplayName;
use conclave_call::protocol::signalling::Access;
use conclave_call::protocol::snapshot::{EndReason, RoomSnapshot};
use conclave_shell::frames::header::HEADER_LENGTH;
use conclave_shell::frames::tiles::{PictureSource, Tile};
use conclave_shell::frames::{AllowedOrigins, Frames};
use conclave_shell::rooms::{self, Hosting, NewRoom, RoomOptions};
use conclave_shell::session::{CallEvent, DispatchError, JoinError, JoinRequest, Memory, Sessions};
use conclave_shell::settings::{NetworkSettings, RoomPlace};
use futures_util::{SinkExt as _, StreamExt as _};
use tokio::sync::mpsc;
use tokio::time::timeout;
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;

const ORIGIN: &str = "tauri://localhost";
const PATIENCE: Duration = Duration::from_secs(20);

/// Remembers that this room is its own, and nothing else.
struct Forgetful(Option<HostedRoom>);

impl Memory for Forgetful {
    fn hosted(&self, _: RoomId) -> Option<HostedRoom> {
        self.0
    }

    fn known(&self) -> KnownDevices {
        KnownDevices::default()
    }

    fn visit(&self, _: &InviteLink) {}

    fn keep_hosted(&self, _: RoomId, _: HostedRoom) {}

    fn keep_known(&self, _: &KnownDevices) {}

    fn met(&self, _: RoomId, _: Vec<DisplayName>) {}
}

struct Person {
    sessions: Sessions,
    frames: Frames,
    events: mpsc::Receiver<CallEvent>,
}

fn request(link: &InviteLink, name: &str) -> JoinRequest {
    let json = serde_json::json!({
        "link": link.to_text(), "name": name, "password": null, "camera": "pattern:320x180@15", "microphone": "tone",
        "speaker": "null", "muted": false,
        "soundProcessing": { "echoCancellation": "off", "noiseSuppression": "off", "automaticGain": "off" },
    });
    serde_json::from_value(json).unwrap()
}

impl Person {
    async fn join(link: &InviteLink, name: &str, identity: DeviceIdentity, hosted: Option<HostedRoom>) -> Self {
        let (sender, events) = mpsc::channel(10_000);
        let (sessions, frames) = (Sessions::default(), Frames::new());
        let listener = Box::new(move |event| sender.try_send(event).unwrap());
        let memory = Arc::new(Forgetful(hosted));
        sessions
            .join(request(link, name), identity, memory, &NetworkSettings::default(), frames.clone(), listener)
            .await
            .unwrap();
        Self { sessions, frames, events }
    }

    async fn until<T>(&mut self, mut found: impl FnMut(CallEvent) -> Option<T>) -> T {
        let search = async {
            loop {
                let event = self.events.recv().await.unwrap();
                if let Some(found) = found(event) {
                    return found;
                }
            }
        };
        timeout(PATIENCE, search).await.unwrap()
    }

    async fn snapshot(&mut self, mut is_it: impl FnMut(&RoomSnapshot) -> bool) -> RoomSnapshot {
        self.until(|event| match event {
            CallEvent::Snapshot { snapshot } if is_it(&snapshot) => Some(*snapshot),
            _ => None,
        })
        .await
    }

    async fn sees(&mut self, name: &str) -> ParticipantId {
        let is_live = |snapshot: &RoomSnapshot| {
            let mut others = snapshot.others.iter();
            others.any(|other| {
                other.name.as_ref().is_some_and(|said| said.as_str() == name) && other.media.camera == LineState::Live
            })
        };
        self.snapshot(is_live).await.others[0].id
    }
}

/// The tiles that a message has pictures of.
fn tiles_of(message: &[u8]) -> Vec<u8> {
    let mut tiles = Vec::new();
    let mut rest = message;
    while let Some(header) = rest.first_chunk::<HEADER_LENGTH>() {
        tiles.push(header[0]);
        let length = u32::from_le_bytes(header[24..28].try_into().unwrap()) as usize;
        rest = &rest[HEADER_LENGTH + length.next_multiple_of(4)..];
    }
    tiles
}

#[tokio::test(flavor = "multi_thread")]
async fn two_see_and_hear_each_other_and_their_pictures_reach_the_socket() {
    let hosting = Hosting::default();
    let json = serde_json::json!(
        { "name": "", "place": "thisComputer", "server": "", "access": "open", "password": null, "nearby": "hidden" }
    );
    let options: RoomOptions = serde_json::from_value(json).unwrap();
    assert_eq!((options.place, options.access), (RoomPlace::ThisComputer, Access::Open));
    let server = rooms::server_for(&options, &hosting).await.unwrap();
    let host = DeviceIdentity::generate().unwrap();
    let NewRoom { link, hosted } = rooms::create(&options, server, &host).unwrap();
    let mut ada = Person::join(&link, "Ada", host, Some(hosted)).await;
    let mut bob = Person::join(&link, "Bob", DeviceIdentity::generate().unwrap(), None).await;
    let bob_s_id = ada.sees("Bob").await;
    bob.sees("Ada").await;

    let again = request(&link, "Ada");
    let memory = Arc::new(Forgetful(None));
    let second = ada
        .sessions
        .join(
            again,
            DeviceIdentity::generate().unwrap(),
            memory,
            &NetworkSettings::default(),
            Frames::new(),
            Box::new(|_| {}),
        )
        .await;
    assert_eq!(second, Err(JoinError::AlreadyInCall));

    let camera = PictureSource::Camera { participant: bob_s_id };
    let shown = [camera, PictureSource::Own].map(|source| Tile { source, width: 160, height: 90 });
    let change = ada.frames.set_tiles(&shown).unwrap();
    ada.sessions.view(change.views).await;
    let address = ada.frames.serve(AllowedOrigins(&[ORIGIN])).await.unwrap();
    let mut request = address.url().into_client_request().unwrap();
    request.headers_mut().insert("origin", ORIGIN.parse().unwrap());
    let (mut client, _) = connect_async(request).await.unwrap();
    let mut missing: Vec<u8> = change.tiles.iter().map(|tile| tile.tile.0).collect();
    let pictures = async {
        while !missing.is_empty() {
            let Some(Ok(Message::Binary(message))) = client.next().await else { panic!("the socket ended") };
            let tiles = tiles_of(&message);
            missing.retain(|tile| !tiles.contains(tile));
            client.send(Message::binary(tiles)).await.unwrap();
        }
    };
    timeout(PATIENCE, pictures).await.unwrap();

    let heard = |event| match event {
        CallEvent::Levels { own, others } => (own > 0.3 && others.iter().any(|other| other.level > 0.3)).then_some(()),
        _ => None,
    };
    ada.until(heard).await;
    ada.until(|event| match event {
        CallEvent::Figures { links } => links.first().and_then(|link| link.width),
        _ => None,
    })
    .await;

    bob.sessions.leave().await;
    let ended = |event| match event {
        CallEvent::Ended { reason } => Some(reason),
        _ => None,
    };
    assert_eq!(bob.until(ended).await, EndReason::Left);
    assert_eq!(bob.sessions.dispatch(Intent::Leave).await, Err(DispatchError::NoCall));
    ada.snapshot(|snapshot| snapshot.others.is_empty()).await;
    ada.sessions.leave().await;
    hosting.shutdown().await;
}
