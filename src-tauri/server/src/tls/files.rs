//! A certificate in files, which are read again while the server runs: whatever renews them need not know of it.

use std::convert::Infallible;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use rustls::InconsistentKeys;
use rustls::pki_types::pem::{self, PemObject as _};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use thiserror::Error;
use tokio::task::spawn_blocking;
use tokio::time::sleep;

/// The largest file that is read, in bytes.
const MAX_FILE_BYTES: u64 = 1024 * 1024;
/// How often files are read again unless something else is said.
const REREAD_EVERY: Duration = Duration::from_secs(60);

/// A certificate and its key, as PEM.
#[derive(Debug, Clone)]
pub struct CertificateFiles {
    /// The certificate, and behind it those that vouch for it.
    pub certificate: PathBuf,
    /// Its private key, without a password.
    pub key: PathBuf,
    /// How often both are read again.
    pub reread_every: Duration,
}

impl CertificateFiles {
    /// Files that are read again every minute.
    #[must_use]
    pub fn new(certificate: PathBuf, key: PathBuf) -> Self {
        Self { certificate, key, reread_every: REREAD_EVERY }
    }
}

/// What is wrong with the files.
#[derive(Debug, Error)]
pub enum FileError {
    /// One can't be read.
    #[error("{} can't be read: {source}", path.display())]
    Read {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// One is longer than any certificate.
    #[error("{} is larger than {MAX_FILE_BYTES} bytes", .0.display())]
    TooLarge(PathBuf),
    /// There is no certificate in the one, or a damaged one.
    #[error("there is no certificate in PEM form in {}", .0.display())]
    NoCertificate(PathBuf),
    /// There is no key in the other, or a damaged one, or one with a password.
    #[error("there is no private key in PEM form in {}", .0.display())]
    NoKey(PathBuf),
    /// The key is of a kind that TLS has no use for.
    #[error("the private key in {} can't be used: {source}", path.display())]
    Key {
        /// The key's file.
        path: PathBuf,
        /// Why.
        source: rustls::Error,
    },
    /// The one is not the other's.
    #[error("the private key in {} is not that of the certificate in {}", key.display(), certificate.display())]
    Mismatch {
        /// The certificate's file.
        certificate: PathBuf,
        /// The key's file.
        key: PathBuf,
    },
    /// The certificate is none.
    #[error("the certificate in {} can't be used: {source}", path.display())]
    Certificate {
        /// The certificate's file.
        path: PathBuf,
        /// Why.
        source: rustls::Error,
    },
}

/// What is in the files.
#[derive(PartialEq, Eq)]
struct Contents {
    certificate: Vec<u8>,
    key: Vec<u8>,
}

impl Contents {
    fn read(files: &CertificateFiles) -> Result<Self, FileError> {
        Ok(Self { certificate: read(&files.certificate)?, key: read(&files.key)? })
    }

    fn parse(&self, files: &CertificateFiles) -> Result<CertifiedKey, FileError> {
        let no_certificate = |_: pem::Error| FileError::NoCertificate(files.certificate.clone());
        let chain: Vec<_> =
            CertificateDer::pem_slice_iter(&self.certificate).collect::<Result<_, _>>().map_err(no_certificate)?;
        if chain.is_empty() {
            return Err(FileError::NoCertificate(files.certificate.clone()));
        }
        let key = PrivateKeyDer::from_pem_slice(&self.key).map_err(|_| FileError::NoKey(files.key.clone()))?;
        let unusable_key = |source| FileError::Key { path: files.key.clone(), source };
        let key = super::provider().key_provider.load_private_key(key).map_err(unusable_key)?;
        let certified = CertifiedKey::new(chain, key);
        match certified.keys_match() {
            Ok(()) => Ok(certified),
            Err(rustls::Error::InconsistentKeys(InconsistentKeys::KeyMismatch)) => {
                Err(FileError::Mismatch { certificate: files.certificate.clone(), key: files.key.clone() })
            }
            Err(source) => Err(FileError::Certificate { path: files.certificate.clone(), source }),
        }
    }
}

fn read(path: &Path) -> Result<Vec<u8>, FileError> {
    let mut contents = Vec::new();
    let read = File::open(path).and_then(|file| file.take(MAX_FILE_BYTES + 1).read_to_end(&mut contents));
    match read {
        Ok(bytes) if bytes as u64 > MAX_FILE_BYTES => Err(FileError::TooLarge(path.to_owned())),
        Ok(_) => Ok(contents),
        Err(source) => Err(FileError::Read { path: path.to_owned(), source }),
    }
}

/// Reads the files again and again, and has the last good certificate used. What is in them is compared, not their
/// times: so it doesn't matter how they are replaced. One that was replaced before the other is waited for.
pub(crate) struct Rereading {
    files: CertificateFiles,
    used: Arc<Used>,
    /// What was found last, good or not.
    seen: Result<Contents, FileError>,
}

impl Rereading {
    /// With what is in the files now.
    pub(super) fn begin(files: CertificateFiles) -> Result<Self, FileError> {
        let contents = Contents::read(&files)?;
        let used = Arc::new(Used(RwLock::new(Arc::new(contents.parse(&files)?))));
        Ok(Self { files, used, seen: Ok(contents) })
    }

