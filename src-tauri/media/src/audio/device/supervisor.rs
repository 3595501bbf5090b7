//! What to do about a device: reopen it when it fails, use the default one while a chosen one is away, and say so once
//! an episode. Pure; [`super::line`] does what it says.

use std::time::{Duration, Instant};

use crate::fault::{DeviceFault, DeviceNotice};

/// A device whose callbacks stay away for longer is at fault.
const SILENCE: Duration = Duration::from_millis(700);

/// How long opening may take, up to the first callback.
const OPENING: Duration = Duration::from_secs(3);

/// How long after the first callback the next may be away: a device that wakes up, such as a wireless headset, takes
/// what fills its buffer and then nothing until it plays.
const SETTLING: Duration = Duration::from_secs(3);

/// A device that is called later than this after its first callback works again: what only fills its buffer does not.
const FLOWING: Duration = Duration::from_millis(300);

/// How often it is tried.
const RETRY: Duration = Duration::from_millis(500);

/// A stream that worked for this long before it failed is opened again at once.
const WORKED: Duration = Duration::from_secs(2);

/// A chosen device that is listed and can't be opened is left alone for this long, lest the default one be closed for
/// it all the time.
const REFUSED: Duration = Duration::from_secs(5);

/// Which device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Choice {
    /// The one that was asked for.
    Wanted,
    /// The default one, while the one asked for is away.
    Fallback,
}

/// What is to be seen of the stream that was opened last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum View {
    /// It is being opened.
    Opening,
    /// It can't be opened.
    Refused(DeviceFault),
    /// It is open, and its callback was called this often.
    Open(u64),
    /// It was open, and failed.
    Failed(DeviceFault),
    /// It is open; the default device is another one now.
    DefaultChanged,
    /// It is open; the device that was asked for is there again.
    WantedIsBack,
}

/// What to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    Nothing,
    /// Close what is open and open this.
    Open(Choice),
    Notify(DeviceNotice),
    /// It never worked: whoever asked for it is told.
    GiveUp(DeviceFault),
}

/// Whether a device that never worked is given up, or tried until it does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Resolve {
    GiveUp,
    Insist,
}

#[derive(Debug, Clone, Copy)]
enum Phase {
    Waiting { until: Instant },
    Opening { since: Instant },
    Running { since: Instant, callbacks: u64, called: Instant },
}

/// The policy of one device in use.
#[derive(Debug)]
pub(super) struct Supervisor {
    /// Whether a device was asked for by name; else the default one was.
    named: bool,
    choice: Choice,
    phase: Phase,
    /// It delivered once, or nobody waits for it to.
    proven: bool,
    /// A fault was told, and its end is owed.
    troubled: bool,
    refused: Option<Instant>,
}

impl Supervisor {
    pub(super) fn new(named: bool, resolve: Resolve, now: Instant) -> Self {
        Self {
            named,
            choice: Choice::Wanted,
            phase: Phase::Waiting { until: now },
            proven: resolve == Resolve::Insist,
            troubled: false,
            refused: None,
        }
    }

    /// Whether sound goes to or comes from the stream that was opened last.
    pub(super) fn is_running(&self) -> bool {
        matches!(self.phase, Phase::Running { .. })
    }

    /// Looks at the stream; call often.
    pub(super) fn step(&mut self, now: Instant, view: View) -> Step {
        match self.phase {
            Phase::Waiting { until } if now < until => Step::Nothing,
            Phase::Waiting { .. } => {
                self.phase = Phase::Opening { since: now };
                Step::Open(self.choice)
            }
            Phase::Opening { since } => self.opening(now, since, view),
            Phase::Running { since, callbacks, called } => match view {
                View::Open(count) if count != callbacks => {
                    self.phase = Phase::Running { since, callbacks: count, called: now };
                    let flows = now.saturating_duration_since(since) >= FLOWING;
                    if flows && self.choice == Choice::Wanted && std::mem::take(&mut self.troubled) {
                        return Step::Notify(DeviceNotice::Recovered);
                    }
                    Step::Nothing
                }
                View::Failed(fault) | View::Refused(fault) => self.failed(now, since, fault),
                _ if now >= Self::overdue(since, called) => self.failed(now, since, DeviceFault::Stalled),
                View::DefaultChanged if !self.named || self.choice == Choice::Fallback => self.wait(now, self.choice),
                View::WantedIsBack if self.choice == Choice::Fallback && !self.was_refused(now) => {
                    self.wait(now, Choice::Wanted)
                }
                _ => Step::Nothing,
            },
        }
    }

