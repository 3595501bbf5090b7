//! What a description says about the transport that the connection is to trust: who is at the other end of it.

use std::io::Cursor;

use rtc::sdp::SessionDescription;
use rtc::sdp::description::common::Attribute;
use thiserror::Error;

use super::description::{MAX_DESCRIPTION_LENGTH, is_rejected};

/// RFC 8839 section 5.4.
const UFRAG_LENGTH: std::ops::RangeInclusive<usize> = 4..=256;

/// Who makes the DTLS handshake's first move (RFC 8842 section 5.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DtlsSetup {
    /// Either: only an offer says so.
    ActPass,
    /// The describing end.
    Active,
    /// The other end.
    Passive,
}

/// What one end's description says about its transport: one and the same for all lines, as they share it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TransportParameters {
    /// SHA-256 of the certificate that the end will show (RFC 8122).
    pub fingerprint: [u8; 32],
    /// The ICE user name fragment (RFC 8839), 4 to 256 characters; another one after each restart.
    pub ice_ufrag: String,
    /// Who begins.
    pub setup: DtlsSetup,
}

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

impl TransportParameters {
    /// Reads them from a session description (RFC 8866).
    ///
    /// # Errors
    /// [`TransportError`] unless every line is to be secured by one SHA-256 fingerprint, the same one for all.
    pub fn read(sdp: &str) -> Result<Self, TransportError> {
        if sdp.len() > MAX_DESCRIPTION_LENGTH {
            return Err(TransportError::Malformed);
        }
        let description =
            SessionDescription::unmarshal(&mut Cursor::new(sdp.as_bytes())).map_err(|_| TransportError::Malformed)?;
        let session = description.attributes.as_slice();
        let lines: Vec<&[Attribute]> =
            description.media_descriptions.iter().map(|line| line.attributes.as_slice()).collect();
        Ok(Self {
            fingerprint: fingerprint(&description, session, &lines)?,
            ice_ufrag: ufrag(session, &lines)?,
            setup: setup(session, &lines)?,
        })
    }
}

fn fingerprint(
    description: &SessionDescription,
    session: &[Attribute],
    lines: &[&[Attribute]],
) -> Result<[u8; 32], TransportError> {
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
fn read_fingerprint(value: &str) -> Result<[u8; 32], TransportError> {
    let (hash, digits) = value.split_once(' ').ok_or(TransportError::Malformed)?;
    if !hash.eq_ignore_ascii_case("sha-256") {
        return Err(TransportError::WeakFingerprint);
    }
    let mut bytes = [0; 32];
    let mut pairs = digits.split(':');
    for byte in &mut bytes {
        let pair = pairs.next().filter(|pair| pair.len() == 2 && pair.bytes().all(|digit| digit.is_ascii_hexdigit()));
        *byte = pair.and_then(|pair| u8::from_str_radix(pair, 16).ok()).ok_or(TransportError::Malformed)?;
    }
    if pairs.next().is_some() { Err(TransportError::Malformed) } else { Ok(bytes) }
}

fn ufrag(session: &[Attribute], lines: &[&[Attribute]]) -> Result<String, TransportError> {
    let ufrag = common(session, lines, "ice-ufrag")?;
    let is_ice_char = |c: u8| c.is_ascii_alphanumeric() || c == b'+' || c == b'/';
    if UFRAG_LENGTH.contains(&ufrag.len()) && ufrag.bytes().all(is_ice_char) {
        Ok(ufrag.to_owned())
    } else {
        Err(TransportError::Malformed)
    }
}

fn setup(session: &[Attribute], lines: &[&[Attribute]]) -> Result<DtlsSetup, TransportError> {
    match common(session, lines, "setup")? {
        "actpass" => Ok(DtlsSetup::ActPass),
        "active" => Ok(DtlsSetup::Active),
        "passive" => Ok(DtlsSetup::Passive),
        _ => Err(TransportError::Malformed),
    }
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
        TransportParameters::read(&sdp(session, lines))
    }

    #[test]
    fn one_fingerprint_for_all_lines_is_read_wherever_it_stands() {
        let expected = TransportParameters {
            fingerprint: std::array::from_fn(|i| i as u8),
            ice_ufrag: "abcd".to_owned(),
            setup: DtlsSetup::ActPass,
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
        assert!(TransportParameters::read(&turned_down("")).is_ok());
        assert_eq!(TransportParameters::read(&turned_down(&other())), Err(TransportError::SeveralFingerprints));
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
            TransportParameters::read(&format!("{}{to}{}", &text[..at], &text[at + from.len()..]))
        };
        assert_eq!(last("abcd", "efgh"), Err(TransportError::SeveralTransports));
        assert_eq!(last("actpass", "active"), Err(TransportError::SeveralTransports));
        for ufrag in ["abc", "ab:d", &"a".repeat(257)] {
            assert_eq!(TransportParameters::read(&text.replace("abcd", ufrag)), Err(TransportError::Malformed));
        }
        assert_eq!(TransportParameters::read(&text.replace("actpass", "holdconn")), Err(TransportError::Malformed));
    }

    #[test]
    fn what_is_no_description_is_refused() {
        assert_eq!(TransportParameters::read(""), Err(TransportError::Malformed));
        let long = sdp(&"a=x\r\n".repeat(20_000), [ONE, ONE]);
        assert_eq!(TransportParameters::read(&long), Err(TransportError::Malformed));
    }
}
