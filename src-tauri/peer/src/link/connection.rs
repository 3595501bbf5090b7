//! The peer connection under a link, and its negotiation.

use std::sync::Arc;

use rtc::media_stream::MediaStreamTrack;
use rtc::rtp_transceiver::rtp_sender::{RTCRtpCodingParameters, RTCRtpEncodingParameters};
use rtc::rtp_transceiver::{RTCRtpTransceiverDirection, RTCRtpTransceiverInit};
use webrtc::data_channel::DataChannel;
use webrtc::media_stream::track_local::TrackLocal;
use webrtc::media_stream::track_local::static_rtp::TrackLocalStaticRTP;
use webrtc::media_stream::track_remote::TrackRemote;
use webrtc::peer_connection::{
    PeerConnection, PeerConnectionBuilder, RTCConfigurationBuilder, RTCIceServer, RTCIceTransportPolicy,
    RTCSessionDescription,
};

use super::error::{LinkError, Step};
use super::handler::{Signals, forwarder};
use super::shared::Shared;
use crate::candidate::{IceCandidate, MAX_CANDIDATE_LENGTH};
use crate::channel::{CONTROL_LABEL, HEARTBEAT_LABEL, control_init, heartbeat_init};
use crate::config::{Interfaces, LinkConfig, Role};
use crate::engine::{codecs, settings};
use crate::interceptor;
use crate::line::{Line, PerLine};
use crate::negotiation::{DescriptionError, DescriptionKind, RemoteDescription, check};
use crate::network::{LinkRuntime, LocalAddresses};
use crate::send::SendQueues;

/// Candidates of the other end that are taken until the next restart.
const MAX_REMOTE_CANDIDATES: usize = 32;
/// What may wait unacknowledged in each data channel, in bytes. Without a limit it is unbounded.
const DATA_SEND_LIMIT_BYTES: usize = 256 * 1024;

/// Where the negotiation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Negotiation {
    /// Nothing applied yet.
    New,
    /// This end's offer waits for its answer.
    Offered,
    /// Both descriptions are applied.
    Stable,
}

/// A peer connection with the fixed lines.
pub(super) struct Connection {
    pc: Arc<dyn PeerConnection>,
    role: Role,
    negotiation: Negotiation,
    remote: Option<RemoteDescription>,
    tracks: PerLine<Arc<TrackLocalStaticRTP>>,
    early_candidates: Vec<IceCandidate>,
    candidates: usize,
    queues: Arc<SendQueues>,
}

/// What a link's tasks get of a new connection.
pub(super) struct Parts {
    pub(super) connection: Connection,
    pub(super) signals: Signals,
    pub(super) tracks: PerLine<Arc<TrackLocalStaticRTP>>,
    pub(super) control: Arc<dyn DataChannel>,
    pub(super) heartbeat: Arc<dyn DataChannel>,
}

fn transport_policy(interfaces: Interfaces) -> RTCIceTransportPolicy {
    match interfaces {
        Interfaces::RelayOnly => RTCIceTransportPolicy::Relay,
        Interfaces::AllReal | Interfaces::LoopbackOnly | Interfaces::RealAndLoopback => RTCIceTransportPolicy::All,
    }
}

impl Connection {
    pub(super) async fn build(config: &LinkConfig, shared: &Shared) -> Result<Parts, LinkError> {
        let (forwarder, signals) = forwarder();
        let ice_servers = config
            .ice_servers
            .iter()
            .map(|server| RTCIceServer {
                urls: server.urls.clone(),
                username: server.username.clone(),
                credential: server.credential.clone(),
            })
            .collect();
        let pc = PeerConnectionBuilder::new()
            .with_configuration(
                RTCConfigurationBuilder::new()
                    .with_ice_servers(ice_servers)
                    .with_ice_transport_policy(transport_policy(config.interfaces))
                    .build(),
            )
            .with_media_engine(codecs::media_engine().map_err(|_| LinkError::Open)?)
            .with_setting_engine(settings::setting_engine())
            .with_interceptor_registry(interceptor::registry(shared.ssrcs, &shared.observations, &shared.desk))
            .with_runtime(Arc::new(LinkRuntime::new(config.impairment.clone())))
            .with_handler(Arc::new(forwarder))
            .with_udp_addrs(vec![LocalAddresses(config.interfaces)])
            .with_data_channel_send_buffer_limit(DATA_SEND_LIMIT_BYTES)
            .build()
            .await
            .map_err(|_| LinkError::Open)?;
        let pc: Arc<dyn PeerConnection> = Arc::new(pc);
        // Before the first description: a data channel that a connection gets later never opens.
        let channels = async {
            let control = pc.create_data_channel(CONTROL_LABEL, Some(control_init())).await?;
            let heartbeat = pc.create_data_channel(HEARTBEAT_LABEL, Some(heartbeat_init())).await?;
            Ok::<_, webrtc::error::Error>((control, heartbeat))
        };
        let Ok((control, heartbeat)) = channels.await else {
            let _ = pc.close().await;
            return Err(LinkError::Open);
        };
        let tracks = PerLine::from_fn(|line| Arc::new(TrackLocalStaticRTP::new(local_track(line, shared.ssrcs[line]))));
        let shared_tracks = PerLine::from_fn(|line| Arc::clone(&tracks[line]));
        Ok(Parts {
            connection: Self {
                pc,
                role: config.role,
                negotiation: Negotiation::New,
                remote: None,
                tracks,
                early_candidates: Vec::new(),
                candidates: 0,
                queues: Arc::clone(&shared.queues),
            },
            signals,
            tracks: shared_tracks,
            control,
            heartbeat,
        })
    }

