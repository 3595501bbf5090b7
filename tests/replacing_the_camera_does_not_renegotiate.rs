//! `replaceTrack`: another camera takes the place of the first one on the same stream, and the pictures go on.

use std::time::Duration;

use conclave_protocol::notice::{DeviceFault, DeviceKind};
use conclave_tests::rigs::impaired_network::{ImpairedNetwork, Impairment, Tracing};
use conclave_tests::rigs::participant::{ParticipantBuilder, create_link};
use conclave_tests::rigs::picture::{look_at_y4m, write_plain_y4m};
use conclave_tests::rigs::server::Server;
use conclave_tests::rigs::wire_trace::{RtpHeader, rtp_streams};
use conclave_tests::rigs::{Result, RigError};

const SOON: Duration = Duration::from_secs(5);
const FIRST_CAMERA: &str = "pattern:640x360@30";
/// The colour of the second camera's pictures: no pattern looks like it.
const PLAIN: [u8; 3] = [90, 200, 60];

#[test]
fn replacing_the_camera_does_not_renegotiate() -> Result<()> {
    let folder = tempfile::tempdir().map_err(RigError::io("making a folder"))?;
    let second = folder.path().join("plain.y4m");
    write_plain_y4m(&second, 640, 360, 30, PLAIN)?;
    let server = Server::start()?;
    let link = create_link(&server)?;
    let network = ImpairedNetwork::with_tracing(1, Impairment::default(), Tracing::On)?;
    let bob = ParticipantBuilder::new(&link, "Bob").view(640, 360).save_video(folder.path()).start()?;
    bob.wait_until_joined()?;
    let ada = ParticipantBuilder::new(&link, "Ada")
        .camera(FIRST_CAMERA)
        .microphone("tone")
        .switch_camera(&format!("file:{}", second.display()), Duration::from_secs(5))
        .switch_camera(FIRST_CAMERA, Duration::from_secs(9))
        .stay(Duration::from_secs(13))
        .network(&network)
        .start()?;
    ada.wait_until_connected_to("Bob", SOON)?;
    // Candidates trickle for a moment after the link is up; the first switch is long after that.
    std::thread::sleep(Duration::from_secs(3));
    let relayed = relayed_messages(&server)?;
    let (report, events) = ada.finish_with_events()?;
    assert!(!events.events.iter().any(|timed| timed.event.is_about_a_device()), "{}", events.story);
    let relayed_by_switching = relayed_messages(&server)? - relayed;
    let bob = bob.leave()?;

    let of_ada = bob.peer("Ada")?;
    eprintln!("{of_ada:?}");
    assert_eq!(relayed_by_switching, 0.0, "nothing was said through the server");
    assert_eq!(report.peer("Bob")?.links_built, 1);
    assert!(of_ada.video.longest_gap_ms <= 500.0, "frozen for {} ms", of_ada.video.longest_gap_ms);
    assert_eq!(of_ada.video.lost, 0);

    // Of what was really seen: pattern, plain, pattern again.
    let saved = folder.path().join(format!("{}-0-640x360.y4m", of_ada.id.to_text()));
    let plain = look_at_y4m(&saved, |picture| picture.is_plain(PLAIN, 12))?;
    let turns: Vec<usize> = (1..plain.len()).filter(|&at| plain[at] != plain[at - 1]).collect();
    assert_eq!(turns.len(), 2, "the picture changed after {turns:?} of {} pictures", plain.len());
    assert!(!plain[0], "the first camera came first");
    assert!((90..150).contains(&(turns[1] - turns[0])), "{turns:?}: about four seconds of the second camera");

    // Of what was on the wire: one stream of video, its sequence and clock unbroken.
    let trace = network.trace()?;
    let streams = rtp_streams(&trace);
    assert_eq!(streams.len(), 2, "a stream of sound and one of pictures: {:?}", streams.keys());
    let video = streams
        .values()
        .max_by_key(|packets| packets.iter().map(|(sent, _)| u64::from(sent.length)).sum::<u64>())
        .map(Vec::as_slice)
        .unwrap_or_default();
    assert_unbroken(&video.iter().map(|(_, header)| *header).collect::<Vec<_>>());
    Ok(())
}

#[test]
fn a_camera_that_fails_leaves_the_one_in_use() -> Result<()> {
    let server = Server::start()?;
    let link = create_link(&server)?;
    let bob = ParticipantBuilder::new(&link, "Bob").view(640, 360).start()?;
    bob.wait_until_joined()?;
    let ada = ParticipantBuilder::new(&link, "Ada")
        .camera(FIRST_CAMERA)
        .switch_camera("file:/nowhere/camera.y4m", Duration::from_secs(3))
        .stay(Duration::from_secs(8))
        .start()?;
    ada.wait_until_joined()?;
    ada.wait_for("the news of a camera that isn't there", 2 * SOON, |event| {
        event.is_fault(DeviceKind::Camera, DeviceFault::NotFound)
    })?;
    let report = ada.finish()?;
    let bob = bob.leave()?;
    let video = &bob.peer("Ada")?.video;
    eprintln!("{video:?}");
    assert_eq!(video.freezes, 0);
    assert!(video.longest_gap_ms <= 150.0, "a gap of {} ms", video.longest_gap_ms);
    let encoded = report.encoded("360p").frames;
    assert!(encoded.abs_diff(video.frames) <= 5, "{encoded} encoded, {} decoded", video.frames);
    assert!(video.frames >= 7 * 28, "{} pictures in eight seconds", video.frames);
    Ok(())
}

fn relayed_messages(server: &Server) -> Result<f64> {
    server.metric("conclave_messages_received_total{type=\"relay\"}")
}

/// RFC 3550: each packet's sequence number follows the one before, and the clock never goes back. Packets sent again
/// on request repeat an earlier number.
fn assert_unbroken(headers: &[RtpHeader]) {
    let mut latest = headers[0];
    for header in &headers[1..] {
        let ahead = header.sequence.wrapping_sub(latest.sequence);
        assert!(ahead == 1 || ahead > u16::MAX / 2, "{latest:?} is followed by {header:?}");
        if ahead == 1 {
            assert!(header.timestamp.wrapping_sub(latest.timestamp) < u32::MAX / 2, "{latest:?} then {header:?}");
            latest = *header;
        }
    }
}
