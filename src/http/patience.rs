//! How long a connection waits for whoever sends a request. It knows bytes and no HTTP: what has come in has to be
//! answered within a time, whatever it is. The server's own limits count silence, and a client that sends its headers
//! byte by byte is never silent.

use std::io::{Error, ErrorKind, Result};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use poem::http::uri::Scheme;
use poem::listener::{Acceptor, BoxAcceptor, BoxIo};
use poem::web::{LocalAddr, RemoteAddr};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::Sleep;

/// Accepts connections that are patient for so long.
pub struct PatientAcceptor {
    inner: BoxAcceptor,
    longest: Duration,
}

impl PatientAcceptor {
    /// `longest` is from the first byte that comes in after an answer to the first byte of the next.
    #[must_use]
    pub fn new(inner: BoxAcceptor, longest: Duration) -> Self {
        Self { inner, longest }
    }
}

impl Acceptor for PatientAcceptor {
    type Io = Patient<BoxIo>;

    fn local_addr(&self) -> Vec<LocalAddr> {
        self.inner.local_addr()
    }

    async fn accept(&mut self) -> Result<(Self::Io, LocalAddr, RemoteAddr, Scheme)> {
        let (io, local, remote, scheme) = self.inner.accept().await?;
        Ok((Patient { io, longest: self.longest, waited: None }, local, remote, scheme))
    }
}

/// A connection whose reading fails once what came in has waited too long for an answer.
pub struct Patient<S> {
    io: S,
    longest: Duration,
    /// When patience ends; none while nothing waits for an answer.
    waited: Option<Pin<Box<Sleep>>>,
}

impl<S: AsyncRead + Unpin> AsyncRead for Patient<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<Result<()>> {
        if self.waited.as_mut().is_some_and(|end| end.as_mut().poll(cx).is_ready()) {
            return Poll::Ready(Err(Error::new(ErrorKind::TimedOut, "the request took too long")));
        }
        let before = buf.filled().len();
        let read = Pin::new(&mut self.io).poll_read(cx, buf);
        if self.waited.is_none() && buf.filled().len() > before {
            self.waited = Some(Box::pin(tokio::time::sleep(self.longest)));
        }
        read
    }
}

impl<S: AsyncWrite + Unpin> Patient<S> {
    /// What came in is being answered.
    fn answers(&mut self, written: Poll<Result<usize>>) -> Poll<Result<usize>> {
        if matches!(written, Poll::Ready(Ok(bytes)) if bytes > 0) {
            self.waited = None;
        }
        written
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Patient<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<Result<usize>> {
        let written = Pin::new(&mut self.io).poll_write(cx, bytes);
        self.answers(written)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.io).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(cx)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[std::io::IoSlice<'_>],
    ) -> Poll<Result<usize>> {
        let written = Pin::new(&mut self.io).poll_write_vectored(cx, parts);
        self.answers(written)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    use super::*;

    #[tokio::test]
    async fn what_was_answered_is_not_waited_for() {
        let (mut client, io) = tokio::io::duplex(64);
        let mut server = Patient { io, longest: Duration::from_secs(3600), waited: None };
        for _ in 0..2 {
            client.write_all(b"asked").await.unwrap();
            server.read_exact(&mut [0; 5]).await.unwrap();
            assert!(server.waited.is_some());
            server.write_all(b"answered").await.unwrap();
            assert!(server.waited.is_none());
        }
    }

    #[tokio::test]
    async fn more_that_comes_in_makes_nothing_younger() {
        let (mut client, io) = tokio::io::duplex(64);
        let mut server = Patient { io, longest: Duration::ZERO, waited: None };
        client.write_all(b"ab").await.unwrap();
        assert_eq!(server.read_u8().await.unwrap(), b'a');
        assert_eq!(server.read_u8().await.unwrap_err().kind(), ErrorKind::TimedOut);
    }
}
