//! The text files of the checkout.

use std::path::PathBuf;
use std::process::Command;

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
pub(crate) fn text_files(workspace: &Workspace) -> Result<Vec<TextFile>, Failure> {
    let listing = process::output(
        Command::new("git")
            .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
            .current_dir(workspace.root()),
    )?;
    Ok(listing
        .split('\0')
        .filter(|path| !path.is_empty())
        .filter_map(|path| {
            // Pictures are no text, and a file that was removed but is still listed is no concern here.
            let text = std::fs::read_to_string(workspace.root().join(path)).ok()?;
            Some(TextFile { path: path.into(), text })
        })
        .collect())
}
