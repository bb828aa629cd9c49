//! Mail, handed to a mail server.
//!
//! Source: RFC 5321 (SMTP), RFC 5322 (messages), RFC 3834 (automatic mail).

use super::cause::innermost;
use crate::domain::contact::EmailAddress;
use crate::domain::ids::NotificationId;
use crate::ports::clock::Clock;
use crate::ports::error::{Undone, VendorError};
use crate::ports::vendor::{Body, Known, Message, SingleSender, Sought};
use async_trait::async_trait;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};
use lettre::transport::smtp;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::{Address, AsyncSmtpTransport, AsyncTransport, Tokio1Executor};
use std::io;
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use tokio::time::timeout;

/// A mail server, and who we are to it. Its `Debug` shows neither password nor address.
#[derive(Clone)]
pub struct SmtpAccount {
    /// Name or address.
    pub host: String,
    /// Usually 587 with STARTTLS, 465 with TLS, 25 without.
    pub port: u16,
    /// How the connection is kept secret.
    pub tls: SmtpTls,
    /// How we log in; `None`: not at all.
    pub login: Option<SmtpLogin>,
    /// Who the mails are from.
    pub from: EmailAddress,
    /// How long a mail may take from the connection to the server's last word.
    pub timeout: Duration,
}

/// How a connection to a mail server is kept secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SmtpTls {
    /// It isn't.
    None,
    /// Plain at first; a server that can't switch to TLS gets nothing.
    StartTls,
    /// TLS from the first byte.
    Tls,
}

/// A mail server's user.
#[derive(Clone)]
pub struct SmtpLogin {
    /// Name.
    pub user: String,
    /// Password.
    pub password: String,
}

impl std::fmt::Debug for SmtpAccount {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut account = f.debug_struct("SmtpAccount");
        account.field("host", &self.host).field("port", &self.port).field("tls", &self.tls);
        account.finish_non_exhaustive()
    }
}

impl std::fmt::Debug for SmtpLogin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SmtpLogin(…)")
    }
}

/// Why a mail server can't be used as it is set.
#[derive(Debug, thiserror::Error)]
pub enum InvalidSmtpAccount {
    /// The host is no name that a certificate could be for, or no certificates can be read.
    #[error("TLS can't be used with this mail server")]
    Tls(#[source] smtp::Error),
    /// Mail servers don't take the sender's address.
    #[error("mail.from can't be a sender of mail")]
    Sender,
}

/// Sends mail by a mail server: a connection each, because alerts are rare and idle connections are cut.
pub struct Smtp {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    timeout: Duration,
    /// Host and port.
    name: String,
    clock: Arc<dyn Clock>,
}

impl Smtp {
    /// By that server; the mails' dates come from `clock`.
    pub fn new(account: SmtpAccount, clock: Arc<dyn Clock>) -> Result<Self, InvalidSmtpAccount> {
        let parameters = || TlsParameters::new(account.host.clone()).map_err(InvalidSmtpAccount::Tls);
        let tls = match account.tls {
            SmtpTls::None => Tls::None,
            SmtpTls::StartTls => Tls::Required(parameters()?),
            SmtpTls::Tls => Tls::Wrapper(parameters()?),
        };
        let from = mailbox(&account.from).ok_or(InvalidSmtpAccount::Sender)?;
        let name = format!("{}:{}", account.host, account.port);
        let mut server = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(account.host)
            .port(account.port)
            .tls(tls)
            .timeout(Some(account.timeout / 2));
        if let Some(login) = account.login {
            server = server.credentials(Credentials::new(login.user, login.password));
        }
        Ok(Self { transport: server.build(), from, timeout: account.timeout, name, clock })
    }

