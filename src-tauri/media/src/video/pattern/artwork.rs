//! What the pattern shows: a textured room with a camera's noise, heads that move in it and a strip that scrolls.
//! All of it is painted once; a picture is put together from copies.

use std::f32::consts::TAU;
use std::ops::Range;

use super::stamp;
use crate::frame::{FrameBuffer, InvalidFrameSize, PlaneMut};

/// Backgrounds that differ in their noise only, shown in turn.
const NOISE_PHASES: usize = 4;

pub(super) struct Artwork {
    backgrounds: Vec<FrameBuffer>,
    heads: Vec<Head>,
    strip: Strip,
}

impl Artwork {
    pub(super) fn new(width: u32, height: u32) -> Result<Self, InvalidFrameSize> {
        let room = room(width, height)?;
        let backgrounds =
            (0..NOISE_PHASES).map(|phase| with_noise(&room, 100 + phase as u64)).collect::<Result<_, _>>()?;
        let side = width.min(height) as usize;
        let heads = vec![Head::new(side / 4, 0), Head::new(side / 7, 1), Head::new(side / 10, 2)];
        Ok(Self { backgrounds, heads, strip: Strip::new(width as usize, height as usize) })
    }

    pub(super) fn draw(&self, buffer: &mut FrameBuffer, frame_number: u32) {
        if let Some(background) = self.backgrounds.get(frame_number as usize % NOISE_PHASES) {
            buffer.samples_mut().copy_from_slice(background.samples());
        }
        for head in &self.heads {
            head.draw(buffer, frame_number);
        }
        self.strip.draw(buffer, frame_number);
    }
}

/// The lattice that textures are blended from has this many values a side, and then repeats.
const LATTICE: usize = 64;

/// Smooth random fields, the same on every machine.
struct Noise {
    values: Vec<f32>,
}

impl Noise {
    fn new(seed: u64) -> Self {
        let mut random = Random::new(seed);
        Self { values: (0..LATTICE * LATTICE).map(|_| f32::from(random.byte()) / 127.5 - 1.0).collect() }
    }

    fn corner(&self, x: usize, y: usize) -> f32 {
        self.values[(y % LATTICE) * LATTICE + x % LATTICE]
    }

    /// From -1 to 1: the lattice's values, blended between.
    fn smooth(&self, x: f32, y: f32) -> f32 {
        let (column, row) = (x as usize, y as usize);
        let (fx, fy) = (x.fract(), y.fract());
        let (fx, fy) = (fx * fx * (3.0 - 2.0 * fx), fy * fy * (3.0 - 2.0 * fy));
        let blend = |row| {
            let left = self.corner(column, row);
            left + (self.corner(column + 1, row) - left) * fx
        };
        let (upper, lower) = (blend(row), blend(row + 1));
        upper + (lower - upper) * fy
    }

    /// Coarse and fine detail together, from about -1 to 1; `x` and `y` in lengths of the picture's shorter side.
    fn texture(&self, x: f32, y: f32) -> f32 {
        0.5 * self.smooth(x * 6.0, y * 6.0)
            + 0.3 * self.smooth(x * 19.0, y * 19.0)
            + 0.2 * self.smooth(x * 71.0, y * 71.0)
    }
}

/// xorshift64*.
struct Random(u64);

impl Random {
    fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    fn byte(&mut self) -> u8 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 56) as u8
    }
}

/// The room, without noise.
fn room(width: u32, height: u32) -> Result<FrameBuffer, InvalidFrameSize> {
    let mut buffer = FrameBuffer::new(width, height)?;
    let side = width.min(height) as f32;
    let walls = Noise::new(1);
    let [mut luma, mut u, mut v] = buffer.planes_mut();
    let band = stamp::band(height as usize);
    for (y, row) in luma.rows_mut().enumerate() {
        let shade = 90.0 + 60.0 * y as f32 / height as f32;
        for (x, sample) in row.iter_mut().enumerate() {
            *sample = (shade + 40.0 * walls.texture(x as f32 / side, y as f32 / side)) as u8;
        }
    }
    luma.rows_mut().take(band.end).for_each(|row| row.fill(126));
    let grey_rows = band.end.div_ceil(2);
    for (plane, seed) in [(&mut u, 20), (&mut v, 30)] {
        let tint = Noise::new(seed);
        plane.rows_mut().take(grey_rows).for_each(|row| row.fill(128));
        for (y, row) in plane.rows_mut().enumerate().skip(grey_rows) {
            for (x, sample) in row.iter_mut().enumerate() {
                *sample = (128.0 + 24.0 * tint.smooth(8.0 * x as f32 / side, 8.0 * y as f32 / side)) as u8;
            }
        }
    }
    Ok(buffer)
}

