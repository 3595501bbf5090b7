//! What a shared screen costs: a page of text on the display that `DISPLAY` names, which should be of 1920x1080 and have
//! nothing else on it. One line of JSON with mean processor times of this process in milliseconds a picture; the
//! server's own work is not in them.
//!
//! `xvfb-run -s "-screen 0 1920x1080x24" cargo run --release -p conclave-media --example screen_cost`

type Failure = Box<dyn std::error::Error>;

#[cfg(target_os = "linux")]
fn main() -> Result<(), Failure> {
    linux::measure()
}

#[cfg(not(target_os = "linux"))]
fn main() -> Result<(), Failure> {
    Err("only X11's screens can be measured".into())
}

#[cfg(target_os = "linux")]
mod linux {
    use std::io::Write as _;
    use std::time::Duration;

    use conclave_media::VideoSource;
    use conclave_media::screen::{Desktop, SCREEN_FPS, ScreenSpec};
    use conclave_media::video::VideoLayer;
    use conclave_media::video::h264::encoder::{LayerEncoder, PictureRequest};
    use conclave_media::video::scale::Scaler;
    use x11rb::connection::Connection as _;
    use x11rb::protocol::xproto::{ConnectionExt as _, CreateGCAux, CreateWindowAux, Gcontext, Window, WindowClass};
    use x11rb::rust_connection::RustConnection;

    use super::Failure;

    const TEXT: &str = include_str!("../../../ARCHITECTURE.md");
    /// Of the server's own font, in pixels down.
    const LINE: u16 = 13;
    /// Pictures of each scene.
    const PICTURES: u32 = 60;

    fn processor_time() -> Duration {
        let spent = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
        Duration::new(spent.tv_sec.unsigned_abs(), u32::try_from(spent.tv_nsec).unwrap_or(0))
    }

    /// A window over the whole screen, with text in it.
    struct Page {
        connection: RustConnection,
        window: Window,
        brush: Gcontext,
        rows: u16,
    }

    impl Page {
        fn open() -> Result<Self, Failure> {
            let (connection, number) = RustConnection::connect(None)?;
            let screen = connection.setup().roots.get(number).ok_or("no screen")?;
            let (root, width, height) = (screen.root, screen.width_in_pixels, screen.height_in_pixels);
            let window = connection.generate_id()?;
            let look = CreateWindowAux::new().background_pixel(u32::MAX).override_redirect(1);
            let class = WindowClass::INPUT_OUTPUT;
            connection.create_window(0, window, root, 0, 0, width, height, 0, class, 0, &look)?.check()?;
            connection.map_window(window)?;
            let (font, brush) = (connection.generate_id()?, connection.generate_id()?);
            connection.open_font(font, b"fixed")?.check()?;
            let look = CreateGCAux::new().foreground(0).background(u32::MAX).font(font);
            connection.create_gc(brush, window, &look)?.check()?;
            Ok(Self { connection, window, brush, rows: height / LINE })
        }

        /// Writes the text from a line on, in three columns.
        fn write(&self, from: usize) -> Result<(), Failure> {
            let lines: Vec<&str> = TEXT.lines().filter(|line| line.is_ascii()).collect();
            for row in 0..self.rows {
                let line = lines.iter().cycle().nth(from + usize::from(row)).copied().unwrap_or_default();
                let line = format!("{line:<105.105}");
                for column in 0..3 {
                    let (x, y) = (column * 640, i16::try_from(row * LINE + 10)?);
                    self.connection.image_text8(self.window, self.brush, x, y, line.as_bytes())?;
                }
            }
            self.connection.get_input_focus()?.reply()?;
            Ok(())
        }

        /// Writes one letter.
        fn type_letter(&self, number: u32) -> Result<(), Failure> {
            let (x, y) = (i16::try_from(number % 100 * 6)?, i16::try_from(500 + number / 100 * 13)?);
            self.connection.image_text8(self.window, self.brush, x, y, b"M")?.check()?;
            Ok(())
        }
    }

    /// Mean times of one scene.
    fn scene(
        name: &str,
        source: &mut dyn VideoSource,
        mut change: impl FnMut(u32) -> Result<(), Failure>,
    ) -> Result<String, Failure> {
        let (scaler, mut encoder) = (Scaler::new(), LayerEncoder::new(VideoLayer::Screen1080));
        let (mut look, mut encode, mut bytes, mut left_out) = (Duration::ZERO, Duration::ZERO, 0, 0);
        let mut last = source.next_frame()?;
        let (width, height) = VideoLayer::Screen1080.picture_size(last.width, last.height);
        encoder.encode(&scaler.scale(&last, width, height)?, PictureRequest::Keyframe)?;
        let mut encoded = 0_u32;
        for number in 0..PICTURES {
            change(number)?;
            let start = processor_time();
            let frame = source.next_frame()?;
            look += processor_time().saturating_sub(start);
            if !frame.is_same_picture(&last) {
                let start = processor_time();
                let picture = encoder.encode(&scaler.scale(&frame, width, height)?, PictureRequest::Any)?;
                encode += processor_time().saturating_sub(start);
                encoded += 1;
                left_out += u32::from(picture.is_none());
                bytes += picture.map_or(0, |picture| picture.len());
            }
            last = frame;
        }
        let mean_ms = |sum: Duration, count: u32| sum.as_secs_f64() * 1e3 / f64::from(count.max(1));
        let kbps = bytes as f64 * 8.0 * f64::from(SCREEN_FPS) / f64::from(PICTURES) / 1e3;
        Ok(format!(
            "{{\"scene\":\"{name}\",\"look_ms\":{:.3},\"encoded\":{encoded},\"left_out\":{left_out},\
             \"encode_ms\":{:.3},\"kbps\":{kbps:.0}}}",
            mean_ms(look, PICTURES),
            mean_ms(encode, encoded),
        ))
    }

    pub(super) fn measure() -> Result<(), Failure> {
        let page = Page::open()?;
        page.write(0)?;
        let mut source = Desktop::of_this_session()?.open(&ScreenSpec::Monitor(None))?;
        let scenes = [
            scene("still", &mut *source, |_| Ok(()))?,
            scene("typing", &mut *source, |number| page.type_letter(number))?,
            scene("scrolling", &mut *source, |number| page.write(3 * number as usize + 3))?,
        ];
        writeln!(std::io::stdout(), "[{}]", scenes.join(","))?;
        Ok(())
    }
}
