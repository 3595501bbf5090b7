//! Somebody who isn't there: a drawn person who sways and blinks, for a call that is tried out.

use std::f32::consts::TAU;
use std::time::Duration;

use crate::clock::MediaTime;
use crate::fault::DeviceFault;
use crate::frame::{FrameBuffer, FramePool, InvalidFrameSize, PlaneMut, VideoFrame};
use crate::source::VideoSource;
use crate::video::pace::Pacer;

const WIDTH: u32 = 640;
const HEIGHT: u32 = 360;
const FPS: u32 = 24;

/// How many people there are to choose from.
pub const PEOPLE: u8 = 3;

/// A drawn person as a source, 640x360 at 24 pictures a second.
pub struct Portrait {
    background: FrameBuffer,
    colours: Colours,
    person: u8,
    pool: FramePool,
    pacer: Pacer,
    next_number: u32,
}

/// BT.601 in the limited range: Y, Cb, Cr.
type Colour = [f32; 3];

struct Colours {
    wall: [Colour; 2],
    lamp: Colour,
    clothes: Colour,
    skin: Colour,
    shade: Colour,
    hair: Colour,
}

const fn colour(rgb: u32) -> Colour {
    let (r, g, b) = ((rgb >> 16) as f32, (rgb >> 8 & 0xff) as f32, (rgb & 0xff) as f32);
    [
        16.0 + 0.257 * r + 0.504 * g + 0.098 * b,
        128.0 - 0.148 * r - 0.291 * g + 0.439 * b,
        128.0 + 0.439 * r - 0.368 * g - 0.071 * b,
    ]
}

impl Colours {
    const fn of(person: u8) -> Self {
        let [wall, floor, lamp, clothes, skin, shade, hair] = match person {
            0 => [0x2f_4a58, 0x1d_2f3a, 0x4e_7080, 0xc8_7f4a, 0xe8_b794, 0xd3_9c78, 0x4a_2f24],
            1 => [0x5b_4a3a, 0x3a_2e25, 0x8a_7052, 0x4c_6b8f, 0xb9_7d57, 0x9f_6745, 0x1f_1a18],
            _ => [0x3f_5340, 0x27_3629, 0x64_7f62, 0x8d_4f62, 0xf1_cba9, 0xdd_af8b, 0xa5_6c32],
        };
        Self {
            wall: [colour(wall), colour(floor)],
            lamp: colour(lamp),
            clothes: colour(clothes),
            skin: colour(skin),
            shade: colour(shade),
            hair: colour(hair),
        }
    }
}

impl Portrait {
    /// One of the [`PEOPLE`]; those beyond look like the last one.
    ///
    /// # Errors
    /// [`InvalidFrameSize`] never: the size is a usual one.
    pub fn new(person: u8) -> Result<Self, InvalidFrameSize> {
        let colours = Colours::of(person);
        let mut background = FrameBuffer::new(WIDTH, HEIGHT)?;
        wall(&mut background, &colours.wall);
        let lamp = 480.0 - 330.0 * f32::from(person % 2);
        for (radius, strength) in [(150.0, 0.25), (105.0, 0.3), (62.0, 0.4)] {
            Ellipse { x: lamp, y: 96.0, across: radius, down: radius }.paint(&mut background, colours.lamp, strength);
        }
        let pacer = Pacer::new(Duration::from_secs(1) / FPS);
        Ok(Self { background, colours, person, pool: FramePool::new(), pacer, next_number: 0 })
    }

