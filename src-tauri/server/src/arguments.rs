//! The command line.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use clap::Parser;
use conclave_protocol::invite::ServerAddress;
use conclave_server::config::DEFAULT_PORT;
use conclave_server::tls::{AcmeCertificate, Certificate, CertificateFiles, DirectoryUrl, DomainName};

/// The Conclave room server: relays sealed messages between the people of a room. It can neither read them nor let
/// anyone in. Stops on SIGTERM or Ctrl-C; logs go to standard error (RUST_LOG sets what).
#[derive(Debug, Parser)]
#[command(version)]
pub(crate) struct Arguments {
    /// Address and port to listen on; port 0 picks a free one.
    #[arg(long, value_name = "ADDR", default_value_t = SocketAddr::from((Ipv4Addr::LOCALHOST, DEFAULT_PORT)))]
    pub(crate) listen: SocketAddr,
    /// How people reach this server, like https://rooms.example.org, when that differs from where it listens.
    #[arg(long, value_name = "URL", value_parser = ServerAddress::parse)]
    pub(crate) public_url: Option<ServerAddress>,
    /// Don't limit how many connections and joins come from this computer.
    #[arg(long)]
    pub(crate) exempt_loopback: bool,
    /// A proxy before this server, whose word is taken for whom it speaks (the last entry of X-Forwarded-For); may be
    /// said several times. Without it all who come through the proxy share one address's limits.
    #[arg(long, value_name = "IP")]
    pub(crate) trusted_proxy: Vec<IpAddr>,
    /// STUN and TURN servers to tell everyone of: a JSON list of {"urls": […], "username": …, "credential": …}.
    #[arg(long, value_name = "FILE")]
    pub(crate) ice_servers: Option<PathBuf>,
    /// Speak TLS with the certificate in this file and those behind it that vouch for it, as PEM. Read again every
    /// minute.
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// The certificate's private key, as PEM without a password.
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
    /// Speak TLS with a certificate for this domain, gotten by ACME from an authority whose terms you agree to so; may
    /// be said several times. The authority must reach this server at the domain's port 443.
    #[arg(long, value_name = "DOMAIN", requires = "acme_cache", conflicts_with_all = ["tls_cert", "tls_key"])]
    acme: Vec<DomainName>,
    /// How the authority may reach you, like mailto:you@example.org; may be said several times.
    #[arg(long, value_name = "mailto:ADDRESS", requires = "acme", value_parser = contact)]
    acme_contact: Vec<String>,
    /// The folder to keep the account's key and the certificates in; nobody else should be able to read it.
    #[arg(long, value_name = "DIR", requires = "acme")]
    acme_cache: Option<PathBuf>,
    /// The authority's directory, instead of Let's Encrypt's for real certificates
    /// (https://acme-v02.api.letsencrypt.org/directory).
    #[arg(long, value_name = "URL", requires = "acme")]
    acme_directory: Option<DirectoryUrl>,
}

impl Arguments {
    /// Where the certificate comes from, if there is to be TLS.
    pub(crate) fn certificate(&self) -> Option<Certificate> {
        if let (Some(certificate), Some(key)) = (&self.tls_cert, &self.tls_key) {
            return Some(Certificate::Files(CertificateFiles::new(certificate.clone(), key.clone())));
        }
        let ((domain, more_domains), cache) = (self.acme.split_first()?, self.acme_cache.as_ref()?);
        Some(Certificate::Acme(AcmeCertificate {
            domain: domain.clone(),
            more_domains: more_domains.to_vec(),
            contacts: self.acme_contact.clone(),
            cache: cache.clone(),
            directory: self.acme_directory.clone().unwrap_or_default(),
        }))
    }
}

fn contact(text: &str) -> Result<String, &'static str> {
    let address = text.strip_prefix("mailto:").filter(|address| address.contains('@') && address.is_ascii());
    address.map(|_| text.to_owned()).ok_or("a contact looks like mailto:you@example.org")
}
