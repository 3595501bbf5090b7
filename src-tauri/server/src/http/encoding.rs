//! How a body is compressed on its way, and whether the client takes it so.

use axum::http::{HeaderMap, header};

/// A compression that browsers know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Encoding {
    Brotli,
    Gzip,
}

impl Encoding {
    /// The best first. Browsers take brotli over TLS only.
    pub(super) const ALL: [Self; 2] = [Self::Brotli, Self::Gzip];

    /// Whether `Accept-Encoding` allows it.
    pub(super) fn is_accepted(self, headers: &HeaderMap) -> bool {
        let values = headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
        values.flat_map(|value| value.split(',')).any(|offer| self.is_meant(offer))
    }

    /// As `Content-Encoding` names it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Brotli => "br",
            Self::Gzip => "gzip",
        }
    }

    /// What the name of a file ends with that is compressed so.
    pub(super) fn extension(self) -> &'static str {
        match self {
            Self::Brotli => ".br",
            Self::Gzip => ".gz",
        }
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
    use super::*;

    fn accepted(values: &[&str]) -> Option<Encoding> {
        let headers = values.iter().map(|value| (header::ACCEPT_ENCODING, value.parse().unwrap())).collect();
        Encoding::ALL.into_iter().find(|encoding| encoding.is_accepted(&headers))
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
}
