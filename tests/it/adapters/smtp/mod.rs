//! Mail, against a mail server of our own.

mod server;

use dutyline::adapters::smtp::{Smtp, SmtpAccount, SmtpLogin, SmtpTls};
use dutyline::domain::contact::{EmailAddress, PhoneNumber};
use dutyline::domain::ids::NotificationId;
use dutyline::ports::clock::Clock;
use dutyline::ports::error::{Undone, VendorError};
use dutyline::ports::vendor::{Body, Message, SingleSender};
use insta::assert_snapshot;
use jiff::Timestamp;
use mail_parser::{MessageParser, MimeHeaders};
use server::{Manners, Server};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use uuid::Uuid;

struct Nine;

impl Clock for Nine {
    fn now(&self) -> Timestamp {
        "2026-01-05T09:00:00Z".parse().unwrap()
    }
}

fn account(address: SocketAddr) -> SmtpAccount {
    SmtpAccount {
        host: address.ip().to_string(),
        port: address.port(),
        tls: SmtpTls::None,
        login: None,
        from: EmailAddress::parse("duty@duty.example").unwrap(),
        timeout: Duration::from_millis(500),
    }
}

fn smtp(account: SmtpAccount) -> Smtp {
    Smtp::new(account, Arc::new(Nine)).unwrap()
}

fn mail() -> Message {
    let body = Body::Mail {
        to: EmailAddress::parse("grace@duty.example").unwrap(),
        subject: "[CRITICAL] Überlauf".to_owned(),
        text: "Pumps are down\n.\nreally".to_owned(),
        html: "<p>Pumps are <b>down</b></p>".to_owned(),
    };
    Message { id: NotificationId(Uuid::from_u128(7)), body }
}

/// What becomes of a mail at a server of such manners.
async fn sent(manners: Manners) -> Result<Option<String>, VendorError> {
    let server = Server::start(manners).await;
    smtp(account(server.address)).send(&mail()).await.map_err(|undone| undone.error().clone())
}

#[tokio::test]
async fn a_mail_comes_as_text_and_html_with_our_id() {
    let server = Server::start(Manners::default()).await;
    let smtp = smtp(account(server.address));
    let id = "00000000-0000-0000-0000-000000000007@duty.example";
    for _ in 0..2 {
        assert_eq!(smtp.send(&mail()).await, Ok(Some(id.to_owned())));
    }
    let heard = server.heard.lock().unwrap();
    let envelope: Vec<_> = heard.commands.iter().filter(|line| line.contains('@')).take(2).collect();
    assert_eq!(envelope, ["MAIL FROM:<duty@duty.example>", "RCPT TO:<grace@duty.example>"]);
    assert_eq!(heard.mails.len(), 2);
    for raw in &heard.mails {
        let mail = MessageParser::default().parse(raw).unwrap();
        assert_eq!(mail.message_id(), Some(id));
        assert_eq!(mail.from().unwrap().first().unwrap().address(), Some("duty@duty.example"));
        assert_eq!(mail.to().unwrap().first().unwrap().address(), Some("grace@duty.example"));
        assert_eq!(mail.subject(), Some("[CRITICAL] Überlauf"));
        assert_eq!(mail.date().unwrap().to_rfc3339(), "2026-01-05T09:00:00Z");
        assert_eq!(mail.header_raw("Auto-Submitted").map(str::trim), Some("auto-generated"));
        assert!(mail.is_content_type("multipart", "alternative"));
        assert_eq!(mail.body_text(0).unwrap().trim_end(), "Pumps are down\r\n..\r\nreally");
        assert_eq!(mail.body_html(0).unwrap().trim_end(), "<p>Pumps are <b>down</b></p>");
    }
}

#[tokio::test]
async fn a_login_is_given_when_there_is_one() {
    let server = Server::start(Manners::default()).await;
    let login = SmtpLogin { user: "duty".to_owned(), password: "secret".to_owned() };
    let account = SmtpAccount { login: Some(login), ..account(server.address) };
    assert!(!format!("{account:?} {:?}", account.login).contains("secret"));
    smtp(account).send(&mail()).await.unwrap();
    let heard = server.heard.lock().unwrap();
    assert!(heard.commands.iter().any(|line| line == "AUTH PLAIN AGR1dHkAc2VjcmV0"), "{:?}", heard.commands);
}

#[tokio::test]
async fn a_refusal_is_final_and_does_not_show_the_address() {
    let refused = Manners { rcpt: "550 grace@duty.example is unknown\r\n", ..Manners::default() };
    assert_snapshot!(sent(refused).await.unwrap_err(), @"for good: the mail server refused it (550)");
    let spam = Manners { taken: "554 this looks like spam\r\n", ..Manners::default() };
    assert_snapshot!(sent(spam).await.unwrap_err(), @"for good: the mail server refused it (554)");
}