/// The room as a camera's sensor sees it: every sample of luma off by up to two.
fn with_noise(room: &FrameBuffer, seed: u64) -> Result<FrameBuffer, InvalidFrameSize> {
    let mut buffer = FrameBuffer::new(room.width(), room.height())?;
    buffer.samples_mut().copy_from_slice(room.samples());
    let mut random = Random::new(seed);
    let [luma, ..] = buffer.planes_mut();
    // The room's luma is far enough from black and white.
    luma.samples.iter_mut().for_each(|sample| *sample = *sample + random.byte() % 5 - 2);
    Ok(buffer)
}

/// A textured disc that goes round below the stamp.
struct Head {
    /// Even, so that chroma stays in step with luma.
    radius: usize,
    luma: Vec<u8>,
    chroma: [Vec<u8>; 2],
    orbit: usize,
}

/// The part of a row that a disc covers.
fn chord(radius: usize, row: usize) -> Range<usize> {
    let (r, dy) = (radius as f32, row as f32 + 0.5 - radius as f32);
    let half = (r * r - dy * dy).max(0.0).sqrt() as usize;
    radius - half.min(radius)..radius + half
}

impl Head {
    fn new(radius: usize, orbit: usize) -> Self {
        let radius = radius / 2 * 2;
        let paint = |radius: usize, base: f32, contrast: f32, seed: usize| -> Vec<u8> {
            let (side, skin) = (2 * radius, Noise::new(seed as u64));
            let at = |i: usize| {
                let (x, y) = ((i % side) as f32 / side as f32, (i / side) as f32 / side as f32);
                (base + contrast * skin.texture(x * 0.7, y * 0.7)) as u8
            };
            (0..side * side).map(at).collect()
        };
        Self {
            radius,
            luma: paint(radius, 150.0 - 30.0 * orbit as f32, 50.0, 40 + orbit),
            chroma: [
                paint(radius / 2, 108.0 + 12.0 * orbit as f32, 8.0, 50 + orbit),
                paint(radius / 2, 150.0 - 14.0 * orbit as f32, 8.0, 60 + orbit),
            ],
            orbit,
        }
    }

    fn draw(&self, buffer: &mut FrameBuffer, frame_number: u32) {
        let (width, height) = (buffer.width() as usize, buffer.height() as usize);
        let top = stamp::band(height).end;
        let room = (width.saturating_sub(2 * self.radius), height.saturating_sub(top + 2 * self.radius));
        // One round takes some seconds, and a different time for each, so that they pass before each other.
        let periods = [(239.0, 181.0), (149.0, 211.0), (97.0, 131.0)];
        let (across, down) = periods[self.orbit % periods.len()];
        let swing = |period: f32| 0.5 + 0.5 * (TAU * (frame_number as f32 % (period * 8.0)) / period).sin();
        let left = (room.0 as f32 * swing(across)) as usize / 2 * 2;
        let top = (top + (room.1 as f32 * swing(down)) as usize).next_multiple_of(2);
        let [luma, u, v] = buffer.planes_mut();
        blit(luma, &self.luma, self.radius, left, top);
        for (plane, texture) in [u, v].into_iter().zip(&self.chroma) {
            blit(plane, texture, self.radius / 2, left / 2, top / 2);
        }
    }
}

fn blit(mut plane: PlaneMut<'_>, texture: &[u8], radius: usize, left: usize, top: usize) {
    if radius == 0 {
        return;
    }
    let rows = texture.chunks_exact(2 * radius).enumerate();
    for ((y, from), to) in rows.zip(plane.rows_mut().skip(top)) {
        let chord = chord(radius, y);
        let end = chord.end.min(to.len().saturating_sub(left));
        if chord.start < end {
            to[left + chord.start..left + end].copy_from_slice(&from[chord.start..end]);
        }
    }
}

/// A strip at the bottom that scrolls sideways.
struct Strip {
    /// Twice as wide as the picture; its halves are the same, so that it scrolls for ever.
    luma: Vec<u8>,
    width: usize,
    rows: usize,
}

impl Strip {
    fn new(width: usize, height: usize) -> Self {
        let (rows, side, print) = (height / 10, width.min(height) as f32, Noise::new(70));
        let at = |i: usize| {
            let (x, y) = (i % (2 * width) % width, i / (2 * width));
            (118.0 + 70.0 * print.texture(x as f32 / side, y as f32 / side)) as u8
        };
        Self { luma: (0..rows * 2 * width).map(at).collect(), width, rows }
    }

    fn draw(&self, buffer: &mut FrameBuffer, frame_number: u32) {
        let [mut luma, ..] = buffer.planes_mut();
        let first = luma.height - self.rows;
        let offset = (frame_number as usize * 4) % self.width;
        for (to, from) in luma.rows_mut().skip(first).zip(self.luma.chunks_exact(2 * self.width)) {
            to.copy_from_slice(&from[offset..offset + self.width]);
        }
    }
}
