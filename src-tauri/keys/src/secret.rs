//! Secret bytes: wiped when dropped, never shown, compared in constant time.

use hkdf::Hkdf;
use sha2::Sha256;
use subtle::ConstantTimeEq as _;
use zeroize::Zeroize as _;

use crate::random::RandomSourceFailed;

/// `N` secret bytes. A copy has to be asked for with `clone`, and is wiped like the first.
#[derive(Clone)]
pub(crate) struct Secret<const N: usize>([u8; N]);

impl<const N: usize> Secret<N> {
    pub(crate) fn new(bytes: [u8; N]) -> Self {
        Self(bytes)
    }

    pub(crate) fn draw() -> Result<Self, RandomSourceFailed> {
        let mut secret = Self([0; N]);
        getrandom::fill(&mut secret.0).map_err(|_| RandomSourceFailed)?;
        Ok(secret)
    }

    /// HKDF-SHA-256 (RFC 5869), extract and expand.
    pub(crate) fn derive(key: &[u8], salt: &[u8], info: &[u8]) -> Self {
        Self::expand(&Hkdf::new(Some(salt), key), info)
    }

    /// HKDF-SHA-256, expand only.
    pub(crate) fn expand(pseudorandom_key: &Hkdf<Sha256>, info: &[u8]) -> Self {
        const { assert!(N <= 255 * 32, "HKDF gives no more") };
        let mut secret = Self([0; N]);
        let expanded = pseudorandom_key.expand(info, &mut secret.0);
        debug_assert!(expanded.is_ok(), "the length was checked when this was compiled");
        secret
    }

    pub(crate) fn expose(&self) -> &[u8; N] {
        &self.0
    }

    pub(crate) fn expose_mut(&mut self) -> &mut [u8; N] {
        &mut self.0
    }
}

impl<const N: usize> Drop for Secret<N> {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl<const N: usize> PartialEq for Secret<N> {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl<const N: usize> Eq for Secret<N> {}

impl<const N: usize> std::fmt::Debug for Secret<N> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_does_not_show() {
        assert_eq!(format!("{:?}", Secret::new([0x55; 32])), "Secret(…)");
    }

    /// RFC 5869, appendix A.1.
    #[test]
    fn derived_bytes_are_the_rfc_s() {
        let salt: Vec<u8> = (0..=0x0c).collect();
        let info: Vec<u8> = (0xf0..=0xf9).collect();
        let secret = Secret::<42>::derive(&[0x0b; 22], &salt, &info);
        assert_eq!(secret.expose()[..8], [0x3c, 0xb2, 0x5f, 0x25, 0xfa, 0xac, 0xd5, 0x7a]);
        assert_eq!(secret.expose()[36..], [0xd5, 0xb8, 0x87, 0x18, 0x58, 0x65]);
    }
}
