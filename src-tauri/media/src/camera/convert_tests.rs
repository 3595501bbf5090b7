//! Every encoding, with pictures of which every sample is known.

use jpeg_encoder::{ColorType, Encoder, SamplingFactor};

use super::*;
use crate::frame::Plane;

const WIDTH: u32 = 64;
const HEIGHT: u32 = 32;
const GREY: u8 = 128;

/// Luma rises to the right and chroma in blocks of 16, both within limited range.
fn sample(plane: usize, x: usize, y: usize) -> u8 {
    match plane {
        0 => 32 + 2 * x as u8 + y as u8,
        1 => 80 + 20 * (x / 16) as u8,
        _ => 90 + 30 * (y / 16) as u8,
    }
}

fn format(encoding: PixelEncoding, stride: usize, range: ColourRange) -> DeliveredFormat {
    DeliveredFormat { encoding, width: WIDTH, height: HEIGHT, stride, range }
}

fn limited(encoding: PixelEncoding, stride: usize) -> Converter {
    Converter::new(format(encoding, stride, ColourRange::Limited))
}

fn jpeg_converter() -> Converter {
    Converter::new(format(PixelEncoding::Mjpeg, 0, ColourRange::Full))
}

/// The picture packed as the encoding says, with rows `stride` bytes apart and junk between them.
fn packed(encoding: PixelEncoding, stride: usize) -> Vec<u8> {
    let (width, height) = (WIDTH as usize, HEIGHT as usize);
    let mut rows: Vec<Vec<u8>> = Vec::new();
    let luma = |y: usize| (0..width).map(|x| sample(0, x, y)).collect::<Vec<_>>();
    let chroma = |plane: usize, y: usize| (0..width / 2).map(|x| sample(plane, x * 2, y)).collect::<Vec<_>>();
    match encoding {
        PixelEncoding::Yuyv => {
            rows.extend((0..height).map(|y| {
                let pair = |x: usize| [sample(0, x, y), sample(1, x, y), sample(0, x + 1, y), sample(2, x, y)];
                (0..width).step_by(2).flat_map(pair).collect()
            }));
        }
        PixelEncoding::Nv12 => {
            rows.extend((0..height).map(luma));
            rows.extend((0..height).step_by(2).map(|y| {
                let (u, v) = (chroma(1, y), chroma(2, y));
                u.into_iter().zip(v).flat_map(|(u, v)| [u, v]).collect()
            }));
        }
        PixelEncoding::I420 => {
            rows.extend((0..height).map(luma));
            for plane in [1, 2] {
                rows.extend((0..height).step_by(2).map(|y| chroma(plane, y)));
            }
        }
        PixelEncoding::Mjpeg => unreachable!("not packed"),
    }
    let full_row = packed_row(encoding, WIDTH);
    let padded = |row: Vec<u8>| {
        let gap = (stride - full_row) * row.len() / full_row;
        row.into_iter().chain(std::iter::repeat_n(0xEE, gap)).collect::<Vec<_>>()
    };
    rows.into_iter().flat_map(padded).collect()
}

fn assert_shows_the_picture(frame: &VideoFrame, tolerance: u8) {
    for (nth, Plane { samples, width, .. }) in frame.planes().into_iter().enumerate() {
        let scale = if nth == 0 { 1 } else { 2 };
        for (at, &got) in samples.iter().enumerate() {
            let (x, y) = (at % width * scale, at / width * scale);
            let expected = sample(nth, x, y);
            assert!(got.abs_diff(expected) <= tolerance, "plane {nth} at {x},{y}: {got}, not {expected}");
        }
    }
}

#[test]
fn unpacked_encodings_come_out_exactly() {
    for encoding in [PixelEncoding::Yuyv, PixelEncoding::Nv12, PixelEncoding::I420] {
        let stride = packed_row(encoding, WIDTH);
        let bytes = packed(encoding, stride);
        let frame = limited(encoding, stride).convert(&bytes, MediaTime::default()).unwrap();
        assert_eq!((frame.width, frame.height), (WIDTH, HEIGHT));
        assert_shows_the_picture(&frame, 0);
    }
}

