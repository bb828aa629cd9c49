use std::cell::RefCell;

use super::*;

/// What the sink answers to a conversation, and the mails that it took.
async fn talk(conversation: &str) -> (String, Vec<Mail>) {
    let mails = RefCell::new(Vec::new());
    let mut said = Vec::new();
    let session = Session {
        reader: BufReader::new(conversation.as_bytes()),
        writer: &mut said,
        from: None,
        to: Vec::new(),
    };
    session.talk(|mail| mails.borrow_mut().push(mail)).await.unwrap();
    (String::from_utf8(said).unwrap(), mails.into_inner())
}

fn codes(said: &str) -> Vec<&str> {
    said.lines().map(|line| &line[..4]).collect()
}

#[tokio::test]
async fn a_mail_is_taken_for_all_its_recipients() {
    let (said, mails) = talk(
        "EHLO gateway\r\nMAIL FROM:<duty@example.org> SIZE=300\r\nRCPT TO:<cleo@example.org>\r\n\
         rcpt to: <ben@example.org>\r\nDATA\r\nSubject: =?utf-8?Q?Pumps_=C3=BC?=\r\n\
         Content-Type: text/plain; charset=utf-8\r\n\r\nPumps are down\r\n..dot\r\n.\r\nQUIT\r\n",
    )
    .await;
    assert_eq!(
        codes(&said),
        ["220 ", "250-", "250-", "250-", "250 ", "250 ", "250 ", "250 ", "354 ", "250 ", "221 "]
    );
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0].to, ["cleo@example.org", "ben@example.org"]);
    assert_eq!(mails[0].from, "duty@example.org");
    assert_eq!(mails[0].subject, "Pumps ü");
    assert_eq!(mails[0].text.replace("\r\n", "\n").trim_end(), "Pumps are down\n.dot");
}

#[tokio::test]
async fn an_order_that_makes_no_sense_is_refused() {
    let (said, mails) = talk(
        "HELO gateway\r\nRCPT TO:<ben@example.org>\r\nDATA\r\nMAIL TO:<x>\r\nMAIL FROM:<>\r\nRCPT TO:<>\r\nRSET\r\nNOOP\r\nHELP\r\n",
    )
    .await;
    assert_eq!(
        codes(&said),
        ["220 ", "250 ", "503 ", "503 ", "501 ", "250 ", "501 ", "250 ", "250 ", "502 "]
    );
    assert!(mails.is_empty());
}

#[tokio::test]
async fn a_mail_that_is_too_large_is_refused_and_the_next_one_taken() {
    let line = format!("{}\r\n", "x".repeat(900));
    let large = line.repeat(LARGEST_MAIL / line.len() + 1);
    let head = "MAIL FROM:<a@example.org>\r\nRCPT TO:<b@example.org>\r\nDATA\r\n";
    let (said, mails) = talk(&format!("{head}{large}.\r\n{head}Subject: small\r\n\r\nhi\r\n.\r\n")).await;
    assert_eq!(codes(&said), ["220 ", "250 ", "250 ", "354 ", "552 ", "250 ", "250 ", "354 ", "250 "]);
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0].subject, "small");
}
