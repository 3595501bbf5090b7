//! Another revision of this checkout, put beside it by git.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde::Serialize;
use thiserror::Error;

/// Why another revision can't be had.
#[derive(Debug, Error)]
pub(crate) enum RevisionError {
    #[error("another revision is had by git, which could not be started: {0}")]
    NoGit(io::Error),
    #[error("git finds no repository at {}, so there is nothing to compare with: {reason}", path.display())]
    NoRepository { path: PathBuf, reason: String },
    #[error("there is no revision {0} in this repository; `git log` shows those that there are")]
    Unknown(String),
    #[error("there is no revision {0} here, as this clone is shallow: `git fetch --unshallow` brings the rest")]
    Shallow(String),
    #[error("revision {revision} could not be checked out into {}: {reason}", path.display())]
    NotCheckedOut { revision: String, path: PathBuf, reason: String },
}

/// A commit that is there, by its full hash.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub(super) struct Commit(String);

impl Commit {
    /// The commit that `revision` names in the repository at `root`.
    pub(super) fn find(root: &Path, revision: &str) -> Result<Self, RevisionError> {
        let depth = answer(&git(root, &["rev-parse", "--is-shallow-repository"])?)
            .map_err(|reason| RevisionError::NoRepository { path: root.to_owned(), reason })?;
        match answer(&git(root, &["rev-parse", "--verify", "--quiet", &format!("{revision}^{{commit}}")])?) {
            Ok(hash) => Ok(Self(hash)),
            Err(_) if depth == "true" => Err(RevisionError::Shallow(revision.to_owned())),
            Err(_) => Err(RevisionError::Unknown(revision.to_owned())),
        }
    }

    /// As short as people write it.
    pub(super) fn short(&self) -> &str {
        self.0.get(..7).unwrap_or(&self.0)
    }

    /// Checks it out into a folder of its own inside `folder`, or finds it there from an earlier time.
    pub(super) fn check_out(&self, root: &Path, folder: &Path) -> Result<PathBuf, RevisionError> {
        let path = folder.join(&self.0);
        if self.is_at(&path)? {
            return Ok(path);
        }
        let failure = |reason| RevisionError::NotCheckedOut { revision: self.0.clone(), path: path.clone(), reason };
        // Whatever is left of an earlier time: git adds no work tree where something is.
        match fs::remove_dir_all(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failure(error.to_string())),
            _ => {}
        }
        // By force, as git still knows a work tree whose folder was deleted, and then adds none there otherwise.
        let add = Command::new("git")
            .current_dir(root)
            .args(["worktree", "add", "--force", "--detach"])
            .arg(&path)
            .arg(&self.0)
            .output()
            .map_err(RevisionError::NoGit)?;
        answer(&add).map_err(failure)?;
        Ok(path)
    }

    /// Whether the work tree at `path` is this commit and nothing else.
    fn is_at(&self, path: &Path) -> Result<bool, RevisionError> {
        let Ok(folder) = path.canonicalize() else { return Ok(false) };
        // In a folder that is no work tree, git speaks of the one around it.
        let Ok(place) = answer(&git(&folder, &["rev-parse", "--show-toplevel", "HEAD"])?) else { return Ok(false) };
        let changes = answer(&git(&folder, &["status", "--porcelain"])?);
        let is_here = place
            .split_once('\n')
            .is_some_and(|(top, head)| Path::new(top).canonicalize().is_ok_and(|top| top == folder) && head == self.0);
        Ok(is_here && changes.is_ok_and(|changes| changes.is_empty()))
    }
}

/// What the work tree at `root` is: its commit, and whether something is changed since.
pub(super) fn describe(root: &Path) -> Result<String, RevisionError> {
    answer(&git(root, &["describe", "--always", "--dirty", "--abbrev=7", "--exclude=*"])?)
        .map_err(|reason| RevisionError::NoRepository { path: root.to_owned(), reason })
}

fn git(folder: &Path, arguments: &[&str]) -> Result<Output, RevisionError> {
    Command::new("git").current_dir(folder).args(arguments).output().map_err(RevisionError::NoGit)
}

