//! What programs have in common that measure and print figures: named as arguments, some of what they measure.

use std::process::ExitCode;

use super::error::Result;

/// What is to be measured.
#[derive(Debug)]
pub struct Wanted(Vec<String>);

impl Wanted {
    /// Whether this is; all is, unless arguments name some.
    #[must_use]
    pub fn is(&self, name: &str) -> bool {
        self.0.is_empty() || self.0.iter().any(|wanted| wanted == name)
    }
}

/// Measures what the program's arguments name, and says what went wrong.
#[must_use]
pub fn measure(measure: impl FnOnce(&Wanted) -> Result<()>) -> ExitCode {
    match measure(&Wanted(std::env::args().skip(1).collect())) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
