//! A mail server on the machine itself that keeps what it is given, speaking no more of SMTP than is needed for that.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use ballast::outside::mail::{MailServer, Mailer, Tls};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::app::PUBLIC_URL;

/// A mail as it came in.
#[derive(Clone, Debug)]
pub struct Received {
    /// To whom, as the envelope says.
    pub to: String,
    /// Header lines, unfolded.
    pub headers: Vec<String>,
    /// Its text.
    pub text: String,
}

impl Received {
    fn read(to: &str, lines: &str) -> Self {
        let (headers, body) = lines.split_once("\r\n\r\n").expect("a mail has a body");
        let mut unfolded: Vec<String> = Vec::new();
        for line in headers.split("\r\n") {
            match unfolded.last_mut() {
                Some(last) if line.starts_with([' ', '\t']) => last.push_str(line),
                _ => unfolded.push(line.to_owned()),
            }
        }
        let encoded = unfolded.iter().any(|line| line == "Content-Transfer-Encoding: base64");
        let text = if encoded {
            let bytes = STANDARD.decode(body.replace("\r\n", "")).expect("base 64");
            String::from_utf8(bytes).expect("UTF-8")
        } else {
            // What quoted-printable does to our letters.
            body.replace("=\r\n", "").replace("=3D", "=").replace("=E2=80=99", "’")
        };
        Self { to: to.to_owned(), headers: unfolded, text }
    }

    /// The value of a header.
    pub fn header(&self, name: &str) -> &str {
        let begin = format!("{name}: ");
        let found = self.headers.iter().find_map(|line| line.strip_prefix(&begin));
        found.unwrap_or_else(|| panic!("no {name} in {:?}", self.headers))
    }

    /// The token of the link that is in it.
    pub fn token(&self) -> String {
        let begin = format!("{PUBLIC_URL}/sign-in/link?token=");
        let (_, rest) = self.text.split_once(&begin).expect("a mail has a link");
        rest.chars().take_while(char::is_ascii_hexdigit).collect()
    }
}

/// The mail server.
pub struct MailSink {
    port: u16,
    received: Arc<Mutex<Vec<Received>>>,
}

impl MailSink {
    /// Takes every mail.
    pub fn start() -> Self {
        Self::answering(TcpListener::bind("127.0.0.1:0").unwrap(), "250 ok")
    }

    /// Answers everybody to whom a mail is to go with this line.
    pub fn refusing(answer: &'static str) -> Self {
        Self::answering(TcpListener::bind("127.0.0.1:0").unwrap(), answer)
    }

    /// The same that takes every mail, at a port that nothing listens at.
    pub fn start_at(port: u16) -> Self {
        Self::answering(TcpListener::bind(("127.0.0.1", port)).unwrap(), "250 ok")
    }

    /// A port that nothing listens at.
    pub fn free_port() -> u16 {
        TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
    }

    fn answering(listener: TcpListener, to_recipients: &'static str) -> Self {
        let port = listener.local_addr().unwrap().port();
        let received = Arc::new(Mutex::new(Vec::new()));
        let kept = received.clone();
        // It ends with the test's process.
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let _over = talk(stream, to_recipients, &kept);
            }
        });
        Self { port, received }
    }

    /// What hands mails over to it.
    pub fn mailer(&self) -> Mailer {
        mailer_at(self.port)
    }

    /// What came in so far.
    pub fn received(&self) -> Vec<Received> {
        self.received.lock().unwrap().clone()
    }
}

/// What hands mails over to whatever listens at a port of the machine itself.
pub fn mailer_at(port: u16) -> Mailer {
    let server = MailServer {
        host: "127.0.0.1".to_owned(),
        port: Some(port),
        tls: Tls::None,
        credentials: None,
        from: "noreply@ballast.example".to_owned(),
        public_url: PUBLIC_URL.to_owned(),
    };
    Mailer::new(server).unwrap()
}

fn talk(stream: TcpStream, to_recipients: &'static str, kept: &Mutex<Vec<Received>>) -> std::io::Result<()> {
    let (mut answers, mut lines) = (stream.try_clone()?, BufReader::new(stream));
    let mut say = |line: &str| answers.write_all(format!("{line}\r\n").as_bytes());
    let mut to = String::new();
    say("220 sink")?;
    loop {
        let mut line = String::new();
        if lines.read_line(&mut line)? == 0 {
            return Ok(());
        }
        let line = line.trim_end();
        match line.split([' ', ':']).next().unwrap_or("") {
            "EHLO" => say("250-sink\r\n250 8BITMIME")?,
            "RCPT" => {
                line.trim_start_matches("RCPT TO:<").trim_end_matches('>').clone_into(&mut to);
                say(to_recipients)?;
            }
            "DATA" => {
                say("354 go on")?;
                let mut mail = String::new();
                loop {
                    let mut line = String::new();
                    lines.read_line(&mut line)?;
                    if line == ".\r\n" {
                        break;
                    }
                    mail.push_str(line.strip_prefix('.').unwrap_or(&line));
                }
                kept.lock().unwrap().push(Received::read(&to, &mail));
                say("250 kept")?;
            }
            "QUIT" => {
                say("221 bye")?;
                return Ok(());
            }
            _ => say("250 ok")?,
        }
    }
}
