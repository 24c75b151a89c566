//! TLS without a proxy: rustls on ring, the certificate and the key read once at the start.

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use poem::http::uri::Scheme;
use poem::listener::{Acceptor, TcpAcceptor};
use poem::web::{LocalAddr, RemoteAddr};
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio_rustls::rustls::{ServerConfig, crypto};
use tokio_rustls::server::TlsStream;

/// The longest that a handshake may take.
const HANDSHAKE_TIME_MAX: Duration = Duration::from_secs(10);
/// The most handshakes at once; further connections wait in the system's queue.
const HANDSHAKES_MAX: usize = 256;

type Accepted = (TlsStream<TcpStream>, LocalAddr, RemoteAddr, Scheme);

/// Accepts connections and shakes hands with several at once, so that a slow one keeps nobody waiting.
pub struct TlsAcceptor {
    inner: TcpAcceptor,
    tls: tokio_rustls::TlsAcceptor,
    handshakes: JoinSet<Option<Accepted>>,
}

/// Reads a certificate with those that vouch for it, and its key; both are PEM files.
///
/// # Errors
/// What is wrong with the files.
pub fn read(certificate: &Path, key: &Path) -> io::Result<Arc<ServerConfig>> {
    let bad = |what: String| io::Error::new(io::ErrorKind::InvalidData, what);
    let chain = CertificateDer::pem_file_iter(certificate)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|e| bad(format!("{}: {e}", certificate.display())))?;
    let key = PrivateKeyDer::from_pem_file(key).map_err(|e| bad(format!("{}: {e}", key.display())))?;
    let provider = Arc::new(crypto::ring::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .and_then(|builder| builder.with_no_client_auth().with_single_cert(chain, key))
        .map_err(|e| bad(e.to_string()))?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}

impl TlsAcceptor {
    /// TLS on a bound socket.
    #[must_use]
    pub fn new(inner: TcpAcceptor, config: Arc<ServerConfig>) -> Self {
        Self { inner, tls: config.into(), handshakes: JoinSet::new() }
    }
}

impl Acceptor for TlsAcceptor {
    type Io = TlsStream<TcpStream>;

    fn local_addr(&self) -> Vec<LocalAddr> {
        self.inner.local_addr()
    }

    async fn accept(&mut self) -> io::Result<Accepted> {
        loop {
            tokio::select! {
                accepted = self.inner.accept(), if self.handshakes.len() < HANDSHAKES_MAX => {
                    let (stream, local, remote, _plain) = accepted?;
                    let shaking = tokio::time::timeout(HANDSHAKE_TIME_MAX, self.tls.accept(stream));
                    self.handshakes.spawn(async move {
                        let stream = shaking.await.ok()?.ok()?;
                        Some((stream, local, remote, Scheme::HTTPS))
                    });
                }
                Some(done) = self.handshakes.join_next() => {
                    // A handshake that failed concerns nobody else.
                    if let Ok(Some(accepted)) = done {
                        return Ok(accepted);
                    }
                }
            }
        }
    }
}
