//! What a camera can deliver, and which of it costs us least.

use std::cmp::Ordering;

use crate::frame::MAX_SIDE;

/// How a camera packs its pictures. What isn't listed here isn't read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PixelEncoding {
    /// 4:2:0, a luma plane and a plane of chroma pairs.
    Nv12,
    /// 4:2:0, three planes.
    I420,
    /// 4:2:2, packed.
    Yuyv,
    /// A JPEG a picture.
    Mjpeg,
}

/// Pictures a second, as a fraction: cameras run at 30000/1001 too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct FrameRate {
    /// Pictures ...
    pub frames: u32,
    /// ... in this many seconds; never zero.
    pub seconds: u32,
}

impl FrameRate {
    /// A whole number of pictures a second.
    #[must_use]
    pub const fn whole(fps: u32) -> Self {
        Self { frames: fps, seconds: 1 }
    }

    /// `None` for what is no rate.
    #[must_use]
    pub fn new(frames: u32, seconds: u32) -> Option<Self> {
        (frames > 0 && seconds > 0).then_some(Self { frames, seconds })
    }

    /// Pictures a second.
    #[must_use]
    pub fn fps(self) -> f64 {
        f64::from(self.frames) / f64::from(self.seconds)
    }
}

/// One thing a camera offers to deliver.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct CameraFormat {
    /// How pictures are packed.
    pub encoding: PixelEncoding,
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    /// How many pictures a second.
    pub rate: FrameRate,
}

/// What we would like a camera to deliver.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct CameraFormatWish {
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    /// Pictures a second.
    pub fps: u32,
}

impl Default for CameraFormatWish {
    /// The largest layer that is sent: 1280x720 at 30.
    fn default() -> Self {
        Self { width: 1280, height: 720, fps: 30 }
    }
}

/// Scaling a picture of another size than the wished one, in ns a source pixel.
const SCALING_NS: f64 = 0.4;

impl PixelEncoding {
    /// What it costs to get I420 out of it, in ns a pixel, measured at 720p on one core; of MJPEG with 60 to 120 KB a
    /// picture.
    fn conversion_ns(self) -> f64 {
        match self {
            Self::I420 => 0.08,
            Self::Nv12 => 0.10,
            Self::Yuyv => 0.22,
            Self::Mjpeg => 3.6,
        }
    }
}

impl CameraFormat {
    /// Subsampled chroma needs even sides; beyond the largest picture nothing is read.
    fn is_readable(&self) -> bool {
        let side = |side: u32| (16..=MAX_SIDE).contains(&side) && side.is_multiple_of(2);
        side(self.width) && side(self.height) && self.rate.fps() >= 1.0
    }

    /// How near it comes to the wish: 1 gives all of it. Motion counts twice as much as detail: a face at 10 pictures
    /// a second is worse than a smaller one at 30.
    fn likeness(&self, wish: CameraFormatWish) -> f64 {
        let part = |have: f64, want: u32| (have / f64::from(want.max(1))).min(1.0);
        let detail = part(self.width.into(), wish.width) * part(self.height.into(), wish.height);
        part(self.rate.fps(), wish.fps).powi(2) * detail
    }

    /// The part of a core that reading it takes.
    fn load(&self, wish: CameraFormatWish) -> f64 {
        let exact = (self.width, self.height) == (wish.width, wish.height);
        let pixel_ns = self.encoding.conversion_ns() + if exact { 0.0 } else { SCALING_NS };
        f64::from(self.width) * f64::from(self.height) * self.rate.fps() * pixel_ns / 1e9
    }

    /// A whole core is worth as much as the whole picture.
    fn worth(&self, wish: CameraFormatWish) -> f64 {
        self.likeness(wish) - self.load(wish)
    }
}

/// What of the offers can be read, the best first: the nearest to the wish, and among equals the cheapest to read.
#[must_use]
pub fn rank(offers: &[CameraFormat], wish: CameraFormatWish) -> Vec<CameraFormat> {
    let mut ranked: Vec<_> = offers.iter().copied().filter(CameraFormat::is_readable).collect();
    ranked.sort_by(|a, b| by_worth(a, b, wish));
    ranked.dedup();
    ranked
}

fn by_worth(a: &CameraFormat, b: &CameraFormat, wish: CameraFormatWish) -> Ordering {
    let size = |format: &CameraFormat| (format.width, format.height);
    b.worth(wish).total_cmp(&a.worth(wish)).then_with(|| size(a).cmp(&size(b)))
}

#[cfg(test)]
mod tests {
    use super::PixelEncoding::{I420, Mjpeg, Nv12, Yuyv};
    use super::*;

    const WISH: CameraFormatWish = CameraFormatWish { width: 1280, height: 720, fps: 30 };

    fn offer(encoding: PixelEncoding, width: u32, height: u32, rates: &[u32]) -> Vec<CameraFormat> {
        let format = |&fps| CameraFormat { encoding, width, height, rate: FrameRate::whole(fps) };
        rates.iter().map(format).collect()
    }

    fn best(offers: &[Vec<CameraFormat>], wish: CameraFormatWish) -> (PixelEncoding, u32, u32, u32) {
        let best = rank(&offers.concat(), wish)[0];
        (best.encoding, best.width, best.height, best.rate.fps().round() as u32)
    }

