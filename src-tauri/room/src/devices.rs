//! This end's devices: one that was asked for is not yet one that works.

use conclave_protocol::intent::DeviceChoice;
use conclave_protocol::line::{LineState, MediaState};
use conclave_protocol::notice::{DeviceFault, DeviceKind, Notice};
use conclave_protocol::snapshot::DeviceState;
use conclave_protocol::sound::SoundProcessing;

use crate::context::Outbox;
use crate::effect::Effect;
use crate::input::{Generation, MediaEvent};

/// The camera, the microphone and the speaker.
#[derive(Debug)]
pub(crate) struct Devices {
    camera: Device,
    microphone: Device,
    speaker: Device,
    microphone_muted: bool,
    sound_processing: SoundProcessing,
}

#[derive(Debug)]
struct Device {
    kind: DeviceKind,
    active: Option<DeviceChoice>,
    /// What is the matter with the active one.
    fault: Option<DeviceFault>,
    pending: Option<Request>,
    latest: Generation,
}

/// A device that is being opened, or being closed when `device` is `None`.
#[derive(Debug)]
struct Request {
    device: Option<DeviceChoice>,
    generation: Generation,
}

impl Devices {
    pub(crate) fn new() -> Self {
        Self {
            camera: Device::new(DeviceKind::Camera),
            microphone: Device::new(DeviceKind::Microphone),
            speaker: Device::new(DeviceKind::Speaker),
            microphone_muted: false,
            sound_processing: SoundProcessing::default(),
        }
    }

    pub(crate) fn select(&mut self, outbox: &mut Outbox, kind: DeviceKind, device: Option<DeviceChoice>) {
        self.device(kind).select(outbox, device);
    }

    pub(crate) fn mute(&mut self, outbox: &mut Outbox, muted: bool) {
        if self.microphone_muted != muted {
            self.microphone_muted = muted;
            outbox.push(Effect::MuteMicrophone { muted });
        }
    }

    pub(crate) fn process_sound(&mut self, outbox: &mut Outbox, processing: SoundProcessing) {
        if self.sound_processing != processing {
            self.sound_processing = processing;
            outbox.push(Effect::ProcessSound(processing));
        }
    }

    pub(crate) fn handle(&mut self, outbox: &mut Outbox, event: MediaEvent) {
        match event {
            MediaEvent::Ready { kind, generation } => self.device(kind).ready(generation),
            MediaEvent::OpenFailed { kind, generation, fault } => {
                self.device(kind).open_failed(outbox, generation, fault)
            }
            MediaEvent::Fault { kind, device, fault } => self.device(kind).faulty(outbox, device, fault),
            MediaEvent::Recovered { kind, device } => self.device(kind).recovered(outbox, device),
        }
    }

    /// What the others are told. A device at fault sends nothing, so its line is off until it works again: an empty
    /// tile is truer than a frozen one, and "muted" would say that the person wanted it so.
    pub(crate) fn media_state(&self) -> MediaState {
        let microphone = match (self.microphone.delivers(), self.microphone_muted) {
            (false, _) => LineState::Off,
            (true, true) => LineState::Muted,
            (true, false) => LineState::Live,
        };
        let camera = if self.camera.delivers() { LineState::Live } else { LineState::Off };
        MediaState { microphone, camera, ..MediaState::default() }
    }

    pub(crate) fn camera(&self) -> DeviceState {
        self.camera.snapshot()
    }

    pub(crate) fn microphone(&self) -> DeviceState {
        self.microphone.snapshot()
    }

    pub(crate) fn speaker(&self) -> DeviceState {
        self.speaker.snapshot()
    }

    pub(crate) fn microphone_muted(&self) -> bool {
        self.microphone_muted
    }

    pub(crate) fn sound_processing(&self) -> SoundProcessing {
        self.sound_processing
    }

    fn device(&mut self, kind: DeviceKind) -> &mut Device {
        match kind {
            DeviceKind::Camera => &mut self.camera,
            DeviceKind::Microphone => &mut self.microphone,
            DeviceKind::Speaker => &mut self.speaker,
        }
    }
}

impl Device {
    fn new(kind: DeviceKind) -> Self {
        Self { kind, active: None, fault: None, pending: None, latest: Generation::default() }
    }

    fn select(&mut self, outbox: &mut Outbox, device: Option<DeviceChoice>) {
        self.latest = self.latest.next();
        let generation = self.latest;
        self.pending = Some(Request { device: device.clone(), generation });
        outbox.push(Effect::OpenDevice { kind: self.kind, device, generation });
    }

    fn ready(&mut self, generation: Generation) {
        if let Some(request) = self.answered(generation) {
            self.active = request.device;
            self.fault = None;
        }
    }

    fn open_failed(&mut self, outbox: &mut Outbox, generation: Generation, fault: DeviceFault) {
        if let Some(device) = self.answered(generation).and_then(|request| request.device) {
            let kind = self.kind;
            outbox.push(Effect::Notify(Notice::Device { kind, device, fault }));
        }
    }

    fn faulty(&mut self, outbox: &mut Outbox, device: DeviceChoice, fault: DeviceFault) {
        if self.active.as_ref() == Some(&device) && self.fault != Some(fault) {
            self.fault = Some(fault);
            let kind = self.kind;
            outbox.push(Effect::Notify(Notice::Device { kind, device, fault }));
        }
    }

    fn recovered(&mut self, outbox: &mut Outbox, device: DeviceChoice) {
        if self.active.as_ref() == Some(&device) && self.fault.take().is_some() {
            let kind = self.kind;
            outbox.push(Effect::Notify(Notice::DeviceRecovered { kind, device }));
        }
    }

    /// The request that this answers; an answer to an earlier one than the latest is late.
    fn answered(&mut self, generation: Generation) -> Option<Request> {
        self.pending.take_if(|request| request.generation == generation)
    }

    fn delivers(&self) -> bool {
        self.active.is_some() && self.fault.is_none()
    }

    fn snapshot(&self) -> DeviceState {
        DeviceState {
            active: self.active.clone(),
            fault: self.fault,
            requested: self.pending.as_ref().and_then(|request| request.device.clone()),
        }
    }
}
