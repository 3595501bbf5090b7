//! A mesh has its bounds: the room of twelve refuses the thirteenth in plain words, and takes them once there is room.

use std::time::Duration;

use conclave_protocol::invite::InviteLink;
use conclave_protocol::signalling::limits::MAX_PARTICIPANTS;
use conclave_protocol::signalling::{ClientMessage, ServerMessage, SignallingError};
use conclave_tests::rigs::Result;
use conclave_tests::rigs::participant::{ParticipantBuilder, create_link};
use conclave_tests::rigs::server::Server;
use conclave_tests::rigs::signalling_client::{FromServer, SignallingClient};

const SOON: Duration = Duration::from_secs(5);

#[tokio::test]
async fn a_full_room_takes_nobody_more() -> Result<()> {
    let server = Server::start()?;
    let link = create_link(&server)?;
    let room = InviteLink::parse(&link).expect("the link we were given").address();
    let mut members = Vec::new();
    for already in 0..MAX_PARTICIPANTS {
        let mut member = SignallingClient::connect_to_room(&server, room).await?;
        let welcome = member.next(SOON).await?;
        assert!(
            matches!(&welcome, FromServer::Message(ServerMessage::Welcome { members, .. }) if members.len() == already),
            "{welcome:?}"
        );
        members.push(member);
    }

    let mut thirteenth = SignallingClient::connect_to_room(&server, room).await?;
    let error = SignallingError::RoomFull;
    assert_eq!(thirteenth.next(SOON).await?, FromServer::Message(ServerMessage::Refused { error }));
    assert_eq!(thirteenth.wait_for_close(SOON).await?, Some(error.close_code()));
    let mut participant = ParticipantBuilder::new(&link, "Ada").start()?;
    let refused = participant.wait_for_end(SOON)?;
    assert!(!refused.status.success(), "{}", refused.story);
    assert!(refused.log.contains("the room is full"), "{}", refused.story);

    // Each of the others is told of the leaving; from then on there is room.
    let mut leaver = members.swap_remove(0);
    leaver.send(&ClientMessage::Leave).await?;
    loop {
        if let FromServer::Message(ServerMessage::Left { .. }) = members[0].next(SOON).await? {
            break;
        }
    }
    let ada = ParticipantBuilder::new(&link, "Ada").stay(Duration::from_secs(1)).start()?;
    ada.finish()?;
    Ok(())
}
