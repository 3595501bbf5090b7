//! What a page holds of its call.

use std::time::Duration;

use conclave_conference::{Conference, Moment, TransportEvent};
use conclave_protocol::bytes::encode;
use conclave_protocol::ids::{LinkGeneration, ParticipantId};
use conclave_room::{Generation, MediaEvent, ServerEvent, SharingEvent, Timestamp};
use wasm_bindgen::prelude::wasm_bindgen;
use zeroize::Zeroizing;

use crate::deed::GuestDeed;
use crate::event::{GuestEvent, GuestSocketEvent};
use crate::options::{GuestOptions, Start, StartError};

/// A guest in a room. Times are in milliseconds: `running` since the call began, `unix` since 1970 began in UTC.
#[wasm_bindgen]
pub struct Guest {
    conference: Conference,
    signalling_url: String,
    seed: Zeroizing<[u8; 32]>,
}

#[wasm_bindgen]
impl Guest {
    /// Begins to join the room that the options' link leads to (`GuestOptions` as JSON).
    ///
    /// # Errors
    /// A `StartError`, as text.
    #[wasm_bindgen(constructor)]
    pub fn new(options: &str, unix: f64) -> Result<Self, String> {
        Self::start(options, unix).map_err(|error| serde_json::to_value(error).ok().map_or_else(String::new, text_of))
    }

    /// Something happened (`GuestEvent` as JSON). What can't be read, as of a newer server, is done without.
    pub fn handle(&mut self, event: &str, running: f64, unix: f64) {
        if let Ok(event) = serde_json::from_str(event) {
            self.take(event, moment(running, unix));
        }
    }

    /// A message came on a link's control channel.
    pub fn control(&mut self, peer: &str, generation: u32, bytes: Vec<u8>, running: f64, unix: f64) {
        let Ok(peer) = peer.parse::<ParticipantId>() else { return };
        let event = TransportEvent::Control(bytes);
        self.conference.link(moment(running, unix), peer, LinkGeneration(generation), event);
    }

    /// The next thing to do (`GuestDeed` as JSON).
    pub fn poll(&mut self) -> Option<String> {
        loop {
            // One that can't be told to a page is of a description that nobody has checked: there is none.
            if let Ok(deed) = GuestDeed::of(self.conference.poll()?) {
                return serde_json::to_string(&deed).ok();
            }
        }
    }

    /// When `Tick` is to be said though nothing happens, in milliseconds since the call began.
    #[must_use]
    pub fn deadline(&self, running: f64, unix: f64) -> Option<f64> {
        self.conference.deadline(moment(running, unix)).map(|at| at.0.as_secs_f64() * 1_000.0)
    }

    /// All that is drawn (`RoomSnapshot` as JSON).
    #[must_use]
    pub fn snapshot(&self) -> String {
        serde_json::to_string(self.conference.snapshot()).unwrap_or_default()
    }

    /// The devices that were seen, to be kept for the next call.
    #[must_use]
    pub fn known_devices(&self) -> String {
        serde_json::to_string(self.conference.known_devices()).unwrap_or_default()
    }

    /// What makes this device the same one next time. Secret.
    #[must_use]
    pub fn identity(&self) -> String {
        encode(self.seed.as_slice())
    }

    /// Where the signalling socket leads.
    #[must_use]
    pub fn signalling_url(&self) -> String {
        self.signalling_url.clone()
    }
}

impl Guest {
    fn start(options: &str, unix: f64) -> Result<Self, StartError> {
        let options: GuestOptions = serde_json::from_str(options).map_err(|_| StartError::Failed)?;
        let Start { config, signalling_url, seed } = options.start()?;
        Ok(Self { conference: Conference::new(config, moment(0.0, unix)), signalling_url, seed })
    }

    fn take(&mut self, event: GuestEvent, now: Moment) {
        let conference = &mut self.conference;
        let number = Generation;
        match event {
            GuestEvent::Intent { intent } => conference.intent(now, intent),
            GuestEvent::Socket { socket, event } => {
                let event = match event {
                    GuestSocketEvent::Opened => ServerEvent::Opened,
                    GuestSocketEvent::Closed => ServerEvent::Closed,
                    GuestSocketEvent::Message { text } => match serde_json::from_str(&text) {
                        Ok(message) => ServerEvent::Message(message),
                        Err(_) => return,
                    },
                };
                conference.server(now, number(socket), event);
            }
            GuestEvent::Link { peer, generation, event } => conference.link(now, peer, generation, event.into()),
            GuestEvent::DeviceReady { kind, generation } => {
                conference.media(now, MediaEvent::Ready { kind, generation: number(generation) });
            }
            GuestEvent::DeviceRefused { kind, generation, fault } => {
                conference.media(now, MediaEvent::OpenFailed { kind, generation: number(generation), fault });
            }
            GuestEvent::DeviceFault { kind, device, fault } => {
                conference.media(now, MediaEvent::Fault { kind, device, fault });
            }
            GuestEvent::DeviceRecovered { kind, device } => {
                conference.media(now, MediaEvent::Recovered { kind, device });
            }
            GuestEvent::SharingReady { generation } => {
                conference.sharing(now, SharingEvent::Ready { generation: number(generation) });
            }
            GuestEvent::SharingRefused { generation, fault } => {
                conference.sharing(now, SharingEvent::Refused { generation: number(generation), fault });
            }
            GuestEvent::SharingEnded { screen, fault } => {
                conference.sharing(now, SharingEvent::Ended { screen, fault });
            }
            GuestEvent::Tick => conference.tick(now),
        }
    }
}

fn moment(running: f64, unix: f64) -> Moment {
    // What no clock says is the beginning of time.
    let running = Duration::try_from_secs_f64(running / 1_000.0).unwrap_or_default();
    Moment { running: Timestamp(running), unix_ms: unix as u64 }
}

fn text_of(error: serde_json::Value) -> String {
    error.as_str().unwrap_or_default().to_owned()
}
