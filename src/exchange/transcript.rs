//! A call as it went, in words: for failures, and for snapshots.

use std::fmt::Write as _;

use jiff::Timestamp;

use super::line::{Arrived, Kind, LineEvent, Road};

/// One phone's call.
#[derive(Debug, Clone, Copy)]
pub struct Side<'a> {
    /// Whose phone it is; `None`: the caller's.
    pub who: Option<&'a str>,
    /// What happened on its line.
    pub line: &'a [LineEvent],
}

/// Renders calls, event by event in the order of time, and the messages that arrived. Times count from the first
/// event; ids are left out, so that the same conversation always reads the same.
pub fn render(calls: &[Side<'_>], messages: &[Arrived]) -> String {
    let mut events: Vec<(Option<&str>, &LineEvent)> =
        calls.iter().flat_map(|call| call.line.iter().map(|event| (call.who, event))).collect();
    events.sort_by_key(|(_, event)| event.at);
    let start = events.first().map(|(_, event)| event.at);
    let mut text = String::new();
    for (who, event) in events {
        let words = who.map_or_else(|| words(event), |who| words_of(who, event));
        line(&mut text, start, event.at, &words);
    }
    for message in messages {
        let start = start.or_else(|| messages.first().map(|first| first.at));
        line(&mut text, start, message.at, &about(message));
    }
    text
}

/// One event on the caller's line in words.
fn words(event: &LineEvent) -> String {
    let text = &event.text;
    match event.kind {
        Kind::Dialled => "caller dials".to_owned(),
        Kind::Heard => format!("line   \"{text}\""),
        Kind::Cut => "line   (stops speaking)".to_owned(),
        Kind::Beep => "line   (beep, recording)".to_owned(),
        Kind::Recording => "line   (recording)".to_owned(),
        Kind::Recorded if text.is_empty() => "line   (recorded nothing)".to_owned(),
        Kind::Recorded => format!("line   (recorded \"{text}\")"),
        Kind::RingingTone => "line   (ringing)".to_owned(),
        Kind::Connected => "line   (connected)".to_owned(),
        Kind::Parted => "line   (no longer connected)".to_owned(),
        Kind::Voice => format!("voice  \"{text}\""),
        Kind::Tone if text.is_empty() => "line   (tone)".to_owned(),
        Kind::Tone => format!("line   (tone {text})"),
        Kind::Trouble => format!("trouble: {text}"),
        Kind::Ended => "line   (hangs up)".to_owned(),
        Kind::Pressed
        | Kind::Said
        | Kind::Rings
        | Kind::PickedUp
        | Kind::Declined
        | Kind::StopsRinging
        | Kind::HungUp => words_of("caller", event),
    }
}

/// One event on somebody else's line in words.
fn words_of(who: &str, event: &LineEvent) -> String {
    let text = &event.text;
    match event.kind {
        Kind::Dialled => format!("{who} dials"),
        Kind::Heard => format!("{who} hears \"{text}\""),
        Kind::Cut => format!("{who}'s line stops speaking"),
        Kind::Beep | Kind::Recording => format!("{who} is recorded"),
        Kind::Recorded => format!("{who} has been recorded: \"{text}\""),
        Kind::Pressed => format!("{who} presses {text}"),
        Kind::Said => format!("{who} says \"{text}\""),
        Kind::RingingTone => format!("{who} hears ringing"),
        Kind::Rings => format!("{who}'s phone rings"),
        Kind::PickedUp => format!("{who} picks up"),
        Kind::Declined => format!("{who} declines"),
        Kind::StopsRinging => format!("{who}'s phone stops ringing"),
        Kind::Connected => format!("{who} is connected"),
        Kind::Parted => format!("{who} is no longer connected"),
        Kind::Voice => format!("{who} hears somebody say \"{text}\""),
        Kind::Tone if text.is_empty() => format!("{who} hears a tone"),
        Kind::Tone => format!("{who} hears tone {text}"),
        Kind::Trouble => format!("{who}'s line, trouble: {text}"),
        Kind::HungUp => format!("{who} hangs up"),
        Kind::Ended => format!("{who}'s line ends"),
    }
}

/// One message in words, several lines if its text has several.
pub(super) fn about(message: &Arrived) -> String {
    let Arrived { to, subject, text, .. } = message;
    let text = text.trim_end();
    match message.kind {
        Road::Sms => format!("sms to {to}: {text}"),
        Road::Mail => format!("mail to {to}: {subject}\n{text}"),
    }
}

fn line(text: &mut String, start: Option<Timestamp>, at: Timestamp, words: &str) {
    let seconds = start.map_or(0.0, |start| at.duration_since(start).as_secs_f64());
    let mut lines = words.lines();
    // Writing to a string can't fail.
    _ = writeln!(text, "{seconds:>7.1}  {}", lines.next().unwrap_or_default());
    for more in lines {
        _ = writeln!(text, "         {more}");
    }
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan;

    use super::*;

    #[test]
    fn a_call_reads_like_a_play() {
        let event = |n, seconds: i64, kind, text: &str| LineEvent {
            n,
            at: Timestamp::UNIX_EPOCH + seconds.seconds(),
            kind,
            text: text.to_owned(),
        };
        let call = [
            event(1, 100, Kind::Dialled, ""),
            event(2, 100, Kind::Heard, "Press 1"),
            event(3, 102, Kind::Pressed, "1"),
            event(4, 102, Kind::Cut, ""),
            event(5, 103, Kind::Beep, ""),
            event(6, 103, Kind::Said, "Pumps"),
            event(7, 105, Kind::HungUp, ""),
        ];
        let mail = Arrived {
            n: 1,
            at: Timestamp::UNIX_EPOCH + 109.seconds(),
            kind: Road::Mail,
            to: "cleo@example.org".to_owned(),
            from: "duty@example.org".to_owned(),
            subject: "Alert".to_owned(),
            text: "Pumps\nListen\n".to_owned(),
        };
        assert_eq!(
            render(&[Side { who: None, line: &call }], &[mail]),
            "    0.0  caller dials
    0.0  line   \"Press 1\"
    2.0  caller presses 1
    2.0  line   (stops speaking)
    3.0  line   (beep, recording)
    3.0  caller says \"Pumps\"
    5.0  caller hangs up
    9.0  mail to cleo@example.org: Alert
         Pumps
         Listen
"
        );
    }
}
