//! Lobby, lock and removal with real keys and real sockets.

use std::time::Duration;

use conclave_protocol::bytes::BoundedBytes;
use conclave_protocol::ids::JoinOrder;
use conclave_protocol::signalling::limits::{
    MAX_CREDENTIAL_BYTES, MAX_MESSAGE_BYTES, MAX_ORDER_BODY_BYTES, MAX_ORDER_CREDENTIALS,
};
use conclave_protocol::signalling::{
    Access, ClientMessage, Credentials, LeaveReason, Lock, Member, OrderNumber, Recipient, RoomCommand, ServerMessage,
    SignallingError, SignedOrder, Standing,
};
use conclave_server::registry::RegistryConfig;
use conclave_server::{RunningServer, ServerConfig};

use crate::support::client::{Client, Joined};
use crate::support::host::Host;
use crate::support::server::{loopback, metric, started};

const LOBBY: RoomCommand = RoomCommand::SetAccess { access: Access::Lobby };
const LOCKED: RoomCommand = RoomCommand::SetLock { lock: Lock::Locked };

async fn enter(server: &RunningServer, host: &Host) -> Joined {
    let mut client = Client::connect(server.listening()).await;
    client.say(ClientMessage::hello(host.room(), None)).await;
    client.welcomed().await
}

async fn give(host: &mut Host, by: &mut Joined, command: RoomCommand) {
    let order = host.order(by.me.participant, command);
    by.client.say(order).await;
}

/// A room with a lobby, its host inside, and one who waits and is known to the host.
async fn knocking(server: &RunningServer, host: &mut Host) -> (Joined, Joined) {
    let mut inside = enter(server, host).await;
    give(host, &mut inside, LOBBY).await;
    // What one client says is handled in order: once this has come back, the order was followed.
    let mut probe = enter_until_it_waits(server, host, &mut inside).await;
    probe.client.say(ClientMessage::Leave).await;
    inside.hears(ServerMessage::Left { participant: probe.me.participant, reason: LeaveReason::Left }).await;
    let waits = enter(server, host).await;
    inside.hears(ServerMessage::Waiting { member: waits.member() }).await;
    (inside, waits)
}

