//! What stands before each picture on the socket: 32 bytes, little-endian.
//!
//! | at | bytes | what |
//! |---|---|---|
//! | 0 | 1 | the tile's number: what an acknowledgement consists of |
//! | 1 | 1 | the format: 0 is I420, 8 bits, limited range; luma, U and V without gaps, chroma sides rounded up |
//! | 2 | 2 | zero |
//! | 4 | 4 | the picture's number in its tile, wrapping; what is missing was skipped |
//! | 8 | 8 | when it was taken (of others: decoded), in microseconds of this computer's monotonic clock |
//! | 16 | 4 | pixels across |
//! | 20 | 4 | pixels down |
//! | 24 | 4 | bytes of the picture; zeros up to a multiple of 4 follow them |
//! | 28 | 4 | zero |

use conclave_call::media::VideoFrame;

use super::tiles::TileNumber;

/// The length of a header in bytes.
pub const HEADER_LENGTH: usize = 32;

/// Pictures begin at multiples of this in a message, so that a page can look at them without copying.
const ALIGNMENT: usize = 4;

const FORMAT_I420: u8 = 0;

/// A picture that is on its way to its tile.
#[derive(Debug, Clone)]
pub struct NumberedFrame {
    /// Where it goes.
    pub tile: TileNumber,
    /// Which of the tile's pictures it is.
    pub sequence: u32,
    /// The picture, in the size that is sent.
    pub frame: VideoFrame,
}

impl NumberedFrame {
    /// How many bytes of a message it takes.
    #[must_use]
    pub fn length(&self) -> usize {
        HEADER_LENGTH + self.frame.samples().len().next_multiple_of(ALIGNMENT)
    }

    /// Adds header, picture and padding to a message.
    pub fn write(&self, message: &mut Vec<u8>) {
        let samples = self.frame.samples();
        let captured = u64::try_from(self.frame.captured.as_duration().as_micros()).unwrap_or(u64::MAX);
        // A picture's side is at most 4096: its length fits.
        let length = u32::try_from(samples.len()).unwrap_or(u32::MAX);
        message.extend_from_slice(&[self.tile.0, FORMAT_I420, 0, 0]);
        message.extend_from_slice(&self.sequence.to_le_bytes());
        message.extend_from_slice(&captured.to_le_bytes());
        message.extend_from_slice(&self.frame.width.to_le_bytes());
        message.extend_from_slice(&self.frame.height.to_le_bytes());
        message.extend_from_slice(&length.to_le_bytes());
        message.extend_from_slice(&[0; 4]);
        message.extend_from_slice(samples);
        message.resize(message.len() + samples.len().next_multiple_of(ALIGNMENT) - samples.len(), 0);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use conclave_call::media::MediaTime;
    use conclave_call::media::frame::FrameBuffer;

    use super::*;

    #[test]
    fn a_header_is_what_the_table_says() {
        let captured = MediaTime::from_duration(Duration::from_micros(0x0102_0304_0506));
        let frame = FrameBuffer::new(3, 3).unwrap().into_frame(captured);
        let numbered = NumberedFrame { tile: TileNumber(7), sequence: 0x0A0B_0C0D, frame };
        let mut message = Vec::new();
        numbered.write(&mut message);
        // 9 of luma, 4 of each chroma plane, 3 of padding.
        assert_eq!(message.len(), HEADER_LENGTH + 20);
        assert_eq!(message.len(), numbered.length());
        let header = &message[..HEADER_LENGTH];
        assert_eq!(header[..8], [7, 0, 0, 0, 0x0D, 0x0C, 0x0B, 0x0A]);
        assert_eq!(header[8..16], [6, 5, 4, 3, 2, 1, 0, 0]);
        assert_eq!(header[16..28], [3, 0, 0, 0, 3, 0, 0, 0, 17, 0, 0, 0]);
        assert_eq!(header[28..], [0; 4]);
    }
}
