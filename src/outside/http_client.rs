//! The one way out: requests that the server itself makes, to addresses that somebody typed in. Whoever types one must not
//! reach what only this machine reaches, so a name is resolved once, every address that it has is looked at, and the
//! connection goes to one of those. Nobody is followed elsewhere, and nothing takes long or grows.

use std::fmt;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use http_body_util::{BodyExt as _, Full, LengthLimitError, Limited};
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper::header::{CONNECTION, HOST, HeaderValue, USER_AGENT};
use hyper::http::uri::{Authority, PathAndQuery, Scheme};
use hyper::{Request, Response, Uri};
use hyper_util::rt::TokioIo;
use ipnet::{Ipv4Net, Ipv6Net};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, lookup_host};
use tokio::sync::Semaphore;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{ClientConfig, RootCertStore, crypto};

/// The longest that one request may take, from the name to the last byte.
pub const TIME_MAX: Duration = Duration::from_secs(10);
/// The longest body of an answer, in bytes.
pub const BODY_BYTES_MAX: usize = 256 * 1024;
/// The longest head of an answer, in bytes, and the most of its headers.
const HEAD_BYTES_MAX: usize = 64 * 1024;
const HEADERS_MAX: usize = 100;
/// The most requests at once; one more is refused.
const REQUESTS_MAX: usize = 16;
/// The most addresses of one name that are looked at.
const ADDRESSES_MAX: usize = 32;

/// Says where a name is.
pub type Telling = dyn Fn(&str) -> Vec<IpAddr> + Send + Sync;

/// Who is asked where a name is.
#[derive(Clone)]
pub enum Resolver {
    /// The system.
    System,
    /// Somebody who says so: for tests.
    Told(Arc<Telling>),
}

/// How far out one goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reach {
    /// To public addresses, over TLS.
    #[default]
    Public,
    /// For development: also to this machine, in the clear too, and to private networks.
    Private,
}

