//! The two that are compared, each as sender and as receiver.

use std::fmt;
use std::time::Duration;

use conclave_tests::rigs::Result;
use conclave_tests::rigs::app::{AppBuilder, AppWindow, Locator};
use conclave_tests::rigs::browser::{Browser, BrowserBuilder, BrowserKind};
use conclave_tests::rigs::display::Display;
use conclave_tests::rigs::live_recording::LiveRecording;
use conclave_tests::rigs::participant::{Participant, ParticipantBuilder};
use conclave_tests::rigs::process_tree::Member;
use conclave_tests::rigs::webdriver::Page;

pub(crate) const SENDER: &str = "Bob";
const RECEIVER: &str = "Ada";
/// Longer than anything here takes.
const STAY: Duration = Duration::from_secs(600);
/// Of a receiver's display and window: a tile of 1280x720 and what is around it.
const DISPLAY: (u16, u16) = (1400, 900);
const WINDOW: (u32, u32) = (1380, 880);
/// Of a sender's window, which nobody looks at: drawing there is not what is compared.
const SMALL_WINDOW: (u32, u32) = (500, 400);

/// Whose programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Maker {
    /// Our app; who only sends does it without the window.
    Conclave,
    /// Chromium with the page for guests.
    Chromium,
}

pub(crate) const MAKERS: [Maker; 2] = [Maker::Conclave, Maker::Chromium];

impl fmt::Display for Maker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Conclave => "Conclave",
            Self::Chromium => "Chromium",
        })
    }
}

/// One who sends a recording as if it were a camera's pictures, and a sound, and looks at nobody.
pub(crate) enum Sender {
    Conclave(Participant),
    Chromium(Browser),
}

impl Sender {
    pub(crate) fn join(maker: Maker, link: &str, recording: &LiveRecording) -> Result<Self> {
        let file = recording.path();
        Ok(match maker {
            Maker::Conclave => {
                let camera = format!("file:{}", file.display());
                let participant = ParticipantBuilder::new(link, SENDER)
                    .camera(&camera)
                    .microphone("tone")
                    .view(0, 0)
                    .stay(STAY)
                    .start()?;
                participant.wait_until_joined()?;
                Self::Conclave(participant)
            }
            Maker::Chromium => {
                let (width, height) = SMALL_WINDOW;
                let browser = BrowserBuilder::new(BrowserKind::Chromium, SENDER)
                    .camera_file(&file)
                    .size(width, height)
                    .start()?;
                browser.join(link, SENDER)?;
                Self::Chromium(browser)
            }
        })
    }

    pub(crate) fn processes(&self) -> Result<Vec<Member>> {
        match self {
            Self::Conclave(participant) => Ok(vec![Member::of(participant.process().id())?]),
            Self::Chromium(browser) => browser_processes(browser),
        }
    }
}

/// One who only looks and listens, in a window on a display.
pub(crate) enum Receiver {
    Conclave(AppWindow),
    Chromium(Browser, #[expect(dead_code, reason = "its window is on it")] Display),
}

impl Receiver {
    /// Where there is only _Join_ to be clicked.
    pub(crate) fn at_the_door(maker: Maker, link: &str) -> Result<Self> {
        let ((width, height), (window_width, window_height)) = (DISPLAY, WINDOW);
        Ok(match maker {
            Maker::Conclave => {
                let app = AppBuilder::new(RECEIVER).display(width, height).argument(link).start()?;
                app.resize(window_width, window_height)?;
                app.fill(&Locator::field("Your name"), RECEIVER)?;
                Self::Conclave(app)
            }
            Maker::Chromium => {
                let display = Display::start(width, height)?;
                let browser = BrowserBuilder::new(BrowserKind::Chromium, RECEIVER)
                    .display(&display)
                    .size(window_width, window_height)
                    .start()?;
                browser.open(link)?;
                browser.enter_lobby(RECEIVER)?;
                Self::Chromium(browser, display)
            }
        })
    }

    pub(crate) fn page(&self) -> &Page {
        match self {
            Self::Conclave(app) => app,
            Self::Chromium(browser, _) => browser,
        }
    }

    pub(crate) fn processes(&self) -> Result<Vec<Member>> {
        match self {
            Self::Conclave(app) => app.processes(),
            Self::Chromium(browser, _) => browser_processes(browser),
        }
    }
}

fn browser_processes(browser: &Browser) -> Result<Vec<Member>> {
    let mut processes = browser.processes()?;
    // Not the driver, nor what keeps account of crashes.
    processes.retain(|process| process.name == "chromium");
    Ok(processes)
}