#[test]
fn gaps_between_rows_are_left_out() {
    for encoding in [PixelEncoding::Yuyv, PixelEncoding::Nv12, PixelEncoding::I420] {
        let stride = packed_row(encoding, WIDTH) + 32;
        let bytes = packed(encoding, stride);
        let frame = limited(encoding, stride).convert(&bytes, MediaTime::default()).unwrap();
        assert_shows_the_picture(&frame, 0);
    }
}

#[test]
fn a_driver_that_gives_no_stride_has_no_gaps() {
    let bytes = packed(PixelEncoding::Yuyv, WIDTH as usize * 2);
    let frame = limited(PixelEncoding::Yuyv, 0).convert(&bytes, MediaTime::default()).unwrap();
    assert_shows_the_picture(&frame, 0);
}

#[test]
fn too_few_bytes_are_a_bad_picture() {
    for encoding in [PixelEncoding::Yuyv, PixelEncoding::Nv12, PixelEncoding::I420] {
        let stride = packed_row(encoding, WIDTH);
        let bytes = packed(encoding, stride);
        let mut converter = limited(encoding, stride);
        for length in [0, 1, bytes.len() / 2, bytes.len() - 1] {
            let outcome = converter.convert(&bytes[..length], MediaTime::default());
            assert_eq!(outcome.unwrap_err(), BadPicture::Short, "{encoding:?}");
        }
    }
}

#[test]
fn full_range_becomes_limited() {
    let stride = WIDTH as usize;
    let mut white = vec![255; stride * HEIGHT as usize];
    white.extend(vec![GREY; stride * HEIGHT as usize / 2]);
    let mut converter = Converter::new(format(PixelEncoding::Nv12, stride, ColourRange::Full));
    let frame = converter.convert(&white, MediaTime::default()).unwrap();
    let [y, u, v] = frame.planes();
    assert!(y.samples.iter().all(|&sample| sample == 235));
    assert!(u.samples.iter().chain(v.samples).all(|&sample| sample == GREY));
}

/// The picture as a camera's JPEG: full range, all but lossless.
fn jpeg(sampling: SamplingFactor) -> Vec<u8> {
    let full = |plane: usize, x: usize, y: usize| {
        let (zero, scale) = if plane == 0 { (16.0, 255.0 / 219.0) } else { (128.0, 255.0 / 224.0) };
        let offset = if plane == 0 { 0.0 } else { 128.0 };
        ((f64::from(sample(plane, x, y)) - zero) * scale + offset).round() as u8
    };
    let pixels: Vec<u8> = (0..HEIGHT as usize)
        .flat_map(|y| (0..WIDTH as usize).flat_map(move |x| [0, 1, 2].map(|plane| full(plane, x, y))))
        .collect();
    let mut jpeg = Vec::new();
    let mut encoder = Encoder::new(&mut jpeg, 100);
    encoder.set_sampling_factor(sampling);
    encoder.encode(&pixels, WIDTH as u16, HEIGHT as u16, ColorType::Ycbcr).unwrap();
    jpeg
}

/// Without its DHT segments, as most webcams send it.
fn without_huffman_tables(jpeg: &[u8]) -> Vec<u8> {
    let mut stripped = jpeg.to_vec();
    let mut at = 2;
    while stripped[at + 1] != 0xDA {
        let length = 2 + usize::from(u16::from_be_bytes([stripped[at + 2], stripped[at + 3]]));
        if stripped[at + 1] == 0xC4 {
            stripped.drain(at..at + length);
        } else {
            at += length;
        }
    }
    stripped
}

const SAMPLINGS: [SamplingFactor; 5] = [
    SamplingFactor::R_4_2_0,
    SamplingFactor::R_4_2_2,
    SamplingFactor::R_4_4_0,
    SamplingFactor::R_4_4_4,
    SamplingFactor::R_4_1_1,
];

#[test]
fn every_subsampling_of_a_jpeg_is_read() {
    let mut converter = jpeg_converter();
    for sampling in SAMPLINGS {
        let frame = converter.convert(&jpeg(sampling), MediaTime::default()).unwrap();
        // Chroma that was stored coarser is blurred at its edges.
        let [y, u, v] = frame.planes();
        for (at, &got) in y.samples.iter().enumerate() {
            let expected = sample(0, at % y.width, at / y.width);
            assert!(got.abs_diff(expected) <= 3, "{sampling:?} at {at}: {got}, not {expected}");
        }
        let middle = |plane: Plane<'_>| plane.samples[4 * plane.width + 4];
        assert!(middle(u).abs_diff(80) <= 3 && middle(v).abs_diff(90) <= 3, "{sampling:?}");
    }
}

