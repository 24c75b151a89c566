//! An installation behind a real socket, and what is said to it byte by byte.

use ballast::http::server::{self, TlsFiles};
use ballast::http::settings::HttpSettings;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::oneshot;

use crate::harness::{TestApp, endpoint};

/// One request over a real connection, and everything that comes back.
pub async fn ask(address: &str, head: &str, body: &str) -> String {
    let mut stream = TcpStream::connect(address.trim_start_matches("http://")).await.unwrap();
    let request = format!(
        "{head}\r\nhost: localhost\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

/// Serves an installation on a real socket while something is tried.
pub async fn served(settings: HttpSettings, trial: impl AsyncFnOnce(&TestApp, &str)) {
    served_over(None, settings, trial).await;
}

/// The same over TLS, if there are files for it.
pub async fn served_over(
    tls: Option<TlsFiles<'_>>,
    settings: HttpSettings,
    trial: impl AsyncFnOnce(&TestApp, &str),
) {
    let app = TestApp::start().await;
    let bound = server::bind("127.0.0.1:0", tls).await.unwrap();
    let (address, times) = (bound.address.clone(), settings.times);
    let routes = endpoint(app.app.clone(), settings);
    let (stop, stopped) = oneshot::channel::<()>();
    let serving = server::run_until(bound, routes, times, async { stopped.await.unwrap_or_default() });
    let trying = async {
        trial(&app, &address).await;
        drop(stop);
    };
    tokio::join!(serving, trying).0.unwrap();
}
