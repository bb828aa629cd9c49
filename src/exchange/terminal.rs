//! A phone in the terminal: prints what is heard, and takes keys and words from what is typed. It dials, or waits
//! to ring.

use std::{io, time::Duration};

use tokio::io::{AsyncBufRead, AsyncBufReadExt, AsyncWrite, AsyncWriteExt, Lines};

use super::{
    carrier::Dial,
    line::{Kind, LineEvent},
    phone_client::{PhoneClient, PhoneError},
    transcript,
};

/// How long one question for news is left open.
const LISTEN: Duration = Duration::from_secs(20);

/// Shown when a phone is used.
const HELP: &str = "Digits, * and # are keys. Anything else is speech, heard while a recording runs or somebody \
                    is on the line. h or Ctrl-D hangs up.\n";

/// Shown besides where a phone is waited for.
const WAITING: &str = "Waiting for the phone to ring. Ctrl-D puts it away.\n";

/// Why the phone in the terminal stopped working.
#[derive(Debug, thiserror::Error)]
pub enum TerminalError {
    /// The exchange.
    #[error(transparent)]
    Phone(#[from] PhoneError),
    /// The terminal.
    #[error("the terminal can't be read or written")]
    Terminal(#[from] io::Error),
}

/// What was typed.
#[derive(Debug, PartialEq, Eq)]
enum Typed<'a> {
    Nothing,
    Keys(&'a str),
    Words(&'a str),
    HangUp,
}

fn typed(line: &str) -> Typed<'_> {
    let line = line.trim();
    match line {
        "" => Typed::Nothing,
        "h" | "H" => Typed::HangUp,
        keys if keys.chars().all(|key| matches!(key, '0'..='9' | '*' | '#')) => Typed::Keys(keys),
        words => Typed::Words(words),
    }
}

/// A phone with somebody at it.
struct Terminal<'a, I, O> {
    phone: &'a PhoneClient,
    lines: Lines<I>,
    output: O,
}

/// Dials and talks until the call is over.
pub async fn call(
    phone: &PhoneClient,
    dial: &Dial,
    input: impl AsyncBufRead + Unpin,
    output: impl AsyncWrite + Unpin,
) -> Result<(), TerminalError> {
    let mut terminal = Terminal { phone, lines: input.lines(), output };
    show(&mut terminal.output, HELP).await?;
    let sid = phone.dial(dial).await?;
    terminal.talk(&sid).await?;
    Ok(())
}

/// Waits for the phone of a number to ring and answers it, call after call, until there is nothing more to type.
pub async fn answer(
    phone: &PhoneClient,
    number: &str,
    input: impl AsyncBufRead + Unpin,
    output: impl AsyncWrite + Unpin,
) -> Result<(), TerminalError> {
    let mut terminal = Terminal { phone, lines: input.lines(), output };
    show(&mut terminal.output, HELP).await?;
    show(&mut terminal.output, WAITING).await?;
    let past = phone.calls_to(number, 0, Duration::ZERO).await?;
    let mut seen = past.iter().take_while(|call| call.over).count();
    loop {
        tokio::select! {
            calls = phone.calls_to(number, seen, LISTEN) => {
                let Some(call) = calls?.into_iter().next() else { continue };
                seen = call.n;
                if !terminal.talk(&call.sid).await? {
                    return Ok(());
                }
                show(&mut terminal.output, WAITING).await?;
            }
            line = terminal.lines.next_line() => {
                if line?.is_none() {
                    return Ok(());
                }
            }
        }
    }
}

impl<I: AsyncBufRead + Unpin, O: AsyncWrite + Unpin> Terminal<'_, I, O> {
    /// Talks until the call is over; false: there is nothing more to type.
    async fn talk(&mut self, sid: &str) -> Result<bool, TerminalError> {
        let mut heard = 0;
        let mut typing = true;
        let mut ringing = false;
        loop {
            tokio::select! {
                events = self.phone.events(sid, heard, LISTEN) => {
                    let events = events?;
                    heard += events.len();
                    for event in &events {
                        show(&mut self.output, &shown(event)).await?;
                        ringing = event.kind == Kind::Rings;
                    }
                    if events.iter().any(|event| event.kind.is_end()) {
                        return Ok(typing);
                    }
                }
                line = self.lines.next_line(), if typing => {
                    let line = line?;
                    typing = line.is_some();
                    match line {
                        Some(line) if ringing => self.rings(sid, &line).await?,
                        Some(line) => self.speaks(sid, typed(&line)).await?,
                        None => self.speaks(sid, Typed::HangUp).await?,
                    }
                }
            }
        }
    }

