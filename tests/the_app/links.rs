//! Invite links, however they come: always to the lobby, or to a word on what is wrong.

use conclave_tests::rigs::Result;
use conclave_tests::rigs::app::{AppBuilder, Locator};
use conclave_tests::rigs::participant::create_link;
use conclave_tests::rigs::server::Server;

use crate::scene::photograph;

#[test]
fn a_link_on_the_command_line_leads_to_the_lobby() -> Result<()> {
    let server = Server::start()?;
    let link = create_link(&server)?;
    for link in [link.clone(), link.replace("http://", "conclave://")] {
        let app = AppBuilder::new("Ada").argument(&link).start()?;
        app.wait_for(&Locator::text("Ready to join?"))?;
        app.wait_for(&Locator::button("Join"))?;
        assert!(!app.shows(&Locator::button("Leave"))?, "not straight into the call");
    }
    Ok(())
}

#[test]
fn a_link_that_is_none_says_what_is_wrong() -> Result<()> {
    let server = Server::start()?;
    let link = create_link(&server)?;
    let (address, key) = link.split_once('#').unwrap_or_default();
    let cases = [
        (format!("{address}#9{}", &key[1..]), "newer"),
        (address.to_owned(), "key"),
        (format!("conclave://x/{}", "y".repeat(10_000)), "long"),
        ("conclave://$(touch /tmp/x);`id`/j/<img src=x onerror=alert(1)>#1.a.b".to_owned(), ""),
    ];
    for (text, says) in cases {
        let app = AppBuilder::new("Ada").argument(&text).start()?;
        app.wait_for(&Locator::button("New room"))?;
        let words = app.text()?;
        eprintln!("{}: {words}", &text[..text.len().min(60)]);
        assert!(words.contains(says), "{words}");
        photograph(&app, "link-fault")?;
    }
    Ok(())
}
