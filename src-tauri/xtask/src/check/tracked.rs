//! The text files of the checkout.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::documents::Checkout;
use crate::failure::Failure;
use crate::process;
use crate::workspace::Workspace;

/// A text file of the checkout.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TextFile {
    /// Relative to the top of the checkout.
    pub(crate) path: PathBuf,
    /// What is in it.
    pub(crate) text: String,
}

/// All text files that are under version control, or would be once added.
#[derive(Debug)]
pub(crate) struct TextFiles {
    root: PathBuf,
    files: Vec<TextFile>,
}

impl TextFiles {
    pub(crate) fn of(workspace: &Workspace) -> Result<Self, Failure> {
        let listing = process::output(
            Command::new("git")
                .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
                .current_dir(workspace.root()),
        )?;
        let paths = listing.split('\0').filter(|path| !path.is_empty());
        let files = paths.filter_map(|path| {
            // Pictures are no text, and a file that was removed but is still listed is no concern here.
            let text = std::fs::read_to_string(workspace.root().join(path)).ok()?;
            Some(TextFile { path: path.into(), text })
        });
        Ok(Self { root: workspace.root().to_owned(), files: files.collect() })
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &TextFile> {
        self.files.iter()
    }
}

impl Checkout for TextFiles {
    fn has(&self, path: &Path) -> bool {
        self.root.join(path).exists()
    }

    fn text(&self, path: &Path) -> Option<&str> {
        self.files.iter().find(|file| file.path == path).map(|file| file.text.as_str())
    }
}
