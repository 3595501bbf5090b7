use super::channel::{
    CHANNEL_OVERHEAD, ChannelError, ChannelOpener, ChannelSealer, Delivery, MAX_CHANNEL_MESSAGE_LENGTH,
};
use crate::test_ends::{End, friends, meet, strangers};

/// Anne's sealer and Bert's opener.
fn channel(delivery: Delivery) -> (ChannelSealer, ChannelOpener) {
    let (mut anne, mut bert) = friends();
    (open(&mut anne, delivery).0, open(&mut bert, delivery).1)
}

fn open(end: &mut End, delivery: Delivery) -> (ChannelSealer, ChannelOpener) {
    end.session().channel("chat", 2, delivery).unwrap()
}

#[test]
fn a_message_arrives_as_it_was() {
    let (mut sealer, mut opener) = channel(Delivery::Strict);
    for message in [&b"first"[..], b"", &[7; MAX_CHANNEL_MESSAGE_LENGTH]] {
        let sealed = sealer.seal(message).unwrap();
        assert_eq!(sealed.len(), message.len() + CHANNEL_OVERHEAD);
        assert_eq!(opener.open(&sealed).unwrap(), message);
    }
    assert_eq!(sealer.seal(&[7; MAX_CHANNEL_MESSAGE_LENGTH + 1]), Err(ChannelError::TooLong));
}

#[test]
fn an_ordered_channel_notices_what_is_missing_and_what_comes_again() {
    let (mut sealer, mut opener) = channel(Delivery::Strict);
    let sealed: Vec<_> = (0..3).map(|_| sealer.seal(b"message").unwrap()).collect();
    assert_eq!(opener.open(&sealed[1]), Err(ChannelError::Gap));
    assert!(opener.open(&sealed[0]).is_ok());
    assert_eq!(opener.open(&sealed[0]), Err(ChannelError::Replayed));
    assert_eq!(opener.open(&sealed[2]), Err(ChannelError::Gap));
    assert!(opener.open(&sealed[1]).is_ok() && opener.open(&sealed[2]).is_ok());
}

#[test]
fn a_lossy_channel_takes_each_message_once_in_any_order() {
    let (mut sealer, mut opener) = channel(Delivery::Window);
    let sealed: Vec<_> = (0..200).map(|_| sealer.seal(b"message").unwrap()).collect();
    for at in [3, 1, 150, 30] {
        assert!(opener.open(&sealed[at]).is_ok());
        assert_eq!(opener.open(&sealed[at]), Err(ChannelError::Replayed));
    }
    assert_eq!(opener.open(&sealed[0]), Err(ChannelError::TooOld));
}

#[test]
fn every_altered_and_every_missing_byte_is_noticed() {
    let (mut sealer, mut opener) = channel(Delivery::Window);
    let sealed = sealer.seal(b"message").unwrap();
    for at in 0..sealed.len() {
        let mut altered = sealed.clone();
        altered[at] ^= 1;
        assert_eq!(opener.open(&altered), Err(ChannelError::NotGenuine), "byte {at}");
        assert!(opener.open(&sealed[..at]).is_err());
    }
    assert!(opener.open(&sealed).is_ok());
}

#[test]
fn a_message_opens_on_its_own_channel_and_in_its_own_direction_only() {
    let (mut anne, mut bert) = friends();
    let (mut sealer, mut own) = open(&mut anne, Delivery::Window);
    let sealed = sealer.seal(b"message").unwrap();
    assert_eq!(own.open(&sealed), Err(ChannelError::NotGenuine));
    for (label, stream) in [("chat", 3), ("chats", 2), ("", 2)] {
        let (_, mut other) = bert.session().channel(label, stream, Delivery::Window).unwrap();
        assert_eq!(other.open(&sealed), Err(ChannelError::NotGenuine), "{label} {stream}");
    }
    assert!(open(&mut bert, Delivery::Window).1.open(&sealed).is_ok());
}

#[test]
fn a_channel_gets_its_keys_once_and_only_in_a_verified_session() {
    let (mut anne, mut bert) = strangers();
    meet(&mut anne, &mut bert);
    assert_eq!(anne.session().channel("chat", 2, Delivery::Strict).err(), Some(ChannelError::NotVerified));
    let (mut anne, _) = friends();
    open(&mut anne, Delivery::Strict);
    assert_eq!(anne.session().channel("chat", 2, Delivery::Strict).err(), Some(ChannelError::Twice));
    assert!(anne.session().channel("chat", 4, Delivery::Strict).is_ok());
    assert_eq!(anne.session().channel(&"x".repeat(257), 5, Delivery::Strict).err(), Some(ChannelError::TooMany));
}
