//! The two codecs, registered by hand.
//!
//! There is no `video/rtx`: with it, recovered packets arrive under another SSRC, the NACK generator never sees them
//! and asks again for what it has. There is no fallback either: a browser that is offered VP8 beside H.264 sends VP8.

use rtc::peer_connection::configuration::media_engine::{MIME_TYPE_H264, MIME_TYPE_OPUS, MediaEngine};
use rtc::rtp_transceiver::rtp_sender::{
    RTCPFeedback, RTCRtpCodec, RTCRtpCodecParameters, RTCRtpHeaderExtensionCapability, RtpCodecKind,
};
use rtc::shared::error::Result;

use crate::line::LineKind;

/// RTP payload types this end offers; the other end's answer or offer may settle on others.
const PAYLOAD_TYPE_H264: u8 = 102;
const PAYLOAD_TYPE_OPUS: u8 = 111;

/// Constrained Baseline, level 3.1, with non-interleaved packetization (RFC 6184 section 8.1). With level asymmetry
/// allowed the level limits neither end's sending.
const FMTP_H264: &str = "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f";
/// RFC 7587 section 7.
const FMTP_OPUS: &str = "minptime=10;useinbandfec=1";

impl LineKind {
    pub(crate) const fn codec_kind(self) -> RtpCodecKind {
        match self {
            Self::Audio => RtpCodecKind::Audio,
            Self::Video => RtpCodecKind::Video,
        }
    }

    pub(crate) fn codec(self) -> RTCRtpCodec {
        match self {
            Self::Audio => RTCRtpCodec {
                mime_type: MIME_TYPE_OPUS.to_owned(),
                clock_rate: 48_000,
                channels: 2,
                sdp_fmtp_line: FMTP_OPUS.to_owned(),
                rtcp_feedback: vec![feedback("transport-cc", "")],
            },
            Self::Video => RTCRtpCodec {
                mime_type: MIME_TYPE_H264.to_owned(),
                clock_rate: 90_000,
                channels: 0,
                sdp_fmtp_line: FMTP_H264.to_owned(),
                rtcp_feedback: vec![
                    feedback("transport-cc", ""),
                    feedback("ccm", "fir"),
                    feedback("nack", ""),
                    feedback("nack", "pli"),
                ],
            },
        }
    }
}

fn feedback(kind: &str, parameter: &str) -> RTCPFeedback {
    RTCPFeedback { typ: kind.to_owned(), parameter: parameter.to_owned() }
}

/// A media engine that knows H.264, Opus and transport-wide congestion control, and nothing else.
pub(crate) fn media_engine() -> Result<MediaEngine> {
    let mut engine = MediaEngine::default();
    for (kind, payload_type) in [(LineKind::Audio, PAYLOAD_TYPE_OPUS), (LineKind::Video, PAYLOAD_TYPE_H264)] {
        engine.register_codec(RTCRtpCodecParameters { rtp_codec: kind.codec(), payload_type }, kind.codec_kind())?;
        engine.register_header_extension(
            RTCRtpHeaderExtensionCapability { uri: rtc::sdp::extmap::TRANSPORT_CC_URI.to_owned() },
            kind.codec_kind(),
            None,
        )?;
    }
    Ok(engine)
}
