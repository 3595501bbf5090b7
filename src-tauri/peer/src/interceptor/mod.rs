//! The chain that every RTP and RTCP packet of a link passes.

mod loss_log;
mod nack;
mod observer;
mod padding;
mod transport_feedback;

use std::sync::Arc;
use std::time::Duration;

use rtc::interceptor::{
    NackResponderBuilder, ReceiverReportBuilder, Registry, SenderReportBuilder, Slot, TwccReceiverBuilder,
    TwccSenderBuilder,
};

use self::nack::NackGenerator;
use self::observer::Observer;
use self::transport_feedback::TransportFeedback;
use crate::line::{Line, PerLine};
use crate::send::ProbeDesk;
use crate::statistics::Observations;

/// Packets of a stream kept to be sent again; a power of two. Four seconds of the largest picture.
const RETRANSMISSION_HISTORY: u16 = 1024;
const REPORT_INTERVAL: Duration = Duration::from_secs(1);
const TWCC_FEEDBACK_INTERVAL: Duration = Duration::from_millis(50);

/// Nearer to the wire than everything else: it sees all that leaves and all that arrives.
const OBSERVER_SLOT: usize = 500;

/// The interceptors of one link, whose own sources are `ssrcs`.
pub(crate) fn registry(ssrcs: PerLine<u32>, observations: &Arc<Observations>, desk: &Arc<ProbeDesk>) -> Registry {
    Registry::new()
        .with(Slot::from(OBSERVER_SLOT), Observer::new(ssrcs, Arc::clone(observations)))
        // Nearer to the wire than the numbering, so that it sees the numbers.
        .with(Slot::CongestionControl, TransportFeedback::new(ssrcs, Arc::clone(observations), Arc::clone(desk)))
        .with(Slot::TwccSender, TwccSenderBuilder::new().build())
        .with(Slot::NackResponder, NackResponderBuilder::new().with_size(RETRANSMISSION_HISTORY).build())
        .with(Slot::NackGenerator, NackGenerator::new(ssrcs[Line::Microphone], Arc::clone(observations)))
        .with(Slot::TwccReceiver, TwccReceiverBuilder::new().with_interval(TWCC_FEEDBACK_INTERVAL).build())
        .with(Slot::ReceiverReport, ReceiverReportBuilder::new().with_interval(REPORT_INTERVAL).build())
        .with(Slot::SenderReport, SenderReportBuilder::new().with_interval(REPORT_INTERVAL).build())
}
