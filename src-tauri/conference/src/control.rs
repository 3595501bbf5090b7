//! The control channels of the links: what is said there is sealed under the keys of those who have proven who they are.

use std::collections::HashMap;

use conclave_protocol::ids::{LinkGeneration, ParticipantId};
use conclave_protocol::peer::PeerMessage;
use conclave_trust::ControlKeys;

/// What an end says at first is its name, its devices' state and what it wants to see: a handful of short messages.
const MAX_EARLY_MESSAGES: usize = 64;
const MAX_EARLY_BYTES: usize = 64 * 1024;

/// Those of the links that stand; no more than there are links.
#[derive(Debug, Default)]
pub(crate) struct ControlChannels(HashMap<ParticipantId, ControlChannel>);

#[derive(Debug)]
struct ControlChannel {
    generation: LinkGeneration,
    /// Once both ends have proven who they are.
    keys: Option<Box<ControlKeys>>,
    /// Messages that overtook the other end's proof, which comes by way of the server; in order.
    early: Vec<Vec<u8>>,
    transport: Transport,
}

/// Whether a link's transport has come up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Transport {
    Down,
    Up,
}

/// What a message on a control channel leads to.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Heard {
    Message(PeerMessage),
    /// Kept until it can be opened, or nobody's.
    Nothing,
    /// More was said before the other end has proven who it is than anybody has to say.
    TooMuch,
}

/// The keys refuse to seal: the channel has come to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Exhausted;

/// What has waited for the other end's proof.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Proven {
    pub(crate) transport: Transport,
    pub(crate) early: Vec<Vec<u8>>,
}

impl ControlChannels {
    pub(crate) fn opened(&mut self, peer: ParticipantId, generation: LinkGeneration) {
        let channel = ControlChannel { generation, keys: None, early: Vec::new(), transport: Transport::Down };
        self.0.insert(peer, channel);
    }

    pub(crate) fn closed(&mut self, peer: ParticipantId, generation: LinkGeneration) {
        if self.of(peer, generation).is_some() {
            self.0.remove(&peer);
        }
    }

    /// The attempt at a link that stands.
    pub(crate) fn current(&self, peer: ParticipantId) -> Option<LinkGeneration> {
        self.0.get(&peer).map(|channel| channel.generation)
    }

    /// Takes note that the transport is up; whether the link is, as its other end has proven who it is.
    pub(crate) fn transport_up(&mut self, peer: ParticipantId, generation: LinkGeneration) -> bool {
        let Some(channel) = self.of(peer, generation) else { return false };
        channel.transport = Transport::Up;
        channel.keys.is_some()
    }

    /// The other end has proven who it is.
    pub(crate) fn proven(
        &mut self,
        peer: ParticipantId,
        generation: LinkGeneration,
        keys: Box<ControlKeys>,
    ) -> Option<Proven> {
        let channel = self.of(peer, generation)?;
        channel.keys = Some(keys);
        Some(Proven { transport: channel.transport, early: std::mem::take(&mut channel.early) })
    }

    /// A message, sealed; `None` while nobody has proven to be there to read it.
    pub(crate) fn seal(
        &mut self,
        peer: ParticipantId,
        generation: LinkGeneration,
        message: &PeerMessage,
    ) -> Result<Option<Vec<u8>>, Exhausted> {
        let Some(keys) = self.of(peer, generation).and_then(|channel| channel.keys.as_mut()) else {
            return Ok(None);
        };
        keys.sealer.seal(&message.to_json()).map(Some).map_err(|_| Exhausted)
    }

    /// Opens a message, or keeps it until it can be opened.
    pub(crate) fn receive(&mut self, peer: ParticipantId, generation: LinkGeneration, bytes: Vec<u8>) -> Heard {
        let Some(channel) = self.of(peer, generation) else { return Heard::Nothing };
        match &mut channel.keys {
            Some(keys) => match read(keys, &bytes) {
                Ok(message) => Heard::Message(message),
                Err(error) => {
                    tracing::debug!(?peer, error, "a control message was ignored");
                    Heard::Nothing
                }
            },
            None => {
                let waiting: usize = channel.early.iter().map(Vec::len).sum();
                if channel.early.len() >= MAX_EARLY_MESSAGES || waiting + bytes.len() > MAX_EARLY_BYTES {
                    return Heard::TooMuch;
                }
                channel.early.push(bytes);
                Heard::Nothing
            }
        }
    }

    fn of(&mut self, peer: ParticipantId, generation: LinkGeneration) -> Option<&mut ControlChannel> {
        self.0.get_mut(&peer).filter(|channel| channel.generation == generation)
    }
}

/// The message, if it is sealed by who has proven to be at the other end.
fn read(keys: &mut ControlKeys, bytes: &[u8]) -> Result<PeerMessage, String> {
    let plain = keys.opener.open(bytes).map_err(|error| error.to_string())?;
    PeerMessage::from_json(&plain).map_err(|error| error.to_string())
}
