//! Pictures for tests.

/// A picture whose left half is of one colour and whose right half of another; blue, green, red.
pub(super) fn halves(width: u32, height: u32, left: [u8; 3], right: [u8; 3]) -> Vec<u8> {
    let pixel = |x: u32| {
        let [blue, green, red] = if x < width / 2 { left } else { right };
        [blue, green, red, 0]
    };
    (0..height).flat_map(|_| (0..width).flat_map(pixel)).collect()
}
