//! Transport settings of a link.

use std::time::Duration;

use rtc::ice::mdns::MulticastDnsMode;
use rtc::ice::network_type::NetworkType;
use rtc::peer_connection::configuration::setting_engine::{SctpMaxMessageSize, SettingEngine, SettingEngineBuilder};
use rtc::peer_connection::transport::RTCDtlsRole;

/// The longest data channel message, in bytes: what browsers accept of each other.
pub(crate) const MAX_DATA_MESSAGE_BYTES: u32 = 256 * 1024;

/// How often each candidate pair is checked until one is chosen.
const ICE_CHECK_INTERVAL: Duration = Duration::from_millis(20);
/// Checks a pair gets before it is given up: ten seconds of them, since a check is counted when it is sent and the
/// first answer takes a round trip.
const ICE_CHECKS_PER_PAIR: u16 = 500;
const ICE_DISCONNECTED_AFTER: Duration = Duration::from_secs(3);
/// Counted from the disconnection.
const ICE_FAILED_AFTER: Duration = Duration::from_secs(20);
const ICE_KEEPALIVE_INTERVAL: Duration = Duration::from_secs(1);
/// How long a direct path may take before a relayed one is taken.
const RELAY_ACCEPTANCE_WAIT: Duration = Duration::from_millis(400);
const SERVER_REFLEXIVE_ACCEPTANCE_WAIT: Duration = Duration::from_millis(100);

/// The settings every link uses.
pub(crate) fn setting_engine() -> SettingEngine {
    SettingEngineBuilder::new()
        // The answer writes the configured role, not the negotiated one. With the answerer always the DTLS server,
        // any order of offers and ICE restarts keeps the roles of the first negotiation, as RFC 8842 asks.
        .with_answering_dtls_role(RTCDtlsRole::Server)
        .with_ice_connection_attempts(Some(ICE_CHECK_INTERVAL), Some(ICE_CHECKS_PER_PAIR))
        .with_ice_timeouts(Some(ICE_DISCONNECTED_AFTER), Some(ICE_FAILED_AFTER), Some(ICE_KEEPALIVE_INTERVAL))
        .with_host_acceptance_min_wait(Some(Duration::ZERO))
        // A browser's own address is often known to us only from its checks: making it wait costs a second.
        .with_prflx_acceptance_min_wait(Some(Duration::ZERO))
        .with_srflx_acceptance_min_wait(Some(SERVER_REFLEXIVE_ACCEPTANCE_WAIT))
        .with_relay_acceptance_min_wait(Some(RELAY_ACCEPTANCE_WAIT))
        // A failing multicast socket would fail the whole link. A browser's `.local` candidates need no resolving:
        // it checks our addresses, and its own becomes peer-reflexive.
        .with_multicast_dns_mode(MulticastDnsMode::Disabled)
        .with_network_types(vec![NetworkType::Udp4, NetworkType::Udp6])
        .with_include_loopback_candidate(true)
        // A restart follows a change of network: it binds new sockets on the addresses that are there then.
        .with_discard_local_candidates_during_ice_restart(true)
        .with_sctp_max_message_size(SctpMaxMessageSize::Bounded(MAX_DATA_MESSAGE_BYTES))
        .build()
}