    /// The first offer's text.
    pub(super) async fn offer(&mut self) -> Result<String, LinkError> {
        for (_, track) in self.tracks.iter() {
            let track: Arc<dyn TrackLocal> = Arc::<TrackLocalStaticRTP>::clone(track);
            let init = RTCRtpTransceiverInit {
                direction: RTCRtpTransceiverDirection::Sendrecv,
                ..RTCRtpTransceiverInit::default()
            };
            self.pc.add_transceiver_from_track(track, Some(init)).await.map_err(|_| LinkError::Refused(Step::Line))?;
        }
        self.make_offer().await
    }

    /// An offer with new ICE credentials, in place of one that may still wait for its answer: that one may be lost.
    pub(super) async fn restart_ice(&mut self) -> Result<String, LinkError> {
        if self.role != Role::Offerer || self.remote.is_none() {
            return Err(LinkError::WrongState);
        }
        self.pc.restart_ice().await.map_err(|_| LinkError::Refused(Step::LocalDescription))?;
        self.make_offer().await
    }

    async fn make_offer(&mut self) -> Result<String, LinkError> {
        let refused = |_| LinkError::Refused(Step::LocalDescription);
        let offer = self.pc.create_offer(None).await.map_err(refused)?;
        let sdp = offer.sdp.clone();
        self.pc.set_local_description(offer).await.map_err(refused)?;
        self.negotiation = Negotiation::Offered;
        Ok(sdp)
    }

    /// Answers the other end's offer; the answer's text.
    pub(super) async fn answer(&mut self, offer: String) -> Result<String, LinkError> {
        if self.role != Role::Answerer {
            return Err(LinkError::WrongState);
        }
        let remote = self.check(&offer, DescriptionKind::Offer)?;
        let offer = RTCSessionDescription::offer(offer).map_err(|_| LinkError::Refused(Step::RemoteDescription))?;
        let is_first = self.negotiation == Negotiation::New;
        self.candidates = self.early_candidates.len();
        self.pc.set_remote_description(offer).await.map_err(|_| LinkError::Refused(Step::RemoteDescription))?;
        if is_first {
            for (_, track) in self.tracks.iter() {
                let track: Arc<dyn TrackLocal> = Arc::<TrackLocalStaticRTP>::clone(track);
                self.pc.add_track(track).await.map_err(|_| LinkError::Refused(Step::Line))?;
            }
        }
        let refused = |_| LinkError::Refused(Step::LocalDescription);
        let answer = self.pc.create_answer(None).await.map_err(refused)?;
        let sdp = answer.sdp.clone();
        self.pc.set_local_description(answer).await.map_err(refused)?;
        self.settled(remote).await;
        Ok(sdp)
    }

    /// Applies the other end's answer to the offer that waits for it.
    pub(super) async fn apply_answer(&mut self, answer: String) -> Result<(), LinkError> {
        if self.negotiation != Negotiation::Offered {
            return Err(LinkError::WrongState);
        }
        let remote = self.check(&answer, DescriptionKind::Answer)?;
        let answer = RTCSessionDescription::answer(answer).map_err(|_| LinkError::Refused(Step::RemoteDescription))?;
        self.candidates = self.early_candidates.len();
        self.pc.set_remote_description(answer).await.map_err(|_| LinkError::Refused(Step::RemoteDescription))?;
        self.settled(remote).await;
        Ok(())
    }