    // Lists as `v4l2-ctl --list-formats-ext` prints them, shortened to what matters.

    fn usb2_webcam_with_both() -> Vec<Vec<CameraFormat>> {
        vec![
            offer(Yuyv, 640, 480, &[30, 24, 20, 15, 10, 5]),
            offer(Yuyv, 160, 90, &[30, 15]),
            offer(Yuyv, 640, 360, &[30, 15]),
            offer(Yuyv, 800, 600, &[24, 15]),
            offer(Yuyv, 1280, 720, &[10, 5]),
            offer(Yuyv, 1920, 1080, &[5]),
            offer(Mjpeg, 640, 480, &[30, 15]),
            offer(Mjpeg, 640, 360, &[30, 15]),
            offer(Mjpeg, 1280, 720, &[60, 30, 24, 15]),
            offer(Mjpeg, 1920, 1080, &[30, 15]),
        ]
    }

    #[test]
    fn a_usb2_webcam_gives_720p_at_full_rate_by_jpeg() {
        assert_eq!(best(&usb2_webcam_with_both(), WISH), (Mjpeg, 1280, 720, 30));
    }

    #[test]
    fn a_usb2_webcam_gives_small_pictures_raw() {
        let small = CameraFormatWish { width: 640, height: 360, fps: 30 };
        assert_eq!(best(&usb2_webcam_with_both(), small), (Yuyv, 640, 360, 30));
    }

    #[test]
    fn without_jpeg_the_rate_is_kept_and_detail_given_up() {
        let old_webcam = [
            offer(Yuyv, 320, 240, &[30]),
            offer(Yuyv, 640, 480, &[30, 15]),
            offer(Yuyv, 1280, 720, &[10, 8]),
            offer(Yuyv, 1280, 1024, &[8]),
        ];
        assert_eq!(best(&old_webcam, WISH), (Yuyv, 640, 480, 30));
    }

    #[test]
    fn a_little_less_rate_is_better_than_a_small_picture() {
        let webcam = [offer(Yuyv, 320, 240, &[30]), offer(Yuyv, 1280, 720, &[24])];
        assert_eq!(best(&webcam, WISH), (Yuyv, 1280, 720, 24));
    }

    #[test]
    fn a_usb3_webcam_gives_raw_pictures() {
        let webcam = [
            offer(Mjpeg, 1280, 720, &[60, 30]),
            offer(Yuyv, 1280, 720, &[30]),
            offer(Nv12, 1280, 720, &[30]),
            offer(Nv12, 1920, 1080, &[30]),
        ];
        assert_eq!(best(&webcam, WISH), (Nv12, 1280, 720, 30));
    }

    #[test]
    fn a_capture_card_is_not_run_faster_than_needed() {
        let card = [offer(Nv12, 1920, 1080, &[60, 30]), offer(Yuyv, 1920, 1080, &[60, 50, 30, 25])];
        assert_eq!(best(&card, WISH), (Nv12, 1920, 1080, 30));
    }

    #[test]
    fn a_broadcast_rate_counts_as_full_rate() {
        let ntsc =
            CameraFormat { encoding: Yuyv, width: 1280, height: 720, rate: FrameRate::new(30_000, 1001).unwrap() };
        let jpeg = offer(Mjpeg, 1280, 720, &[30]);
        assert_eq!(rank(&[jpeg[0], ntsc], WISH)[0], ntsc);
    }

    #[test]
    fn a_4k_jpeg_is_decoded_only_when_nothing_else_is_as_good() {
        let webcam = [offer(Mjpeg, 3840, 2160, &[30]), offer(Mjpeg, 1920, 1080, &[30]), offer(Yuyv, 640, 480, &[30])];
        assert_eq!(best(&webcam, WISH), (Mjpeg, 1920, 1080, 30));
        assert_eq!(best(&[offer(Mjpeg, 3840, 2160, &[30])], WISH), (Mjpeg, 3840, 2160, 30));
    }

    #[test]
    fn a_virtual_camera_is_taken_as_it_is() {
        assert_eq!(best(&[offer(I420, 1920, 1080, &[60])], WISH), (I420, 1920, 1080, 60));
    }

    #[test]
    fn all_that_can_be_read_stays_on_the_list() {
        let offers = usb2_webcam_with_both().concat();
        assert_eq!(rank(&offers, WISH).len(), offers.len());
    }

    #[test]
    fn what_can_not_be_read_is_left_out() {
        let odd = offer(Mjpeg, 1281, 721, &[30]);
        let huge = offer(Yuyv, 8192, 4320, &[30]);
        let none = offer(Yuyv, 0, 0, &[30]);
        let rateless =
            vec![CameraFormat { encoding: Yuyv, width: 640, height: 480, rate: FrameRate { frames: 0, seconds: 1 } }];
        assert_eq!(rank(&[odd, huge, none, rateless].concat(), WISH), []);
    }

    #[test]
    fn a_wish_for_nothing_is_no_panic() {
        let wish = CameraFormatWish { width: 0, height: 0, fps: 0 };
        assert_eq!(best(&[offer(Yuyv, 640, 480, &[30, 15])], wish).0, Yuyv);
    }
}