#[test]
fn a_full_chroma_jpeg_comes_out_sample_by_sample() {
    let frame = jpeg_converter().convert(&jpeg(SamplingFactor::R_4_4_4), MediaTime::default()).unwrap();
    assert_shows_the_picture(&frame, 3);
}

#[test]
fn missing_huffman_tables_are_the_standard_ones() {
    let mut converter = jpeg_converter();
    for sampling in SAMPLINGS {
        let whole = jpeg(sampling);
        let stripped = without_huffman_tables(&whole);
        assert!(stripped.len() + 400 < whole.len());
        let expected = converter.convert(&whole, MediaTime::default()).unwrap();
        let frame = converter.convert(&stripped, MediaTime::default()).unwrap();
        assert_eq!(frame.samples(), expected.samples(), "{sampling:?}");
    }
}

#[test]
fn a_grey_jpeg_is_grey() {
    let luma: Vec<u8> = (0..WIDTH * HEIGHT).map(|i| (i % WIDTH * 4) as u8).collect();
    let mut jpeg = Vec::new();
    let encoder = Encoder::new(&mut jpeg, 100);
    encoder.encode(&luma, WIDTH as u16, HEIGHT as u16, ColorType::Luma).unwrap();
    let frame = jpeg_converter().convert(&jpeg, MediaTime::default()).unwrap();
    let [y, u, v] = frame.planes();
    assert!(y.samples[0].abs_diff(16) <= 2 && y.samples[63].abs_diff(232) <= 3);
    assert!(u.samples.iter().chain(v.samples).all(|&sample| sample == GREY));
}

#[test]
fn what_lies_behind_a_jpeg_in_its_buffer_is_ignored() {
    let whole = jpeg(SamplingFactor::R_4_2_2);
    let mut converter = jpeg_converter();
    let expected = converter.convert(&whole, MediaTime::default()).unwrap();
    let buffer = [&whole[..], &whole[whole.len() / 3..], &[0x5A; 4096]].concat();
    let frame = converter.convert(&buffer, MediaTime::default()).unwrap();
    assert_eq!(frame.samples(), expected.samples());
}

#[test]
fn half_a_jpeg_is_a_bad_picture() {
    let mut converter = jpeg_converter();
    for sampling in SAMPLINGS {
        let whole = jpeg(sampling);
        for part in 0..10 {
            let cut = whole.len() * part / 10;
            assert!(converter.convert(&whole[..cut], MediaTime::default()).is_err(), "{sampling:?}, {part}/10");
            let padded = [&whole[..cut], &[0; 9999]].concat();
            assert!(converter.convert(&padded, MediaTime::default()).is_err(), "{sampling:?}, {part}/10, padded");
        }
    }
}

#[test]
fn a_jpeg_of_another_size_is_a_bad_picture() {
    let small = format(PixelEncoding::Mjpeg, 0, ColourRange::Full);
    let mut converter = Converter::new(DeliveredFormat { width: 32, ..small });
    let outcome = converter.convert(&jpeg(SamplingFactor::R_4_2_2), MediaTime::default());
    assert_eq!(outcome.unwrap_err(), BadPicture::Size);
}

#[test]
fn a_good_picture_follows_a_bad_one() {
    let whole = jpeg(SamplingFactor::R_4_4_4);
    let mut converter = jpeg_converter();
    assert!(converter.convert(&whole[..whole.len() / 2], MediaTime::default()).is_err());
    assert_shows_the_picture(&converter.convert(&whole, MediaTime::default()).unwrap(), 3);
}

#[test]
fn noise_is_no_panic() {
    let whole = jpeg(SamplingFactor::R_4_2_0);
    proptest::proptest!(|(changes in proptest::collection::vec((0..whole.len(), proptest::num::u8::ANY), 1..20))| {
        let mut broken = whole.clone();
        for (at, byte) in changes {
            broken[at] = byte;
        }
        // Whatever comes out has the right size.
        if let Ok(frame) = jpeg_converter().convert(&broken, MediaTime::default()) {
            assert_eq!((frame.width, frame.height), (WIDTH, HEIGHT));
        }
    });
}
