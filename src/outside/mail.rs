//! Handing mails over to a mail server (SMTP). It knows the server and not what is in a mail, and what the server says
//! goes no further than its code: answers name addresses.

use std::time::{Duration, SystemTime};

use ballast_domain::base::civil_time::Instant;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message, SinglePart};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::TlsParameters;
use lettre::transport::smtp::{AsyncSmtpTransport, client};
use lettre::{Address, AsyncTransport as _, Tokio1Executor};
use tokio::time::timeout;
use uuid::Uuid;

/// How long the mail server may take for one command.
const COMMAND: Duration = Duration::from_secs(10);
/// How long it may take for a whole mail: less than a worker may be silent.
const WHOLE: Duration = Duration::from_secs(30);
/// Programs do not answer a mail that says this (RFC 3834).
const AUTO_SUBMITTED: HeaderName = HeaderName::new_from_ascii_str("Auto-Submitted");

/// How the connection to the mail server is kept from being read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tls {
    /// It begins in the clear and changes over before anything is said; a server that does not is not used.
    StartTls,
    /// It is TLS from its first byte.
    Implicit,
    /// It is not: for a mail server on the machine itself or on a line of one's own.
    None,
}

impl Tls {
    /// The port when nobody names one.
    #[must_use]
    pub fn port(self) -> u16 {
        match self {
            Self::StartTls => 587,
            Self::Implicit => 465,
            Self::None => 25,
        }
    }
}

/// Which mail server, and in whose name.
#[derive(Clone)]
pub struct MailServer {
    /// Its name, for which its certificate has to be.
    pub host: String,
    /// Its port; that of `tls` when none.
    pub port: Option<u16>,
    /// How the connection is kept from being read.
    pub tls: Tls,
    /// Name and password, where it asks for them.
    pub credentials: Option<(String, String)>,
    /// Who writes: `noreply@ballast.example`.
    pub from: String,
    /// The address at which people open the pages, `https://ballast.example`.
    pub public_url: String,
}

/// A mail.
#[derive(Clone, PartialEq, Eq)]
pub struct Mail {
    /// Its name: the same mail sent again has the same Message-ID.
    pub id: Uuid,
    /// To whom.
    pub to: String,
    /// In one line.
    pub subject: String,
    /// Plain text.
    pub text: String,
    /// When it was written.
    pub at: Instant,
}

/// Why a mail was not handed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unsent {
    /// The server does not want it, and will not later: as the server's code says, or because there is none for it.
    Refused(Option<u16>),
    /// The server is not there, or does not want it now.
    Later(Option<u16>),
}

/// What hands mails over.
pub struct Mailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    public_url: String,
}

