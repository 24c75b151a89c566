//! Who is at the other end: the peer of the connection, or the client that a trusted proxy names.

use std::net::{IpAddr, Ipv6Addr};

use poem::Request;
use poem::http::HeaderMap;
use poem::http::header::{FORWARDED, HeaderName};
use poem::http::uri::Scheme;

use super::settings::{ForwardedHeader, HttpSettings};

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const X_FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");

/// The other end of a request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Client {
    /// Its address; none when the connection has no internet address.
    pub address: Option<IpAddr>,
    /// Whether the browser speaks TLS, to us or to a proxy that is trusted.
    pub https: bool,
}

/// Reads the other end of a request.
#[must_use]
pub fn read(request: &Request, settings: &HttpSettings) -> Client {
    let peer = request.remote_addr().as_socket_addr().map(|address| address.ip());
    let tls = *request.scheme() == Scheme::HTTPS;
    identify(peer, tls, request.headers(), settings)
}

/// What a proxy wrote of one step on the way to it.
struct Hop {
    address: Option<IpAddr>,
    https: Option<bool>,
}

/// Goes back along the way of the request as long as the last one who speaks is trusted. What a client wrote
/// itself stands further left than what the first trusted proxy added, and is never reached.
fn identify(peer: Option<IpAddr>, tls: bool, headers: &HeaderMap, settings: &HttpSettings) -> Client {
    let trusted = |address: IpAddr| settings.trusted_proxies.iter().any(|net| net.contains(&address));
    let mut client = Client { address: peer.map(plain), https: tls };
    if !client.address.is_some_and(trusted) {
        return client;
    }
    let mut hops = match settings.forwarded_header {
        ForwardedHeader::XForwarded => x_forwarded(headers),
        ForwardedHeader::Forwarded => forwarded(headers),
    };
    while client.address.is_some_and(trusted) {
        let Some(hop) = hops.pop() else { break };
        // A step that is no address: whoever wrote it is the last who is known.
        let Some(address) = hop.address else { break };
        client.address = Some(address);
        client.https = hop.https.unwrap_or(client.https);
    }
    client
}

/// The parts of a header that is a list, over all its lines, in order.
fn listed<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Vec<&'h str> {
    let lines = headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
    lines.flat_map(|line| line.split(',')).map(str::trim).collect()
}

fn x_forwarded(headers: &HeaderMap) -> Vec<Hop> {
    // The proxy that is nearest to us says last what was spoken to it; one value stands for the whole way.
    let https = listed(headers, &X_FORWARDED_PROTO).last().map(|proto| proto.eq_ignore_ascii_case("https"));
    let hops = listed(headers, &X_FORWARDED_FOR);
    hops.into_iter().map(|text| Hop { address: address(text), https }).collect()
}

fn forwarded(headers: &HeaderMap) -> Vec<Hop> {
    let hop = |element: &str| {
        let mut hop = Hop { address: None, https: None };
        for (name, value) in element.split(';').filter_map(|pair| pair.trim().split_once('=')) {
            let value = value.trim_matches('"');
            if name.eq_ignore_ascii_case("for") {
                hop.address = address(value);
            } else if name.eq_ignore_ascii_case("proto") {
                hop.https = Some(value.eq_ignore_ascii_case("https"));
            }
        }
        hop
    };
    listed(headers, &FORWARDED).into_iter().map(hop).collect()
}

/// An address with or without a port: `192.0.2.1`, `192.0.2.1:80`, `2001:db8::1`, `[2001:db8::1]:80`.
fn address(text: &str) -> Option<IpAddr> {
    let bracketed = text.strip_prefix('[').and_then(|rest| rest.split_once(']')).map(|(inner, _)| inner);
    let without_port = || text.rsplit_once(':').and_then(|(host, _)| host.parse::<std::net::Ipv4Addr>().ok());
    match bracketed {
        Some(inner) => inner.parse::<Ipv6Addr>().ok().map(|v6| plain(IpAddr::V6(v6))),
        None => text.parse::<IpAddr>().ok().or_else(|| without_port().map(IpAddr::V4)).map(plain),
    }
}

/// An IPv4 address that is written as an IPv6 one is the IPv4 address.
fn plain(address: IpAddr) -> IpAddr {
    address.to_canonical()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(header: ForwardedHeader) -> HttpSettings {
        HttpSettings {
            trusted_proxies: vec!["10.0.0.0/8".parse().unwrap(), "fd00::/8".parse().unwrap()],
            forwarded_header: header,
            ..HttpSettings::default()
        }
    }

    fn seen(peer: &str, header: ForwardedHeader, lines: &[(&'static str, &str)]) -> (String, bool) {
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(*name, value.parse().unwrap());
        }
        let client = identify(Some(peer.parse().unwrap()), false, &headers, &settings(header));
        (client.address.unwrap().to_string(), client.https)
    }

    #[test]
    fn a_stranger_is_not_believed() {
        let lines = [("x-forwarded-for", "203.0.113.9"), ("x-forwarded-proto", "https")];
        let peer = "198.51.100.7";
        assert_eq!(seen(peer, ForwardedHeader::XForwarded, &lines), (peer.to_owned(), false));
    }

    #[test]
    fn the_rightmost_step_that_is_not_trusted_is_the_client() {
        let of = |value: &str| seen("10.0.0.1", ForwardedHeader::XForwarded, &[("x-forwarded-for", value)]).0;
        assert_eq!(of("203.0.113.9"), "203.0.113.9");
        assert_eq!(of("1.1.1.1, 203.0.113.9"), "203.0.113.9", "the client's own word is not reached");
        assert_eq!(of("1.1.1.1, 203.0.113.9, 10.2.3.4"), "203.0.113.9", "two proxies");
        assert_eq!(of("203.0.113.9:4711"), "203.0.113.9");
        assert_eq!(of("::ffff:203.0.113.9"), "203.0.113.9");
        assert_eq!(of("1.1.1.1, unknown"), "10.0.0.1", "what is no address ends the way");
        assert_eq!(of(""), "10.0.0.1");
        let lines = [("x-forwarded-for", "1.1.1.1"), ("x-forwarded-for", "203.0.113.9")];
        assert_eq!(seen("10.0.0.1", ForwardedHeader::XForwarded, &lines).0, "203.0.113.9", "two lines");
        assert_eq!(seen("::ffff:10.0.0.1", ForwardedHeader::XForwarded, &lines).0, "203.0.113.9");
    }

    #[test]
    fn only_the_header_that_the_proxy_writes_counts() {
        let lines = [("x-forwarded-for", "1.1.1.1"), ("forwarded", "for=\"[2001:db8::1]:80\";proto=https")];
        assert_eq!(seen("fd00::1", ForwardedHeader::Forwarded, &lines), ("2001:db8::1".to_owned(), true));
        assert_eq!(seen("fd00::1", ForwardedHeader::XForwarded, &lines), ("1.1.1.1".to_owned(), false));
        let secure = [("x-forwarded-for", "1.1.1.1"), ("x-forwarded-proto", "http, https")];
        assert_eq!(seen("fd00::1", ForwardedHeader::XForwarded, &secure), ("1.1.1.1".to_owned(), true));
    }
}