/// The order and the hello come by different connections, in any order.
async fn enter_until_it_waits(server: &RunningServer, host: &Host, inside: &mut Joined) -> Joined {
    loop {
        let mut newcomer = enter(server, host).await;
        match inside.client.hear().await {
            ServerMessage::Waiting { .. } => return newcomer,
            ServerMessage::Joined { .. } => {
                newcomer.client.say(ClientMessage::Leave).await;
                assert!(matches!(inside.client.hear().await, ServerMessage::Left { .. }));
            }
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn one_who_waits_is_admitted_and_meets_the_others() {
    let server = started(loopback()).await;
    let mut host = Host::new(1);
    let (mut inside, mut waits) = knocking(&server, &mut host).await;
    assert_eq!(metric(server.listening(), "conclave_participants_waiting").await, Some(1));
    waits.client.relay(Recipient::Participant(inside.me.participant), b"may I?").await;
    inside.hears_relayed(&waits.me, b"may I?").await;

    give(&mut host, &mut inside, RoomCommand::Admit { participant: waits.me.participant }).await;
    let ServerMessage::Admitted { order, members } = waits.client.hear().await else { panic!("not admitted") };
    assert_eq!(members, [inside.member()]);
    assert!(order > JoinOrder(0));
    let member = Member { participant: waits.me.participant, order };
    inside.hears(ServerMessage::Joined { member }).await;
    for (sample, expected) in [
        ("conclave_participants_waiting", 0),
        (r#"conclave_orders_total{result="obeyed"}"#, 2),
        (r#"conclave_messages_received_total{type="govern"}"#, 2),
        (r#"conclave_messages_sent_total{type="admitted"}"#, 1),
    ] {
        assert_eq!(metric(server.listening(), sample).await, Some(expected), "{sample}");
    }
}

#[tokio::test]
async fn one_who_waits_is_refused_with_a_code_of_its_own() {
    let server = started(loopback()).await;
    let mut host = Host::new(1);
    let (mut inside, waits) = knocking(&server, &mut host).await;
    give(&mut host, &mut inside, RoomCommand::Refuse { participant: waits.me.participant }).await;
    assert_eq!(waits.client.refused().await, SignallingError::NotAdmitted);
}

#[tokio::test]
async fn one_who_waits_where_nobody_governs_is_sent_away_in_time() {
    let rooms = RegistryConfig { waiting_patience: Duration::from_millis(50), ..RegistryConfig::default() };
    let server = started(ServerConfig { rooms, ..loopback() }).await;
    let mut host = Host::new(1);
    let (inside, mut waits) = knocking(&server, &mut host).await;
    drop(inside.client);
    let left = ServerMessage::Left { participant: inside.me.participant, reason: LeaveReason::TimedOut };
    waits.hears(left).await;
    assert_eq!(waits.client.refused().await, SignallingError::NotAdmitted);
}

#[tokio::test]
async fn one_who_comes_to_a_locked_room_waits_and_is_refused_with_a_code_of_its_own() {
    let server = started(loopback()).await;
    let mut host = Host::new(1);
    let (mut inside, mut waits) = knocking(&server, &mut host).await;
    give(&mut host, &mut inside, LOCKED).await;
    give(&mut host, &mut inside, RoomCommand::Admit { participant: waits.me.participant }).await;
    assert!(matches!(waits.client.hear().await, ServerMessage::Admitted { .. }));
    let stranger = enter(&server, &host).await;
    assert_eq!((stranger.standing, &stranger.members[..]), (Standing::Waiting, &[inside.member()][..]));
    give(&mut host, &mut inside, RoomCommand::Refuse { participant: stranger.me.participant }).await;
    assert_eq!(stranger.client.refused().await, SignallingError::Locked);
}

#[tokio::test]
async fn an_order_given_twice_is_answered_and_the_connection_goes_on() {
    let server = started(loopback()).await;
    let mut host = Host::new(1);
    let mut inside = enter(&server, &host).await;
    let order = host.order(inside.me.participant, LOBBY);
    inside.client.say(order.clone()).await;
    inside.client.say(order).await;
    inside.hears(ServerMessage::OrderRepeated { last: OrderNumber::try_from(1).unwrap() }).await;
    let waits = enter(&server, &host).await;
    inside.hears(ServerMessage::Waiting { member: waits.member() }).await;
    let sent = r#"conclave_messages_sent_total{type="order_repeated"}"#;
    assert_eq!(metric(server.listening(), sent).await, Some(1));
}

#[tokio::test]
async fn one_who_is_removed_is_cut_off_and_its_token_is_worth_nothing() {
    let server = started(loopback()).await;
    let mut host = Host::new(1);
    let mut inside = enter(&server, &host).await;
    let victim = enter(&server, &host).await;
    inside.hears(ServerMessage::Joined { member: victim.member() }).await;
    give(&mut host, &mut inside, RoomCommand::Remove { participant: victim.me.participant }).await;
    inside.hears(ServerMessage::Left { participant: victim.me.participant, reason: LeaveReason::Removed }).await;
    assert_eq!(victim.client.refused().await, SignallingError::Removed);
    let mut back = Client::connect(server.listening()).await;
    back.say(ClientMessage::hello(host.room(), Some(victim.me))).await;
    assert_eq!(back.refused().await, SignallingError::Removed);
}

#[tokio::test]
async fn an_order_of_anybody_else_ends_their_connection() {
    let server = started(loopback()).await;
    let (mut host, mut other) = (Host::new(1), Host::new(2));
    let mut honest = enter(&server, &host).await;
    // Another key, and the host's order by another participant.
    for of_the_honest in [false, true] {
        let mut liar = enter(&server, &host).await;
        honest.hears(ServerMessage::Joined { member: liar.member() }).await;
        let order = if of_the_honest {
            host.order(honest.me.participant, LOBBY)
        } else {
            other.order_in(host.room(), liar.me.participant, LOBBY)
        };
        liar.client.say(order).await;
        assert_eq!(liar.client.refused().await, SignallingError::NotTheHost);
    }
    assert_eq!(metric(server.listening(), r#"conclave_orders_total{result="refused"}"#).await, Some(2));
    let closed = r#"conclave_connections_closed_total{reason="not_the_host"}"#;
    assert_eq!(metric(server.listening(), closed).await, Some(2));
    let newcomer = enter(&server, &host).await;
    assert_eq!(newcomer.standing, Standing::Inside);
    honest.hears(ServerMessage::Joined { member: newcomer.member() }).await;
}

#[tokio::test]
async fn an_order_beyond_its_bounds_is_malformed() {
    let server = started(loopback()).await;
    let mut host = Host::new(1);
    let json = |host: &mut Host, by: &Joined| -> serde_json::Value {
        serde_json::from_str(&host.order(by.me.participant, LOBBY).to_json()).unwrap()
    };
    let text = |bytes: usize| conclave_protocol::bytes::encode(&vec![0; bytes]);
    let alterations: [&dyn Fn(&mut serde_json::Value); 5] = [
        &|order| order["body"] = text(MAX_ORDER_BODY_BYTES + 1).into(),
        &|order| order["credentials"] = vec![text(MAX_CREDENTIAL_BYTES + 1)].into(),
        &|order| order["credentials"] = vec![""; MAX_ORDER_CREDENTIALS + 1].into(),
        &|order| order["key"] = text(31).into(),
        &|order| order["signature"] = text(65).into(),
    ];
    for alter in alterations {
        let mut joined = enter(&server, &host).await;
        let mut message = json(&mut host, &joined);
        alter(&mut message["order"]);
        joined.client.send(tokio_tungstenite::tungstenite::Message::text(message.to_string())).await;
        assert_eq!(joined.client.refused().await, SignallingError::Malformed);
    }
}

#[test]
fn the_largest_order_fits_in_a_message() {
    let credential = BoundedBytes::new(vec![0xFF; MAX_CREDENTIAL_BYTES]).unwrap();
    let order = SignedOrder {
        key: conclave_protocol::ids::DevicePublicKey([0xFF; 32]),
        body: BoundedBytes::new(vec![0xFF; MAX_ORDER_BODY_BYTES]).unwrap(),
        signature: conclave_protocol::ids::DeviceSignature([0xFF; 64]),
        credentials: Credentials::try_from(vec![credential; MAX_ORDER_CREDENTIALS]).unwrap(),
    };
    let bytes = ClientMessage::Govern { order }.to_json().len();
    assert!(bytes <= MAX_MESSAGE_BYTES, "{bytes} bytes");
}
