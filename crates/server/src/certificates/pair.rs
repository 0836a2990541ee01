//! A certificate with its key, and every way in which two files can be none.

use std::io;
use std::path::Path;
use std::sync::Arc;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::server::ParsedCertificate;
use rustls::sign::CertifiedKey;
use store::Millis;

use super::Files;

/// Why two files are no certificate with its key. Each sentence goes on after the file's name.
#[derive(Debug, thiserror::Error)]
pub enum Unfit {
    /// The certificate's file.
    #[error("the certificate cannot be read ({0})")]
    CertificateUnreadable(io::Error),
    /// The key's file.
    #[error("the key cannot be read ({0})")]
    KeyUnreadable(io::Error),
    /// No PEM, or another kind of it.
    #[error("the certificate's file holds no certificate in PEM")]
    NoCertificate,
    /// No PEM, another kind, or behind a passphrase.
    #[error("the key's file holds no private key in PEM that can be read without a passphrase")]
    NoKey,
    /// Of another algorithm than we speak.
    #[error("the certificate or the key is of a kind that is not spoken here ({0})")]
    KindUnknown(String),
    /// Each may be right.
    #[error("the key belongs to another certificate")]
    KeyForeign,
    /// Nobody would believe it.
    #[error("the certificate has ended")]
    Expired,
}

impl Unfit {
    /// Whether it is about the key's file.
    pub fn is_of_key(&self) -> bool {
        matches!(
            self,
            Self::KeyUnreadable(_) | Self::NoKey | Self::KeyForeign
        )
    }
}

/// The bytes of both files.
pub struct Written {
    certificate: Vec<u8>,
    key: zeroize::Zeroizing<Vec<u8>>,
}

impl Written {
    /// Reads them.
    ///
    /// # Errors
    /// Which of the two cannot be read.
    pub fn read(files: &Files) -> Result<Self, Unfit> {
        let read = |file: &Path| std::fs::read(file);
        Ok(Self {
            certificate: read(&files.certificate).map_err(Unfit::CertificateUnreadable)?,
            key: read(&files.key).map_err(Unfit::KeyUnreadable)?.into(),
        })
    }

    /// What tells these bytes from others.
    pub fn mark(&self) -> [u8; 32] {
        let mut context = aws_lc_rs::digest::Context::new(&aws_lc_rs::digest::SHA256);
        context.update(&self.certificate.len().to_be_bytes());
        context.update(&self.certificate);
        context.update(&self.key);
        let mut mark = [0; 32];
        mark.copy_from_slice(context.finish().as_ref());
        mark
    }
}

/// A certificate whose key we have.
#[derive(Clone, Debug)]
pub struct Pair {
    /// As TLS wants it.
    pub certified: Arc<CertifiedKey>,
    /// When it ends.
    pub expires_at: Millis,
}

impl Pair {
    /// Reads both files.
    ///
    /// # Errors
    /// See [`Unfit`]; a certificate that has ended is none here.
    pub fn read(files: &Files) -> Result<Self, Unfit> {
        Self::of(&Written::read(files)?)
    }

    /// Out of what was written.
    ///
    /// # Errors
    /// See [`Unfit`]; a certificate that has ended is none here.
    pub fn of(written: &Written) -> Result<Self, Unfit> {
        let chain: Vec<CertificateDer<'static>> =
            CertificateDer::pem_slice_iter(&written.certificate)
                .collect::<Result<_, _>>()
                .map_err(|_| Unfit::NoCertificate)?;
        let first = chain.first().ok_or(Unfit::NoCertificate)?;
        let (_, parsed) = x509_parser::parse_x509_certificate(first)
            .map_err(|error| Unfit::KindUnknown(error.to_string()))?;
        let expires_at = parsed.validity().not_after.timestamp().saturating_mul(1000);
        let key = PrivateKeyDer::from_pem_slice(&written.key).map_err(|_| Unfit::NoKey)?;
        let certified =
            CertifiedKey::from_der(chain.clone(), key, &super::provider()).map_err(|error| {
                match error {
                    rustls::Error::InconsistentKeys(_) => Unfit::KeyForeign,
                    other => Unfit::KindUnknown(other.to_string()),
                }
            })?;
        Ok(Self {
            certified: Arc::new(certified),
            expires_at,
        })
    }
}

/// Which of these names the certificate is not for.
pub fn not_for<'n>(pair: &Pair, names: impl IntoIterator<Item = &'n str>) -> Vec<&'n str> {
    let parsed = pair.certified.end_entity_cert();
    let Ok(parsed) = parsed.and_then(ParsedCertificate::try_from) else {
        return Vec::new();
    };
    let is_for = |name: &str| {
        ServerName::try_from(name)
            .is_ok_and(|name| rustls::client::verify_server_name(&parsed, &name).is_ok())
    };
    names.into_iter().filter(|name| !is_for(name)).collect()
}
