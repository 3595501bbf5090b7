//! The one encoding of everything that is hashed, MACed, signed or used as additional data: a domain string, then
//! fields, each a length (u32, big-endian) and so many bytes. A number is a field of 8 bytes, big-endian.
//!
//! Lengths before all fields make the encoding injective: no two lists of fields share their bytes.

use sha2::{Digest as _, Sha256};

/// Writes fields.
pub(crate) struct Canonical(Vec<u8>);

impl Canonical {
    pub(crate) fn new(domain: &str) -> Self {
        Self(Vec::with_capacity(256)).bytes(domain.as_bytes())
    }

    /// Fields are bounded by what messages hold, far below 4 GiB.
    pub(crate) fn bytes(mut self, field: &[u8]) -> Self {
        let length = u32::try_from(field.len()).unwrap_or(u32::MAX);
        self.0.extend_from_slice(&length.to_be_bytes());
        self.0.extend_from_slice(field);
        self
    }

    pub(crate) fn number(self, number: u64) -> Self {
        self.bytes(&number.to_be_bytes())
    }

    pub(crate) fn finish(self) -> Vec<u8> {
        self.0
    }

    pub(crate) fn sha_256(self) -> [u8; 32] {
        Sha256::digest(self.0).into()
    }
}

/// The bytes are not the fields that were expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NotCanonical;

/// Reads what [`Canonical`] wrote, and nothing else.
pub(crate) struct CanonicalReader<'a>(&'a [u8]);

impl<'a> CanonicalReader<'a> {
    pub(crate) fn new(domain: &str, bytes: &'a [u8]) -> Result<Self, NotCanonical> {
        let mut reader = Self(bytes);
        if reader.bytes()? == domain.as_bytes() { Ok(reader) } else { Err(NotCanonical) }
    }

    pub(crate) fn bytes(&mut self) -> Result<&'a [u8], NotCanonical> {
        let (length, rest) = self.0.split_first_chunk::<4>().ok_or(NotCanonical)?;
        let length = usize::try_from(u32::from_be_bytes(*length)).map_err(|_| NotCanonical)?;
        let (field, rest) = rest.split_at_checked(length).ok_or(NotCanonical)?;
        self.0 = rest;
        Ok(field)
    }

    pub(crate) fn array<const N: usize>(&mut self) -> Result<[u8; N], NotCanonical> {
        self.bytes()?.try_into().map_err(|_| NotCanonical)
    }

    pub(crate) fn number(&mut self) -> Result<u64, NotCanonical> {
        self.array().map(u64::from_be_bytes)
    }

    /// Nothing may be left.
    pub(crate) fn finish(self) -> Result<(), NotCanonical> {
        if self.0.is_empty() { Ok(()) } else { Err(NotCanonical) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_reads_back() {
        let bytes = Canonical::new("domain").bytes(b"field").number(7).finish();
        let mut reader = CanonicalReader::new("domain", &bytes).unwrap();
        assert_eq!((reader.bytes(), reader.number()), (Ok(&b"field"[..]), Ok(7)));
        assert_eq!(reader.finish(), Ok(()));
    }

    #[test]
    fn a_byte_that_moves_to_the_next_field_changes_the_bytes() {
        let two = |first: &[u8], second: &[u8]| Canonical::new("d").bytes(first).bytes(second).finish();
        assert_ne!(two(b"ab", b"c"), two(b"a", b"bc"));
        assert_ne!(two(b"ab", b""), Canonical::new("d").bytes(b"ab").finish());
    }

    #[test]
    fn another_domain_a_short_field_and_a_rest_are_refused() {
        let bytes = Canonical::new("domain").bytes(b"field").finish();
        assert!(CanonicalReader::new("other", &bytes).is_err());
        assert!(CanonicalReader::new("domain", &bytes).unwrap().finish().is_err());
        assert!(CanonicalReader::new("domain", &bytes[..12]).unwrap().bytes().is_err());
        assert!(CanonicalReader::new("domain", &[0xFF; 9]).is_err());
        assert_eq!(CanonicalReader::new("domain", &bytes).unwrap().array::<4>(), Err(NotCanonical));
    }
}
