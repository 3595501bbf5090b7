//! What the codec alone costs on the test pattern, without threads, network or waiting: one line of JSON with mean
//! processor times in milliseconds a picture. `cargo xtask bench` sets the pipeline's cost against it.

mod stopwatch;

use std::io::Write as _;
use std::time::{Duration, Instant};

use bytes::Bytes;
use conclave_media::clock::MediaTime;
use conclave_media::frame::VideoFrame;
use conclave_media::video::h264::decoder::Decoder;
use conclave_media::video::h264::encoder::{LayerEncoder, PictureRequest};
use conclave_media::video::pattern::Pattern;
use conclave_media::video::receiver::FrameAssembler;
use conclave_media::video::scale::Scaler;
use conclave_media::video::{VideoLayer, VideoPacket};
use stopwatch::Stopwatch;

type Failure = Box<dyn std::error::Error>;

/// Ten seconds of the pattern at its usual rate.
const PICTURES: u32 = 300;
const SOURCE_FPS: u32 = 30;
const SOURCE_SIZE: (u32, u32) = (1280, 720);

/// One layer's encoder, decoder and times.
struct LayerCost {
    layer: VideoLayer,
    encoder: LayerEncoder,
    assembler: FrameAssembler,
    decoder: Decoder,
    sequence: u16,
    scale: Stopwatch,
    encode: Stopwatch,
    decode: Stopwatch,
    bytes: usize,
    keyframe_bytes: usize,
}

impl LayerCost {
    fn new(layer: VideoLayer) -> Self {
        Self {
            layer,
            encoder: LayerEncoder::new(layer),
            assembler: FrameAssembler::new(),
            decoder: Decoder::new(),
            sequence: 0,
            scale: Stopwatch::default(),
            encode: Stopwatch::default(),
            decode: Stopwatch::default(),
            bytes: 0,
            keyframe_bytes: 0,
        }
    }

    fn take(&mut self, scaler: &Scaler, larger: &VideoFrame) -> Result<VideoFrame, Failure> {
        let (width, height) = self.layer.picture_size(larger.width, larger.height);
        let frame = self.scale.time(|| scaler.scale(larger, width, height))?;
        let encoded = self.encode.time(|| self.encoder.encode(&frame, PictureRequest::Any))?;
        if let Some(picture) = encoded {
            self.bytes += picture.len();
            if picture.keyframe {
                self.keyframe_bytes = picture.len();
            }
            self.receive(frame.captured.to_rtp_90k(), picture.payloads)?;
        }
        Ok(frame)
    }

    fn receive(&mut self, timestamp: u32, payloads: Vec<Bytes>) -> Result<(), Failure> {
        let (arrival, count) = (Instant::now(), payloads.len());
        for (index, payload) in payloads.into_iter().enumerate() {
            let marker = index + 1 == count;
            self.assembler.insert(VideoPacket {
                sequence: self.sequence,
                timestamp,
                marker,
                payload,
                ssrc: 1,
                arrival,
            });
            self.sequence = self.sequence.wrapping_add(1);
        }
        while let Some((unit, _)) = self.assembler.poll(arrival) {
            self.decode.time(|| self.decoder.decode(&unit, MediaTime::default()))?;
        }
        Ok(())
    }

    fn json(&self) -> String {
        let (width, height) = self.layer.picture_size(SOURCE_SIZE.0, SOURCE_SIZE.1);
        let seconds = f64::from(PICTURES) / f64::from(SOURCE_FPS);
        format!(
            "{{\"layer\":\"{height}p\",\"width\":{width},\"height\":{height},\"fps\":{},\"scale_ms\":{:.3},\
             \"encode_ms\":{:.3},\"decode_ms\":{:.3},\"bitrate_bps\":{:.0},\"keyframe_bytes\":{}}}",
            self.layer.fps(),
            self.scale.mean_ms(),
            self.encode.mean_ms(),
            self.decode.mean_ms(),
            self.bytes as f64 * 8.0 / seconds,
            self.keyframe_bytes,
        )
    }
}

fn main() -> Result<(), Failure> {
    let pattern = Pattern::new(SOURCE_SIZE.0, SOURCE_SIZE.1, SOURCE_FPS)?;
    let scaler = Scaler::new();
    let mut draw = Stopwatch::default();
    // Largest first: each layer is scaled from the one before.
    let mut layers = [VideoLayer::P720, VideoLayer::P360, VideoLayer::P180].map(LayerCost::new);
    for number in 0..PICTURES {
        let captured = MediaTime::from_duration(Duration::from_secs(1) * number / SOURCE_FPS);
        let mut frame = draw.time(|| pattern.draw(number, captured))?;
        for cost in &mut layers {
            if number % (SOURCE_FPS / cost.layer.fps()) == 0 {
                frame = cost.take(&scaler, &frame)?;
            }
        }
    }
    let layers: Vec<_> = layers.iter().map(LayerCost::json).collect();
    let line = format!("{{\"draw_ms\":{:.3},\"layers\":[{}]}}", draw.mean_ms(), layers.join(","));
    writeln!(std::io::stdout(), "{line}")?;
    Ok(())
}
