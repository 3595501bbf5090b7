//! Where decoded pictures and sound leave the call.

use conclave_media::VideoFrame;
use conclave_media::video::DecodedPicture;
use conclave_protocol::ids::ParticipantId;
use conclave_protocol::line::VideoLine;

/// Takes one participant's decoded sound: 48 kHz mono, as it is played, before volume.
pub type SoundTap = Box<dyn FnMut(&[f32]) + Send>;

/// Who gets the pictures and the sound of a call. Called on the media threads: must not block.
pub trait CallObserver: Send + Sync + 'static {
    /// A participant's picture was decoded.
    fn picture(&self, _from: ParticipantId, _line: VideoLine, _picture: &DecodedPicture) {}

    /// This end's camera took a picture: what is sent, before it is encoded.
    fn own_picture(&self, _picture: &VideoFrame) {}

    /// Somebody's voice will be received: where its sound goes besides the speaker, if anywhere.
    fn sound_tap(&self, _from: ParticipantId) -> Option<SoundTap> {
        None
    }
}
