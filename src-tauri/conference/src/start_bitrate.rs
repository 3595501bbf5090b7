//! The rate from which a browser sends to this end. The app takes no notice of it.

/// Kilobits a second. Without it a browser takes ten seconds and more to leave its lowest resolution.
const START_BITRATE_KBPS: u32 = 1500;
const PARAMETER: &str = "x-google-start-bitrate";

/// A description that this end made, with a start bitrate in the parameters of every H.264 format.
pub(super) fn with_start_bitrate(sdp: &str) -> String {
    let formats: Vec<&str> = sdp
        .lines()
        .filter_map(|line| line.strip_prefix("a=rtpmap:")?.split_once(' '))
        .filter(|(_, encoding)| encoding.to_ascii_uppercase().starts_with("H264/"))
        .map(|(format, _)| format)
        .collect();
    let mut edited = String::with_capacity(sdp.len() + 64);
    for line in sdp.lines() {
        edited.push_str(line);
        let format = line.strip_prefix("a=fmtp:").and_then(|rest| rest.split_once(' '));
        if format.is_some_and(|(format, parameters)| formats.contains(&format) && !parameters.contains(PARAMETER)) {
            edited.push_str(&format!(";{PARAMETER}={START_BITRATE_KBPS}"));
        }
        edited.push_str("\r\n");
    }
    edited
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_h264_format_gets_a_start_bitrate_once_and_nothing_else_changes() {
        let sdp = "v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=rtpmap:111 opus/48000/2\r\na=fmtp:111 minptime=10\r\n\
                   m=video 9 UDP/TLS/RTP/SAVPF 102\r\na=rtpmap:102 H264/90000\r\na=fmtp:102 packetization-mode=1\r\n";
        let edited = with_start_bitrate(sdp);
        assert_eq!(edited, sdp.replace("packetization-mode=1", "packetization-mode=1;x-google-start-bitrate=1500"));
        assert_eq!(with_start_bitrate(&edited), edited);
    }
}