/// What asks other servers.
#[derive(Clone)]
pub struct HttpClient {
    reach: Reach,
    resolver: Resolver,
    tls: TlsConnector,
    turns: Arc<Semaphore>,
    time_max: Duration,
    body_bytes_max: usize,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// The address is none that may be asked.
    #[error("the address is not one of https:// with a name")]
    Address,
    /// The name stands for an address that nobody is sent to.
    #[error("{0} is not a public address")]
    Refused(IpAddr),
    /// Nobody answers there, or cannot prove who they are.
    #[error("no connection: {0}")]
    Connect(#[from] io::Error),
    /// What came is no answer.
    #[error("no answer: {0}")]
    Http(#[from] hyper::Error),
    /// The answer sends one elsewhere.
    #[error("the answer sends elsewhere")]
    Redirected,
    /// The answer is too long.
    #[error("the answer is too long")]
    TooLong,
    /// The answer takes too long.
    #[error("the answer takes too long")]
    TooSlow,
    /// There are too many requests already.
    #[error("too many requests at once")]
    Busy,
}

impl HttpClient {
    /// One that goes so far.
    #[must_use]
    pub fn new(reach: Reach) -> Self {
        let roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
        Self {
            reach,
            resolver: Resolver::System,
            tls: TlsConnector::from(Arc::new(trusting(roots))),
            turns: Arc::new(Semaphore::new(REQUESTS_MAX)),
            time_max: TIME_MAX,
            body_bytes_max: BODY_BYTES_MAX,
        }
    }

    /// The same with somebody else to ask where a name is.
    #[must_use]
    pub fn resolving(self, resolver: Resolver) -> Self {
        Self { resolver, ..self }
    }

    /// The same that trusts other authorities: for tests.
    #[must_use]
    pub fn trusting(self, roots: RootCertStore) -> Self {
        Self { tls: TlsConnector::from(Arc::new(trusting(roots))), ..self }
    }

    /// The same with less time and less room.
    #[must_use]
    pub fn within(self, time_max: Duration, body_bytes_max: usize) -> Self {
        Self { time_max, body_bytes_max, ..self }
    }

    /// Sends a request and reads the answer to its end. An answer that sends elsewhere is an error.
    ///
    /// # Errors
    /// [`FetchError`].
    pub async fn send(&self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, FetchError> {
        let _turn = self.turns.try_acquire().map_err(|_none_left| FetchError::Busy)?;
        timeout(self.time_max, self.exchange(request)).await.map_err(|_elapsed| FetchError::TooSlow)?
    }

    async fn exchange(&self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, FetchError> {
        let target = Target::of(request.uri()).ok_or(FetchError::Address)?;
        let addresses = self.look_up(&target).await?;
        let stream = connect(&addresses).await?;
        let request = target.put_into(request)?;
        if !target.tls {
            return self.ask(stream, request).await;
        }
        let name = ServerName::try_from(target.host).map_err(|_no_name| FetchError::Address)?;
        self.ask(self.tls.connect(name, stream).await?, request).await
    }

    /// Where a name is, if everywhere that it is may be asked.
    async fn look_up(&self, target: &Target) -> Result<Vec<SocketAddr>, FetchError> {
        let found: Vec<SocketAddr> = match (&self.resolver, target.host.parse::<IpAddr>()) {
            (_, Ok(address)) => vec![SocketAddr::new(address, target.port)],
            (Resolver::System, Err(_name)) => {
                lookup_host((target.host.as_str(), target.port)).await?.collect()
            }
            (Resolver::Told(told), Err(_name)) => {
                told(&target.host).into_iter().map(|address| SocketAddr::new(address, target.port)).collect()
            }
        };
        if found.is_empty() || found.len() > ADDRESSES_MAX {
            return Err(FetchError::Connect(io::Error::from(io::ErrorKind::NotFound)));
        }
        for address in found.iter().map(SocketAddr::ip) {
            let private = self.reach == Reach::Private;
            if !(is_public(address) || (private && is_private(address))) {
                return Err(FetchError::Refused(address));
            }
            let in_the_clear = private && address.is_loopback();
            if !(target.tls || in_the_clear) {
                return Err(FetchError::Address);
            }
        }
        Ok(found)
    }

    async fn ask<S>(&self, stream: S, request: Request<Full<Bytes>>) -> Result<Response<Vec<u8>>, FetchError>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        let mut speaking = http1::Builder::new();
        speaking.max_buf_size(HEAD_BYTES_MAX).max_headers(HEADERS_MAX);
        let (mut sender, connection) = speaking.handshake(TokioIo::new(stream)).await?;
        let answer = async {
            let response = sender.send_request(request).await?;
            if response.status().is_redirection() {
                return Err(FetchError::Redirected);
            }
            let (parts, body) = response.into_parts();
            let body = Limited::new(body, self.body_bytes_max).collect().await.map_err(|error| {
                if error.is::<LengthLimitError>() {
                    return FetchError::TooLong;
                }
                error.downcast().map_or(FetchError::TooLong, |error| FetchError::Http(*error))
            })?;
            Ok(Response::from_parts(parts, body.to_bytes().to_vec()))
        };
        let (mut answer, mut connection) = (std::pin::pin!(answer), std::pin::pin!(connection));
        tokio::select! {
            biased;
            answered = &mut answer => answered,
            // What it read before it ended is still to be had.
            _ended = &mut connection => answer.await,
        }
    }
}

impl fmt::Debug for HttpClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HttpClient({:?})", self.reach)
    }
}

fn trusting(roots: RootCertStore) -> ClientConfig {
    #[expect(clippy::expect_used, reason = "ring has the versions that rustls holds safe")]
    let versions = ClientConfig::builder_with_provider(Arc::new(crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("ring has the safe versions");
    let mut config = versions.with_root_certificates(roots).with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    config
}

/// Where a request goes.
struct Target {
    tls: bool,
    /// A name, or an address without brackets.
    host: String,
    port: u16,
    authority: Authority,
}

impl Target {
    fn of(uri: &Uri) -> Option<Self> {
        let tls = match uri.scheme()? {
            scheme if *scheme == Scheme::HTTPS => true,
            scheme if *scheme == Scheme::HTTP => false,
            _ => return None,
        };
        let authority = uri.authority()?.clone();
        // A name and a password before the host would only be there to mislead.
        if authority.as_str().contains('@') {
            return None;
        }
        let host = authority.host().trim_start_matches('[').trim_end_matches(']').to_owned();
        let port = authority.port_u16().unwrap_or(if tls { 443 } else { 80 });
        (!host.is_empty() && port != 0).then_some(Self { tls, host, port, authority })
    }

    /// The request as it is sent: the path alone, with the host in a header.
    fn put_into(&self, request: Request<Vec<u8>>) -> Result<Request<Full<Bytes>>, FetchError> {
        let (mut parts, body) = request.into_parts();
        let path = parts.uri.path_and_query().map_or("/", PathAndQuery::as_str);
        parts.uri = path.parse().map_err(|_no_path| FetchError::Address)?;
        let host = HeaderValue::from_str(self.authority.as_str()).map_err(|_odd| FetchError::Address)?;
        parts.headers.insert(HOST, host);
        parts.headers.insert(USER_AGENT, HeaderValue::from_static("ballast"));
        parts.headers.insert(CONNECTION, HeaderValue::from_static("close"));
        Ok(Request::from_parts(parts, Full::new(Bytes::from(body))))
    }
}

/// A connection to the first of some addresses that takes one.
async fn connect(addresses: &[SocketAddr]) -> io::Result<TcpStream> {
    let mut last = io::Error::from(io::ErrorKind::NotFound);
    for address in addresses {
        match TcpStream::connect(address).await {
            Ok(stream) => return Ok(stream),
            Err(error) => last = error,
        }
    }
    Err(last)
}

const fn v4(a: u8, b: u8, c: u8, bits: u8) -> Ipv4Net {
    Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, 0), bits)
}

const fn v6(a: u16, b: u16, bits: u8) -> Ipv6Net {
    Ipv6Net::new_assert(Ipv6Addr::new(a, b, 0, 0, 0, 0, 0, 0), bits)
}

/// What of IPv4 is no public host, by IANA's registry of special-purpose addresses: this network, private ones, shared
/// ones of providers, this machine, the link, protocols, documentation, relays of 6to4, measurements, groups, the rest.
const NOT_PUBLIC_V4: [Ipv4Net; 15] = [
    v4(0, 0, 0, 8),
    v4(10, 0, 0, 8),
    v4(100, 64, 0, 10),
    v4(127, 0, 0, 8),
    v4(169, 254, 0, 16),
    v4(172, 16, 0, 12),
    v4(192, 0, 0, 24),
    v4(192, 0, 2, 24),
    v4(192, 88, 99, 24),
    v4(192, 168, 0, 16),
    v4(198, 18, 0, 15),
    v4(198, 51, 100, 24),
    v4(203, 0, 113, 24),
    v4(224, 0, 0, 4),
    v4(240, 0, 0, 4),
];
/// The part of IPv6 in which public hosts are. Outside it are this machine, the link, private networks, groups, and what
/// stands for an IPv4 address: mapped (`::ffff:0:0/96`), compatible (`::/96`), NAT64 (`64:ff9b::/96`, `64:ff9b:1::/48`).
const PUBLIC_V6: Ipv6Net = v6(0x2000, 0, 3);
/// What is no public host inside it: protocols and Teredo, documentation, 6to4, documentation again.
const NOT_PUBLIC_V6: [Ipv6Net; 4] =
    [v6(0x2001, 0, 23), v6(0x2001, 0x0db8, 32), v6(0x2002, 0, 16), v6(0x3fff, 0, 20)];
/// Private networks, which development may reach besides the machine itself. The link is not among them: clouds tell
/// secrets of a machine there.
const PRIVATE_V4: [Ipv4Net; 3] = [v4(10, 0, 0, 8), v4(172, 16, 0, 12), v4(192, 168, 0, 16)];
const PRIVATE_V6: Ipv6Net = v6(0xfc00, 0, 7);

/// Whether an address is one that anybody in the world could reach.
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => !NOT_PUBLIC_V4.iter().any(|net| net.contains(&address)),
        IpAddr::V6(address) => {
            PUBLIC_V6.contains(&address) && !NOT_PUBLIC_V6.iter().any(|net| net.contains(&address))
        }
    }
}

