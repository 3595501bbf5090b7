//! What a browser makes of an invite link before anybody joins: whom it invites, and the same link for the app.

use conclave_protocol::invite::InviteLink;
use conclave_tests::rigs::Result;
use conclave_tests::rigs::browser::{Browser, BrowserBuilder, BrowserKind, Locator};
use conclave_tests::rigs::participant::create_link;
use conclave_tests::rigs::server::Server;

fn browser() -> Result<Browser> {
    BrowserBuilder::new(BrowserKind::Chromium, "whoever is invited").start()
}

#[test]
fn an_invite_link_leads_to_itself_in_the_app() -> Result<()> {
    let server = Server::start()?;
    let link = create_link(&server)?;
    let page = browser()?;
    page.open(&link)?;
    page.wait_for(&Locator::text("invited to a call."))?;
    let find = "return [...document.querySelectorAll('a')].map(a => a.href).find(to => to.startsWith('conclave:'))";
    let offered = page.script(find, &[])?;
    let read = |text: &str| InviteLink::parse(text).map(|link| link.to_text());
    assert_eq!(read(offered.as_str().unwrap_or_default()), read(&link), "{offered}");
    Ok(())
}

#[test]
fn a_link_that_lost_its_key_says_so() -> Result<()> {
    let server = Server::start()?;
    let link = create_link(&server)?;
    let (address, _) = link.split_once('#').expect("a key");
    let page = browser()?;
    page.open(address)?;
    page.wait_for(&Locator::text("This address is not whole"))?;
    assert!(!page.shows(&Locator::button("Join in the browser"))?);
    Ok(())
}

#[test]
fn the_first_screen_is_there_at_once() -> Result<()> {
    let server = Server::start()?;
    let link = create_link(&server)?;
    let page = browser()?;
    page.open(&link)?;
    page.wait_for(&Locator::button("Join in the browser"))?;
    let painted =
        page.script("return performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? null", &[])?;
    eprintln!("first contentful paint after {painted} ms");
    let loaded = page.script(
        "return performance.getEntriesByType('resource').filter(({ name }) => name.endsWith('.js'))
            .reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0)",
        &[],
    )?;
    eprintln!("{loaded} bytes of JavaScript up to it");
    assert!(painted.is_number() && loaded.as_u64().is_some_and(|bytes| bytes > 0));
    Ok(())
}
