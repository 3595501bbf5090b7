//! The one whose talk with Ada is meddled with: with the app, or a guest in a browser.

use std::time::Duration;

use conclave_protocol::notice::{Notice, SecurityProblem};
use conclave_tests::rigs::browser::{Browser, BrowserBuilder, BrowserKind, Locator, WatchedConnection};
use conclave_tests::rigs::event::Event;
use conclave_tests::rigs::participant::Participant;
use conclave_tests::rigs::{Result, RigError};

use crate::scene::{assert_nothing_of, assert_only_proven, builder, room_code};

/// How long a link may take that is just being proven, or built anew.
const PROOF: Duration = Duration::from_secs(10);

/// What Bob is in the room with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum With {
    /// The app, as far as the others can tell.
    App,
    /// A browser.
    Browser,
}

/// Bob in the room.
pub(crate) enum Bob {
    App(Participant),
    Guest(Box<Guest>),
}

/// Bob in a browser.
pub(crate) struct Guest {
    browser: Browser,
}

impl Guest {
    /// Opens the link, and joins.
    pub(crate) fn join(link: &str) -> Result<Self> {
        let guest = Self::at_the_door(link)?;
        guest.browser.wait_for(&Locator::button("Leave"))?;
        Ok(guest)
    }

    /// Opens the link, and asks to join.
    pub(crate) fn at_the_door(link: &str) -> Result<Self> {
        // Small, as several are tried side by side.
        let browser = BrowserBuilder::new(BrowserKind::Chromium, "Bob").slow_camera().size(640, 480).start()?;
        browser.open(link)?;
        browser.enter_lobby("Bob")?;
        browser.click(&Locator::button("Join"))?;
        Ok(Self { browser })
    }

    pub(crate) fn page(&self) -> &Browser {
        &self.browser
    }

    /// The signs and the room's code that its page shows, to be compared with somebody.
    pub(crate) fn comparison_with(&self, name: &str) -> Result<(Vec<String>, Option<String>)> {
        self.browser.wait_for_picture(name)?;
        self.browser.press("p")?;
        self.browser.click(&Locator::button(&format!("Actions for {name}")))?;
        self.browser.click(&Locator::choice("Compare signs…"))?;
        self.browser.wait_for(&Locator::text("Room code"))?;
        let texts = |of: &str| {
            let script = format!("return [...document.querySelectorAll('{of}')].map((one) => one.textContent)");
            let texts = self.browser.script(&script, &[])?;
            Ok::<_, RigError>(serde_json::from_value::<Vec<String>>(texts).unwrap_or_default())
        };
        let groups = texts("[role=dialog] .digits span")?;
        Ok((texts("[role=dialog] .symbol")?, (!groups.is_empty()).then(|| groups.join(" "))))
    }

    /// How many of its links anything came over that is sound or picture, also those that are no more.
    pub(crate) fn links_with_media(&self) -> Result<usize> {
        self.with_media(|_| true)
    }

    fn open_links_with_media(&self) -> Result<usize> {
        self.with_media(|link| link.state != "closed")
    }

    fn with_media(&self, of: impl Fn(&WatchedConnection) -> bool) -> Result<usize> {
        let mut with_media = 0;
        let links = self.browser.connections()?;
        for (at, _) in links.iter().enumerate().filter(|(_, link)| of(link)) {
            let statistics = self.browser.statistics(at)?;
            let came = ["audio", "video"].iter().any(|kind| {
                statistics
                    .incoming(kind)
                    .any(|stream| stream["packetsReceived"].as_u64().is_some_and(|packets| packets > 0))
            });
            with_media += usize::from(came);
        }
        Ok(with_media)
    }
}

impl Bob {
    pub(crate) fn join(with: With, link: &str) -> Result<Self> {
        Ok(match with {
            With::App => {
                let participant = builder(link, "Bob").start()?;
                participant.wait_until_joined()?;
                Self::App(participant)
            }
            With::Browser => Self::Guest(Box::new(Guest::join(link)?)),
        })
    }