fn is_private(address: IpAddr) -> bool {
    address.is_loopback()
        || match address {
            IpAddr::V4(address) => PRIVATE_V4.iter().any(|net| net.contains(&address)),
            IpAddr::V6(address) => PRIVATE_V6.contains(&address),
        }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;

    use super::*;

    /// A server that says the same to everybody and then holds the line, and how many came.
    struct Server {
        port: u16,
        came: Arc<AtomicUsize>,
        _serving: tokio::task::JoinSet<()>,
    }

    async fn server(at: &str, says: Vec<u8>) -> Server {
        let listener = TcpListener::bind((at, 0)).await.unwrap();
        let (port, came) = (listener.local_addr().unwrap().port(), Arc::new(AtomicUsize::new(0)));
        let (mut serving, counted) = (tokio::task::JoinSet::new(), came.clone());
        serving.spawn(async move {
            let mut held = Vec::new();
            loop {
                let (mut stream, _) = listener.accept().await.unwrap();
                counted.fetch_add(1, Ordering::SeqCst);
                let _ = stream.read(&mut [0; 4096]).await;
                let _ = stream.write_all(&says).await;
                held.push(stream);
            }
        });
        Server { port, came, _serving: serving }
    }

    fn answer(head: &str, body: &str) -> Vec<u8> {
        format!("HTTP/1.1 {head}\r\nContent-Length: {}\r\n\r\n{body}", body.len()).into_bytes()
    }

    async fn get(client: &HttpClient, url: &str) -> Result<Response<Vec<u8>>, FetchError> {
        client.send(Request::builder().uri(url).body(Vec::new()).unwrap()).await
    }

    fn told(answers: &'static [&'static [&'static str]]) -> (Resolver, Arc<Mutex<Vec<String>>>) {
        let asked = Arc::new(Mutex::new(Vec::new()));
        let seen = asked.clone();
        let told = move |name: &str| {
            let mut seen = seen.lock().unwrap();
            seen.push(name.to_owned());
            let nth = (seen.len() - 1).min(answers.len() - 1);
            answers[nth].iter().map(|address| address.parse().unwrap()).collect()
        };
        (Resolver::Told(Arc::new(told)), asked)
    }

    #[test]
    fn what_only_this_machine_or_its_network_reaches_is_no_public_address() {
        let refused = [
            "0.0.0.0",
            "0.1.2.3",
            "10.0.0.1",
            "100.64.0.1",
            "100.127.255.255",
            "127.0.0.1",
            "127.255.255.254",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.8",
            "192.0.2.7",
            "192.88.99.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.19.255.255",
            "198.51.100.9",
            "203.0.113.200",
            "224.0.0.1",
            "239.255.255.250",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::127.0.0.1",
            "::ffff:127.0.0.1",
            "::ffff:8.8.8.8",
            "64:ff9b::7f00:1",
            "64:ff9b::808:808",
            "64:ff9b:1::1",
            "100::1",
            "2001::1",
            "2001:20::1",
            "2001:db8::1",
            "2002:7f00:1::",
            "3fff::1",
            "3fff:fff::1",
            "5f00::1",
            "fc00::1",
            "fd12:3456::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
            "ff0e::1",
        ];
        for address in refused {
            assert!(!is_public(address.parse().unwrap()), "{address}");
        }
        for address in [
            "1.1.1.1",
            "8.8.8.8",
            "100.63.0.1",
            "100.128.0.1",
            "172.32.0.1",
            "198.17.0.1",
            "198.20.0.1",
            "223.5.5.5",
            "2400:3200::1",
            "2606:4700::1111",
            "2001:200::1",
            "2a00:1450::1",
            "3fff:1000::1",
        ] {
            assert!(is_public(address.parse().unwrap()), "{address}");
        }
        for address in ["127.0.0.1", "::1", "10.1.2.3", "172.16.9.9", "192.168.0.9", "fd00::1"] {
            assert!(is_private(address.parse().unwrap()), "{address}");
        }
        for address in ["169.254.169.254", "fe80::1", "::ffff:127.0.0.1", "0.0.0.0", "224.0.0.1", "8.8.8.8"] {
            assert!(!is_private(address.parse().unwrap()), "{address}");
        }
    }

    #[tokio::test]
    async fn nobody_is_sent_to_an_address_that_is_not_public() {
        let inside = server("127.0.0.1", answer("200 OK", "secret")).await;
        let client = HttpClient::new(Reach::Public);
        for host in ["127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "[64:ff9b::7f00:1]", "localhost", "10.0.0.1"]
        {
            for scheme in ["http", "https"] {
                let refused = get(&client, &format!("{scheme}://{host}:{}/", inside.port)).await;
                assert!(matches!(refused, Err(FetchError::Refused(_))), "{scheme} {host}: {refused:?}");
            }
        }
        assert_eq!(inside.came.load(Ordering::SeqCst), 0);
        for url in
            ["http://93.184.216.34/", "ftp://ballast.example/", "https://user:pass@ballast.example/", "/path"]
        {
            assert!(matches!(get(&client, url).await, Err(FetchError::Address)), "{url}");
        }
    }

    #[tokio::test]
    async fn a_name_with_one_private_address_among_public_ones_is_refused() {
        for addresses in [&["1.1.1.1", "127.0.0.1"], &["2606:4700::1111", "::ffff:10.0.0.1"]]
            as [&'static [&'static str]; 2]
        {
            let answers: &'static [&'static [&'static str]] = Box::leak(Box::new([addresses]));
            let client = HttpClient::new(Reach::Public).resolving(told(answers).0);
            let refused = get(&client, "https://ballast.example/").await;
            assert!(matches!(refused, Err(FetchError::Refused(_))), "{addresses:?}: {refused:?}");
        }
    }

    #[tokio::test]
    async fn the_connection_goes_to_what_was_looked_at_whatever_the_name_says_next() {
        let first = server("127.0.0.1", answer("200 OK", "first")).await;
        let (resolver, asked) = told(&[&["127.0.0.1"], &["169.254.169.254"]]);
        let client = HttpClient::new(Reach::Private).resolving(resolver);
        let url = format!("http://ballast.example:{}/", first.port);
        assert_eq!(get(&client, &url).await.unwrap().body(), b"first");
        assert_eq!(*asked.lock().unwrap(), ["ballast.example"], "asked once");
        // What was good a moment ago is looked at again.
        assert!(matches!(get(&client, &url).await, Err(FetchError::Refused(_))));
        assert_eq!(first.came.load(Ordering::SeqCst), 1);
    }

    #[tokio::test]
    async fn development_reaches_this_machine_in_the_clear_and_no_other_so() {
        let here = server("127.0.0.1", answer("200 OK", "here")).await;
        let client = HttpClient::new(Reach::Private);
        let answered = get(&client, &format!("http://localhost:{}/a?b=c", here.port)).await.unwrap();
        assert_eq!((answered.status().as_u16(), answered.body().as_slice()), (200, b"here".as_slice()));
        for url in ["http://10.0.0.1/", "http://1.1.1.1/"] {
            assert!(matches!(get(&client, url).await, Err(FetchError::Address)), "{url}");
        }
        let link = get(&client, "https://169.254.169.254/").await;
        assert!(matches!(link, Err(FetchError::Refused(_))), "{link:?}");
    }

    #[tokio::test]
    async fn nobody_is_followed_elsewhere() {
        let inside = server("127.0.0.1", answer("200 OK", "secret")).await;
        let location = format!("302 Found\r\nLocation: http://127.0.0.1:{}/", inside.port);
        let sends = server("127.0.0.1", answer(&location, "")).await;
        let client = HttpClient::new(Reach::Private);
        let sent = get(&client, &format!("http://127.0.0.1:{}/", sends.port)).await;
        assert!(matches!(sent, Err(FetchError::Redirected)), "{sent:?}");
        assert_eq!(inside.came.load(Ordering::SeqCst), 0);
    }

    #[tokio::test]
    async fn an_answer_that_is_too_long_is_given_up() {
        let client = HttpClient::new(Reach::Private).within(TIME_MAX, 10);
        let endless =
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6\r\n123456\r\n6\r\n123456\r\n".to_vec();
        let head = format!("HTTP/1.1 200 OK\r\nX: {}\r\n\r\n", "x".repeat(HEAD_BYTES_MAX * 2)).into_bytes();
        for (says, within) in [
            (answer("200 OK", "1234567890"), true),
            (answer("200 OK", "12345678901"), false),
            (endless, false),
        ] {
            let long = server("127.0.0.1", says).await;
            let came = get(&client, &format!("http://127.0.0.1:{}/", long.port)).await;
            let fits = if within { came.is_ok() } else { matches!(came, Err(FetchError::TooLong)) };
            assert!(fits, "{came:?}");
        }
        let long = server("127.0.0.1", head).await;
        let came = get(&client, &format!("http://127.0.0.1:{}/", long.port)).await;
        assert!(matches!(came, Err(FetchError::Http(_))), "{came:?}");
    }

    #[tokio::test]
    async fn an_answer_that_does_not_come_is_not_waited_for() {
        let client = HttpClient::new(Reach::Private).within(Duration::from_millis(50), 100);
        for says in [b"".to_vec(), b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n1234".to_vec()] {
            let slow = server("127.0.0.1", says).await;
            let came = get(&client, &format!("http://127.0.0.1:{}/", slow.port)).await;
            assert!(matches!(came, Err(FetchError::TooSlow)), "{came:?}");
        }
    }

    #[tokio::test]
    async fn only_so_many_ask_at_once() {
        let slow = server("127.0.0.1", Vec::new()).await;
        let client = HttpClient::new(Reach::Private);
        let url = format!("http://127.0.0.1:{}/", slow.port);
        let mut waiting = tokio::task::JoinSet::new();
        for _ in 0..REQUESTS_MAX {
            let (client, url) = (client.clone(), url.clone());
            waiting.spawn(async move { get(&client, &url).await.map(|_| ()) });
        }
        while client.turns.available_permits() > 0 {
            tokio::task::yield_now().await;
        }
        assert!(matches!(get(&client, &url).await, Err(FetchError::Busy)));
    }

    #[tokio::test]
    async fn whoever_cannot_prove_their_name_is_not_asked() {
        use tokio_rustls::rustls::pki_types::PrivatePkcs8KeyDer;
        let made = rcgen::generate_simple_self_signed(vec!["issuer.example".to_owned()]).unwrap();
        let key = PrivatePkcs8KeyDer::from(made.signing_key.serialize_der());
        let config = tokio_rustls::rustls::ServerConfig::builder_with_provider(Arc::new(
            crypto::ring::default_provider(),
        ))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key.into())
        .unwrap();
        let (acceptor, listener) = (
            tokio_rustls::TlsAcceptor::from(Arc::new(config)),
            TcpListener::bind("127.0.0.1:0").await.unwrap(),
        );
        let port = listener.local_addr().unwrap().port();
        let mut serving = tokio::task::JoinSet::new();
        serving.spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let Ok(mut stream) = acceptor.accept(stream).await else { continue };
                let _ = stream.read(&mut [0; 4096]).await;
                let _ = stream.write_all(&answer("200 OK", "proved")).await;
            }
        });
        let mut roots = RootCertStore::empty();
        roots.add(made.cert.der().clone()).unwrap();
        let (resolver, _) = told(&[&["127.0.0.1"]]);
        let stranger = HttpClient::new(Reach::Private).resolving(resolver);
        let trusting = stranger.clone().trusting(roots);
        let url = format!("https://issuer.example:{port}/");
        assert_eq!(get(&trusting, &url).await.unwrap().body(), b"proved");
        assert!(matches!(get(&stranger, &url).await, Err(FetchError::Connect(_))), "an unknown authority");
        let other = format!("https://other.example:{port}/");
        assert!(matches!(get(&trusting, &other).await, Err(FetchError::Connect(_))), "another's certificate");
    }
}
