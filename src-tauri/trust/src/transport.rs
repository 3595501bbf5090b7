//! What a session description says about the transport that a link is to trust: who is at the other end of it. It is
//! read by the parser that the app's links apply descriptions with: what is proven has to be what is used.

use std::io::Cursor;

use conclave_keys::transcript::{DtlsFingerprint, InvalidTransportParameter, TransportParameters};
use rtc_sdp::SessionDescription;
use rtc_sdp::description::common::Attribute;
use rtc_sdp::description::media::MediaDescription;
use thiserror::Error;

/// The longest description that is read, in bytes.
const MAX_DESCRIPTION_LENGTH: usize = 64 * 1024;

/// Why a description's transport can't be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum TransportError {
    /// Not a session description, or a part of it that matters here is malformed.
    #[error("unreadable description")]
    Malformed,
    /// A line without a fingerprint, unless it is turned down.
    #[error("a line of the description has no fingerprint")]
    NoFingerprint,
    /// A fingerprint by another hash than SHA-256, whether or not there is one by that too.
    #[error("the description has a fingerprint by another hash than SHA-256")]
    WeakFingerprint,
    /// More than one fingerprint at one place, or different ones at two.
    #[error("the description has several fingerprints")]
    SeveralFingerprints,
    /// Lines that don't share one transport: other ICE credentials or DTLS roles.
    #[error("the lines of the description don't share one transport")]
    SeveralTransports,
}

/// Reads what a session description (RFC 8866) says of its end's transport.
///
/// # Errors
/// [`TransportError`] unless every line is to be secured by one SHA-256 fingerprint, the same one for all.
pub fn read_transport(sdp: &str) -> Result<TransportParameters, TransportError> {
    if sdp.len() > MAX_DESCRIPTION_LENGTH {
        return Err(TransportError::Malformed);
    }
    let description =
        SessionDescription::unmarshal(&mut Cursor::new(sdp.as_bytes())).map_err(|_| TransportError::Malformed)?;
    let session = description.attributes.as_slice();
    let lines: Vec<&[Attribute]> =
        description.media_descriptions.iter().map(|line| line.attributes.as_slice()).collect();
    Ok(TransportParameters {
        fingerprint: fingerprint(&description, session, &lines)?,
        ice_ufrag: common(session, &lines, "ice-ufrag")?.parse().map_err(malformed)?,
        setup: common(session, &lines, "setup")?.parse().map_err(malformed)?,
    })
}

fn fingerprint(
    description: &SessionDescription,
    session: &[Attribute],
    lines: &[&[Attribute]],
) -> Result<DtlsFingerprint, TransportError> {
    let mut found = None;
    for place in std::iter::once(&session).chain(lines) {
        let mut here = values(place, "fingerprint");
        if let Some(value) = here.next() {
            let fingerprint = read_fingerprint(value)?;
            if found.is_some_and(|found| found != fingerprint) {
                return Err(TransportError::SeveralFingerprints);
            }
            found = Some(fingerprint);
        }
        // Told apart, so that a hash that must not be there is named as such.
        if let Some(another) = here.next() {
            read_fingerprint(another)?;
            return Err(TransportError::SeveralFingerprints);
        }
    }
    let is_for_all = values(session, "fingerprint").next().is_some();
    let is_for_each = || {
        let used = description.media_descriptions.iter().filter(|line| !is_rejected(line));
        used.into_iter().all(|line| values(&line.attributes, "fingerprint").next().is_some())
    };
    if lines.is_empty() || !(is_for_all || is_for_each()) {
        return Err(TransportError::NoFingerprint);
    }
    found.ok_or(TransportError::NoFingerprint)
}

/// `sha-256 AB:CD:…` (RFC 8122 section 5).
fn read_fingerprint(value: &str) -> Result<DtlsFingerprint, TransportError> {
    let hash = value.split_once(' ').ok_or(TransportError::Malformed)?.0;
    if !hash.eq_ignore_ascii_case("sha-256") {
        return Err(TransportError::WeakFingerprint);
    }
    value.parse().map_err(malformed)
}

fn malformed(_: InvalidTransportParameter) -> TransportError {
    TransportError::Malformed
}

/// RFC 9429 section 5.3.1: port zero, unless the line only rides on another's transport.
fn is_rejected(media: &MediaDescription) -> bool {
    media.media_name.port.value == 0 && !media.attributes.iter().any(|attribute| attribute.key == "bundle-only")
}