    pub(crate) fn wait_until_connected_to(&self, name: &str, within: Duration) -> Result<()> {
        match self {
            Self::App(participant) => participant.wait_until_connected_to(name, within).map(drop),
            Self::Guest(guest) => guest.browser.wait_for_picture(name),
        }
    }

    /// Is told that something is wrong.
    pub(crate) fn wait_for_problem(&self, problem: SecurityProblem, within: Duration) -> Result<()> {
        match self {
            Self::App(participant) => {
                let what = format!("the notice of {problem:?}");
                participant.wait_for(&what, within, |event| event.is_security(problem)).map(drop)
            }
            Self::Guest(guest) => {
                let words = match problem {
                    SecurityProblem::OtherKey => "has another password or link.",
                    _ => "Something false came in",
                };
                guest.browser.wait_until(words, within, || guest.browser.shows(&Locator::text(words)))
            }
        }
    }

    /// Is told that no link comes about.
    pub(crate) fn wait_for_trouble(&self, within: Duration) -> Result<()> {
        match self {
            Self::App(participant) => {
                let is_trouble = |event: &Event| matches!(event, Event::Notice { notice: Notice::LinkTrouble { .. } });
                participant.wait_for("the news that there is no link", within, is_trouble).map(drop)
            }
            Self::Guest(guest) => {
                let words = "It is being tried again.";
                guest.browser.wait_until(words, within, || guest.browser.shows(&Locator::text(words)))
            }
        }
    }

    /// If it is with the app.
    pub(crate) fn participant(&self) -> Option<&Participant> {
        match self {
            Self::App(participant) => Some(participant),
            Self::Guest(_) => None,
        }
    }

    /// The code of the room, as far as it can be asked for.
    pub(crate) fn room_code(&self) -> Option<String> {
        match self {
            Self::App(participant) => room_code(participant),
            Self::Guest(_) => None,
        }
    }

    /// Leaves; nothing has come from Ada.
    pub(crate) fn leave_without_ada(self) -> Result<()> {
        match self {
            Self::App(participant) => assert_nothing_of(&participant.leave()?, "Ada"),
            Self::Guest(guest) => {
                // One of the links is to Cleo.
                let with_media = guest.links_with_media()?;
                assert!(with_media <= 1, "media came over {with_media} links: {:?}", guest.browser.connections()?);
            }
        }
        Ok(())
    }

    /// Leaves, believing who Ada is; nothing has come from her all the same.
    pub(crate) fn leave_unseen_by_ada(self) -> Result<()> {
        let Self::App(participant) = self else { return self.leave_without_ada() };
        let report = participant.leave()?;
        let of_ada = report.peer("Ada")?;
        assert_eq!((of_ada.video.frames, of_ada.audio.packets), (0, 0), "{of_ada:?}");
        Ok(())
    }

    /// Leaves; nothing has come from Ada that is not proven to be hers.
    pub(crate) fn leave_with_proof_only(self) -> Result<()> {
        match self {
            Self::App(participant) => {
                assert_only_proven(&participant.leave()?);
                Ok(())
            }
            Self::Guest(guest) => {
                // Once the other end is proven, its page plays the two sounds of a link. One that is built anew may be
                // between the two looks.
                guest.browser.wait_until("the links with media are those of the proven", PROOF, || {
                    let with_media = guest.open_links_with_media()?;
                    let script = "return document.querySelectorAll('audio[data-voice]').length";
                    let played = guest.browser.script(script, &[])?.as_u64().unwrap_or_default();
                    Ok(2 * with_media as u64 <= played)
                })
            }
        }
    }

    /// Leaves; Ada was seen and heard.
    pub(crate) fn leave_with_ada(self) -> Result<()> {
        match self {
            Self::App(participant) => {
                let report = participant.leave()?;
                let peer = report.peer("Ada")?;
                assert!(peer.verified && peer.video.frames > 0 && peer.audio.packets > 0, "{peer:?}");
            }
            Self::Guest(guest) => {
                let with_media = guest.links_with_media()?;
                assert!(with_media >= 2, "media came over {with_media} links: {:?}", guest.browser.connections()?);
            }
        }
        Ok(())
    }
}