/// What it printed, or its complaint.
fn answer(output: &Output) -> Result<String, String> {
    let text = if output.status.success() { &output.stdout } else { &output.stderr };
    let text = String::from_utf8_lossy(text).trim().to_owned();
    if output.status.success() { Ok(text) } else { Err(text) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(folder: &Path, arguments: &[&str]) -> String {
        let named = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org"];
        answer(&git(folder, &[&named, arguments].concat()).unwrap()).unwrap()
    }

    /// A repository with two commits, the first of which has the file `first`.
    fn repository() -> (tempfile::TempDir, String) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path();
        run(path, &["init", "--quiet"]);
        fs::write(path.join("first"), "1").unwrap();
        run(path, &["add", "first"]);
        run(path, &["commit", "--quiet", "-m", "first"]);
        let first = run(path, &["rev-parse", "HEAD"]);
        run(path, &["rm", "--quiet", "first"]);
        run(path, &["commit", "--quiet", "-m", "second"]);
        (folder, first)
    }

    #[test]
    fn an_earlier_commit_is_checked_out_and_found_again() {
        let (repository, first) = repository();
        let beside = tempfile::tempdir().unwrap();
        let commit = Commit::find(repository.path(), "HEAD~1").unwrap();
        assert_eq!(commit, Commit(first));
        let checkout = commit.check_out(repository.path(), beside.path()).unwrap();
        let kept = fs::metadata(checkout.join("first")).unwrap().modified().unwrap();
        assert_eq!(commit.check_out(repository.path(), beside.path()).unwrap(), checkout);
        assert_eq!(fs::metadata(checkout.join("first")).unwrap().modified().unwrap(), kept);
    }

    #[test]
    fn a_checkout_that_was_changed_or_deleted_is_made_anew() {
        let (repository, first) = repository();
        let beside = tempfile::tempdir().unwrap();
        let commit = Commit::find(repository.path(), &first).unwrap();
        let checkout = commit.check_out(repository.path(), beside.path()).unwrap();
        fs::write(checkout.join("first"), "changed").unwrap();
        commit.check_out(repository.path(), beside.path()).unwrap();
        assert_eq!(fs::read_to_string(checkout.join("first")).unwrap(), "1");
        fs::remove_dir_all(&checkout).unwrap();
        commit.check_out(repository.path(), beside.path()).unwrap();
        assert_eq!(fs::read_to_string(checkout.join("first")).unwrap(), "1");
    }

    #[test]
    fn a_folder_inside_another_work_tree_is_no_checkout() {
        let (repository, _) = repository();
        let head = Commit::find(repository.path(), "HEAD").unwrap();
        fs::create_dir(repository.path().join("inside")).unwrap();
        assert!(head.is_at(repository.path()).unwrap());
        assert!(!head.is_at(&repository.path().join("inside")).unwrap());
    }

    #[test]
    fn what_is_missing_is_said() {
        let (repository, _) = repository();
        let unknown = Commit::find(repository.path(), "no-such-branch");
        assert!(matches!(unknown, Err(RevisionError::Unknown(name)) if name == "no-such-branch"));
        let empty = tempfile::tempdir().unwrap();
        assert!(matches!(Commit::find(empty.path(), "HEAD"), Err(RevisionError::NoRepository { .. })));
    }

    #[test]
    fn a_shallow_clone_is_told_from_an_unknown_revision() {
        let (repository, first) = repository();
        let clones = tempfile::tempdir().unwrap();
        let origin = format!("file://{}", repository.path().display());
        run(clones.path(), &["clone", "--quiet", "--depth", "1", &origin, "shallow"]);
        let missing = Commit::find(&clones.path().join("shallow"), &first);
        assert!(matches!(missing, Err(RevisionError::Shallow(name)) if name == first));
    }

    #[test]
    fn a_work_tree_says_whether_it_is_changed() {
        let (repository, _) = repository();
        let head = Commit::find(repository.path(), "HEAD").unwrap();
        assert_eq!(describe(repository.path()).unwrap(), head.short());
        fs::write(repository.path().join("second"), "2").unwrap();
        run(repository.path(), &["add", "second"]);
        assert_eq!(describe(repository.path()).unwrap(), format!("{}-dirty", head.short()));
    }
}
