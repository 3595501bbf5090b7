//! Reading the raw byte sequence payload of a NAL unit (H.264 sections 7.2, 7.3.1 and 9.1).

/// Reads bits, skipping emulation prevention bytes. Every reading past the end is `None`.
pub(crate) struct BitReader<'a> {
    bytes: std::slice::Iter<'a, u8>,
    current: u8,
    bits_left: u8,
    zeros: u8,
}

impl<'a> BitReader<'a> {
    /// Reads what follows a NAL unit's header byte.
    pub(crate) fn new(payload: &'a [u8]) -> Self {
        Self { bytes: payload.iter(), current: 0, bits_left: 0, zeros: 0 }
    }

    fn next_byte(&mut self) -> Option<u8> {
        let mut byte = *self.bytes.next()?;
        if self.zeros >= 2 && byte == 3 {
            self.zeros = 0;
            byte = *self.bytes.next()?;
        }
        self.zeros = if byte == 0 { self.zeros.saturating_add(1) } else { 0 };
        Some(byte)
    }

    /// One bit.
    pub(crate) fn flag(&mut self) -> Option<bool> {
        if self.bits_left == 0 {
            self.current = self.next_byte()?;
            self.bits_left = 8;
        }
        self.bits_left -= 1;
        Some(self.current >> self.bits_left & 1 == 1)
    }

    /// `u(n)`, n up to 32.
    pub(crate) fn bits(&mut self, count: u8) -> Option<u32> {
        (0..count.min(32)).try_fold(0, |value, _| Some(value << 1 | u32::from(self.flag()?)))
    }

    /// `ue(v)`.
    pub(crate) fn unsigned(&mut self) -> Option<u32> {
        let mut zeros = 0;
        while !self.flag()? {
            zeros += 1;
            if zeros > 31 {
                return None;
            }
        }
        let rest = self.bits(zeros)?;
        ((1_u64 << zeros) - 1 + u64::from(rest)).try_into().ok()
    }

    /// `se(v)`.
    pub(crate) fn signed(&mut self) -> Option<i64> {
        let code = i64::from(self.unsigned()?);
        Some(if code % 2 == 1 { (code + 1) / 2 } else { -code / 2 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exp_golomb_codes_follow_table_9_2() {
        // 1 | 010 | 011 | 00100 | 00101, then a 1 and padding.
        let mut reader = BitReader::new(&[0b1010_0110, 0b0100_0010, 0b1100_0000]);
        let codes: Vec<_> = (0..6).map(|_| reader.unsigned().unwrap()).collect();
        assert_eq!(codes, [0, 1, 2, 3, 4, 0]);
        let mut reader = BitReader::new(&[0b1010_0110, 0b0100_0010, 0b1000_0000]);
        let codes: Vec<_> = (0..5).map(|_| reader.signed().unwrap()).collect();
        assert_eq!(codes, [0, 1, -1, 2, -2]);
    }

    #[test]
    fn emulation_prevention_is_skipped() {
        let mut reader = BitReader::new(&[0, 0, 3, 1, 0, 0, 3, 0, 0, 3, 3]);
        let bytes: Vec<_> = std::iter::from_fn(|| reader.bits(8)).collect();
        assert_eq!(bytes, [0, 0, 1, 0, 0, 0, 0, 3]);
    }

    #[test]
    fn the_end_is_not_passed() {
        assert_eq!(BitReader::new(&[]).flag(), None);
        assert_eq!(BitReader::new(&[0; 3]).unsigned(), None);
        assert_eq!(BitReader::new(&[0; 8]).unsigned(), None);
        assert_eq!(BitReader::new(&[0, 1, 255, 255]).unsigned(), Some(65_534));
        assert_eq!(BitReader::new(&[0xFF]).bits(9), None);
    }
}
