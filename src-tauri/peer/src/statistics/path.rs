//! Which pair of candidates a link uses.

use rtc::peer_connection::transport::{RTCIceCandidate, RTCIceCandidateType};
use webrtc::peer_connection::PeerConnection;

use super::{CandidateInfo, CandidateKind};

/// The two ends of the path in use, this end's first.
pub(crate) async fn path_in_use(pc: &dyn PeerConnection) -> Option<(CandidateInfo, CandidateInfo)> {
    let ice = pc.sctp().await?.transport().ice_transport();
    let pair = ice.get_selected_candidate_pair().await.ok()??;
    Some((info(pair.local())?, info(pair.remote())?))
}

fn info(candidate: &RTCIceCandidate) -> Option<CandidateInfo> {
    let (ip, port) = (&candidate.address, candidate.port);
    Some(CandidateInfo {
        kind: kind(candidate.typ)?,
        protocol: candidate.protocol.to_string(),
        address: if ip.contains(':') { format!("[{ip}]:{port}") } else { format!("{ip}:{port}") },
    })
}

fn kind(kind: RTCIceCandidateType) -> Option<CandidateKind> {
    match kind {
        RTCIceCandidateType::Host => Some(CandidateKind::Host),
        RTCIceCandidateType::Srflx => Some(CandidateKind::ServerReflexive),
        RTCIceCandidateType::Prflx => Some(CandidateKind::PeerReflexive),
        RTCIceCandidateType::Relay => Some(CandidateKind::Relay),
        _ => None,
    }
}
