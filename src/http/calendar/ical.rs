//! A calendar in the form that calendar programs read (RFC 5545, with the properties of a feed from RFC 7986).

use crate::domain::directory::calendar::{Event, What};
use crate::domain::directory::person::PersonId;
use crate::domain::directory::{Directory, Recipient};
use crate::service::calendar::Calendar;
use jiff::Timestamp;

/// The longest line in bytes, its end not counted (RFC 5545 §3.1).
const LONGEST: usize = 75;

/// That calendar of that addressee, as text.
pub(super) fn write(calendar: &Calendar, of: &Recipient) -> String {
    let Calendar { made_at, directory, events } = calendar;
    let whose = match of {
        Recipient::Group(name) => name.0.as_str(),
        Recipient::Person(id) => name(directory, id),
        Recipient::Schedule(name) => name.0.as_str(),
    };
    let title = escaped(&format!("On call: {whose}"));
    let mut text = Lines::default();
    text.line("BEGIN:VCALENDAR");
    text.line("VERSION:2.0");
    text.line("PRODID:-//Dutyline//On call//EN");
    text.line("CALSCALE:GREGORIAN");
    text.line("METHOD:PUBLISH");
    text.line(&format!("NAME:{title}"));
    // The name that programs knew before RFC 7986 gave it one.
    text.line(&format!("X-WR-CALNAME:{title}"));
    text.line("REFRESH-INTERVAL;VALUE=DURATION:PT1H");
    for event in events {
        text.event(event, directory, *made_at);
    }
    text.line("END:VCALENDAR");
    text.0
}

/// Lines that end, and are folded, as the format asks.
#[derive(Default)]
struct Lines(String);

impl Lines {
    fn event(&mut self, event: &Event, directory: &Directory, made_at: Timestamp) {
        self.line("BEGIN:VEVENT");
        self.line(&format!("UID:{}", event.id));
        self.line(&format!("DTSTAMP:{}", utc(made_at)));
        self.line(&format!("DTSTART:{}", utc(event.from)));
        self.line(&format!("DTEND:{}", utc(event.until)));
        self.line(&format!("SUMMARY:{}", escaped(&summary(&event.what, directory))));
        // Nobody's time is taken by another's absence.
        self.line(match event.what {
            What::OnCall { .. } => "TRANSP:OPAQUE",
            What::Away { .. } => "TRANSP:TRANSPARENT",
        });
        self.line("END:VEVENT");
    }

    /// A line that is too long goes on in the next one after a blank, and no character is cut in two.
    fn line(&mut self, line: &str) {
        let mut room = LONGEST;
        for character in line.chars() {
            if character.len_utf8() > room {
                self.0.push_str("\r\n ");
                room = LONGEST - 1;
            }
            room -= character.len_utf8();
            self.0.push(character);
        }
        self.0.push_str("\r\n");
    }
}

fn summary(what: &What, directory: &Directory) -> String {
    let name = |id| name(directory, id);
    match what {
        What::OnCall { schedule, person, stands_in_for: None } => format!("{} ({schedule})", name(person)),
        What::OnCall { schedule, person, stands_in_for: Some(other) } => {
            format!("{} for {} ({schedule})", name(person), name(other))
        }
        What::Away { person, replacement: None } => format!("{} is away", name(person)),
        What::Away { person, replacement: Some(other) } => {
            format!("{} is away, {} stands in", name(person), name(other))
        }
    }
}

fn name<'a>(directory: &'a Directory, id: &'a PersonId) -> &'a str {
    directory.person(id).map_or(&id.0, |person| &person.name)
}

/// A text as a value (RFC 5545 §3.3.11). Control characters, which it can't hold, become blanks.
fn escaped(text: &str) -> String {
    let mut value = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\\' | ';' | ',' => value.extend(['\\', character]),
            '\n' => value.push_str("\\n"),
            character if character.is_control() => value.push(' '),
            character => value.push(character),
        }
    }
    value
}

fn utc(at: Timestamp) -> String {
    // The format has four digits for a year, and none before the first.
    at.max(Timestamp::UNIX_EPOCH).strftime("%Y%m%dT%H%M%SZ").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn lines(line: &str) -> String {
        let mut lines = Lines::default();
        lines.line(line);
        lines.0
    }

    #[test]
    fn a_text_is_escaped() {
        assert_eq!(escaped("R&D #1; 50%, a\\b\nc\rd\te"), "R&D #1\\; 50%\\, a\\\\b\\nc d e");
    }

    #[test]
    fn a_line_is_folded_before_it_is_too_long() {
        assert_eq!(lines(&"x".repeat(75)), format!("{}\r\n", "x".repeat(75)));
        assert_eq!(lines(&"x".repeat(76)), format!("{}\r\n x\r\n", "x".repeat(75)));
        // Two bytes each: the 38th would end in byte 76.
        assert_eq!(lines(&"ł".repeat(38)), format!("{}\r\n ł\r\n", "ł".repeat(37)));
    }

    proptest! {
        #[test]
        fn folding_takes_nothing_away(line in "[a-zł€🙂;]{0,400}") {
            let folded = lines(&line);
            for physical in folded.split("\r\n") {
                prop_assert!(physical.len() <= LONGEST);
            }
            let unfolded = folded.replace("\r\n ", "");
            prop_assert_eq!(unfolded, format!("{line}\r\n"));
        }
    }
}