    fn mail(
        &self,
        id: NotificationId,
        to: &EmailAddress,
        subject: &str,
        text: &str,
        html: &str,
    ) -> Option<lettre::Message> {
        let automatic = HeaderName::new_from_ascii_str("Auto-Submitted");
        lettre::Message::builder()
            .from(self.from.clone())
            .to(mailbox(to)?)
            .date(SystemTime::from(self.clock.now()))
            .message_id(Some(format!("<{id}@{}>", self.from.email.domain())))
            .raw_header(HeaderValue::new(automatic, "auto-generated".to_owned()))
            .subject(subject)
            .multipart(MultiPart::alternative_plain_html(text.to_owned(), html.to_owned()))
            .ok()
    }
}

#[async_trait]
impl SingleSender for Smtp {
    fn name(&self) -> &str {
        &self.name
    }

    fn trace(&self, _message: &Message) -> Option<String> {
        None
    }

    /// A mail server can't be asked.
    async fn knows(&self, _sought: &Sought<'_>) -> Result<Known, VendorError> {
        Ok(Known::CannotTell)
    }

    /// The answer is the mail's `Message-ID`: made of the notification's id, so that a mail that is sent
    /// again can be known as the same.
    async fn send(&self, message: &Message) -> Result<Option<String>, Undone> {
        let Body::Mail { to, subject, text, html } = &message.body else {
            let why = VendorError::permanent("the mail server takes no short messages");
            return Err(Undone::Certainly(why));
        };
        let mail = self
            .mail(message.id, to, subject, text, html)
            .ok_or_else(|| VendorError::permanent("mail servers don't take the recipient's address"))
            .map_err(Undone::Certainly)?;
        // The transport's own timeout ends with the connection's making: who is silent later may have taken the mail.
        timeout(self.timeout, self.transport.send(mail))
            .await
            .map_err(|_elapsed| Undone::Perhaps(VendorError::temporary(SILENT)))?
            .map_err(|error| {
                let meaning = if is_lost(&error) { Undone::Perhaps } else { Undone::Certainly };
                meaning(trouble(&error))
            })?;
        Ok(Some(format!("{}@{}", message.id, self.from.email.domain())))
    }

    /// Connects, logs in where there is a login, and says goodbye.
    async fn probe(&self) -> Result<(), VendorError> {
        match timeout(self.timeout, self.transport.test_connection()).await {
            Ok(Ok(true)) => Ok(()),
            Ok(Ok(false)) => Err(VendorError::temporary("the mail server takes no commands")),
            Ok(Err(error)) => Err(trouble(&error)),
            Err(_elapsed) => Err(VendorError::temporary(SILENT)),
        }
    }
}

fn mailbox(address: &EmailAddress) -> Option<Mailbox> {
    address.as_str().parse::<Address>().ok().map(|address| Mailbox::new(None, address))
}

/// Whether a server may have taken a mail although it did not say so: its answer makes no sense, or broke off.
fn is_lost(error: &smtp::Error) -> bool {
    let broke_off = || {
        use io::ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset, UnexpectedEof};
        let kind = innermost(error).downcast_ref::<io::Error>().map(io::Error::kind);
        kind.is_some_and(|kind| {
            matches!(kind, BrokenPipe | ConnectionAborted | ConnectionReset | UnexpectedEof)
        })
    };
    error.status().is_none() && (error.is_response() || broke_off())
}

const SILENT: &str = "the mail server did not answer in time";

/// What a failure means for another try. Servers repeat addresses in their words, so that only the code is
/// kept of them.
fn trouble(error: &smtp::Error) -> VendorError {
    if let Some(code) = error.status() {
        let cause = format!("the mail server refused it ({code})");
        return if error.is_permanent() {
            VendorError::permanent(cause)
        } else {
            VendorError::temporary(cause)
        };
    }
    VendorError::temporary(if error.is_timeout() {
        SILENT.to_owned()
    } else if error.is_response() {
        "the mail server's answer can't be understood".to_owned()
    } else if error.is_client() {
        "the mail server lacks what we need".to_owned()
    } else {
        format!("the mail server can't be reached, or broke off: {}", innermost(error))
    })
}