/// The value that is said at least once, and wherever it is said the same.
fn common<'a>(session: &'a [Attribute], lines: &[&'a [Attribute]], key: &str) -> Result<&'a str, TransportError> {
    let mut said = std::iter::once(session).chain(lines.iter().copied()).flat_map(|place| values(place, key));
    let first = said.next().ok_or(TransportError::Malformed)?;
    if said.all(|other| other == first) { Ok(first) } else { Err(TransportError::SeveralTransports) }
}

fn values<'a>(attributes: &'a [Attribute], key: &str) -> impl Iterator<Item = &'a str> {
    attributes
        .iter()
        .filter(move |attribute| attribute.key == key)
        .map(|attribute| attribute.value.as_deref().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use conclave_keys::transcript::Setup;

    use super::*;

    const ONE: &str = "a=fingerprint:sha-256 00:01:02:03:04:05:06:07:08:09:0A:0B:0C:0D:0E:0F:10:11:12:13:14:15:16:17:18:19:1A:1B:1C:1D:1E:1F\r\n";
    const SHA_1: &str = "a=fingerprint:sha-1 00:01:02:03:04:05:06:07:08:09:0A:0B:0C:0D:0E:0F:10:11:12:13\r\n";
    const ICE: &str = "a=ice-ufrag:abcd\r\na=ice-pwd:0123456789zyxwvutsrqpo\r\na=setup:actpass\r\n";

    fn other() -> String {
        ONE.replace("00:01", "FF:01")
    }

    /// A description of two lines with these attributes, and those for the whole session.
    fn sdp(session: &str, lines: [&str; 2]) -> String {
        let [one, two] = lines;
        format!(
            "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n{session}m=audio 9 UDP/TLS/RTP/SAVPF 111\r\n{ICE}{one}\
             m=video 9 UDP/TLS/RTP/SAVPF 102\r\n{ICE}{two}"
        )
    }

    fn read(session: &str, lines: [&str; 2]) -> Result<TransportParameters, TransportError> {
        read_transport(&sdp(session, lines))
    }

    #[test]
    fn one_fingerprint_for_all_lines_is_read_wherever_it_stands() {
        let expected = TransportParameters {
            fingerprint: DtlsFingerprint(std::array::from_fn(|i| i as u8)),
            ice_ufrag: "abcd".parse().unwrap(),
            setup: Setup::ActPass,
        };
        assert_eq!(read(ONE, ["", ""]), Ok(expected.clone()));
        assert_eq!(read("", [ONE, ONE]), Ok(expected.clone()));
        assert_eq!(read(ONE, [ONE, &ONE.to_ascii_lowercase()]), Ok(expected));
    }

    #[test]
    fn a_line_without_a_fingerprint_is_refused() {
        for lines in [["", ""], [ONE, ""], ["", ONE]] {
            assert_eq!(read("", lines), Err(TransportError::NoFingerprint), "{lines:?}");
        }
    }

    #[test]
    fn a_line_that_is_turned_down_needs_none_but_must_not_have_another() {
        let turned_down = |line: &str| sdp("", [ONE, line]).replace("m=video 9", "m=video 0");
        assert!(read_transport(&turned_down("")).is_ok());
        assert_eq!(read_transport(&turned_down(&other())), Err(TransportError::SeveralFingerprints));
    }

    #[test]
    fn a_second_fingerprint_is_refused_wherever_it_stands() {
        let other = other();
        let twice = format!("{ONE}{other}");
        let same_twice = format!("{ONE}{ONE}");
        for (session, lines) in [
            (ONE, [other.as_str(), ""]),
            (ONE, ["", &other]),
            ("", [ONE, &other]),
            (&twice, ["", ""]),
            (ONE, ["", &twice]),
            (&same_twice, ["", ""]),
        ] {
            assert_eq!(read(session, lines), Err(TransportError::SeveralFingerprints), "{session}{lines:?}");
        }
    }

    #[test]
    fn a_weaker_hash_is_refused_also_beside_a_good_one() {
        let both = [format!("{ONE}{SHA_1}"), format!("{SHA_1}{ONE}")];
        for (session, lines) in
            [(SHA_1, ["", ""]), ("", [SHA_1, SHA_1]), ("", [ONE, SHA_1]), (&both[0], ["", ""]), (&both[1], ["", ""])]
        {
            assert_eq!(read(session, lines), Err(TransportError::WeakFingerprint), "{session}{lines:?}");
        }
        assert_eq!(read(&ONE.replace("sha-256", "md5"), ["", ""]), Err(TransportError::WeakFingerprint));
    }

    #[test]
    fn a_malformed_fingerprint_is_refused() {
        for (from, to) in [
            ("00:01", "0:01"),
            ("00:01", "0001"),
            ("00:01", "+0:01"),
            (":1F", ""),
            (":1F", ":1F:20"),
            ("sha-256 ", "sha-256"),
        ] {
            assert_eq!(read(&ONE.replace(from, to), ["", ""]), Err(TransportError::Malformed), "{from} {to}");
        }
    }

    #[test]
    fn lines_of_several_transports_are_refused() {
        let text = sdp(ONE, ["", ""]);
        let last = |from: &str, to: &str| {
            let at = text.rfind(from).unwrap();
            read_transport(&format!("{}{to}{}", &text[..at], &text[at + from.len()..]))
        };
        assert_eq!(last("abcd", "efgh"), Err(TransportError::SeveralTransports));
        assert_eq!(last("actpass", "active"), Err(TransportError::SeveralTransports));
        for ufrag in ["abc", "ab:d", &"a".repeat(257)] {
            assert_eq!(read_transport(&text.replace("abcd", ufrag)), Err(TransportError::Malformed));
        }
        assert_eq!(read_transport(&text.replace("actpass", "holdconn")), Err(TransportError::Malformed));
    }

    #[test]
    fn what_is_no_description_is_refused() {
        assert_eq!(read_transport(""), Err(TransportError::Malformed));
        let long = sdp(&"a=x\r\n".repeat(20_000), [ONE, ONE]);
        assert_eq!(read_transport(&long), Err(TransportError::Malformed));
    }
}
