//! Whoever sends slowly, or not at all, is not waited for without end. Each limit is made small alone, so that no other
//! can end the connection while the test runs.

use std::time::Duration;

use ballast::http::settings::{HttpSettings, Times};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::socket::served;

const SOON: Duration = Duration::from_millis(100);
/// Longer than a small limit on a busy machine, and shorter than any that is not.
const LONG: Duration = Duration::from_secs(25);

/// Sends some bytes and nothing more, and gives what comes back until the server ends the connection.
async fn after(times: Times, sent: &str) -> String {
    let mut told = None;
    served(HttpSettings { times, ..HttpSettings::default() }, async |_, address| {
        let mut stream = TcpStream::connect(address.trim_start_matches("http://")).await.unwrap();
        stream.write_all(sent.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        let ended = tokio::time::timeout(LONG, stream.read_to_end(&mut answer)).await;
        told = Some((ended.is_ok(), String::from_utf8(answer).unwrap()));
    })
    .await;
    let (ended, answer) = told.unwrap();
    // A server that ends a connection with bytes of ours unread may reset it.
    assert!(ended, "the connection is still open: {answer}");
    answer
}

#[tokio::test]
async fn a_body_that_stops_arriving_is_a_problem_408() {
    let head = "POST /api/v1/tokens HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n";
    let times = Times { body: SOON, ..Times::default() };
    for sent in [
        format!("{head}content-length: 100\r\n\r\n{{\"login\": "),
        format!("{head}transfer-encoding: chunked\r\n\r\n5\r\n{{\"log\r\n"),
    ] {
        let answer = after(times, &sent).await;
        assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
        assert!(answer.contains("application/problem+json") && answer.contains("\"timeout\""), "{answer}");
    }
}

#[tokio::test]
async fn headers_that_stop_arriving_end_the_connection() {
    let times = Times { idle: SOON, ..Times::default() };
    for sent in ["", "GET /livez HT", "GET /livez HTTP/1.1\r\nhost: localhost\r\nx-slow: "] {
        assert_eq!(after(times, sent).await, "", "{sent:?}");
    }
}

#[tokio::test]
async fn headers_that_arrive_without_end_end_the_connection() {
    // The limit does not ask whether more has come in meanwhile, so the test needs none of that.
    let times = Times { answer: SOON, ..Times::default() };
    for sent in ["GET /livez HT", "GET /livez HTTP/1.1\r\nhost: localhost\r\nx-slow: "] {
        assert_eq!(after(times, sent).await, "", "{sent:?}");
    }
}

#[tokio::test]
async fn a_connection_that_stands_still_after_an_answer_is_ended() {
    let times = Times { idle: SOON, ..Times::default() };
    let answer = after(times, "GET /livez HTTP/1.1\r\nhost: localhost\r\n\r\n").await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(!answer.contains("connection: close"), "it was kept alive: {answer}");
}