    /// What is typed while the phone rings.
    async fn rings(&mut self, sid: &str, line: &str) -> Result<(), TerminalError> {
        match line.trim().to_lowercase().as_str() {
            "" | "a" => {
                self.phone.pick_up(sid).await?;
            }
            "d" | "h" => {
                self.phone.decline(sid).await?;
            }
            _ => show(&mut self.output, "  (type a to answer, d to decline)\n").await?,
        }
        Ok(())
    }

    async fn speaks(&mut self, sid: &str, typed: Typed<'_>) -> Result<(), TerminalError> {
        match typed {
            Typed::Nothing => {}
            Typed::Keys(keys) => {
                self.phone.press(sid, keys).await?;
            }
            Typed::Words(words) => {
                if !self.phone.say(sid, words, None).await? {
                    show(&mut self.output, "  (nobody hears you now)\n").await?;
                }
            }
            Typed::HangUp => {
                self.phone.hang_up(sid).await?;
            }
        }
        Ok(())
    }
}

/// Prints the text messages and mails that arrive at the exchange, from now on and without end.
pub async fn print_messages(
    phone: &PhoneClient,
    mut output: impl AsyncWrite + Unpin,
) -> Result<(), TerminalError> {
    let mut seen = phone.messages(0, Duration::ZERO).await?.len();
    loop {
        for message in phone.messages(seen, LISTEN).await? {
            seen = message.n;
            show(&mut output, &format!("{}\n\n", transcript::about(&message))).await?;
        }
    }
}

fn shown(event: &LineEvent) -> String {
    match event.kind {
        Kind::Dialled | Kind::Pressed | Kind::Said | Kind::PickedUp | Kind::Declined => String::new(),
        Kind::RingingTone => "  (it rings)\n".to_owned(),
        Kind::Rings => "Your phone rings. Type a to answer, d to decline.\n".to_owned(),
        Kind::StopsRinging => "  (your phone stops ringing)\n".to_owned(),
        Kind::Connected => "  (connected: what you type is heard)\n".to_owned(),
        Kind::Parted => "  (no longer connected)\n".to_owned(),
        Kind::Voice => format!("  > {}\n", event.text),
        Kind::Tone if event.text.is_empty() => "  (tone)\n".to_owned(),
        Kind::Tone => format!("  (tones: {})\n", event.text),
        Kind::Heard => format!("  {}\n", event.text),
        Kind::Cut => "  (stops speaking)\n".to_owned(),
        Kind::Beep => "  (beep: type what you say, then press a key)\n".to_owned(),
        Kind::Recording => "  (recording: type what you say, then press a key)\n".to_owned(),
        Kind::Recorded => "  (recorded)\n".to_owned(),
        Kind::Trouble => format!("  (trouble: {})\n", event.text),
        Kind::HungUp => "  (you hung up)\n".to_owned(),
        Kind::Ended => "  (the other side hung up)\n".to_owned(),
    }
}

async fn show(output: &mut (impl AsyncWrite + Unpin), text: &str) -> io::Result<()> {
    output.write_all(text.as_bytes()).await?;
    output.flush().await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_is_a_key_a_word_or_the_end() {
        assert_eq!(typed("1\n"), Typed::Keys("1"));
        assert_eq!(typed(" 12*# "), Typed::Keys("12*#"));
        assert_eq!(typed("h"), Typed::HangUp);
        assert_eq!(typed("hello 1"), Typed::Words("hello 1"));
        assert_eq!(typed("  "), Typed::Nothing);
    }
}
