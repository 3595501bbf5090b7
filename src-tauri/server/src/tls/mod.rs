//! TLS of the server's own: where its certificate comes from, and what keeps it good while the server runs.

mod acme;
mod files;

use std::convert::Infallible;
use std::sync::Arc;

use rustls::ServerConfig;
use rustls::crypto::{CryptoProvider, ring};
use rustls::server::ResolvesServerCert;
use thiserror::Error;
use tokio_rustls::TlsAcceptor;

pub use acme::{AcmeCertificate, AcmeError, DirectoryUrl, DomainName, InvalidDirectoryUrl, InvalidDomainName};
pub use files::{CertificateFiles, FileError};

use acme::Issuing;
use files::Rereading;

/// What a certificate authority speaks that only asks whether a domain is this server's (RFC 8737).
pub(crate) const ACME_PROTOCOL: &[u8] = b"acme-tls/1";
const PROTOCOLS: [&[u8]; 2] = [b"http/1.1", ACME_PROTOCOL];

/// Where the server's certificate comes from.
#[derive(Debug, Clone)]
pub enum Certificate {
    /// Files that somebody else keeps good.
    Files(CertificateFiles),
    /// An authority that gives it, and a new one in time.
    Acme(AcmeCertificate),
}

/// Why there can be no TLS.
#[derive(Debug, Error)]
pub enum TlsError {
    /// The files are no certificate.
    #[error(transparent)]
    Files(#[from] FileError),
    /// No certificate can be asked for.
    #[error(transparent)]
    Acme(#[from] AcmeError),
    /// The cryptography lacks what TLS needs.
    #[error("TLS can't be set up: {0}")]
    Setup(#[from] rustls::Error),
}

/// What shakes hands with clients, and what keeps its certificate good.
pub(crate) struct Tls {
    pub(crate) acceptor: TlsAcceptor,
    pub(crate) upkeep: Upkeep,
}

impl Tls {
    pub(crate) fn new(certificate: &Certificate) -> Result<Self, TlsError> {
        let (resolver, upkeep): (Arc<dyn ResolvesServerCert>, _) = match certificate {
            Certificate::Files(files) => {
                let rereading = Rereading::begin(files.clone())?;
                (rereading.resolver(), Upkeep::Rereading(rereading))
            }
            Certificate::Acme(wanted) => {
                let issuing = Issuing::new(wanted)?;
                (issuing.resolver(), Upkeep::Issuing(Box::new(issuing)))
            }
        };
        let mut config = ServerConfig::builder_with_provider(provider())
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_cert_resolver(resolver);
        config.alpn_protocols = PROTOCOLS.map(Vec::from).into();
        Ok(Self { acceptor: TlsAcceptor::from(Arc::new(config)), upkeep })
    }
}

/// Keeps a certificate good.
pub(crate) enum Upkeep {
    Rereading(Rereading),
    Issuing(Box<Issuing>),
}

impl Upkeep {
    pub(crate) async fn run(self) -> Infallible {
        match self {
            Self::Rereading(rereading) => rereading.run().await,
            Self::Issuing(issuing) => issuing.run().await,
        }
    }
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(ring::default_provider())
}
