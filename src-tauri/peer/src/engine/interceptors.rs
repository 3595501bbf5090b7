//! The chain that every RTP and RTCP packet of a link passes.

use std::time::Duration;

use rtc::interceptor::{
    NackGeneratorBuilder, NackResponderBuilder, ReceiverReportBuilder, Registry, SenderReportBuilder, Slot,
    TwccReceiverBuilder, TwccSenderBuilder,
};

const NACK_INTERVAL: Duration = Duration::from_millis(20);
/// More requests than this for one packet only add to the congestion that lost it.
const NACKS_PER_PACKET: u16 = 4;
/// Packets a stream's loss is looked for in; a power of two.
const NACK_WINDOW: u16 = 512;
/// Packets of a stream kept to be sent again; a power of two. Two seconds of the largest picture.
const RETRANSMISSION_HISTORY: u16 = 1024;
const REPORT_INTERVAL: Duration = Duration::from_secs(1);
const TWCC_FEEDBACK_INTERVAL: Duration = Duration::from_millis(50);

/// The interceptors of one link.
pub(crate) fn registry() -> Registry {
    Registry::new()
        .with(Slot::TwccSender, TwccSenderBuilder::new().build())
        .with(Slot::NackResponder, NackResponderBuilder::new().with_size(RETRANSMISSION_HISTORY).build())
        .with(
            Slot::NackGenerator,
            NackGeneratorBuilder::new()
                .with_size(NACK_WINDOW)
                .with_interval(NACK_INTERVAL)
                .with_max_nacks_per_packet(NACKS_PER_PACKET)
                .build(),
        )
        .with(Slot::TwccReceiver, TwccReceiverBuilder::new().with_interval(TWCC_FEEDBACK_INTERVAL).build())
        .with(Slot::ReceiverReport, ReceiverReportBuilder::new().with_interval(REPORT_INTERVAL).build())
        .with(Slot::SenderReport, SenderReportBuilder::new().with_interval(REPORT_INTERVAL).build())
}
