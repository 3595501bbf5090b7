//! Cheap checks of the design and of the documents, each a pure function over what it is given.

mod documents;
mod files;
mod imports;
mod text_files;

use crate::failure::{Failure, no_faults};
use crate::workspace::Workspace;

/// Checks the import rules on the real workspace.
pub(crate) fn imports(workspace: &Workspace) -> Result<(), Failure> {
    no_faults("import rules", imports::faults(workspace.metadata()))
}

/// Checks every text file of the checkout.
pub(crate) fn files(workspace: &Workspace) -> Result<(), Failure> {
    let files = text_files::TextFiles::of(workspace)?;
    no_faults("files", files.iter().flat_map(files::faults).collect())
}

/// Checks the documents' commands, links and places in the code.
pub(crate) fn documents(workspace: &Workspace) -> Result<(), Failure> {
    let files = text_files::TextFiles::of(workspace)?;
    let documents = files.iter().filter(|file| file.path.extension().is_some_and(|kind| kind == "md"));
    no_faults("documents", documents.flat_map(|document| documents::faults(document, &files)).collect())
}
