//! Which web pages may open WebSockets here. Browsers let any page open one to any server that the visitor reaches, this
//! computer and the network around it included, and say in `Origin` which page it was.

use std::net::IpAddr;

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use conclave_protocol::invite::ServerAddress;

/// The pages that are this server's own.
#[derive(Debug)]
pub(crate) struct OwnPages {
    /// As browsers write the origin of pages at the server's public URL.
    public: String,
}

impl OwnPages {
    pub(crate) fn of(server: &ServerAddress) -> Self {
        Self { public: server.to_string() }
    }

    /// Whether a request comes from one of them, or from no page at all: programs don't say `Origin`.
    pub(super) fn allow(&self, headers: &HeaderMap) -> bool {
        if !headers.contains_key(header::ORIGIN) {
            return true;
        }
        let origin = only(headers, header::ORIGIN).and_then(|origin| origin.to_str().ok());
        let host = only(headers, header::HOST).and_then(|host| host.to_str().ok());
        origin.is_some_and(|origin| origin == self.public || host.is_some_and(|host| is_page_of(origin, host)))
    }
}

/// Whether a page of this origin came from the host that the request names.
///
/// The owner of a name may have it stand for another computer once the page is loaded. No page over TLS gets here so: it
/// would need a certificate of that name. Others must have come from an address, which stands for itself, or `localhost`.
fn is_page_of(origin: &str, host: &str) -> bool {
    match origin.split_once("://") {
        Some(("https", page)) => is_same(page, host, ":443"),
        Some(("http", page)) => is_same(page, host, ":80") && stands_for_itself(page),
        _ => false,
    }
}

fn is_same(page: &str, host: &str, usual_port: &str) -> bool {
    let host = host.strip_suffix(usual_port).unwrap_or(host);
    !page.is_empty() && page.eq_ignore_ascii_case(host)
}

/// Takes `HOST[:PORT]`.
fn stands_for_itself(page: &str) -> bool {
    let host = match page.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => page,
    };
    let address = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    address.parse::<IpAddr>().is_ok() || host == "localhost" || host.ends_with(".localhost")
}

/// The header's value, unless there are several.
fn only(headers: &HeaderMap, name: HeaderName) -> Option<&HeaderValue> {
    let mut values = headers.get_all(name).iter();
    values.next().filter(|_| values.next().is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allows(origins: &[&str], hosts: &[&str]) -> bool {
        let own = OwnPages::of(&ServerAddress::parse("https://rooms.example.org").unwrap());
        let origins = origins.iter().map(|value| (header::ORIGIN, value.parse().unwrap()));
        let hosts = hosts.iter().map(|value| (header::HOST, value.parse().unwrap()));
        own.allow(&origins.chain(hosts).collect())
    }

    #[test]
    fn a_page_of_this_server_is_let_in() {
        for (origin, host) in [
            ("http://127.0.0.1:7000", "127.0.0.1:7000"),
            ("http://192.168.1.5", "192.168.1.5:80"),
            ("http://[::1]:7000", "[::1]:7000"),
            ("http://[::1]", "[::1]"),
            ("http://localhost:7000", "localhost:7000"),
            ("https://other.example.org", "other.example.org"),
            ("https://other.example.org", "Other.Example.org:443"),
            ("https://rooms.example.org", "10.0.0.1:7000"),
        ] {
            assert!(allows(&[origin], &[host]), "{origin} at {host}");
        }
    }

    #[test]
    fn another_page_is_not() {
        for (origin, host) in [
            ("https://evil.example", "127.0.0.1:7000"),
            ("http://127.0.0.1:8000", "127.0.0.1:7000"),
            ("http://127.0.0.1", "127.0.0.1:7000"),
            ("http://rooms.example.org", "127.0.0.1:7000"),
            ("https://rooms.example.org.evil.example", "127.0.0.1:7000"),
            ("https://rooms.example.org:8443", "127.0.0.1:7000"),
            ("null", "127.0.0.1:7000"),
            ("", "127.0.0.1:7000"),
            ("https://", ""),
            ("ftp://127.0.0.1:7000", "127.0.0.1:7000"),
            ("file://", "127.0.0.1:7000"),
        ] {
            assert!(!allows(&[origin], &[host]), "{origin} at {host}");
        }
    }

    #[test]
    fn a_name_that_was_bent_to_this_server_is_not_believed_without_tls() {
        assert!(!allows(&["http://evil.example:7000"], &["evil.example:7000"]));
        assert!(!allows(&["http://127.0.0.1.evil.example"], &["127.0.0.1.evil.example"]));
        assert!(!allows(&["http://notlocalhost"], &["notlocalhost"]));
    }

    #[test]
    fn who_says_two_things_is_not_believed() {
        let (own, host) = ("http://127.0.0.1:7000", "127.0.0.1:7000");
        assert!(!allows(&[own, "https://evil.example"], &[host]));
        assert!(!allows(&[own], &[host, "evil.example"]));
        assert!(!allows(&[own], &[]));
    }

    #[test]
    fn a_program_says_nothing_and_is_let_in() {
        assert!(allows(&[], &["127.0.0.1:7000"]));
        assert!(allows(&[], &[]));
    }
}
