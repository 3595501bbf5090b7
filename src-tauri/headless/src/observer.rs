//! Where pictures and sound go: to the meters, and to files when asked.

use conclave_call::media::clock::MediaTime;
use conclave_call::media::video::DecodedPicture;
use conclave_call::protocol::ids::ParticipantId;
use conclave_call::protocol::line::VideoLine;
use conclave_call::{CallObserver, SoundTap};

use crate::arguments::JoinArguments;
use crate::picture_meter::{PictureFigures, PictureMeters};
use crate::recording::{Recorder, RecordingError};

/// What is done with a call's pictures and sound.
pub(crate) struct Observer {
    cameras: PictureMeters,
    screens: PictureMeters,
    /// Of cameras and voices.
    recorder: Option<Recorder>,
    screen_recorder: Option<Recorder>,
}

impl Observer {
    pub(crate) fn new(arguments: &JoinArguments) -> Result<Self, RecordingError> {
        Ok(Self {
            cameras: PictureMeters::default(),
            screens: PictureMeters::default(),
            recorder: Recorder::start(arguments.save_video.as_deref(), arguments.save_audio.as_deref())?,
            screen_recorder: Recorder::start(arguments.save_screens.as_deref(), None)?,
        })
    }

    /// The participant is gone.
    pub(crate) fn left(&self, participant: ParticipantId) {
        let now = MediaTime::now();
        self.cameras.left(participant, now);
        self.screens.left(participant, now);
        for recorder in self.recorders() {
            recorder.left(participant);
        }
    }

    /// How the pictures of somebody's line came, until `now`.
    pub(crate) fn figures(&self, of: ParticipantId, line: VideoLine, now: MediaTime) -> PictureFigures {
        match line {
            VideoLine::Camera => self.cameras.figures(of, now),
            VideoLine::Screen => self.screens.figures(of, now),
        }
    }

    /// Writes what is left and completes the files.
    pub(crate) fn finish(&self) -> Result<(), RecordingError> {
        self.recorders().try_for_each(Recorder::finish)
    }

    fn recorders(&self) -> impl Iterator<Item = &Recorder> {
        self.recorder.iter().chain(&self.screen_recorder)
    }
}

impl CallObserver for Observer {
    fn picture(&self, from: ParticipantId, line: VideoLine, picture: &DecodedPicture) {
        let (meters, recorder) = match line {
            VideoLine::Camera => (&self.cameras, &self.recorder),
            VideoLine::Screen => (&self.screens, &self.screen_recorder),
        };
        meters.picture(from, picture);
        if let Some(recorder) = recorder {
            recorder.picture(from, picture);
        }
    }

    fn sound_tap(&self, from: ParticipantId) -> Option<SoundTap> {
        self.recorder.as_ref().and_then(|recorder| recorder.sound_tap(from))
    }
}
