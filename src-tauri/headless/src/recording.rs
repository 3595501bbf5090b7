//! Writes what the others show and say to files, on a thread of its own.
//!
//! Pictures: one Y4M file a participant and size, `ID-N-WxH.y4m`. Sound: one WAV file a participant, `ID.wav`,
//! 48 kHz mono, 32-bit float. What the disk can't take in time is left out and counted: a call never waits for it.

use std::collections::{HashMap, VecDeque};
use std::fs::File;
use std::io::BufWriter;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use conclave_call::SoundTap;
use conclave_call::media::frame::VideoFrame;
use conclave_call::media::video::DecodedPicture;
use conclave_call::protocol::ids::ParticipantId;
use thiserror::Error;

/// Pictures and pieces of sound that may wait for the disk: about a second of a small call.
const QUEUE: usize = 256;
/// Participants who are gone stay known for as long as something of theirs may be on its way.
const COMPLETE_REMEMBERED: usize = 64;
/// Y4M files have a fixed rate; pictures of a call come as they come.
const NOMINAL_FPS: usize = 30;

/// Why a recording failed.
#[derive(Debug, Error)]
pub(crate) enum RecordingError {
    #[error("the folder {0} can't be used: {1}")]
    Folder(PathBuf, std::io::Error),
    #[error("a recording could not be written: {0}")]
    Write(String),
}

enum Piece {
    Picture(ParticipantId, VideoFrame),
    Sound(ParticipantId, Vec<f32>),
    Left(ParticipantId),
    End,
}

/// Takes pictures and sound for the files. [`Recorder::finish`] completes them.
pub(crate) struct Recorder {
    video: bool,
    audio: bool,
    queue: SyncSender<Piece>,
    left_out: Arc<AtomicU64>,
    writer: Mutex<Option<JoinHandle<Result<(), RecordingError>>>>,
}

impl Recorder {
    /// Nothing when there is nothing to record.
    pub(crate) fn start(video: Option<&Path>, audio: Option<&Path>) -> Result<Option<Self>, RecordingError> {
        if video.is_none() && audio.is_none() {
            return Ok(None);
        }
        for folder in video.iter().chain(&audio) {
            std::fs::create_dir_all(folder).map_err(|error| RecordingError::Folder(folder.to_path_buf(), error))?;
        }
        let (queue, pieces) = sync_channel(QUEUE);
        let mut files = Files::new(video, audio);
        let writer = std::thread::Builder::new()
            .name("recording".into())
            .spawn(move || files.write_all(&pieces))
            .map_err(|error| RecordingError::Write(error.to_string()))?;
        Ok(Some(Self {
            video: video.is_some(),
            audio: audio.is_some(),
            queue,
            left_out: Arc::default(),
            writer: Mutex::new(Some(writer)),
        }))
    }

    pub(crate) fn picture(&self, from: ParticipantId, picture: &DecodedPicture) {
        if self.video && self.queue.try_send(Piece::Picture(from, picture.frame.clone())).is_err() {
            self.left_out.fetch_add(1, Ordering::Relaxed);
        }
    }

    pub(crate) fn sound_tap(&self, from: ParticipantId) -> Option<SoundTap> {
        let (queue, left_out) = (self.queue.clone(), self.left_out.clone());
        self.audio.then(|| -> SoundTap {
            Box::new(move |samples| {
                if queue.try_send(Piece::Sound(from, samples.to_vec())).is_err() {
                    left_out.fetch_add(1, Ordering::Relaxed);
                }
            })
        })
    }

    /// The participant is gone: their files are complete.
    pub(crate) fn left(&self, participant: ParticipantId) {
        // If the disk is that slow, the files are completed in the end.
        let _ = self.queue.try_send(Piece::Left(participant));
    }

    /// Writes what is left and completes the files.
    pub(crate) fn finish(&self) -> Result<(), RecordingError> {
        // A writer that failed has let go of the queue: its error follows.
        let _ = self.queue.send(Piece::End);
        let left_out = self.left_out.load(Ordering::Relaxed);
        if left_out > 0 {
            tracing::warn!(left_out, "the disk was too slow for part of the recording");
        }
        match self.writer.lock().unwrap_or_else(PoisonError::into_inner).take() {
            Some(writer) => writer.join().map_err(|_| RecordingError::Write("the writer failed".into()))?,
            None => Ok(()),
        }
    }
}

