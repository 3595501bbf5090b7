//! A certificate from an authority that gives it to whoever answers at the domain's port 443 (ACME, RFC 8555; TLS-ALPN-01,
//! RFC 8737).

use std::convert::Infallible;
use std::fmt;
use std::fs::DirBuilder;
use std::io;
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use axum::http::Uri;
use axum::http::uri::Scheme;
use futures_util::StreamExt as _;
use rustls::pki_types::DnsName;
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls::{ClientConfig, RootCertStore};
use rustls_acme::caches::DirCache;
use rustls_acme::{AcmeConfig, AcmeState, EventOk, ResolvesServerCertAcme, is_tls_alpn_challenge};
use thiserror::Error;
use tokio::time::timeout;

/// After so long without news all begins anew, with the certificate that is kept: an authority that never answers would
/// be waited for without end.
const PATIENCE: Duration = Duration::from_secs(24 * 60 * 60);
/// Where Let's Encrypt gives certificates.
const LETS_ENCRYPT: &str = "https://acme-v02.api.letsencrypt.org/directory";

/// A certificate to be had from an authority, whose terms are agreed to.
#[derive(Debug, Clone)]
pub struct AcmeCertificate {
    /// What it is for, first of all.
    pub domain: DomainName,
    /// What else it is for.
    pub more_domains: Vec<DomainName>,
    /// How the authority may reach whoever runs the server, as `mailto:` addresses.
    pub contacts: Vec<String>,
    /// The folder in which the account's key, certificates and their keys are kept. Made if it isn't there, for nobody
    /// else to read; what is in it gets the rights that the process gives new files.
    pub cache: PathBuf,
    /// The authority.
    pub directory: DirectoryUrl,
}

/// The name of a host that an authority can check: no address, no wildcard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DomainName(String);

/// Not a host's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a domain looks like rooms.example.org")]
pub struct InvalidDomainName;

impl FromStr for DomainName {
    type Err = InvalidDomainName;

    fn from_str(text: &str) -> Result<Self, InvalidDomainName> {
        let name = DnsName::try_from(text).map_err(|_| InvalidDomainName)?.to_lowercase_owned();
        if name.as_ref().contains('.') { Ok(Self(name.as_ref().to_owned())) } else { Err(InvalidDomainName) }
    }
}

impl fmt::Display for DomainName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Where an authority says what it can do: an `https` address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DirectoryUrl(String);

/// Not an `https` address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("an ACME directory looks like {LETS_ENCRYPT}")]
pub struct InvalidDirectoryUrl;

impl Default for DirectoryUrl {
    /// Let's Encrypt's, for real certificates.
    fn default() -> Self {
        Self(LETS_ENCRYPT.to_owned())
    }
}

impl FromStr for DirectoryUrl {
    type Err = InvalidDirectoryUrl;

    fn from_str(text: &str) -> Result<Self, InvalidDirectoryUrl> {
        let url: Uri = text.parse().map_err(|_| InvalidDirectoryUrl)?;
        let is_https = url.scheme() == Some(&Scheme::HTTPS) && url.host().is_some_and(|host| !host.is_empty());
        if is_https { Ok(Self(text.to_owned())) } else { Err(InvalidDirectoryUrl) }
    }
}

