//! What a browser makes of an invite link: the room server's page, and on it the same link for the app.

use std::process::Command;

use conclave_protocol::invite::InviteLink;
use conclave_tests::rigs::participant::create_link;
use conclave_tests::rigs::server::Server;
use conclave_tests::rigs::{Result, RigError};

/// A page as a browser has it once its scripts have run.
fn browsed(address: &str) -> Result<String> {
    let profile = tempfile::tempdir().map_err(RigError::io("making a folder"))?;
    let output = Command::new("chromium")
        // Nothing but this page is opened, and root has no sandbox.
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--dump-dom"])
        .arg(format!("--user-data-dir={}", profile.path().display()))
        .arg(address)
        .output()
        .map_err(RigError::io("running chromium"))?;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// The element's opening tag.
fn tag<'a>(page: &'a str, id: &str) -> &'a str {
    let at = page.find(&format!("id=\"{id}\"")).expect("such an element");
    let start = page[..at].rfind('<').expect("an element's beginning");
    let length = page[start..].find('>').expect("an element's end");
    &page[start..start + length]
}

#[test]
fn an_invite_link_leads_to_itself_in_the_app() -> Result<()> {
    let server = Server::start()?;
    let link = create_link(&server)?;
    let page = browsed(&link)?;
    let button = tag(&page, "open");
    assert!(!button.contains("hidden"), "{button}");
    assert!(tag(&page, "missing").contains("hidden"));
    let (_, rest) = button.split_once("href=\"").expect("an address");
    let (offered, _) = rest.split_once('"').expect("its end");
    assert!(offered.starts_with("conclave://"), "{offered}");
    let read = |text: &str| InviteLink::parse(text).map(|link| link.to_text());
    assert_eq!(read(offered), read(&link));
    Ok(())
}

#[test]
fn a_link_that_lost_its_key_says_so() -> Result<()> {
    let server = Server::start()?;
    let link = create_link(&server)?;
    let (address, _) = link.split_once('#').expect("a key");
    let page = browsed(address)?;
    assert!(tag(&page, "open").contains("hidden"));
    assert!(!tag(&page, "missing").contains("hidden"));
    Ok(())
}
