//! Who is trusted on the other end.
//!
//! `sslmode=require` in the URL: the server's certificate must be for its name and come from somebody whom this
//! machine, or the file of the settings, trusts. `prefer`, which is what a URL without the word means: encrypted
//! where the server can do it, whoever it is; whoever could put himself between could refuse encryption as well.
//! `disable`: plain.

use std::path::Path;
use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};
use tokio_postgres::config::SslMode;
use tokio_postgres_rustls::MakeRustlsConnect;

use super::OpenError;
use crate::ports::error::Cause;

/// What makes connections secret, as far as the mode asks for it.
pub(super) fn connector(mode: SslMode, ca_file: Option<&Path>) -> Result<MakeRustlsConnect, OpenError> {
    let provider = Arc::new(ring::default_provider());
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider));
    // The provider has a suite for each of these versions, so this does not fail.
    let builder = builder.with_safe_default_protocol_versions().map_err(|error| OpenError::Certificates {
        path: ca_file.unwrap_or(Path::new("")).to_owned(),
        source: Arc::new(error),
    })?;
    let config = if mode == SslMode::Require {
        builder.with_root_certificates(roots(ca_file)?).with_no_client_auth()
    } else {
        let anybody = Arc::new(Anybody(provider));
        builder.dangerous().with_custom_certificate_verifier(anybody).with_no_client_auth()
    };
    Ok(MakeRustlsConnect::new(config))
}

/// Those whom the machine trusts, and those of the file.
fn roots(ca_file: Option<&Path>) -> Result<RootCertStore, OpenError> {
    let mut roots = RootCertStore::empty();
    let native = rustls_native_certs::load_native_certs();
    for error in &native.errors {
        tracing::warn!(%error, "a certificate of this machine can't be read");
    }
    roots.add_parsable_certificates(native.certs);
    if let Some(path) = ca_file {
        let unusable = |source: Cause| OpenError::Certificates { path: path.to_owned(), source };
        let certificates = CertificateDer::pem_file_iter(path).map_err(|error| unusable(Arc::new(error)))?;
        let mut count = 0_usize;
        for certificate in certificates {
            let certificate = certificate.map_err(|error| unusable(Arc::new(error)))?;
            roots.add(certificate).map_err(|error| unusable(Arc::new(error)))?;
            count += 1;
        }
        if count == 0 {
            let source = std::io::Error::new(std::io::ErrorKind::InvalidData, "there is none in it");
            return Err(unusable(Arc::new(source)));
        }
    }
    Ok(roots)
}

/// Takes every certificate; what it signs must still be right.
#[derive(Debug)]
struct Anybody(Arc<CryptoProvider>);

impl ServerCertVerifier for Anybody {
    fn verify_server_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, cert, dss, &self.0.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, cert, dss, &self.0.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
