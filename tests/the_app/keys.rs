//! Keys that work whichever window has the focus.

use conclave_tests::rigs::Result;
use conclave_tests::rigs::app::{AppBuilder, AppWindow, Locator};
use conclave_tests::rigs::keyboard::{FunctionKey, Keyboard};
use conclave_tests::rigs::painter::{Area, Painter};
use conclave_tests::rigs::sound_server::SoundServer;

use crate::scene::{open_room, stir};

const MUTE: FunctionKey = FunctionKey::F9;
const TALK: FunctionKey = FunctionKey::F8;

#[test]
fn one_is_muted_and_talks_by_keys_while_in_another_window() -> Result<()> {
    let sound = SoundServer::start()?;
    let ada = AppBuilder::new("Ada").sound_server(&sound).start()?;
    open_room(&ada, "Ada")?;
    stir(&ada)?;
    ada.press("s")?;
    ada.click(&Locator::tab("Keys"))?;
    choose(&ada, "Mute or unmute", MUTE)?;
    choose(&ada, "Push to talk", TALK)?;
    ada.click(&Locator::button("Close"))?;

    let painter = Painter::start(ada.display())?;
    let other = painter.open("Another program", Area::new(0, 0, 300, 200), [200, 200, 200])?;
    let keyboard = Keyboard::of(ada.display())?;
    keyboard.focus(other)?;
    for (key, after) in [(MUTE, "Unmute"), (MUTE, "Mute"), (MUTE, "Unmute")] {
        keyboard.hold(key)?;
        keyboard.let_go(key)?;
        ada.wait_for(&Locator::button(after))?;
    }
    keyboard.hold(TALK)?;
    ada.wait_for(&Locator::button("Mute"))?;
    keyboard.let_go(TALK)?;
    ada.wait_for(&Locator::button("Unmute"))
}

fn choose(app: &AppWindow, what: &str, key: FunctionKey) -> Result<()> {
    app.click(&Locator::picker(what))?;
    app.press(key.for_webdriver())?;
    app.wait_for(&Locator::text(&format!("{key:?}")))
}
