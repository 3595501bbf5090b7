//! Seven emoji that two participants compare by looking or by saying their names.
//!
//! Neither end, nor anybody between them, can search for a handshake that shows wanted emoji: the offerer's share is
//! fixed by its Hello before it knows anything of the answerer, and shown only after the answerer's share; the
//! answerer's share is shown only once the offer has fixed everything else of the offerer's. So a man in the middle has
//! one chance in 2^42 for each handshake that he breaks.

use crate::secret::Secret;

/// How many emoji are shown.
pub const SAFETY_EMOJI_COUNT: usize = 7;

/// One of the 64.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Emoji {
    /// One character that systems draw as a picture without being asked to.
    pub symbol: char,
    /// Its English name.
    pub name: &'static str,
}

/// All 64, by their number: things that look different and have short names.
pub const EMOJI: [Emoji; 64] = [
    Emoji { symbol: '🐶', name: "dog" },
    Emoji { symbol: '🐱', name: "cat" },
    Emoji { symbol: '🦊', name: "fox" },
    Emoji { symbol: '🐻', name: "bear" },
    Emoji { symbol: '🐼', name: "panda" },
    Emoji { symbol: '🦁', name: "lion" },
    Emoji { symbol: '🐮', name: "cow" },
    Emoji { symbol: '🐷', name: "pig" },
    Emoji { symbol: '🐸', name: "frog" },
    Emoji { symbol: '🐵', name: "monkey" },
    Emoji { symbol: '🐔', name: "chicken" },
    Emoji { symbol: '🐧', name: "penguin" },
    Emoji { symbol: '🦉', name: "owl" },
    Emoji { symbol: '🐴', name: "horse" },
    Emoji { symbol: '🦄', name: "unicorn" },
    Emoji { symbol: '🐝', name: "bee" },
    Emoji { symbol: '🦋', name: "butterfly" },
    Emoji { symbol: '🐌', name: "snail" },
    Emoji { symbol: '🐢', name: "turtle" },
    Emoji { symbol: '🐙', name: "octopus" },
    Emoji { symbol: '🐟', name: "fish" },
    Emoji { symbol: '🐳', name: "whale" },
    Emoji { symbol: '🦀', name: "crab" },
    Emoji { symbol: '🐘', name: "elephant" },
    Emoji { symbol: '🐰', name: "rabbit" },
    Emoji { symbol: '🐍', name: "snake" },
    Emoji { symbol: '🍎', name: "apple" },
    Emoji { symbol: '🍌', name: "banana" },
    Emoji { symbol: '🍒', name: "cherries" },
    Emoji { symbol: '🍇', name: "grapes" },
    Emoji { symbol: '🍋', name: "lemon" },
    Emoji { symbol: '🍍', name: "pineapple" },
    Emoji { symbol: '🍓', name: "strawberry" },
    Emoji { symbol: '🥕', name: "carrot" },
    Emoji { symbol: '🌽', name: "corn" },
    Emoji { symbol: '🍄', name: "mushroom" },
    Emoji { symbol: '🧀', name: "cheese" },
    Emoji { symbol: '🍕', name: "pizza" },
    Emoji { symbol: '🎂', name: "cake" },
    Emoji { symbol: '🌳', name: "tree" },
    Emoji { symbol: '🌵', name: "cactus" },
    Emoji { symbol: '🌻', name: "sunflower" },
    Emoji { symbol: '🌙', name: "moon" },
    Emoji { symbol: '⭐', name: "star" },
    Emoji { symbol: '🔥', name: "fire" },
    Emoji { symbol: '🌈', name: "rainbow" },
    Emoji { symbol: '⛄', name: "snowman" },
    Emoji { symbol: '⚽', name: "football" },
    Emoji { symbol: '🎸', name: "guitar" },
    Emoji { symbol: '🎺', name: "trumpet" },
    Emoji { symbol: '🥁', name: "drum" },
    Emoji { symbol: '🔔', name: "bell" },
    Emoji { symbol: '🔑', name: "key" },
    Emoji { symbol: '🔨', name: "hammer" },
    Emoji { symbol: '📖', name: "book" },
    Emoji { symbol: '⏰', name: "clock" },
    Emoji { symbol: '💡', name: "lamp" },
    Emoji { symbol: '🎁', name: "gift" },
    Emoji { symbol: '🎈', name: "balloon" },
    Emoji { symbol: '👑', name: "crown" },
    Emoji { symbol: '🚲', name: "bicycle" },
    Emoji { symbol: '🚂', name: "train" },
    Emoji { symbol: '🚀', name: "rocket" },
    Emoji { symbol: '⚓', name: "anchor" },
];

/// The emoji of one session, the same at both ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SafetyEmoji([u8; SAFETY_EMOJI_COUNT]);

impl SafetyEmoji {
    /// HKDF with the transcript as salt over both shares, 6 bytes; six bits for each emoji, from the highest on.
    pub(crate) fn derive(transcript: &[u8; 32], offerer: &Secret<32>, answerer: &Secret<32>) -> Self {
        let mut shares = Secret::new([0; 64]);
        shares.expose_mut()[..32].copy_from_slice(offerer.expose());
        shares.expose_mut()[32..].copy_from_slice(answerer.expose());
        let bytes = Secret::<6>::derive(shares.expose(), transcript, b"conclave v1 emoji");
        let bits = bytes.expose().iter().fold(0_u64, |bits, byte| bits << 8 | u64::from(*byte));
        Self(std::array::from_fn(|i| (bits >> (42 - 6 * i) & 63) as u8))
    }

    /// The numbers in [`EMOJI`], from 0 to 63.
    #[must_use]
    pub fn numbers(&self) -> [u8; SAFETY_EMOJI_COUNT] {
        self.0
    }

    /// The emoji in order.
    #[must_use]
    pub fn emoji(&self) -> [Emoji; SAFETY_EMOJI_COUNT] {
        self.0.map(|number| EMOJI[usize::from(number)])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn no_two_emoji_look_or_sound_the_same() {
        assert_eq!(EMOJI.iter().map(|emoji| emoji.symbol).collect::<BTreeSet<_>>().len(), 64);
        assert_eq!(EMOJI.iter().map(|emoji| emoji.name).collect::<BTreeSet<_>>().len(), 64);
    }

    #[test]
    fn transcript_and_both_shares_decide() {
        let shown = |t, o, a| SafetyEmoji::derive(&[t; 32], &Secret::new([o; 32]), &Secret::new([a; 32]));
        let emoji = shown(1, 2, 3);
        assert!([shown(0, 2, 3), shown(1, 0, 3), shown(1, 2, 0), shown(1, 3, 2)].iter().all(|other| *other != emoji));
        assert!(emoji.numbers().iter().all(|number| *number < 64));
    }
}