    /// When a stream that was called last at `called` is at fault.
    fn overdue(since: Instant, called: Instant) -> Instant {
        (called + SILENCE).max(since + SETTLING)
    }

    fn opening(&mut self, now: Instant, since: Instant, view: View) -> Step {
        match view {
            View::Open(callbacks) if callbacks > 0 => {
                self.proven = true;
                self.phase = Phase::Running { since: now, callbacks, called: now };
                Step::Nothing
            }
            View::Refused(fault) | View::Failed(fault) => self.not_opened(now, fault),
            _ if now.saturating_duration_since(since) >= OPENING => self.not_opened(now, DeviceFault::Stalled),
            _ => Step::Nothing,
        }
    }

    fn not_opened(&mut self, now: Instant, fault: DeviceFault) -> Step {
        if !self.proven {
            return Step::GiveUp(fault);
        }
        if self.choice == Choice::Wanted && self.named {
            // One that is not there is waited for; it refuses nothing.
            self.refused = (fault != DeviceFault::NotFound).then_some(now);
            self.wait(now, Choice::Fallback);
        } else {
            self.wait(now + RETRY, Choice::Wanted);
        }
        self.tell(fault)
    }

    fn failed(&mut self, now: Instant, since: Instant, fault: DeviceFault) -> Step {
        let worked = now.saturating_duration_since(since) >= WORKED;
        self.wait(if worked { now } else { now + RETRY }, Choice::Wanted);
        self.tell(fault)
    }

    fn wait(&mut self, until: Instant, choice: Choice) -> Step {
        self.choice = choice;
        self.phase = Phase::Waiting { until };
        Step::Nothing
    }

    fn tell(&mut self, fault: DeviceFault) -> Step {
        if std::mem::replace(&mut self.troubled, true) {
            return Step::Nothing;
        }
        Step::Notify(DeviceNotice::Fault(fault))
    }

