//! What both ends must have seen alike: everything that decides whom the media go to.

use std::str::FromStr;

use conclave_protocol::ids::RoomId;
use thiserror::Error;

use crate::canonical::Canonical;
use crate::epoch::Epoch;
use crate::hello::Hello;

/// A text that is not the parameter it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum InvalidTransportParameter {
    /// Not `sha-256` and 32 hexadecimal bytes with colons between.
    #[error("not a sha-256 fingerprint")]
    Fingerprint,
    /// Not 4 to 256 of the characters that ICE allows.
    #[error("not an ICE user name fragment")]
    Ufrag,
    /// Not `actpass`, `active` or `passive`.
    #[error("not a DTLS setup role")]
    Setup,
}

/// SHA-256 of a DTLS certificate (RFC 8122, section 5).
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct DtlsFingerprint(pub [u8; 32]);

impl FromStr for DtlsFingerprint {
    type Err = InvalidTransportParameter;

    /// The value of `a=fingerprint:`, like `sha-256 4A:AD:…`. Other hash functions are refused.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let invalid = InvalidTransportParameter::Fingerprint;
        let (function, value) = text.split_once(' ').ok_or(invalid)?;
        let (mut bytes, mut parts) = ([0; 32], value.split(':'));
        for byte in &mut bytes {
            let part = parts.next().filter(|part| part.len() == 2 && part.bytes().all(|c| c.is_ascii_hexdigit()));
            *byte = part.and_then(|part| u8::from_str_radix(part, 16).ok()).ok_or(invalid)?;
        }
        let whole = parts.next().is_none() && function.eq_ignore_ascii_case("sha-256");
        if whole { Ok(Self(bytes)) } else { Err(invalid) }
    }
}

impl std::fmt::Debug for DtlsFingerprint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "DtlsFingerprint({:02x}{:02x}…)", self.0[0], self.0[1])
    }
}

/// An ICE user name fragment: 4 to 256 letters, digits, `+` and `/` (RFC 8839, section 5.4).
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct IceUfrag(String);

impl IceUfrag {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for IceUfrag {
    type Err = InvalidTransportParameter;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let fits = (4..=256).contains(&text.len())
            && text.bytes().all(|c| c.is_ascii_alphanumeric() || matches!(c, b'+' | b'/'));
        if fits { Ok(Self(text.to_owned())) } else { Err(InvalidTransportParameter::Ufrag) }
    }
}

impl std::fmt::Debug for IceUfrag {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("IceUfrag(…)")
    }
}

/// Who begins the DTLS handshake (RFC 8842, section 5.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Setup {
    /// Either: an offer's.
    ActPass,
    /// The sender begins.
    Active,
    /// The other begins.
    Passive,
}

impl Setup {
    /// The word of `a=setup:`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ActPass => "actpass",
            Self::Active => "active",
            Self::Passive => "passive",
        }
    }
}

impl FromStr for Setup {
    type Err = InvalidTransportParameter;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        [Self::ActPass, Self::Active, Self::Passive]
            .into_iter()
            .find(|setup| setup.as_str() == text)
            .ok_or(InvalidTransportParameter::Setup)
    }
}

/// What one end's session description says about its transport.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TransportParameters {
    /// Of its certificate.
    pub fingerprint: DtlsFingerprint,
    /// Its ICE user name fragment.
    pub ice_ufrag: IceUfrag,
    /// Its DTLS role.
    pub setup: Setup,
}

/// T: SHA-256 over both Hellos and both ends' transport.
pub(crate) fn transcript(
    (room, epoch): (RoomId, Epoch),
    hellos: [&Hello; 2],
    [offerer, answerer]: [&TransportParameters; 2],
) -> [u8; 32] {
    Canonical::new("conclave v1 transcript")
        .bytes(&room.0)
        .number(epoch.0)
        .bytes(&hellos[0].to_bytes())
        .bytes(&hellos[1].to_bytes())
        .bytes(&offerer.fingerprint.0)
        .bytes(&answerer.fingerprint.0)
        .bytes(offerer.ice_ufrag.0.as_bytes())
        .bytes(answerer.ice_ufrag.0.as_bytes())
        .bytes(offerer.setup.as_str().as_bytes())
        .bytes(answerer.setup.as_str().as_bytes())
        .sha_256()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fingerprint_is_read_as_session_descriptions_have_it() {
        let hex = |byte: &str| vec![byte; 32].join(":");
        assert_eq!(format!("sha-256 {}", hex("aB")).parse(), Ok(DtlsFingerprint([0xAB; 32])));
        assert_eq!(format!("SHA-256 {}", hex("00")).parse(), Ok(DtlsFingerprint([0; 32])));
    }

    #[test]
    fn other_functions_and_other_lengths_are_no_fingerprint() {
        let hex = |count| vec!["AB"; count].join(":");
        for text in [
            format!("sha-1 {}", hex(20)),
            format!("sha-1 {}", hex(32)),
            format!("sha-256 {}", hex(31)),
            format!("sha-256 {}", hex(33)),
            format!("sha-256  {}", hex(32)),
            format!("sha-256 {}", vec!["+B"; 32].join(":")),
            hex(32),
            String::new(),
        ] {
            assert_eq!(text.parse::<DtlsFingerprint>(), Err(InvalidTransportParameter::Fingerprint), "{text}");
        }
    }

    #[test]
    fn a_fragment_has_the_characters_and_the_length_that_ice_allows() {
        assert!("a+/9".parse::<IceUfrag>().is_ok());
        assert!("x".repeat(256).parse::<IceUfrag>().is_ok());
        for text in ["abc", "abc d", "abc-d", "äbcd", &"x".repeat(257)] {
            assert_eq!(text.parse::<IceUfrag>(), Err(InvalidTransportParameter::Ufrag), "{text}");
        }
    }

    #[test]
    fn a_setup_is_one_of_three_words() {
        assert_eq!("passive".parse(), Ok(Setup::Passive));
        assert_eq!("holdconn".parse::<Setup>(), Err(InvalidTransportParameter::Setup));
    }
}
