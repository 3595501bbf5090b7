//! Keys that work in other windows, too. On Linux they are X11's: Wayland has none.

use serde::Serialize;
use tauri::ipc::Channel;
use tauri::{AppHandle, Manager as _, Runtime};
use tauri_plugin_global_shortcut::{GlobalShortcut, Shortcut, ShortcutState};
use thiserror::Error;
use ts_rs::TS;

use crate::settings::GlobalKeys;

/// A key that works in other windows, too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum GlobalKey {
    /// Silences the microphone, or lets it be heard.
    Mute,
    /// Lets the microphone be heard while it is held.
    PushToTalk,
}

/// What is done with a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum KeyState {
    /// It goes down.
    Pressed,
    /// It is let go.
    Released,
}

/// A key was used, whichever window has the focus.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct GlobalKeyEvent {
    /// Which.
    pub key: GlobalKey,
    /// How.
    pub state: KeyState,
}

/// Why keys don't work, as the window is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error, Serialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum GlobalKeysError {
    /// This session has no such keys.
    #[error("this session has no keys for all windows")]
    Unavailable,
    /// Another program has one of them.
    #[error("another program has that key")]
    Taken,
    /// A text that names no key.
    #[error("that is no key")]
    Failed,
}

/// Makes keys available, where the session has them.
pub(crate) fn set_up<R: Runtime>(app: &AppHandle<R>) {
    if let Err(error) = app.plugin(tauri_plugin_global_shortcut::Builder::new().build()) {
        tracing::info!(%error, "there are no keys for all windows");
    }
}

/// Has these keys tell the page, in the place of those before. Must not be called on the main thread, which it waits for.
///
/// # Errors
/// [`GlobalKeysError`]; none of them works then.
pub(crate) fn set<R: Runtime>(
    app: &AppHandle<R>,
    keys: &GlobalKeys,
    events: &Channel<GlobalKeyEvent>,
) -> Result<(), GlobalKeysError> {
    let wanted = [(GlobalKey::Mute, &keys.mute), (GlobalKey::PushToTalk, &keys.push_to_talk)];
    let wanted: Vec<_> = wanted.into_iter().filter_map(|(key, text)| Some((key, text.as_ref()?))).collect();
    let Some(registry) = app.try_state::<GlobalShortcut<R>>() else {
        return if wanted.is_empty() { Ok(()) } else { Err(GlobalKeysError::Unavailable) };
    };
    let release = || registry.unregister_all().map_err(|_| GlobalKeysError::Failed);
    release()?;
    for (key, text) in wanted {
        let shortcut: Shortcut = text.parse().map_err(|_| GlobalKeysError::Failed)?;
        let events = events.clone();
        let registered = registry.on_shortcut(shortcut, move |_, _, event| {
            let state = match event.state {
                ShortcutState::Pressed => KeyState::Pressed,
                ShortcutState::Released => KeyState::Released,
            };
            if let Err(error) = events.send(GlobalKeyEvent { key, state }) {
                tracing::warn!(%error, "the page could not be told of a key");
            }
        });
        if let Err(error) = registered {
            tracing::info!(%error, "a key for all windows is not to be had");
            release()?;
            return Err(GlobalKeysError::Taken);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_read_as_the_page_writes_them() {
        for text in ["Control+Shift+KeyM", "Alt+Space", "F8"] {
            assert!(text.parse::<Shortcut>().is_ok(), "{text}");
        }
        for text in ["", "Control+", "no key"] {
            assert!(text.parse::<Shortcut>().is_err(), "{text}");
        }
    }
}
