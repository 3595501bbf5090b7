//! A small file that only its owner may read.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::IdentityStoreError;
use crate::random::draw;

/// More than any record.
const MAX_LENGTH: u64 = 256;

/// What became of a file that was to be created.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Created {
    /// It is there, whole.
    Created,
    /// There is one already; it is as it was.
    ThereAlready,
}

/// The file's text; `None` when there is no file.
pub(crate) fn read(path: &Path) -> Result<Option<Zeroizing<String>>, IdentityStoreError> {
    let failed = |source| IdentityStoreError::File { path: path.to_owned(), source };
    let named = match fs::symlink_metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        named => named.map_err(failed)?,
    };
    if !named.is_file() {
        return Err(IdentityStoreError::NotAFile(path.to_owned()));
    }
    let file = File::open(path).map_err(failed)?;
    check_access(path, &named, &file.metadata().map_err(failed)?)?;
    // Reserved at once: growing would leave copies behind.
    let mut text = Zeroizing::new(String::with_capacity(2 * MAX_LENGTH as usize));
    match file.take(MAX_LENGTH).read_to_string(&mut text) {
        Ok(_) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::InvalidData => Err(IdentityStoreError::Damaged(path.to_owned())),
        Err(error) => Err(failed(error)),
    }
}

#[cfg(unix)]
fn check_access(path: &Path, named: &fs::Metadata, opened: &fs::Metadata) -> Result<(), IdentityStoreError> {
    use std::os::unix::fs::MetadataExt as _;
    // Put in its place since it was looked at.
    if (named.dev(), named.ino()) != (opened.dev(), opened.ino()) {
        return Err(IdentityStoreError::NotAFile(path.to_owned()));
    }
    if opened.mode() & 0o077 != 0 { Err(IdentityStoreError::Exposed(path.to_owned())) } else { Ok(()) }
}

/// Windows: the profile's folder is its owner's.
#[cfg(not(unix))]
fn check_access(_: &Path, _: &fs::Metadata, _: &fs::Metadata) -> Result<(), IdentityStoreError> {
    Ok(())
}

/// Creates the file with all of its text or not at all, and never in place of another; its folder too, if need be.
pub(crate) fn create(path: &Path, text: &str) -> Result<Created, IdentityStoreError> {
    let failed = |source| IdentityStoreError::File { path: path.to_owned(), source };
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        create_folder(folder).map_err(failed)?;
    }
    let draft = draft_path(path)?;
    let outcome = write_new(&draft, text).and_then(|()| fs::hard_link(&draft, path));
    // It is only a second name by now, or of no use.
    let _ = fs::remove_file(&draft);
    match outcome {
        Ok(()) => Ok(Created::Created),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(Created::ThereAlready),
        // File systems without hard links.
        Err(_) => match write_new(path, text) {
            Ok(()) => Ok(Created::Created),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(Created::ThereAlready),
            Err(error) => Err(failed(error)),
        },
    }
}

/// A name beside the file that nobody else uses.
fn draft_path(path: &Path) -> Result<PathBuf, IdentityStoreError> {
    let suffix = u64::from_be_bytes(draw()?);
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{suffix:016x}"));
    Ok(path.with_file_name(name))
}

fn write_new(path: &Path, text: &str) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

fn create_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}
