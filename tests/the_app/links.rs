//! Invite links, however they come: always to the lobby, or to a word on what is wrong.

use conclave_tests::rigs::Result;
use conclave_tests::rigs::app::{AppBuilder, AppWindow, Locator};
use conclave_tests::rigs::participant::create_link;
use conclave_tests::rigs::server::Server;

use crate::scene::{open_room, photograph, stir};

/// What somebody may send in the place of a link, and what the window says of it.
fn faulty(link: &str) -> Vec<(String, &'static str)> {
    let (address, key) = link.split_once('#').unwrap_or_default();
    vec![
        (format!("{address}#9{}", &key[1..]), "newer version of the app"),
        (address.to_owned(), "The key is missing"),
        (format!("{address}#{}", &key[..key.len() - 3]), "is damaged"),
        (format!("conclave://rooms/j/{}", "y".repeat(10_000)), "longer than any invite link"),
        (
            "conclave://$(touch /tmp/conclave-was-here);`id`|sh/j/x#1.a.b".to_owned(),
            "This is not the address of a room",
        ),
        (
            "conclave://<img src=x onerror=alert(1)>/j/\"'><script>alert(1)</script>#1.a.b".to_owned(),
            "This is not the address of a room",
        ),
    ]
}

#[test]
fn a_link_on_the_command_line_leads_to_the_lobby() -> Result<()> {
    let server = Server::start()?;
    let link = create_link(&server)?;
    for link in [link.clone(), link.replace("http://", "conclave://")] {
        let app = AppBuilder::new("Ada").argument(&link).start()?;
        assert_in_the_lobby(&app)?;
    }
    Ok(())
}

#[test]
fn a_link_that_is_none_says_what_is_wrong() -> Result<()> {
    let server = Server::start()?;
    for (number, (text, says)) in faulty(&create_link(&server)?).into_iter().enumerate() {
        let app = AppBuilder::new("Ada").argument(&text).start()?;
        assert_at_home_with(&app, says)?;
        photograph(&app, &format!("link-fault-{number}"))?;
    }
    Ok(())
}

#[test]
fn a_link_that_is_opened_while_the_app_runs_comes_to_its_window() -> Result<()> {
    let server = Server::start()?;
    let link = create_link(&server)?;
    let app = AppBuilder::new("Ada").start()?;
    app.wait_for(&Locator::button("New room"))?;
    for (text, says) in faulty(&link) {
        app.start_again(&text)?;
        assert_at_home_with(&app, says)?;
        app.click(&Locator::button("Close"))?;
        app.wait_until_gone(&Locator::text(says))?;
    }
    app.start_again(&link.replace("http://", "conclave://"))?;
    assert_in_the_lobby(&app)?;
    photograph(&app, "lobby")
}

#[test]
fn a_link_that_is_opened_after_a_call_leads_to_its_lobby() -> Result<()> {
    let server = Server::start()?;
    let app = AppBuilder::new("Ada").start()?;
    open_room(&app, "Ada")?;
    stir(&app)?;
    app.click(&Locator::button("Leave"))?;
    app.wait_for(&Locator::text("You left the call"))?;
    app.start_again(&create_link(&server)?)?;
    assert_in_the_lobby(&app)
}

#[test]
fn a_link_that_is_pasted_leads_to_the_lobby() -> Result<()> {
    let server = Server::start()?;
    let link = create_link(&server)?;
    let app = AppBuilder::new("Ada").start()?;
    app.fill(&Locator::field("Join with a link"), &link)?;
    app.press("\u{e007}")?;
    assert_in_the_lobby(&app)
}

fn assert_in_the_lobby(app: &AppWindow) -> Result<()> {
    app.wait_for(&Locator::text("Ready to join?"))?;
    app.wait_for(&Locator::button("Join"))?;
    assert!(!app.shows(&Locator::button("Leave"))?, "not straight into the call");
    Ok(())
}

fn assert_at_home_with(app: &AppWindow, says: &str) -> Result<()> {
    app.wait_for(&Locator::text(says))?;
    assert!(!app.shows(&Locator::text("Ready to join?"))?, "{}", app.text()?);
    // What came is text, wherever it is shown.
    let strange = "return [...document.querySelectorAll('img, script:not([src])')].map(found => found.outerHTML)";
    assert_eq!(app.script(strange, &[])?, serde_json::json!([]));
    Ok(())
}