#[tokio::test]
async fn a_wrong_password_is_final() {
    let server = Server::start(Manners { auth: "535 no\r\n", ..Manners::default() }).await;
    let login = SmtpLogin { user: "duty".to_owned(), password: "wrong".to_owned() };
    let smtp = smtp(SmtpAccount { login: Some(login), ..account(server.address) });
    assert_snapshot!(smtp.send(&mail()).await.unwrap_err(), @"for good: the mail server refused it (535)");
}

/// What becomes of a look at a server of such manners, by that password; and what it heard.
async fn probed(manners: Manners, password: &str) -> (Result<(), VendorError>, Vec<String>) {
    let server = Server::start(manners).await;
    let login = SmtpLogin { user: "duty".to_owned(), password: password.to_owned() };
    let found = smtp(SmtpAccount { login: Some(login), ..account(server.address) }).probe().await;
    let heard = server.heard.lock().unwrap();
    assert!(heard.mails.is_empty() && !heard.commands.iter().any(|line| line.starts_with("MAIL")));
    (found, heard.commands.clone())
}

#[tokio::test]
async fn a_look_at_a_server_logs_in_and_sends_nothing() {
    let (found, heard) = probed(Manners::default(), "secret").await;
    assert_eq!(found, Ok(()));
    assert!(heard.iter().any(|line| line == "AUTH PLAIN AGR1dHkAc2VjcmV0"), "{heard:?}");
    assert_eq!(heard.last().map(String::as_str), Some("QUIT"));
    let (found, _) = probed(Manners { auth: "535 no\r\n", ..Manners::default() }, "wrong").await;
    assert_eq!(found, Err(VendorError::permanent("the mail server refused it (535)")));
    let (found, _) = probed(Manners { auth: "", ..Manners::default() }, "secret").await;
    assert_eq!(found, Err(VendorError::temporary("the mail server did not answer in time")));
}

#[tokio::test]
async fn a_busy_server_is_asked_again() {
    let greylisted = Manners { rcpt: "450 come back later\r\n", ..Manners::default() };
    assert_snapshot!(sent(greylisted).await.unwrap_err(), @"for now: the mail server refused it (450)");
    let closing = Manners { greeting: "421 too busy\r\n", ..Manners::default() };
    assert_snapshot!(sent(closing).await.unwrap_err(), @"for now: the mail server refused it (421)");
}

#[tokio::test]
async fn garbage_and_silence_are_asked_again() {
    let garbage = Manners { greeting: "HTTP/1.1 400 Bad Request\r\n\r\n", ..Manners::default() };
    assert_snapshot!(sent(garbage).await.unwrap_err(), @"for now: the mail server's answer can't be understood");
    let silent = Manners { rcpt: "", ..Manners::default() };
    assert_snapshot!(sent(silent).await.unwrap_err(), @"for now: the mail server did not answer in time");
}

#[tokio::test]
async fn a_server_that_is_not_there_is_asked_again() {
    let nobody = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let error = smtp(account(nobody)).send(&mail()).await.unwrap_err();
    let text = error.to_string();
    assert!(
        text.starts_with("for now: the mail server can't be reached, or broke off: Connection refused"),
        "{text}"
    );
}

#[tokio::test]
async fn a_server_that_can_not_do_tls_gets_nothing() {
    let server = Server::start(Manners::default()).await;
    let smtp = smtp(SmtpAccount { tls: SmtpTls::StartTls, ..account(server.address) });
    let error = smtp.send(&mail()).await.unwrap_err();
    assert!(matches!(error, Undone::Certainly(VendorError::Temporary { .. })), "{error}");
    let heard = server.heard.lock().unwrap();
    assert!(heard.mails.is_empty());
    assert!(!heard.commands.iter().any(|line| line.contains('@')), "{:?}", heard.commands);
}

#[tokio::test]
async fn tls_from_the_first_byte_is_tls() {
    let server = Server::start(Manners::default()).await;
    let smtp = smtp(SmtpAccount { tls: SmtpTls::Tls, ..account(server.address) });
    let error = smtp.send(&mail()).await.unwrap_err();
    assert!(matches!(error, Undone::Certainly(VendorError::Temporary { .. })), "{error}");
    assert!(server.heard.lock().unwrap().mails.is_empty());
}

#[tokio::test]
async fn a_short_message_is_not_for_the_mail_server() {
    let to = PhoneNumber::parse("+15550101").unwrap();
    let message = Message { id: mail().id, body: Body::Sms { to, text: String::new() } };
    let answer = smtp(account(([127, 0, 0, 1], 9).into())).send(&message).await;
    assert_eq!(
        answer,
        Err(Undone::Certainly(VendorError::permanent("the mail server takes no short messages")))
    );
}
