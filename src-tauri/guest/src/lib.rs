//! One end of a call for a page in a browser: the same conference as the app's, as WebAssembly, with the links, devices
//! and socket of the browser. [`Guest`] is all that the page sees; what goes in and comes out is JSON, whose types
//! TypeScript has in `ui/src/engine/browser/core.ts`.

mod deed;
mod event;
mod guest;
mod options;

pub use deed::{GuestDeed, GuestIceServer, GuestRole};
pub use event::{GuestEvent, GuestLinkEvent, GuestSocketEvent};
pub use guest::Guest;
pub use options::{GuestOptions, StartError};
