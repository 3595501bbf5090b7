//! What a V4L2 device offers to deliver.

use v4l::Device;
use v4l::FourCC;
use v4l::device::Handle;
use v4l::frameinterval::FrameIntervalEnum;
use v4l::framesize::{FrameSizeEnum, Stepwise};
use v4l::video::Capture;

use super::ioctl;
use crate::camera::format::{CameraFormat, CameraFormatWish, FrameRate, PixelEncoding};

/// The four-character codes of videodev2.h.
const FOURCC: [(PixelEncoding, [u8; 4]); 5] = [
    (PixelEncoding::Nv12, *b"NV12"),
    (PixelEncoding::I420, *b"YU12"),
    (PixelEncoding::Yuyv, *b"YUYV"),
    (PixelEncoding::Mjpeg, *b"MJPG"),
    // The same pictures under the code that some drivers use.
    (PixelEncoding::Mjpeg, *b"JPEG"),
];

/// An encoding and the code that the device knows it by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Encoding {
    pub(super) encoding: PixelEncoding,
    pub(super) fourcc: u32,
}

/// Something the device offers, and how to ask for it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Offer {
    pub(super) format: CameraFormat,
    pub(super) fourcc: u32,
}

/// The device's encodings that we read.
pub(super) fn encodings(device: &Handle) -> Vec<Encoding> {
    let known = |fourcc: u32| FOURCC.iter().find(|(_, code)| u32::from_le_bytes(*code) == fourcc);
    let read = |fourcc| known(fourcc).map(|&(encoding, _)| Encoding { encoding, fourcc });
    ioctl::picture_formats(device).into_iter().filter_map(read).collect()
}

/// All that the device offers; where it offers any size or rate within bounds, the one nearest to the wish.
pub(super) fn offers(device: &Device, wish: CameraFormatWish) -> Vec<Offer> {
    let mut offers = Vec::new();
    for Encoding { encoding, fourcc } in encodings(&device.handle()) {
        for (width, height) in sizes(device, fourcc, wish) {
            offers.extend(
                rates(device, fourcc, width, height, wish)
                    .into_iter()
                    .map(|rate| Offer { format: CameraFormat { encoding, width, height, rate }, fourcc }),
            );
        }
    }
    offers
}

fn sizes(device: &Device, fourcc: u32, wish: CameraFormatWish) -> Vec<(u32, u32)> {
    // A driver that can't list its sizes is asked for the one we want.
    let Ok(listed) = device.enum_framesizes(FourCC::from(fourcc)) else {
        return vec![(wish.width, wish.height)];
    };
    let size = |size| match size {
        FrameSizeEnum::Discrete(size) => (size.width, size.height),
        FrameSizeEnum::Stepwise(range) => nearest_size(&range, wish),
    };
    listed.into_iter().map(|listed| size(listed.size)).collect()
}

fn nearest_size(range: &Stepwise, wish: CameraFormatWish) -> (u32, u32) {
    let nearest = |want: u32, min: u32, max: u32, step: u32| {
        let want = want.clamp(min, max.max(min));
        min + (want - min) / step.max(1) * step.max(1)
    };
    (
        nearest(wish.width, range.min_width, range.max_width, range.step_width),
        nearest(wish.height, range.min_height, range.max_height, range.step_height),
    )
}

fn rates(device: &Device, fourcc: u32, width: u32, height: u32, wish: CameraFormatWish) -> Vec<FrameRate> {
    let wished = FrameRate::whole(wish.fps.max(1));
    // A driver that can't list its rates is asked for the one we want, and delivers as it likes.
    let Ok(listed) = device.enum_frameintervals(FourCC::from(fourcc), width, height) else {
        return vec![wished];
    };
    let rate = |interval| match interval {
        FrameIntervalEnum::Discrete(interval) => FrameRate::new(interval.denominator, interval.numerator),
        FrameIntervalEnum::Stepwise(range) => {
            // The shortest interval is the highest rate.
            let fastest = FrameRate::new(range.min.denominator, range.min.numerator)?;
            let slowest = FrameRate::new(range.max.denominator, range.max.numerator)?;
            if wished.fps() > fastest.fps() {
                Some(fastest)
            } else if wished.fps() < slowest.fps() {
                Some(slowest)
            } else {
                Some(wished)
            }
        }
    };
    listed.into_iter().filter_map(|listed| rate(listed.interval)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_of_sizes_gives_the_nearest_on_its_steps() {
        let range = Stepwise {
            min_width: 48,
            max_width: 1920,
            step_width: 16,
            min_height: 32,
            max_height: 600,
            step_height: 8,
        };
        let wish = |width, height| CameraFormatWish { width, height, fps: 30 };
        assert_eq!(nearest_size(&range, wish(1280, 720)), (1280, 600));
        assert_eq!(nearest_size(&range, wish(1279, 333)), (1264, 328));
        assert_eq!(nearest_size(&range, wish(0, 0)), (48, 32));
    }

    #[test]
    fn a_range_of_nonsense_is_no_panic() {
        let range =
            Stepwise { min_width: 100, max_width: 10, step_width: 0, min_height: 0, max_height: 0, step_height: 0 };
        assert_eq!(nearest_size(&range, CameraFormatWish::default()), (100, 0));
    }
}
