//! How long a connection waits for whoever sends requests. It knows bytes and no HTTP: no connection stands still longer
//! than a time, and what has come in is answered within another, whatever it is. The framework's own limit asks a
//! connection to end, which one in the middle of its headers does not hear, and counts silence alone, while a client
//! that sends its headers byte by byte is never silent.

use std::io::{Error, ErrorKind, IoSlice, Result};
use std::pin::Pin;
use std::task::{Context, Poll};

use poem::http::uri::Scheme;
use poem::listener::{Acceptor, BoxAcceptor, BoxIo};
use poem::web::{LocalAddr, RemoteAddr};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep_until};

use super::settings::Times;

/// Accepts connections that are patient for so long.
pub struct PatientAcceptor {
    inner: BoxAcceptor,
    times: Times,
}

impl PatientAcceptor {
    /// Takes the times of silence and of an answer.
    #[must_use]
    pub fn new(inner: BoxAcceptor, times: Times) -> Self {
        Self { inner, times }
    }
}

impl Acceptor for PatientAcceptor {
    type Io = Patient<BoxIo>;

    fn local_addr(&self) -> Vec<LocalAddr> {
        self.inner.local_addr()
    }

    async fn accept(&mut self) -> Result<(Self::Io, LocalAddr, RemoteAddr, Scheme)> {
        let (io, local, remote, scheme) = self.inner.accept().await?;
        Ok((Patient::new(io, self.times), local, remote, scheme))
    }
}

/// A connection that fails once its patience has ended.
pub struct Patient<S> {
    io: S,
    times: Times,
    /// When bytes last went either way.
    moved: Instant,
    /// When the first byte came in that nothing has been answered to.
    asked: Option<Instant>,
    /// Wakes no later than patience ends; what moves meanwhile is looked at then.
    alarm: Pin<Box<Sleep>>,
}

impl<S> Patient<S> {
    fn new(io: S, times: Times) -> Self {
        let moved = Instant::now();
        Self { io, times, moved, asked: None, alarm: Box::pin(sleep_until(moved + times.idle)) }
    }

    /// When patience ends.
    fn end(&self) -> Instant {
        let silence = self.moved + self.times.idle;
        self.asked.map_or(silence, |asked| silence.min(asked + self.times.answer))
    }

    fn read(&mut self) {
        self.moved = Instant::now();
        if self.asked.is_none() {
            self.asked = Some(self.moved);
            if self.end() < self.alarm.deadline() {
                let end = self.end();
                self.alarm.as_mut().reset(end);
            }
        }
    }

    fn written(&mut self) {
        self.moved = Instant::now();
        self.asked = None;
    }

    /// Fails when patience has ended; else sees to it that the task is woken then.
    fn check(&mut self, cx: &mut Context<'_>) -> Result<()> {
        while self.alarm.as_mut().poll(cx).is_ready() {
            let end = self.end();
            if end <= Instant::now() {
                return Err(Error::new(ErrorKind::TimedOut, "nothing was sent, or it took too long"));
            }
            self.alarm.as_mut().reset(end);
        }
        Ok(())
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Patient<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<Result<()>> {
        self.check(cx)?;
        let before = buf.filled().len();
        let read = Pin::new(&mut self.io).poll_read(cx, buf);
        if buf.filled().len() > before {
            self.read();
        }
        if read.is_pending() {
            self.check(cx)?;
        }
        read
    }
}

impl<S: AsyncWrite + Unpin> Patient<S> {
    fn note(&mut self, cx: &mut Context<'_>, written: Poll<Result<usize>>) -> Poll<Result<usize>> {
        match written {
            Poll::Ready(Ok(bytes)) if bytes > 0 => self.written(),
            Poll::Ready(_) => {}
            // Whoever does not read what they asked for stands still, too.
            Poll::Pending => self.check(cx)?,
        }
        written
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Patient<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<Result<usize>> {
        let written = Pin::new(&mut self.io).poll_write(cx, bytes);
        self.note(cx, written)
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
        parts: &[IoSlice<'_>],
    ) -> Poll<Result<usize>> {
        let written = Pin::new(&mut self.io).poll_write_vectored(cx, parts);
        self.note(cx, written)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, duplex};

    use super::*;

    #[tokio::test]
    async fn what_was_answered_is_not_waited_for() {
        let (mut client, io) = duplex(64);
        let mut server = Patient::new(io, Times::default());
        for _ in 0..2 {
            client.write_all(b"asked").await.unwrap();
            server.read_exact(&mut [0; 5]).await.unwrap();
            assert!(server.asked.is_some());
            server.write_all(b"answered").await.unwrap();
            assert!(server.asked.is_none());
        }
    }

    #[tokio::test]
    async fn more_that_comes_in_makes_nothing_younger() {
        let (mut client, io) = duplex(64);
        let mut server = Patient::new(io, Times { answer: Duration::from_millis(20), ..Times::default() });
        let failed = loop {
            client.write_all(b"a").await.unwrap();
            if let Err(failed) = server.read_u8().await {
                break failed;
            }
            tokio::task::yield_now().await;
        };
        assert_eq!(failed.kind(), ErrorKind::TimedOut);
    }

    #[tokio::test]
    async fn whoever_does_not_read_is_not_written_to_without_end() {
        let (_client, io) = duplex(4);
        let mut server = Patient::new(io, Times { idle: Duration::from_millis(50), ..Times::default() });
        let written = server.write_all(b"more than fits").await;
        assert_eq!(written.unwrap_err().kind(), ErrorKind::TimedOut);
    }
}
