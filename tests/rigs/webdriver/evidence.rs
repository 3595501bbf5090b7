//! What a failure shows of a page: its words, its console, and a picture of it.

use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use fantoccini::Client;
use serde_json::{Value, json};

use super::extension::Extension;
use super::page::Page;
use crate::rigs::binaries::profile_directory;
use crate::rigs::error::{Result, RigError};

/// A page that is in trouble may not answer at all.
const PATIENCE: Duration = Duration::from_secs(5);

/// Where it is found what a page writes on its console.
#[derive(Debug)]
pub(in crate::rigs) enum Console {
    /// Among what the driver prints and logs.
    WithTheDriver,
    /// The driver is asked for it, and gives each line once: these are those it gave so far.
    Asked(Mutex<Vec<String>>),
}

impl Console {
    pub(in crate::rigs) fn asked() -> Self {
        Self::Asked(Mutex::new(Vec::new()))
    }

    async fn lines(&self, client: &Client) -> Vec<String> {
        let Self::Asked(known) = self else { return Vec::new() };
        let answer = client.issue_cmd(Extension::post("se/log", json!({ "type": "browser" }))).await;
        let fresh = answer.ok().and_then(|answer| answer.as_array().cloned()).unwrap_or_default();
        let line = |entry: &Value| {
            let part = |name: &str| entry[name].as_str().unwrap_or_default().to_owned();
            format!("{} {}", part("level"), part("message"))
        };
        let mut known = known.lock().unwrap_or_else(PoisonError::into_inner);
        known.extend(fresh.iter().map(line));
        known.clone()
    }
}

impl Page {
    /// What was written on its console so far; empty where that is in the driver's log.
    ///
    /// # Errors
    /// When the page is gone.
    pub fn console(&self) -> Result<Vec<String>> {
        self.block_on(async |client| Ok(self.console_source().lines(client).await))
            .map_err(|error| self.failure("the console", &error.to_string()))
    }

    /// What a failure shows of it.
    #[must_use]
    pub fn story(&self) -> String {
        let name = self.driver().process().name();
        let seen = self.block_on(async |client| {
            let look = async {
                let text = client.execute("return document.body?.innerText ?? ''", Vec::new()).await;
                let console = self.console_source().lines(client).await;
                (text, console, client.screenshot().await)
            };
            Ok(tokio::time::timeout(PATIENCE, look).await.ok())
        });
        let seen = match seen {
            Ok(Some((text, console, picture))) => {
                let text = text.ok().and_then(|text| Some(text.as_str()?.to_owned()));
                let picture = match picture.ok().map(|png| keep(name, &png)) {
                    Some(Ok(path)) => path.display().to_string(),
                    Some(Err(error)) => error.to_string(),
                    None => "there is none".to_owned(),
                };
                let text = text.unwrap_or_else(|| "(nothing that can be read)".to_owned());
                format!("The page says:\n{text}\n--- its console:\n{}\n--- its picture: {picture}", console.join("\n"))
            }
            _ => "The page says nothing any more.".to_owned(),
        };
        format!("{seen}\n{}", self.driver().process().story())
    }
}

/// Keeps a picture for people to look at.
fn keep(name: &str, png: &[u8]) -> Result<PathBuf> {
    let target = profile_directory()?.parent().map(PathBuf::from).unwrap_or_default();
    let folder = target.join("screenshots/failures");
    std::fs::create_dir_all(&folder).map_err(RigError::io("making a folder for pictures"))?;
    let thread = std::thread::current();
    let test = thread.name().unwrap_or("unnamed").replace("::", "-");
    let path = folder.join(format!("{test}-{}.png", name.replace(' ', "-")));
    std::fs::write(&path, png).map_err(RigError::io("keeping a picture"))?;
    Ok(path)
}