/// The files of a recording, made as participants appear.
struct Files {
    video: PathBuf,
    audio: PathBuf,
    pictures: HashMap<ParticipantId, PictureFile>,
    sounds: HashMap<ParticipantId, hound::WavWriter<BufWriter<File>>>,
    /// Those whose files are complete, the latest last: what was on its way then does not begin them anew.
    complete: VecDeque<ParticipantId>,
}

struct PictureFile {
    number: u32,
    size: (u32, u32),
    encoder: y4m::Encoder<BufWriter<File>>,
}

fn failed(error: impl std::fmt::Display) -> RecordingError {
    RecordingError::Write(error.to_string())
}

impl Files {
    fn new(video: Option<&Path>, audio: Option<&Path>) -> Self {
        let folder = |path: Option<&Path>| path.map(Path::to_path_buf).unwrap_or_default();
        Self {
            video: folder(video),
            audio: folder(audio),
            pictures: HashMap::new(),
            sounds: HashMap::new(),
            complete: VecDeque::new(),
        }
    }

    fn write_all(&mut self, pieces: &Receiver<Piece>) -> Result<(), RecordingError> {
        for piece in pieces {
            match piece {
                Piece::Picture(from, _) | Piece::Sound(from, _) if self.complete.contains(&from) => {}
                Piece::Picture(from, frame) => self.write_picture(from, &frame)?,
                Piece::Sound(from, samples) => self.write_sound(from, &samples)?,
                Piece::Left(participant) => self.complete(participant)?,
                Piece::End => break,
            }
        }
        for (_, sound) in self.sounds.drain() {
            sound.finalize().map_err(failed)?;
        }
        Ok(())
    }

    fn complete(&mut self, participant: ParticipantId) -> Result<(), RecordingError> {
        self.pictures.remove(&participant);
        if self.complete.len() == COMPLETE_REMEMBERED {
            self.complete.pop_front();
        }
        self.complete.push_back(participant);
        self.sounds.remove(&participant).map_or(Ok(()), |sound| sound.finalize().map_err(failed))
    }

    fn write_picture(&mut self, from: ParticipantId, frame: &VideoFrame) -> Result<(), RecordingError> {
        let size = (frame.width, frame.height);
        let number = match self.pictures.get(&from) {
            Some(file) if file.size == size => file.number,
            Some(file) => file.number + 1,
            None => 0,
        };
        if self.pictures.get(&from).is_none_or(|file| file.number != number) {
            let path = self.video.join(format!("{}-{number}-{}x{}.y4m", from.to_text(), size.0, size.1));
            let file = BufWriter::new(File::create(path).map_err(failed)?);
            let rate = y4m::Ratio::new(NOMINAL_FPS, 1);
            let encoder = y4m::encode(size.0 as usize, size.1 as usize, rate).write_header(file).map_err(failed)?;
            self.pictures.insert(from, PictureFile { number, size, encoder });
        }
        let Some(file) = self.pictures.get_mut(&from) else { return Ok(()) };
        let [y, u, v] = frame.planes().map(|plane| plane.samples);
        file.encoder.write_frame(&y4m::Frame::new([y, u, v], None)).map_err(failed)
    }

    fn write_sound(&mut self, from: ParticipantId, samples: &[f32]) -> Result<(), RecordingError> {
        if !self.sounds.contains_key(&from) {
            let format = hound::WavSpec {
                channels: 1,
                sample_rate: 48_000,
                bits_per_sample: 32,
                sample_format: hound::SampleFormat::Float,
            };
            let path = self.audio.join(format!("{}.wav", from.to_text()));
            self.sounds.insert(from, hound::WavWriter::create(path, format).map_err(failed)?);
        }
        let Some(file) = self.sounds.get_mut(&from) else { return Ok(()) };
        samples.iter().try_for_each(|&sample| file.write_sample(sample)).map_err(failed)
    }
}
