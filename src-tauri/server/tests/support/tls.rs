//! Certificates made for a test, servers that show them and clients that believe them.

use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use conclave_server::ServerConfig;
use conclave_server::tls::{Certificate, CertificateFiles};
use rustls::crypto::ring;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tempfile::TempDir;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::server::{Answer, ask, loopback};
use super::within;

/// A certificate for `localhost` that vouches for itself, and its key.
pub(crate) struct Pair {
    pub(crate) certificate: String,
    pub(crate) key: String,
    pub(crate) der: CertificateDer<'static>,
}

impl Pair {
    pub(crate) fn new() -> Self {
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        Self { certificate: made.cert.pem(), key: made.signing_key.serialize_pem(), der: made.cert.der().clone() }
    }

    /// Into files that are read again all the time.
    pub(crate) fn write(&self, folder: &Path) -> CertificateFiles {
        let (certificate, key) = (folder.join("certificate.pem"), folder.join("key.pem"));
        std::fs::write(&key, &self.key).unwrap();
        std::fs::write(&certificate, &self.certificate).unwrap();
        CertificateFiles { certificate, key, reread_every: Duration::from_millis(5) }
    }

    /// Shakes hands as a client that believes this certificate and no other.
    pub(crate) async fn connect(&self, server: SocketAddr) -> io::Result<TlsStream<TcpStream>> {
        self.shake_hands(TcpStream::connect(server).await?).await
    }

    pub(crate) async fn shake_hands(&self, stream: TcpStream) -> io::Result<TlsStream<TcpStream>> {
        let mut roots = RootCertStore::empty();
        roots.add(self.der.clone()).unwrap();
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        let name = ServerName::try_from("localhost").unwrap();
        within(TlsConnector::from(Arc::new(config)).connect(name, stream)).await
    }

    pub(crate) async fn get(&self, server: SocketAddr, path: &str) -> Answer {
        ask(self.connect(server).await.unwrap(), &format!("localhost:{}", server.port()), path, "").await
    }
}

/// A server's configuration with the pair's files, which are there as long as the folder is.
pub(crate) fn loopback_with(pair: &Pair) -> (ServerConfig, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let certificate = Some(Certificate::Files(pair.write(folder.path())));
    (ServerConfig { certificate, ..loopback() }, folder)
}
