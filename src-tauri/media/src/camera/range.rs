//! Full-range samples brought to the limited range that everything behind the camera expects (ITU-R BT.601 section
//! 2.5.3): unscaled, blacks would be crushed and whites clipped on the other side.

/// 0..=255 to 16..=235. 220/256 for 219/255 is off by at most one step and needs no division.
pub(super) fn limit_luma(samples: &mut [u8]) {
    for sample in samples {
        *sample = 16 + ((u16::from(*sample) * 220 + 128) >> 8) as u8;
    }
}

/// 0..=255 to 16..=240 around 128, by 225/256 for 224/255.
pub(super) fn limit_chroma(samples: &mut [u8]) {
    for sample in samples {
        *sample = ((u16::from(*sample) * 225 + 4096) >> 8) as u8;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_step_is_within_one_of_the_exact_one() {
        for full in 0..=255_u8 {
            let (mut luma, mut chroma) = ([full], [full]);
            limit_luma(&mut luma);
            limit_chroma(&mut chroma);
            let exact_luma = 16.0 + f64::from(full) * 219.0 / 255.0;
            let exact_chroma = 128.0 + (f64::from(full) - 128.0) * 224.0 / 255.0;
            assert!((f64::from(luma[0]) - exact_luma).abs() <= 1.0, "luma {full}");
            assert!((f64::from(chroma[0]) - exact_chroma).abs() <= 1.0, "chroma {full}");
        }
    }

    #[test]
    fn black_white_and_no_colour_are_exact() {
        let (mut luma, mut chroma) = ([0, 255], [128, 255]);
        limit_luma(&mut luma);
        limit_chroma(&mut chroma);
        assert_eq!((luma, chroma), ([16, 235], [128, 240]));
    }
}
