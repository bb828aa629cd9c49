//! The mailboxes: takes every mail by SMTP (RFC 5321) and keeps it with the messages of the phones.

use std::{future::Future, io, time::Duration};

use mail_parser::MessageParser;
use tokio::{
    io::{AsyncBufRead, AsyncBufReadExt, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    task::JoinSet,
};

use super::carrier::{Exchange, Mail, pause};

/// Bytes of the largest mail that is taken.
const LARGEST_MAIL: usize = 10 * 1024 * 1024;

/// Bytes of the longest line that is read; RFC 5321 asks for a tenth of it.
const LONGEST_LINE: u64 = 10_000;

/// The pause after a connection that could not be accepted, as when there are too many.
const AFTER_A_FAILURE: Duration = Duration::from_secs(1);

/// Takes mail until `stop` is ready.
pub async fn serve(exchange: Exchange, listener: TcpListener, stop: impl Future<Output = ()>) {
    let mut stop = std::pin::pin!(stop);
    let mut sessions = JoinSet::new();
    loop {
        tokio::select! {
            () = &mut stop => return,
            Some(_) = sessions.join_next() => {}
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    sessions.spawn(session(exchange.clone(), stream));
                }
                Err(error) => {
                    tracing::warn!(%error, "a mail connection could not be accepted");
                    pause(AFTER_A_FAILURE).await;
                }
            },
        }
    }
}

async fn session(exchange: Exchange, mut stream: TcpStream) {
    let (reading, writing) = stream.split();
    let talked = Session { reader: BufReader::new(reading), writer: writing, from: None, to: Vec::new() };
    if let Err(error) = talked.talk(|mail| exchange.mail(mail)).await {
        tracing::debug!(%error, "a mail connection broke off");
    }
}

/// One conversation with a sender of mail.
struct Session<R, W> {
    reader: R,
    writer: W,
    from: Option<String>,
    to: Vec<String>,
}

impl<R: AsyncBufRead + Unpin, W: AsyncWrite + Unpin> Session<R, W> {
    async fn talk(mut self, take: impl Fn(Mail)) -> io::Result<()> {
        self.reply("220 Dutyline exchange").await?;
        while let Some(line) = self.line().await? {
            let line = String::from_utf8_lossy(&line).trim_end().to_owned();
            let (verb, rest) = line.split_once(' ').unwrap_or((&line, ""));
            match verb.to_ascii_uppercase().as_str() {
                "EHLO" => {
                    self.forget();
                    self.reply(&format!(
                        "250-Dutyline exchange\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 SIZE {LARGEST_MAIL}"
                    ))
                    .await?;
                }
                "HELO" => {
                    self.forget();
                    self.reply("250 Dutyline exchange").await?;
                }
                "MAIL" => match path(rest, "FROM:") {
                    Some(from) => {
                        self.from = Some(from);
                        self.to.clear();
                        self.reply("250 OK").await?;
                    }
                    None => self.reply("501 Syntax: MAIL FROM:<address>").await?,
                },
                "RCPT" => match path(rest, "TO:") {
                    Some(_) if self.from.is_none() => self.reply("503 MAIL comes first").await?,
                    Some(to) if !to.is_empty() => {
                        self.to.push(to);
                        self.reply("250 OK").await?;
                    }
                    _ => self.reply("501 Syntax: RCPT TO:<address>").await?,
                },
                "DATA" if self.to.is_empty() => self.reply("503 RCPT comes first").await?,
                "DATA" => {
                    self.reply("354 End with a line of one dot").await?;
                    match self.data().await? {
                        None => self.reply("552 The mail is too large").await?,
                        Some(data) => {
                            take(mail(
                                &data,
                                self.from.take().unwrap_or_default(),
                                std::mem::take(&mut self.to),
                            ));
                            self.reply("250 OK").await?;
                        }
                    }
                    self.forget();
                }
                "RSET" => {
                    self.forget();
                    self.reply("250 OK").await?;
                }
                "NOOP" => self.reply("250 OK").await?,
                "QUIT" => return self.reply("221 Goodbye").await,
                _ => self.reply("502 Not known here").await?,
            }
        }
        Ok(())
    }

    fn forget(&mut self) {
        self.from = None;
        self.to.clear();
    }

    async fn reply(&mut self, text: &str) -> io::Result<()> {
        self.writer.write_all(text.as_bytes()).await?;
        self.writer.write_all(b"\r\n").await?;
        self.writer.flush().await
    }

    /// The next line with its end; `None` when the other side has gone.
    async fn line(&mut self) -> io::Result<Option<Vec<u8>>> {
        let mut line = Vec::new();
        let read = (&mut self.reader).take(LONGEST_LINE).read_until(b'\n', &mut line).await?;
        Ok((read > 0).then_some(line))
    }

    /// The mail up to the line of one dot, without the dots that were put before dots; `None`: too large.
    async fn data(&mut self) -> io::Result<Option<Vec<u8>>> {
        let mut data = Vec::new();
        let mut fits = true;
        let mut at_line_start = true;
        loop {
            let Some(line) = self.line().await? else {
                return Err(io::ErrorKind::UnexpectedEof.into());
            };
            if at_line_start && matches!(line.as_slice(), b".\r\n" | b".\n") {
                return Ok(fits.then_some(data));
            }
            let line_text = if at_line_start { line.strip_prefix(b".").unwrap_or(&line) } else { &line };
            fits = fits && data.len() + line_text.len() <= LARGEST_MAIL;
            if fits {
                data.extend_from_slice(line_text);
            }
            at_line_start = line.ends_with(b"\n");
        }
    }
}

/// The address of a `FROM:<…>` or `TO:<…>`; what follows it is of no matter here.
fn path(rest: &str, keyword: &str) -> Option<String> {
    let rest = rest.trim();
    let after = rest.get(keyword.len()..)?;
    let named = rest.get(..keyword.len())?.eq_ignore_ascii_case(keyword);
    let (address, _) = after.trim_start().strip_prefix('<')?.split_once('>')?;
    named.then(|| address.to_owned())
}

fn mail(data: &[u8], from: String, to: Vec<String>) -> Mail {
    let parsed = MessageParser::default().parse(data);
    let subject = parsed.as_ref().and_then(|mail| mail.subject()).unwrap_or_default().to_owned();
    let text = parsed.as_ref().and_then(|mail| mail.body_text(0)).unwrap_or_default().into_owned();
    Mail { to, from, subject, text }
}

#[cfg(test)]
mod tests;
