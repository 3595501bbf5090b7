//! The text files of the checkout.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::documents::Checkout;
use crate::failure::Failure;
use crate::workspace::Workspace;

/// What is made, not written: folders that `.gitignore` names, and Git's own, which is a file in an added work tree. Git
/// itself may be missing, or not trust a checkout of another user.
const NOT_OURS: &[&str] = &[".git", "target", "node_modules", "dist", "artifacts"];

/// A text file of the checkout.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TextFile {
    /// Relative to the top of the checkout.
    pub(crate) path: PathBuf,
    /// What is in it.
    pub(crate) text: String,
}

/// All text files of the checkout.
#[derive(Debug)]
pub(crate) struct TextFiles {
    root: PathBuf,
    files: Vec<TextFile>,
}

impl TextFiles {
    pub(crate) fn of(workspace: &Workspace) -> Result<Self, Failure> {
        let root = workspace.root();
        let mut files = Vec::new();
        collect(root, root, &mut files).map_err(|source| Failure::File { path: root.to_owned(), source })?;
        files.sort_unstable_by(|a, b| a.path.cmp(&b.path));
        Ok(Self { root: root.to_owned(), files })
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

fn collect(root: &Path, folder: &Path, files: &mut Vec<TextFile>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if NOT_OURS.iter().any(|name| entry.file_name() == *name) {
            continue;
        }
        let (path, kind) = (entry.path(), entry.file_type()?);
        if kind.is_dir() {
            collect(root, &path, files)?;
        } else if kind.is_file() {
            // Pictures and the like are no text.
            if let (Ok(text), Ok(relative)) = (fs::read_to_string(&path), path.strip_prefix(root)) {
                files.push(TextFile { path: relative.to_owned(), text });
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_made_and_what_is_no_text_is_left_out() {
        let folder = tempfile::tempdir().unwrap();
        for (path, bytes) in [
            ("a.md", &b"text"[..]),
            ("src/b.rs", b"code"),
            ("target/c.rs", b"made"),
            (".git", b"gitdir: elsewhere"),
            ("d.png", &[0xFF]),
        ] {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        }
        let mut files = Vec::new();
        collect(folder.path(), folder.path(), &mut files).unwrap();
        let mut paths: Vec<_> = files.into_iter().map(|file| file.path).collect();
        paths.sort_unstable();
        assert_eq!(paths, [Path::new("a.md"), Path::new("src/b.rs")]);
    }
}
