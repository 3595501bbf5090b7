//! The pointer, which the server doesn't draw into what it gives.

use x11rb::protocol::xfixes;

use crate::fault::DeviceFault;
use crate::screen::x11::display::{BYTES_A_PIXEL, Display, broken, fault};
use crate::screen::x11::view::View;

/// What the pointer looks like, and where it is.
pub(super) struct Pointer {
    look: u32,
    /// Of its upper left corner, on the whole screen.
    left: i32,
    top: i32,
    width: usize,
    /// Alpha, red, green, blue from the highest byte on; colours have been multiplied by alpha.
    pixels: Vec<u32>,
}

/// Where the pointer is in a view. Two that are the same look the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct PointerPlace {
    look: u32,
    left: i32,
    top: i32,
}

/// What the pointer was drawn over.
pub(super) struct Covered(Vec<(usize, [u8; BYTES_A_PIXEL])>);

impl Pointer {
    pub(super) fn of(display: &Display) -> Result<Self, DeviceFault> {
        let image = xfixes::get_cursor_image(&display.connection).map_err(broken)?.reply().map_err(fault)?;
        Ok(Self {
            look: image.cursor_serial,
            left: i32::from(image.x) - i32::from(image.xhot),
            top: i32::from(image.y) - i32::from(image.yhot),
            width: image.width.into(),
            pixels: image.cursor_image,
        })
    }

    /// Where it is in the view; `None` when no part of it is.
    pub(super) fn place(&self, view: &View) -> Option<PointerPlace> {
        let (left, top) = (self.left - view.on_root.0, self.top - view.on_root.1);
        let (width, height) = (self.width as i32, (self.pixels.len() / self.width.max(1)) as i32);
        let touches =
            |start: i32, length: i32, limit: u16| length > 0 && start < i32::from(limit) && start + length > 0;
        let inside = touches(left, width, view.width) && touches(top, height, view.height);
        inside.then_some(PointerPlace { look: self.look, left, top })
    }

    /// Draws it into the view's pixels.
    pub(super) fn draw(&self, place: PointerPlace, view: &View, pixels: &mut [u8]) -> Covered {
        let mut covered = Vec::with_capacity(self.pixels.len());
        for (y, row) in self.pixels.chunks_exact(self.width.max(1)).enumerate() {
            for (x, &colour) in row.iter().enumerate() {
                let at = (place.left + x as i32, place.top + y as i32);
                let (Ok(across), Ok(down)) = (usize::try_from(at.0), usize::try_from(at.1)) else { continue };
                if across >= view.width.into() || down >= view.height.into() {
                    continue;
                }
                let start = (down * usize::from(view.width) + across) * BYTES_A_PIXEL;
                let Some(under) = pixels.get_mut(start..).and_then(|rest| rest.first_chunk_mut()) else { continue };
                covered.push((start, *under));
                blend(colour, under);
            }
        }
        Covered(covered)
    }
}

impl Covered {
    /// Takes the pointer away again.
    pub(super) fn restore(self, pixels: &mut [u8]) {
        for (start, under) in self.0 {
            if let Some(pixel) = pixels.get_mut(start..).and_then(|rest| rest.first_chunk_mut()) {
                *pixel = under;
            }
        }
    }
}

fn blend(colour: u32, under: &mut [u8; BYTES_A_PIXEL]) {
    let [blue, green, red, alpha] = colour.to_le_bytes();
    let through = u16::from(u8::MAX - alpha);
    for (under, over) in under.iter_mut().zip([blue, green, red]) {
        let seen = u16::from(over) + (u16::from(*under) * through + 127) / 255;
        *under = seen.min(255) as u8;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const VIEW: View = View { drawable: 0, left: 0, top: 0, width: 8, height: 4, on_root: (100, 50) };
    const RED: u32 = 0xFFFF_0000;

    fn pointer(left: i32, top: i32, pixels: Vec<u32>) -> Pointer {
        Pointer { look: 1, left, top, width: 2, pixels }
    }

    #[test]
    fn it_is_drawn_where_it_is_and_taken_away_without_a_trace() {
        let before = vec![9; 8 * 4 * 4];
        let mut pixels = before.clone();
        let pointer = pointer(101, 51, vec![RED; 4]);
        let covered = pointer.draw(pointer.place(&VIEW).unwrap(), &VIEW, &mut pixels);
        let changed: Vec<usize> = (0..32).filter(|at| pixels[at * 4..at * 4 + 4] != [9; 4]).collect();
        assert_eq!(changed, [9, 10, 17, 18]);
        assert_eq!(pixels[9 * 4..9 * 4 + 3], [0, 0, 255]);
        covered.restore(&mut pixels);
        assert_eq!(pixels, before);
    }

    #[test]
    fn what_of_it_is_outside_is_not_drawn() {
        for (left, top) in [(99, 49), (107, 53), (99, 53), (107, 49)] {
            let mut pixels = vec![0; 8 * 4 * 4];
            let pointer = pointer(left, top, vec![RED; 4]);
            pointer.draw(pointer.place(&VIEW).unwrap(), &VIEW, &mut pixels);
            assert_eq!(pixels.iter().filter(|sample| **sample == 255).count(), 1, "at {left}, {top}");
        }
        for (left, top) in [(98, 50), (108, 50), (100, 48), (100, 54), (i32::MIN / 2, 0)] {
            assert_eq!(pointer(left, top, vec![RED; 4]).place(&VIEW), None, "at {left}, {top}");
        }
    }

    #[test]
    fn what_is_half_transparent_is_mixed() {
        let mut under = [100, 100, 100, 0];
        blend(0x8080_0000, &mut under);
        assert_eq!(under, [50, 50, 178, 0]);
        blend(0, &mut under);
        assert_eq!(under, [50, 50, 178, 0]);
    }

    #[test]
    fn an_empty_picture_is_nowhere() {
        assert_eq!(Pointer { width: 0, ..pointer(101, 51, Vec::new()) }.place(&VIEW), None);
    }
}
