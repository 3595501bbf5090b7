//! An order has one form and bounds, whoever writes it.
#![cfg(test)]

use conclave_protocol::bytes::{BoundedBytes, TooManyBytes};
use conclave_protocol::ids::{DevicePublicKey, DeviceSignature, HostKeyHash, ParticipantId, RoomId};
use conclave_protocol::signalling::limits::{MAX_ORDER_BODY_BYTES, MAX_ORDER_CREDENTIALS, MAX_ORDER_NUMBER};
use conclave_protocol::signalling::{
    Access, ClientMessage, Credential, Credentials, InvalidOrderNumber, Lock, OrderBody, OrderNumber, RoomCommand,
    RoomOrder, SignedOrder, TooManyCredentials,
};

const PARTICIPANT: ParticipantId = ParticipantId([3; 16]);

fn order(command: RoomCommand) -> RoomOrder {
    let number = OrderNumber::try_from(MAX_ORDER_NUMBER).unwrap();
    RoomOrder {
        room: RoomId([0; 16]),
        host: HostKeyHash([1; 16]),
        participant: ParticipantId([2; 16]),
        number,
        command,
    }
}

#[test]
fn each_order_has_this_text() {
    let head = concat!(
        r#"{"room":"AAAAAAAAAAAAAAAAAAAAAA","host":"AQEBAQEBAQEBAQEBAQEBAQ","#,
        r#""participant":"AgICAgICAgICAgICAgICAg","number":9007199254740991,"command":"#
    );
    for (command, text) in [
        (RoomCommand::SetAccess { access: Access::Lobby }, r#"{"type":"setAccess","access":"lobby"}"#),
        (RoomCommand::SetAccess { access: Access::Open }, r#"{"type":"setAccess","access":"open"}"#),
        (RoomCommand::SetLock { lock: Lock::Locked }, r#"{"type":"setLock","lock":"locked"}"#),
        (RoomCommand::SetLock { lock: Lock::Unlocked }, r#"{"type":"setLock","lock":"unlocked"}"#),
        (RoomCommand::Admit { participant: PARTICIPANT }, r#"{"type":"admit","participant":"AwMDAwMDAwMDAwMDAwMDAw"}"#),
        (
            RoomCommand::Refuse { participant: PARTICIPANT },
            r#"{"type":"refuse","participant":"AwMDAwMDAwMDAwMDAwMDAw"}"#,
        ),
        (
            RoomCommand::Remove { participant: PARTICIPANT },
            r#"{"type":"remove","participant":"AwMDAwMDAwMDAwMDAwMDAw"}"#,
        ),
    ] {
        let json = format!("{head}{text}}}");
        assert_eq!(String::from_utf8(order(command).to_json()).unwrap(), json);
        assert_eq!(serde_json::from_str::<RoomOrder>(&json).unwrap(), order(command));
    }
}

#[test]
fn a_signed_order_reads_the_same_and_nothing_more_fits_in_it() {
    let order = SignedOrder {
        key: DevicePublicKey([4; 32]),
        body: BoundedBytes::new(order(RoomCommand::Admit { participant: PARTICIPANT }).to_json()).unwrap(),
        signature: DeviceSignature([5; 64]),
        credentials: Credentials::try_from(vec![Credential::new(vec![6; 3]).unwrap()]).unwrap(),
    };
    let json = ClientMessage::Govern { order: order.clone() }.to_json();
    assert_eq!(serde_json::from_str::<ClientMessage>(&json).unwrap(), ClientMessage::Govern { order });
    let more = json.replace(r#""credentials""#, r#""more":1,"credentials""#);
    assert!(serde_json::from_str::<ClientMessage>(&more).is_err());
}

#[test]
fn bodies_credentials_and_numbers_have_bounds() {
    assert!(OrderBody::new(vec![0; MAX_ORDER_BODY_BYTES]).is_ok());
    assert_eq!(OrderBody::new(vec![0; MAX_ORDER_BODY_BYTES + 1]), Err(TooManyBytes { max: MAX_ORDER_BODY_BYTES }));
    let credentials = |number| Credentials::try_from(vec![Credential::new(Vec::new()).unwrap(); number]);
    assert!(credentials(MAX_ORDER_CREDENTIALS).is_ok());
    assert_eq!(credentials(MAX_ORDER_CREDENTIALS + 1), Err(TooManyCredentials));
    assert!(OrderNumber::try_from(MAX_ORDER_NUMBER).is_ok());
    assert_eq!(OrderNumber::try_from(MAX_ORDER_NUMBER + 1), Err(InvalidOrderNumber));
}