impl fmt::Display for DirectoryUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Why no certificate can be asked for.
#[derive(Debug, Error)]
pub enum AcmeError {
    /// The folder can't be made.
    #[error("certificates can't be kept in {}: {source}", path.display())]
    Cache {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The system knows no authorities, and so not whether it is the right directory that answers.
    #[error("this system has no certificates of authorities (Debian has them in ca-certificates)")]
    NoRoots,
    /// The cryptography lacks what TLS needs.
    #[error("TLS can't be set up: {0}")]
    Setup(#[from] rustls::Error),
}

type State = AcmeState<io::Error>;

/// Gets a certificate, and a new one when two thirds of its time are over.
pub(crate) struct Issuing {
    wanted: AcmeCertificate,
    client: Arc<ClientConfig>,
    state: State,
    used: Arc<Used>,
}

impl Issuing {
    pub(super) fn new(wanted: &AcmeCertificate) -> Result<Self, AcmeError> {
        make_folder(&wanted.cache).map_err(|source| AcmeError::Cache { path: wanted.cache.clone(), source })?;
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        if roots.is_empty() {
            return Err(AcmeError::NoRoots);
        }
        let client = ClientConfig::builder_with_provider(super::provider())
            .with_safe_default_protocol_versions()?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let client = Arc::new(client);
        let state = begin(wanted, &client);
        let used = Arc::new(Used(RwLock::new(Attempts { latest: state.resolver(), former: None })));
        Ok(Self { wanted: wanted.clone(), client, state, used })
    }

    pub(super) fn resolver(&self) -> Arc<Used> {
        Arc::clone(&self.used)
    }

    pub(super) async fn run(mut self) -> Infallible {
        loop {
            while let Ok(Some(event)) = timeout(PATIENCE, self.state.next()).await {
                match event {
                    Ok(EventOk::DeployedNewCert) => {
                        tracing::info!("there is a new certificate");
                        self.used.forget_former();
                    }
                    Ok(EventOk::DeployedCachedCert) => {
                        tracing::info!("the certificate that was kept is used");
                        self.used.forget_former();
                    }
                    Ok(EventOk::CertCacheStore | EventOk::AccountCacheStore) => {}
                    Err(error) => tracing::warn!("the certificate is asked for again later: {error}"),
                }
            }
            self.state = begin(&self.wanted, &self.client);
            self.used.follow(&self.state);
        }
    }
}

fn begin(wanted: &AcmeCertificate, client: &Arc<ClientConfig>) -> State {
    let domains = [&wanted.domain].into_iter().chain(&wanted.more_domains);
    AcmeConfig::new_with_client_config(domains.map(|domain| &domain.0), Arc::clone(client))
        .contact(&wanted.contacts)
        .directory(&wanted.directory.0)
        .cache(DirCache::new(wanted.cache.clone()))
        .state()
}

fn make_folder(path: &PathBuf) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt as _;
        builder.mode(0o700);
    }
    builder.create(path)
}

/// What attempts have: the certificate that clients are shown, and the answer to the authority.
#[derive(Debug)]
pub(super) struct Used(RwLock<Attempts>);

#[derive(Debug)]
struct Attempts {
    latest: Arc<ResolvesServerCertAcme>,
    /// The one before, whose certificate is shown until the latest has one.
    former: Option<Arc<ResolvesServerCertAcme>>,
}

impl Used {
    fn follow(&self, state: &State) {
        let mut attempts = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let before = std::mem::replace(&mut attempts.latest, state.resolver());
        // After several without a certificate it is the one that had one.
        attempts.former.get_or_insert(before);
    }

    fn forget_former(&self) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).former = None;
    }
}

impl ResolvesServerCert for Used {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let resolver = {
            let Attempts { latest, former } = &*self.0.read().unwrap_or_else(PoisonError::into_inner);
            let former = former.as_ref().filter(|_| !is_tls_alpn_challenge(&hello));
            Arc::clone(former.unwrap_or(latest))
        };
        resolver.resolve(hello)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_domain_is_a_host_s_name() {
        assert_eq!("Rooms.Example.org".parse::<DomainName>().unwrap().to_string(), "rooms.example.org");
        for text in ["", "localhost", "192.0.2.1", "*.example.org", "a b.example.org", "https://example.org", "::1"] {
            assert_eq!(text.parse::<DomainName>(), Err(InvalidDomainName), "{text}");
        }
    }

    #[test]
    fn a_directory_is_reached_over_tls() {
        assert!("https://localhost:14000/dir".parse::<DirectoryUrl>().is_ok());
        for text in ["", "http://example.org/directory", "example.org", "https://", "ftp://example.org"] {
            assert_eq!(text.parse::<DirectoryUrl>(), Err(InvalidDirectoryUrl), "{text}");
        }
    }
}
