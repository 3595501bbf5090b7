//! The tone that `--microphone tone` speaks, as its listeners must find it.

/// How loud it is, RMS against full scale.
pub const LEVEL_DBFS: f64 = -20.0;