    fn draw(&self, number: u32, captured: MediaTime) -> Result<VideoFrame, InvalidFrameSize> {
        let mut buffer = self.pool.take(WIDTH, HEIGHT)?;
        buffer.samples_mut().copy_from_slice(self.background.samples());
        let seconds = number as f32 / FPS as f32 + 7.0 * f32::from(self.person);
        let swing = |period: f32| (TAU * (seconds % period) / period).sin();
        let Colours { clothes, skin, shade, hair, .. } = self.colours;
        let (x, y) = (320.0 + 9.0 * swing(7.3) + 4.0 * swing(3.1), 150.0 + 3.0 * swing(4.7));
        let mut paint = |x: f32, y: f32, across: f32, down: f32, colour: Colour| {
            Ellipse { x, y, across, down }.paint(&mut buffer, colour, 1.0);
        };
        let shoulders = 320.0 + 4.0 * swing(7.3);
        let has_long_hair = self.person != 1;
        if has_long_hair {
            paint(x, y + 18.0, 84.0, 98.0, hair);
        }
        paint(shoulders, 392.0, 168.0, 136.0, clothes);
        paint((x + shoulders) / 2.0, y + 88.0, 30.0, 44.0, shade);
        paint(x, y - 24.0, 74.0, 74.0, hair);
        paint(x, y, 64.0, 80.0, skin);
        paint(x - 14.0, y - 62.0, 58.0, 30.0, hair);
        paint(x + 34.0, y - 54.0, 34.0, 26.0, hair);
        // Everyone blinks every few seconds, and not together.
        let since_blink = (seconds + 1.3 * f32::from(self.person)) % 3.7;
        let open = if since_blink < 0.14 { 1.2 } else { 6.0 };
        for side in [-1.0, 1.0] {
            paint(x + side * 25.0 + 2.0 * swing(3.1), y - 2.0, 5.5, open, hair);
        }
        paint(x + 2.0 * swing(3.1), y + 20.0, 7.0, 9.0, shade);
        paint(x, y + 46.0, 20.0, 5.0 + 1.5 * swing(2.3), shade);
        Ok(buffer.into_frame(captured))
    }
}

impl VideoSource for Portrait {
    fn next_frame(&mut self) -> Result<VideoFrame, DeviceFault> {
        let now = self.pacer.wait();
        let number = self.next_number;
        self.next_number = number.wrapping_add(1);
        self.draw(number, now).map_err(|_| DeviceFault::Failed)
    }
}

/// From one colour at the top to another at the bottom.
fn wall(buffer: &mut FrameBuffer, [top, bottom]: &[Colour; 2]) {
    for (plane, (top, bottom)) in buffer.planes_mut().into_iter().zip(top.iter().zip(bottom)) {
        let mut plane: PlaneMut<'_> = plane;
        let height = plane.height as f32;
        for (y, row) in plane.rows_mut().enumerate() {
            row.fill((top + (bottom - top) * y as f32 / height) as u8);
        }
    }
}

/// In pixels of luma.
struct Ellipse {
    x: f32,
    y: f32,
    across: f32,
    down: f32,
}

impl Ellipse {
    fn paint(&self, buffer: &mut FrameBuffer, colour: Colour, strength: f32) {
        let [luma, u, v] = buffer.planes_mut();
        for (plane, value, scale) in [(luma, colour[0], 1.0), (u, colour[1], 0.5), (v, colour[2], 0.5)] {
            self.paint_plane(plane, value, scale, strength);
        }
    }

    fn paint_plane(&self, mut plane: PlaneMut<'_>, value: f32, scale: f32, strength: f32) {
        let (x, y, across, down) = (self.x * scale, self.y * scale, self.across * scale, self.down * scale);
        // One that is flat has an edge as soft as any other's.
        let edge = across.min(down).max(1.0);
        let first_row = (y - down - 1.0).max(0.0) as usize;
        let rows = (2.0 * down + 3.0) as usize;
        let first = (x - across - 1.0).max(0.0) as usize;
        for (row_number, row) in plane.rows_mut().enumerate().skip(first_row).take(rows) {
            let dy = (row_number as f32 + 0.5 - y) / down;
            let end = ((x + across + 2.0).max(0.0) as usize).min(row.len());
            for (column, sample) in row[..end].iter_mut().enumerate().skip(first) {
                let dx = (column as f32 + 0.5 - x) / across;
                let inside = (0.5 + (1.0 - (dx * dx + dy * dy).sqrt()) * edge).clamp(0.0, 1.0) * strength;
                *sample = (f32::from(*sample) + (value - f32::from(*sample)) * inside + 0.5) as u8;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_differ_and_move() {
        let pictures: Vec<Vec<u8>> = (0..PEOPLE)
            .flat_map(|person| {
                let portrait = Portrait::new(person).unwrap();
                [0, 40].map(|number| portrait.draw(number, MediaTime::default()).unwrap().samples().to_vec())
            })
            .collect();
        for (index, picture) in pictures.iter().enumerate() {
            assert!(pictures[index + 1..].iter().all(|other| other != picture), "{index}");
        }
    }
}
