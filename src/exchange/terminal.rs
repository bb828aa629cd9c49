//! A phone in the terminal: prints what is heard, and takes keys and words from what is typed.

use std::{io, time::Duration};

use tokio::io::{AsyncBufRead, AsyncBufReadExt, AsyncWrite, AsyncWriteExt};

use super::{
    carrier::Dial,
    line::{Kind, LineEvent},
    phone_client::{PhoneClient, PhoneError},
    transcript,
};

/// How long one question for news is left open.
const LISTEN: Duration = Duration::from_secs(20);

/// Shown when the phone is picked up.
const HELP: &str = "Digits, * and # are keys. Anything else is speech, heard while a recording runs. \
                    h or Ctrl-D hangs up.\n";

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

/// Dials and talks until the call is over.
pub async fn call(
    phone: &PhoneClient,
    dial: &Dial,
    input: impl AsyncBufRead + Unpin,
    mut output: impl AsyncWrite + Unpin,
) -> Result<(), TerminalError> {
    show(&mut output, HELP).await?;
    let sid = phone.dial(dial).await?;
    let mut lines = input.lines();
    let mut heard = 0;
    let mut typing = true;
    loop {
        tokio::select! {
            events = phone.events(&sid, heard, LISTEN) => {
                let events = events?;
                heard += events.len();
                for event in &events {
                    show(&mut output, &shown(event)).await?;
                }
                if events.iter().any(|event| event.kind.is_end()) {
                    return Ok(());
                }
            }
            line = lines.next_line(), if typing => {
                let line = line?;
                match line.as_deref().map_or(Typed::HangUp, typed) {
                    Typed::Nothing => {}
                    Typed::Keys(keys) => {
                        phone.press(&sid, keys).await?;
                    }
                    Typed::Words(words) => {
                        if !phone.say(&sid, words, None).await? {
                            show(&mut output, "  (nobody hears you now)\n").await?;
                        }
                    }
                    Typed::HangUp => {
                        typing = false;
                        phone.hang_up(&sid).await?;
                    }
                }
            }
        }
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
        Kind::Rings => "  Your phone rings. Type a to answer, d to decline.\n".to_owned(),
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