    fn check(&self, sdp: &str, kind: DescriptionKind) -> Result<RemoteDescription, DescriptionError> {
        let remote = check(sdp, kind)?;
        match &self.remote {
            // The lines are those of the first description for the link's whole life.
            Some(former) if former.mids != remote.mids => Err(DescriptionError::WrongMids),
            _ => Ok(remote),
        }
    }

    async fn settled(&mut self, remote: RemoteDescription) {
        self.negotiation = Negotiation::Stable;
        self.read_payload_types(&remote).await;
        self.remote = Some(remote);
        for candidate in std::mem::take(&mut self.early_candidates) {
            // One unusable candidate must not cost the others.
            let _ = self.pc.add_ice_candidate(candidate.into_init()).await;
        }
    }

    /// Which payload type each line is sent as depends on who offered: it is read, not assumed.
    async fn read_payload_types(&self, remote: &RemoteDescription) {
        for transceiver in self.pc.get_transceivers().await {
            let Ok(Some(mid)) = transceiver.mid().await else { continue };
            let Some(line) = remote.line_of_mid(&mid) else { continue };
            let payload_type = match transceiver.sender().await {
                Ok(Some(sender)) if remote.receives[line] => {
                    sender.get_parameters().await.ok().and_then(|parameters| {
                        let wanted = line.kind().codec().mime_type;
                        let codecs = parameters.rtp_parameters.codecs;
                        let agreed =
                            codecs.iter().find(|codec| codec.rtp_codec.mime_type.eq_ignore_ascii_case(&wanted));
                        agreed.map(|codec| codec.payload_type)
                    })
                }
                _ => None,
            };
            self.queues.set_payload_type(line, payload_type);
        }
    }

    /// Takes a candidate of the other end; before its description it is kept.
    pub(super) async fn apply_candidate(&mut self, candidate: IceCandidate) -> Result<(), LinkError> {
        if candidate.candidate.is_empty() {
            return Ok(());
        }
        if candidate.candidate.len() > MAX_CANDIDATE_LENGTH {
            return Err(LinkError::Candidate);
        }
        match transport_and_address(&candidate.candidate) {
            None => return Err(LinkError::Candidate),
            // Links run over UDP, and connecting to an address of the other end's choice would be at its service.
            Some((transport, _)) if !transport.eq_ignore_ascii_case("udp") => return Ok(()),
            // A browser's hidden address: it will be known by the browser's own checks.
            Some((_, address)) if address.ends_with(".local") => return Ok(()),
            Some(_) => {}
        }
        if self.candidates >= MAX_REMOTE_CANDIDATES {
            return Err(LinkError::TooManyCandidates);
        }
        self.candidates += 1;
        if self.remote.is_none() {
            self.early_candidates.push(candidate);
            return Ok(());
        }
        self.pc.add_ice_candidate(candidate.into_init()).await.map_err(|_| LinkError::Candidate)
    }

    /// The line a track of the other end belongs to, found by its mid: the order of transceivers is not that of lines.
    pub(super) async fn line_of(&self, track: &Arc<dyn TrackRemote>) -> Option<Line> {
        let remote = self.remote.as_ref()?;
        for transceiver in self.pc.get_transceivers().await {
            if let Ok(Some(receiver)) = transceiver.receiver().await
                && std::ptr::addr_eq(Arc::as_ptr(receiver.track()), Arc::as_ptr(track))
            {
                return remote.line_of_mid(&transceiver.mid().await.ok()??);
            }
        }
        None
    }

    pub(super) fn is_settled(&self) -> bool {
        self.negotiation == Negotiation::Stable
    }

    pub(super) fn pc(&self) -> &Arc<dyn PeerConnection> {
        &self.pc
    }
}

fn local_track(line: Line, ssrc: u32) -> MediaStreamTrack {
    MediaStreamTrack::new(
        line.stream_name().to_owned(),
        line.track_name().to_owned(),
        line.track_name().to_owned(),
        line.kind().codec_kind(),
        vec![RTCRtpEncodingParameters {
            rtp_coding_parameters: RTCRtpCodingParameters { ssrc: Some(ssrc), ..RTCRtpCodingParameters::default() },
            active: true,
            codec: line.kind().codec(),
            ..RTCRtpEncodingParameters::default()
        }],
    )
}

/// The third and fifth fields of a candidate (RFC 8839 section 5.1).
fn transport_and_address(candidate: &str) -> Option<(&str, &str)> {
    let mut fields = candidate.strip_prefix("candidate:").unwrap_or(candidate).split_ascii_whitespace().skip(2);
    let transport = fields.next()?;
    let address = fields.nth(1)?;
    Some((transport, address))
}
