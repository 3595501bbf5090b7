//! What is logged, and where: to standard output and to a file of the system's folder for logs.

use log::{LevelFilter, Metadata};
use tauri::Runtime;
use tauri::plugin::TauriPlugin;
use tauri_plugin_log::{Builder, RotationStrategy, Target, TargetKind};

/// The size at which a file is begun anew, in bytes; one former file is kept.
const MAX_FILE: u128 = 2_000_000;

pub(crate) fn plugin<R: Runtime>() -> TauriPlugin<R> {
    Builder::new()
        .clear_targets()
        .targets([Target::new(TargetKind::Stderr), Target::new(TargetKind::LogDir { file_name: None })])
        .level(LevelFilter::Info)
        .filter(is_ours)
        .max_file_size(MAX_FILE)
        .rotation_strategy(RotationStrategy::KeepOne)
        .build()
}

/// Other crates log whole messages and packets, with tokens and credentials in them. What matters of those, our own
/// crates say.
fn is_ours(metadata: &Metadata<'_>) -> bool {
    metadata.target().starts_with("conclave")
}

/// Has the log say where something panics, too. Not what it says: that may hold anything.
pub(crate) fn log_panics() {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        let thread = std::thread::current();
        tracing::error!(place, thread = thread.name().unwrap_or_default(), "something panicked");
        usual(panic);
    }));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_crates_are_logged() {
        let from = |target| is_ours(&Metadata::builder().target(target).build());
        assert!(from("conclave_shell::frames::socket") && from("conclave_call"));
        assert!(!from("tungstenite::protocol") && !from("rtc_dtls") && !from("webrtc"));
    }
}