    pub(super) fn resolver(&self) -> Arc<Used> {
        Arc::clone(&self.used)
    }

    pub(super) async fn run(mut self) -> Infallible {
        loop {
            sleep(self.files.reread_every).await;
            let files = self.files.clone();
            if let Ok(found) = spawn_blocking(move || Contents::read(&files)).await {
                self.take(found);
            }
        }
    }

    fn take(&mut self, found: Result<Contents, FileError>) {
        let news = match (&self.seen, &found) {
            (Ok(seen), Ok(found)) => seen != found,
            // A fault is told once.
            (Err(_), Err(_)) => false,
            _ => true,
        };
        if !news {
            return;
        }
        match found.as_ref().map(|contents| contents.parse(&self.files)) {
            Ok(Ok(certified)) => {
                self.used.replace(certified);
                tracing::info!("the certificate was read again");
            }
            Ok(Err(error)) => tracing::warn!("the certificate stays the one before: {error}"),
            Err(error) => tracing::warn!("the certificate stays the one before: {error}"),
        }
        self.seen = found;
    }
}

/// The certificate that clients are shown.
#[derive(Debug)]
pub(super) struct Used(RwLock<Arc<CertifiedKey>>);

impl Used {
    fn replace(&self, certified: CertifiedKey) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(certified);
    }
}

impl ResolvesServerCert for Used {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair() -> Contents {
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        Contents { certificate: made.cert.pem().into_bytes(), key: made.signing_key.serialize_pem().into_bytes() }
    }

    fn shown(rereading: &Rereading) -> Vec<u8> {
        rereading.used.0.read().unwrap().cert[0].to_vec()
    }

    fn leaf(contents: &Contents) -> Vec<u8> {
        CertificateDer::from_pem_slice(&contents.certificate).unwrap().to_vec()
    }

    #[test]
    fn only_a_good_pair_replaces_the_one_that_is_shown() {
        let folder = tempfile::tempdir().unwrap();
        let files = CertificateFiles::new(folder.path().join("certificate.pem"), folder.path().join("key.pem"));
        let (first, second) = (pair(), pair());
        std::fs::write(&files.certificate, &first.certificate).unwrap();
        std::fs::write(&files.key, &first.key).unwrap();
        let mut rereading = Rereading::begin(files.clone()).unwrap();

        rereading.take(Err(FileError::TooLarge(files.key.clone())));
        rereading.take(Ok(Contents { certificate: b"half wri".to_vec(), key: first.key.clone() }));
        rereading.take(Ok(Contents { certificate: second.certificate.clone(), key: first.key.clone() }));
        rereading.take(Ok(Contents { certificate: first.certificate.clone(), key: second.key.clone() }));
        assert_eq!(shown(&rereading), leaf(&first));

        let expected = leaf(&second);
        rereading.take(Ok(second));
        assert_eq!(shown(&rereading), expected);
        rereading.take(Err(FileError::TooLarge(files.key)));
        let expected = leaf(&first);
        rereading.take(Ok(first));
        assert_eq!(shown(&rereading), expected);
    }
}