    fn was_refused(&self, now: Instant) -> bool {
        self.refused.is_some_and(|at| now.saturating_duration_since(at) < REFUSED)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A supervisor on a virtual clock of 10 ms steps, and all it did.
    struct Watch {
        supervisor: Supervisor,
        now: Instant,
        steps: Vec<Step>,
        callbacks: u64,
    }

    const FAULT: fn(DeviceFault) -> Step = |fault| Step::Notify(DeviceNotice::Fault(fault));
    const RECOVERED: Step = Step::Notify(DeviceNotice::Recovered);
    const WANTED: Step = Step::Open(Choice::Wanted);
    const FALLBACK: Step = Step::Open(Choice::Fallback);

    impl Watch {
        fn new(named: bool, resolve: Resolve) -> Self {
            let now = Instant::now();
            Self { supervisor: Supervisor::new(named, resolve, now), now, steps: Vec::new(), callbacks: 0 }
        }

        fn see(&mut self, view: View, ms: u64) {
            for _ in 0..ms.div_ceil(10).max(1) {
                match self.supervisor.step(self.now, view) {
                    Step::Nothing => {}
                    step => self.steps.push(step),
                }
                self.now += Duration::from_millis(10);
            }
        }

        fn run(&mut self, ms: u64) {
            for _ in 0..ms / 10 {
                self.callbacks += 1;
                self.see(View::Open(self.callbacks), 10);
            }
        }

        fn took(&mut self) -> Vec<Step> {
            std::mem::take(&mut self.steps)
        }
    }

    #[test]
    fn what_never_worked_is_given_up() {
        let mut watch = Watch::new(true, Resolve::GiveUp);
        watch.see(View::Opening, 10);
        watch.see(View::Refused(DeviceFault::NotFound), 10);
        assert_eq!(watch.took(), [WANTED, Step::GiveUp(DeviceFault::NotFound)]);

        let mut watch = Watch::new(false, Resolve::GiveUp);
        watch.see(View::Open(0), 3_020);
        assert_eq!(watch.took()[..2], [WANTED, Step::GiveUp(DeviceFault::Stalled)]);
    }

    #[test]
    fn a_chosen_device_that_is_unplugged_is_replaced_by_the_default_until_it_is_back() {
        let mut watch = Watch::new(true, Resolve::GiveUp);
        watch.run(5_000);
        watch.see(View::Failed(DeviceFault::Unplugged), 10);
        watch.see(View::Opening, 10);
        watch.see(View::Refused(DeviceFault::NotFound), 20);
        assert_eq!(watch.took(), [WANTED, FAULT(DeviceFault::Unplugged), WANTED, FALLBACK]);
        watch.run(60_000);
        assert_eq!(watch.took(), []);
        watch.see(View::WantedIsBack, 20);
        watch.run(500);
        assert_eq!(watch.took(), [WANTED, RECOVERED]);
    }

    #[test]
    fn a_device_that_delivers_nothing_is_told_within_a_second_and_reopened() {
        let mut watch = Watch::new(false, Resolve::GiveUp);
        watch.run(5_000);
        watch.see(View::Open(watch.callbacks), 710);
        watch.see(View::Open(0), 200);
        assert_eq!(watch.took(), [WANTED, FAULT(DeviceFault::Stalled), WANTED]);
        watch.run(500);
        assert_eq!(watch.took(), [RECOVERED]);
    }

    #[test]
    fn a_device_that_takes_its_time_to_begin_is_let_and_one_that_only_fills_its_buffer_is_told_of_once() {
        let mut watch = Watch::new(false, Resolve::GiveUp);
        watch.run(50);
        watch.see(View::Open(watch.callbacks), 2_800);
        watch.run(5_000);
        assert_eq!(watch.took(), [WANTED], "a wireless headset woke up");
        for _ in 0..5 {
            while watch.supervisor.is_running() {
                watch.see(View::Open(watch.callbacks), 10);
            }
            watch.see(View::Opening, 20);
            watch.run(50);
        }
        let took = watch.took();
        assert_eq!(took[0], FAULT(DeviceFault::Stalled));
        assert!(took[1..].len() >= 4 && took[1..].iter().all(|step| *step == WANTED), "{took:?}");
        watch.run(1_000);
        assert_eq!(watch.took(), [RECOVERED]);
    }

    #[test]
    fn a_server_that_is_away_is_tried_twice_a_second_and_told_of_once() {
        let mut watch = Watch::new(false, Resolve::GiveUp);
        watch.run(5_000);
        watch.see(View::Failed(DeviceFault::Unplugged), 10);
        watch.see(View::Refused(DeviceFault::Failed), 5_000);
        let took = watch.took();
        assert_eq!(took[..2], [WANTED, FAULT(DeviceFault::Unplugged)]);
        assert!(took[2..].iter().all(|step| *step == WANTED));
        assert!((9..=11).contains(&took[2..].len()), "{took:?}");
        watch.see(View::Opening, 600);
        watch.run(500);
        assert_eq!(watch.took().last(), Some(&RECOVERED));
    }

    #[test]
    fn a_speaker_is_insisted_on_from_the_start() {
        let mut watch = Watch::new(true, Resolve::Insist);
        watch.see(View::Refused(DeviceFault::NotFound), 30);
        assert_eq!(watch.took(), [WANTED, FAULT(DeviceFault::NotFound), FALLBACK]);
        watch.see(View::Refused(DeviceFault::NotFound), 600);
        assert_eq!(watch.took(), [WANTED, FALLBACK]);
        watch.run(1_000);
        assert!(watch.supervisor.is_running());
    }

    #[test]
    fn another_default_is_followed_without_a_word() {
        let mut watch = Watch::new(false, Resolve::GiveUp);
        watch.run(1_000);
        watch.see(View::DefaultChanged, 20);
        watch.run(1_000);
        assert_eq!(watch.took(), [WANTED, WANTED]);
        let mut watch = Watch::new(true, Resolve::GiveUp);
        watch.run(1_000);
        watch.see(View::DefaultChanged, 20);
        assert_eq!(watch.took(), [WANTED], "a chosen device is kept");
    }

    #[test]
    fn a_device_that_is_listed_and_refuses_does_not_interrupt_the_default_one() {
        let mut watch = Watch::new(true, Resolve::GiveUp);
        watch.run(5_000);
        watch.see(View::Failed(DeviceFault::Unplugged), 20);
        watch.see(View::Refused(DeviceFault::Busy), 20);
        watch.run(1_000);
        watch.took();
        watch.see(View::WantedIsBack, 500);
        assert_eq!(watch.took(), []);
    }

    #[test]
    fn a_stream_that_fails_at_once_is_not_opened_in_a_frenzy() {
        let mut watch = Watch::new(false, Resolve::GiveUp);
        watch.run(100);
        watch.took();
        for _ in 0..100 {
            watch.see(View::Failed(DeviceFault::Failed), 10);
            watch.see(View::Open(1), 10);
        }
        let opened = watch.took().iter().filter(|step| **step == WANTED).count();
        assert!(opened <= 5, "{opened} in two seconds");
    }
}
