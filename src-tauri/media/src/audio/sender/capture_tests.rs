//! Devices that can be open only once.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU32};

use super::*;

/// A sound card that is called "card" and is the default too, and can be open once.
#[derive(Clone, Default)]
struct Card {
    is_open: Arc<AtomicBool>,
    log: Arc<Mutex<Vec<&'static str>>>,
}

/// The card, opened by a name, or nothing under any other name.
struct Opening {
    card: Card,
    exists: bool,
    is_mine: bool,
}

impl AudioSource for Opening {
    fn poll(&mut self, _: Instant, _: &mut AudioFrame) -> Result<SourcePoll, DeviceFault> {
        if self.is_mine {
            return Ok(SourcePoll::Frame);
        }
        if self.card.is_open.swap(true, Ordering::SeqCst) {
            return Err(DeviceFault::Busy);
        }
        if !self.exists {
            self.card.is_open.store(false, Ordering::SeqCst);
            return Err(DeviceFault::NotFound);
        }
        self.is_mine = true;
        self.card.log.lock().unwrap().push("opened");
        Ok(SourcePoll::Wait(Duration::ZERO))
    }

    fn close(self: Box<Self>, _: Duration) {}
}

impl Drop for Opening {
    fn drop(&mut self) {
        if self.is_mine {
            self.card.log.lock().unwrap().push("closed");
            self.card.is_open.store(false, Ordering::SeqCst);
        }
    }
}

impl Card {
    fn capture(&self) -> (Arc<Shared>, Capture) {
        let shared = Arc::new(Shared {
            replacements: Mutex::default(),
            muted: AtomicBool::new(false),
            processing: Mutex::default(),
            expected_loss_percent: AtomicU8::new(0),
            level_dbfs: AtomicU32::new(0),
            muted_level_dbfs: AtomicU32::new(0),
            sinks: Arc::default(),
        });
        let card = self.clone();
        let opener = move |spec: &MicrophoneSpec| -> Result<Box<dyn AudioSource>, DeviceFault> {
            let exists = *spec != MicrophoneSpec::Device(Some("gone".to_owned()));
            Ok(Box::new(Opening { card: card.clone(), exists, is_mine: false }))
        };
        let capture = Capture::with_opener(
            Arc::clone(&shared),
            EchoReference::default(),
            Box::new(|notice| panic!("{notice:?}")),
            Box::new(opener),
        );
        (shared, capture.unwrap())
    }

    fn log(&self) -> Vec<&'static str> {
        self.log.lock().unwrap().clone()
    }
}

/// Asks for a device and takes turns until there is an answer, and a few more.
fn switch(shared: &Arc<Shared>, capture: &mut Capture, name: Option<&str>) -> Result<(), ReplaceTrackError> {
    let (tell, told) = std::sync::mpsc::channel();
    let spec = MicrophoneSpec::Device(name.map(str::to_owned));
    shared.replacements.lock().unwrap().push(Replacement::new(Some(spec), move |result| tell.send(result).unwrap()));
    for _ in 0..10 {
        capture.turn(Instant::now());
    }
    told.try_recv().unwrap()
}

#[test]
fn a_card_that_can_be_open_once_is_handed_over_to_its_other_name() {
    let card = Card::default();
    let (shared, mut capture) = card.capture();
    assert_eq!(switch(&shared, &mut capture, None), Ok(()));
    assert_eq!(switch(&shared, &mut capture, Some("card")), Ok(()));
    assert_eq!(card.log(), ["opened", "closed", "opened"]);
}

#[test]
fn whoever_gave_way_in_vain_is_back_at_once_and_no_trouble_is_told() {
    let card = Card::default();
    let (shared, mut capture) = card.capture();
    assert_eq!(switch(&shared, &mut capture, Some("card")), Ok(()));
    let not_there = Err(ReplaceTrackError::Device(DeviceFault::NotFound));
    assert_eq!(switch(&shared, &mut capture, Some("gone")), not_there);
    assert_eq!(card.log(), ["opened", "closed", "opened"]);
}

#[test]
fn a_device_that_another_program_uses_is_given_up() {
    let card = Card::default();
    let (shared, mut capture) = card.capture();
    card.is_open.store(true, Ordering::SeqCst);
    let busy = Err(ReplaceTrackError::Device(DeviceFault::Busy));
    assert_eq!(switch(&shared, &mut capture, Some("card")), busy);
    assert_eq!(card.log(), Vec::<&str>::new());
}
