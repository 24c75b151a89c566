//! TLS without a proxy: a real handshake with a certificate of the test's own.

use std::io;
use std::sync::Arc;

use ballast::http::server::{self, TlsFiles};
use ballast::http::settings::HttpSettings;
use rcgen::{CertifiedKey, generate_simple_self_signed};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore, crypto};

use super::socket::{ask, served_over};
use crate::harness::PASSWORD;

/// A certificate for `localhost` that vouches for itself, as files and as a client trusts it.
struct Vouched {
    folder: TempDir,
    certificate: CertificateDer<'static>,
}

impl Vouched {
    fn new() -> Self {
        let CertifiedKey { cert, signing_key } =
            generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("certificate.pem"), cert.pem()).unwrap();
        std::fs::write(folder.path().join("key.pem"), signing_key.serialize_pem()).unwrap();
        Self { folder, certificate: cert.der().clone() }
    }

    /// Speaks HTTP to an address over TLS, trusting this certificate alone.
    async fn ask(&self, address: &str, request: &str) -> io::Result<String> {
        let mut roots = RootCertStore::empty();
        roots.add(self.certificate.clone()).unwrap();
        let config = ClientConfig::builder_with_provider(Arc::new(crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        let stream = TcpStream::connect(address.trim_start_matches("https://")).await?;
        let name = ServerName::try_from("localhost").unwrap();
        let mut stream = TlsConnector::from(Arc::new(config)).connect(name, stream).await?;
        stream.write_all(request.as_bytes()).await?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await?;
        Ok(String::from_utf8(answer).unwrap())
    }
}

const ALIVE: &str = "GET /livez HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";

#[tokio::test]
async fn a_server_with_a_certificate_speaks_tls_and_nothing_else() {
    let (vouched, other) = (Vouched::new(), Vouched::new());
    let (certificate, key) =
        (vouched.folder.path().join("certificate.pem"), vouched.folder.path().join("key.pem"));
    let files = TlsFiles { certificate: &certificate, key: &key };
    served_over(Some(files), HttpSettings::default(), async |_, address| {
        assert!(address.starts_with("https://"), "{address}");
        // Whoever has not shaken hands keeps nobody waiting.
        let silent = TcpStream::connect(address.trim_start_matches("https://")).await.unwrap();
        let answer = vouched.ask(address, ALIVE).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        assert!(answer.contains("strict-transport-security: max-age="), "{answer}");
        drop(silent);

        let fields = format!("login=home.factory_hr&password={}", PASSWORD.replace(' ', "+"));
        let length = fields.len();
        let sign_in = format!(
            "POST /sign-in HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-length: {length}\r\n\
             content-type: application/x-www-form-urlencoded\r\n\r\n{fields}"
        );
        let answer = vouched.ask(address, &sign_in).await.unwrap();
        assert!(answer.contains("set-cookie: __Host-ballast_session="), "{answer}");
        assert!(answer.contains("; Secure"), "{answer}");

        let stranger = other.ask(address, ALIVE).await.unwrap_err().to_string();
        assert!(stranger.contains("certificate"), "{stranger}");
        let plain = ask(&address.replace("https://", ""), "GET /livez HTTP/1.1", "").await;
        assert!(!plain.contains("HTTP/1.1"), "{plain}");
    })
    .await;
}

#[tokio::test]
async fn files_that_are_no_certificate_or_no_key_are_named() {
    let (vouched, other) = (Vouched::new(), Vouched::new());
    let path = |of: &Vouched, name: &str| of.folder.path().join(name);
    let (certificate, key) = (path(&vouched, "certificate.pem"), path(&vouched, "key.pem"));
    let (missing, foreign) = (path(&vouched, "missing.pem"), path(&other, "key.pem"));
    for (certificate, key, named) in [
        (&missing, &key, "missing.pem"),
        (&certificate, &missing, "missing.pem"),
        (&certificate, &certificate, "certificate.pem"),
        (&certificate, &foreign, "key"),
    ] {
        let refused = server::bind("127.0.0.1:0", Some(TlsFiles { certificate, key })).await;
        let refused = refused.err().expect("the files do not fit").to_string();
        assert!(refused.contains(named), "{refused}");
    }
}
