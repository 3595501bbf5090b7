//! What a description from the other end must look like before the connection gets to see it.

use std::collections::HashSet;
use std::io::Cursor;

use rtc::sdp::SessionDescription;
use rtc::sdp::description::media::MediaDescription;
use thiserror::Error;

use crate::line::{Line, LineKind, PerLine};

/// The longest description that is read, in bytes.
pub const MAX_DESCRIPTION_LENGTH: usize = 64 * 1024;
/// RFC 8843 lets a mid be any token; longer ones than this are nobody's.
const MAX_MID_LENGTH: usize = 32;
const MAX_ATTRIBUTES_PER_LINE: usize = 512;
/// Sources (RFC 5576) one line may declare: the stream, its repair, and some patience.
const MAX_SOURCES_PER_LINE: usize = 8;
const DATA_LINE: usize = Line::ALL.len();

/// Why a description from the other end was not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum DescriptionError {
    /// Longer than 64 KiB.
    #[error("the description is too long")]
    TooLong,
    /// Not a session description.
    #[error("unreadable description")]
    Malformed,
    /// Not the lines every link has: audio, video, video, audio, data.
    #[error("the description has other lines than microphone, camera, screen, screen's sound and data")]
    WrongLines,
    /// A line without a mid of its own, or with a mid that another line has.
    #[error("the description's lines are not told apart by mid")]
    WrongMids,
    /// More attributes or sources on a line than any real end sends.
    #[error("a line of the description has too many attributes")]
    TooManyAttributes,
    /// A video line without H.264 in packetization mode 1 (RFC 6184).
    #[error("a video line offers no H.264 with packetization-mode 1")]
    NoH264,
    /// An audio line without Opus.
    #[error("an audio line offers no Opus")]
    NoOpus,
    /// No data channel line (RFC 8841).
    #[error("the description has no data channel")]
    NoDataChannel,
}

/// Whether the description is an offer or an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DescriptionKind {
    /// An offer: everything this end needs must be in it.
    Offer,
    /// An answer: it may turn lines down.
    Answer,
}

/// What this end needs to know of a description that passed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RemoteDescription {
    /// Each line's mid.
    pub(crate) mids: PerLine<String>,
    /// Whether the other end takes what this end sends on a line.
    pub(crate) receives: PerLine<bool>,
}

impl RemoteDescription {
    pub(crate) fn line_of_mid(&self, mid: &str) -> Option<Line> {
        self.mids.iter().find(|(_, own)| *own == mid).map(|(line, _)| line)
    }
}

/// Checks a description from the other end.
///
/// # Errors
/// [`DescriptionError`] when the connection had better not see it.
pub(crate) fn check(sdp: &str, kind: DescriptionKind) -> Result<RemoteDescription, DescriptionError> {
    if sdp.len() > MAX_DESCRIPTION_LENGTH {
        return Err(DescriptionError::TooLong);
    }
    let description =
        SessionDescription::unmarshal(&mut Cursor::new(sdp.as_bytes())).map_err(|_| DescriptionError::Malformed)?;
    let lines = &description.media_descriptions;
    if lines.len() != DATA_LINE + 1 {
        return Err(DescriptionError::WrongLines);
    }
    let mut mids = HashSet::new();
    let mut remote = RemoteDescription { mids: PerLine::default(), receives: PerLine::from_fn(|_| false) };
    for (index, media) in lines.iter().enumerate() {
        check_size(media)?;
        let mid = value(media, "mid").unwrap_or_default();
        if mid.is_empty() || mid.len() > MAX_MID_LENGTH || !mids.insert(mid) {
            return Err(DescriptionError::WrongMids);
        }
        match Line::ALL.get(index) {
            Some(&line) => {
                check_line(media, line.kind(), kind)?;
                mid.clone_into(&mut remote.mids[line]);
                remote.receives[line] = !is_rejected(media) && receives(media);
            }
            None => check_data_line(media)?,
        }
    }
    Ok(remote)
}

fn check_size(media: &MediaDescription) -> Result<(), DescriptionError> {
    if media.attributes.len() > MAX_ATTRIBUTES_PER_LINE {
        return Err(DescriptionError::TooManyAttributes);
    }
    let sources: HashSet<&str> =
        values(media, "ssrc").map(|source| source.split_once(' ').map_or(source, |(ssrc, _)| ssrc)).collect();
    if sources.len() > MAX_SOURCES_PER_LINE {
        return Err(DescriptionError::TooManyAttributes);
    }
    Ok(())
}

fn check_line(media: &MediaDescription, kind: LineKind, of: DescriptionKind) -> Result<(), DescriptionError> {
    let name = match kind {
        LineKind::Audio => "audio",
        LineKind::Video => "video",
    };
    if media.media_name.media != name {
        return Err(DescriptionError::WrongLines);
    }
    match (of, is_rejected(media)) {
        (DescriptionKind::Answer, true) => return Ok(()),
        (DescriptionKind::Offer, true) => return Err(DescriptionError::WrongLines),
        (_, false) => {}
    }
    match kind {
        LineKind::Audio if !payload_types(media, "opus/48000").any(|_| true) => Err(DescriptionError::NoOpus),
        LineKind::Video if !payload_types(media, "h264/90000").any(|format| is_mode_1(media, format)) => {
            Err(DescriptionError::NoH264)
        }
        _ => Ok(()),
    }
}

fn check_data_line(media: &MediaDescription) -> Result<(), DescriptionError> {
    let formats = &media.media_name.formats;
    if media.media_name.media != "application" || is_rejected(media) {
        return Err(DescriptionError::NoDataChannel);
    }
    if !formats.iter().any(|format| format == "webrtc-datachannel") {
        return Err(DescriptionError::NoDataChannel);
    }
    Ok(())
}

/// RFC 9429 section 5.3.1: port zero, unless the line only rides on another's transport.
fn is_rejected(media: &MediaDescription) -> bool {
    media.media_name.port.value == 0 && !media.attributes.iter().any(|attribute| attribute.key == "bundle-only")
}

/// Whether the other end takes media on the line; without a direction it does (RFC 8866 section 6.7).
fn receives(media: &MediaDescription) -> bool {
    !media.attributes.iter().any(|attribute| attribute.key == "sendonly" || attribute.key == "inactive")
}

/// The payload types mapped to `encoding`, which is in lower case.
fn payload_types<'a>(media: &'a MediaDescription, encoding: &'a str) -> impl Iterator<Item = &'a str> {
    values(media, "rtpmap").filter_map(move |map| {
        let (format, name) = map.split_once(' ')?;
        name.trim().to_ascii_lowercase().starts_with(encoding).then_some(format)
    })
}

fn is_mode_1(media: &MediaDescription, format: &str) -> bool {
    values(media, "fmtp")
        .filter_map(|parameters| parameters.split_once(' '))
        .filter(|(of, _)| *of == format)
        .flat_map(|(_, parameters)| parameters.split(';'))
        .any(|parameter| parameter.trim().eq_ignore_ascii_case("packetization-mode=1"))
}

fn value<'a>(media: &'a MediaDescription, key: &'a str) -> Option<&'a str> {
    values(media, key).next()
}

fn values<'a>(media: &'a MediaDescription, key: &'a str) -> impl Iterator<Item = &'a str> {
    media
        .attributes
        .iter()
        .filter(move |attribute| attribute.key == key)
        .filter_map(|attribute| attribute.value.as_deref())
}
