//! Everybody who transmits messages is asked, the first and whoever stands by.

use super::*;
use dutyline::adapters::smtp::{Smtp, SmtpAccount, SmtpTls};
use dutyline::domain::contact::EmailAddress;
use dutyline::settings::{MailServer, MailTls, SmsVendor};

#[tokio::test]
async fn every_mail_server_and_every_vendor_of_texts_is_asked() {
    let knows_us = answering(ResponseTemplate::new(200)).await;
    let refuses = answering(ResponseTemplate::new(401)).await;
    let by = |server: &MockServer| SmsVendor::MessageBird {
        access_key: secret("hunter2"),
        from: "Dutyline".to_owned(),
        api_url: format!("{}/", server.uri()).parse().unwrap(),
    };
    let port = nobody().await.parse::<reqwest::Url>().unwrap().port().unwrap();
    let second =
        |port: u16| MailServer { host: "127.0.0.1".to_owned(), port, tls: MailTls::None, login: None };
    let world = async |vendor: SmsVendor, second_is_there: bool| {
        World::start_with("one-group", |settings| {
            settings.sms.as_mut().unwrap().vendors.push(vendor);
            let mail = settings.mail.as_mut().unwrap();
            mail.next.push(second(if second_is_there { mail.port } else { port }));
        })
        .await
    };
    let there = said(&world(by(&knows_us), true).await.app, &[]).await;
    assert_snapshot!(line(&there, "text vendors"), @"ok       text vendors: all who transmit texts know us: 2");
    assert_snapshot!(line(&there, "mail login"), @"ok       mail login: all mail servers let us in: 2");
    let [asked] = knows_us.received_requests().await.unwrap().try_into().unwrap();
    assert_eq!((asked.method.as_str(), asked.url.path()), ("GET", "/balance"), "nothing is sent");
    let wrong = said(&world(by(&refuses), false).await.app, &[]).await;
    assert_snapshot!(line(&wrong, "text vendors"), @"FAILED   text vendors: 2. (messagebird): MessageBird does not know us (401); check sms.vendor.access_key -> check [carrier], or api_url and access_key of that [[sms.vendor]]");
    let told = line(&wrong, "mail login");
    assert!(told.starts_with("FAILED   mail login: 2. (127.0.0.1:"), "{told}");
    assert!(told.contains("the mail server can't be reached") && !told.contains(": 1. "), "{told}");
    let none = World::start_with("one-group", |settings| settings.sms = None).await;
    assert_eq!(
        line(&said(&none.app, &[]).await, "text vendors"),
        "skipped  text vendors: sms.enabled is false"
    );
}

#[tokio::test]
async fn a_mail_server_that_is_not_there_or_does_not_know_us_is_told() {
    let world = World::start("one-group").await;
    let mut app = world.app.clone();
    let port = nobody().await.parse::<reqwest::Url>().unwrap().port().unwrap();
    let account = SmtpAccount {
        host: "127.0.0.1".to_owned(),
        port,
        tls: SmtpTls::None,
        login: None,
        from: EmailAddress::parse("duty@duty.example").unwrap(),
        timeout: Duration::from_secs(2),
    };
    app.mail = Some(Arc::new(Smtp::new(account, app.clock.clone()).unwrap()));
    let lines = said(&app, &[]).await;
    let told = line(&lines, "mail login");
    assert!(told.starts_with("FAILED   mail login: the mail server can't be reached"), "{told}");
    assert!(
        told.ends_with("-> check mail.host, mail.port and mail.tls, and mail.user with its password"),
        "{told}"
    );
    app.mail = None;
    assert_eq!(line(&said(&app, &[]).await, "mail login"), "skipped  mail login: there is no [mail]");
}