impl Mailer {
    /// A mailer for a server. It connects when there is something to send.
    ///
    /// # Errors
    /// What is wrong, as the name of a setting.
    pub fn new(server: MailServer) -> Result<Self, &'static str> {
        let from: Address = server.from.parse().map_err(|_no_address| "smtp_from")?;
        let parameters = || TlsParameters::new(server.host.clone()).map_err(|_no_name| "smtp_host");
        let tls = match server.tls {
            Tls::StartTls => client::Tls::Required(parameters()?),
            Tls::Implicit => client::Tls::Wrapper(parameters()?),
            Tls::None => client::Tls::None,
        };
        let builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(server.host.as_str());
        let builder = builder.port(server.port.unwrap_or(server.tls.port())).tls(tls).timeout(Some(COMMAND));
        let builder = match server.credentials {
            Some((user, password)) => builder.credentials(Credentials::new(user, password)),
            None => builder,
        };
        let from = Mailbox::new(Some("Ballast".to_owned()), from);
        let public_url = server.public_url.trim_end_matches('/').to_owned();
        Ok(Self { transport: builder.build(), from, public_url })
    }

    /// A page of ours as it is opened from elsewhere.
    #[must_use]
    pub fn link(&self, path: &str) -> String {
        format!("{}{path}", self.public_url)
    }

    /// Hands a mail over. When it is handed over and nobody remembers, it is handed over again.
    ///
    /// # Errors
    /// [`Unsent`].
    pub async fn send(&self, mail: &Mail) -> Result<(), Unsent> {
        let message = self.write(mail).ok_or(Unsent::Refused(None))?;
        match timeout(WHOLE, self.transport.send(message)).await {
            Ok(Ok(_taken)) => Ok(()),
            Ok(Err(error)) if error.is_permanent() => Err(Unsent::Refused(error.status().map(Into::into))),
            Ok(Err(error)) => Err(Unsent::Later(error.status().map(Into::into))),
            Err(_too_long) => Err(Unsent::Later(None)),
        }
    }

    /// None where there is nobody to send it to.
    fn write(&self, mail: &Mail) -> Option<Message> {
        let to: Address = mail.to.parse().ok()?;
        let name = format!("<{}@{}>", mail.id.simple(), self.from.email.domain());
        Message::builder()
            .message_id(Some(name))
            .date(SystemTime::from(mail.at))
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .subject(mail.subject.as_str())
            .raw_header(HeaderValue::new(AUTO_SUBMITTED, "auto-generated".to_owned()))
            .singlepart(SinglePart::plain(mail.text.clone()))
            .ok()
    }
}

impl std::fmt::Debug for Mailer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Mailer")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mailer() -> Mailer {
        let server = MailServer {
            host: "localhost".to_owned(),
            port: None,
            tls: Tls::None,
            credentials: None,
            from: "noreply@ballast.example".to_owned(),
            public_url: "https://ballast.example/".to_owned(),
        };
        Mailer::new(server).unwrap()
    }

    fn mail(to: &str, subject: &str) -> Mail {
        let (to, subject) = (to.to_owned(), subject.to_owned());
        let at = Instant::from_timestamp_micros(0).unwrap();
        Mail {
            id: Uuid::from_u128(7), to, subject, text: "Bcc: li@example.com\n\n设置密码".to_owned(), at
        }
    }

    #[test]
    fn a_header_has_no_line_that_was_not_meant() {
        let written =
            mailer().write(&mail("zhou@example.com", "Hello\r\nBcc: li@example.com\r\n\r\nx")).unwrap();
        let text = String::from_utf8(written.formatted()).unwrap();
        let (headers, _) = text.split_once("\r\n\r\n").unwrap();
        let names: Vec<&str> = headers
            .split("\r\n")
            .filter(|line| !line.starts_with([' ', '\t']))
            .map(|line| line.split_once(':').unwrap().0)
            .collect();
        let wanted = [
            "Message-ID",
            "Date",
            "From",
            "To",
            "Subject",
            "Auto-Submitted",
            "MIME-Version",
            "Content-Type",
            "Content-Transfer-Encoding",
        ];
        assert_eq!(names, wanted, "{headers}");
        for to in ["zhou@example.com\r\nBcc: li@example.com", "zhou@example.com, li@example.com", ""] {
            assert!(mailer().write(&mail(to, "Hello")).is_none(), "{to:?}");
        }
    }

    #[test]
    fn the_same_mail_has_the_same_name() {
        let name =
            |mail: &Mail| mailer().write(mail).unwrap().headers().get_raw("Message-ID").unwrap().to_owned();
        let one = mail("zhou@example.com", "Hello");
        assert_eq!(name(&one), "<00000000000000000000000000000007@ballast.example>");
        assert_eq!(name(&one), name(&Mail { subject: "Good day".to_owned(), ..one.clone() }));
        assert_ne!(name(&one), name(&Mail { id: Uuid::from_u128(8), ..one.clone() }));
    }

    #[test]
    fn a_page_is_opened_at_the_address_of_the_installation() {
        assert_eq!(mailer().link("/sign-in/link?token=x"), "https://ballast.example/sign-in/link?token=x");
    }
}
