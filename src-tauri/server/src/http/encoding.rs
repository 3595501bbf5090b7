//! How a body is compressed on its way: what the client takes, and doing it.

use std::io::{self, Write as _};

use axum::http::{HeaderMap, header};
use brotli::enc::BrotliEncoderParams;
use flate2::Compression;
use flate2::write::GzEncoder;

/// The quality for a body of some bytes: the highest, where it makes nobody wait for long; for more than that one with
/// which brotli comes near it in a tenth of the time.
fn brotli_quality(bytes: usize) -> i32 {
    if bytes <= 256 * 1024 { 11 } else { 9 }
}

/// A compression that browsers know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Encoding {
    Brotli,
    Gzip,
}

impl Encoding {
    /// The best that `Accept-Encoding` allows; `None` leaves the body as it is. Browsers take brotli over TLS only.
    pub(super) fn accepted(headers: &HeaderMap) -> Option<Self> {
        let offers = || {
            let values = headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
            values.flat_map(|value| value.split(','))
        };
        [Self::Brotli, Self::Gzip].into_iter().find(|encoding| offers().any(|offer| encoding.is_meant(offer)))
    }

    /// As `Content-Encoding` names it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Brotli => "br",
            Self::Gzip => "gzip",
        }
    }

    /// Takes some hundred milliseconds a megabyte.
    ///
    /// # Errors
    /// None that is known: the encoders write to memory.
    pub(super) fn compress(self, body: &[u8]) -> io::Result<Vec<u8>> {
        let mut compressed = Vec::new();
        match self {
            Self::Brotli => {
                let parameters = BrotliEncoderParams {
                    quality: brotli_quality(body.len()),
                    size_hint: body.len(),
                    ..BrotliEncoderParams::default()
                };
                brotli::BrotliCompress(&mut &*body, &mut compressed, &parameters)?;
            }
            Self::Gzip => {
                let mut encoder = GzEncoder::new(&mut compressed, Compression::best());
                encoder.write_all(body)?;
                encoder.finish()?;
            }
        }
        Ok(compressed)
    }

    /// Whether an entry like `br` or `gzip;q=0.5` allows it. A weight of zero forbids.
    fn is_meant(self, offer: &str) -> bool {
        let (name, parameters) = offer.split_once(';').unwrap_or((offer, ""));
        let weight = parameters.trim().strip_prefix("q=").map_or(Ok(1.0), str::parse::<f32>);
        name.trim().eq_ignore_ascii_case(self.name()) && weight.is_ok_and(|weight| weight > 0.0)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    fn accepted(values: &[&str]) -> Option<Encoding> {
        let headers = values.iter().map(|value| (header::ACCEPT_ENCODING, value.parse().unwrap()));
        Encoding::accepted(&headers.collect())
    }

    #[test]
    fn the_best_that_is_taken_is_chosen() {
        for (values, expected) in [
            (["gzip, deflate, br, zstd"].as_slice(), Some(Encoding::Brotli)),
            (&["gzip", "br"], Some(Encoding::Brotli)),
            (&["gzip, deflate"], Some(Encoding::Gzip)),
            (&["GZIP;q=0.2"], Some(Encoding::Gzip)),
            (&["br;q=0, gzip; q=0.5"], Some(Encoding::Gzip)),
            (&["br;q=nonsense"], None),
            (&["br;q=0.0"], None),
            (&["identity", "*", "brown", ""], None),
            (&[], None),
        ] {
            assert_eq!(accepted(values), expected, "{values:?}");
        }
    }

    #[test]
    fn what_is_compressed_is_smaller_and_comes_out_as_it_was() {
        let body = b"a quiet room with a good door ".repeat(1000);
        for encoding in [Encoding::Brotli, Encoding::Gzip] {
            let compressed = encoding.compress(&body).unwrap();
            assert!(compressed.len() < body.len() / 10);
            let mut read = Vec::new();
            match encoding {
                Encoding::Brotli => brotli::Decompressor::new(&*compressed, 4096).read_to_end(&mut read),
                Encoding::Gzip => flate2::read::GzDecoder::new(&*compressed).read_to_end(&mut read),
            }
            .unwrap();
            assert_eq!(read, body);
        }
    }
}
