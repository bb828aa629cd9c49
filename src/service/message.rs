//! What people are written about an alert. The words are in `templates/message`, or in the folder of the settings.

pub mod sample;
#[cfg(test)]
mod tests;

use crate::domain::alerting::alert::AlertStory;
use crate::domain::alerting::content::Location;
use crate::domain::alerting::origin::Origin;
use crate::domain::alerting::subscribers;
use crate::domain::alerting::wording::{BundleLine, BundleWording, Kind, Named, Wording};
use crate::domain::delivery::Notification;
use crate::domain::directory::device::Device;
use crate::domain::directory::person::PersonId;
use crate::domain::directory::{Directory, Recipient};
use crate::domain::voice::action::Action;
use crate::domain::voice::menu::ExternalBridge;
use crate::domain::voice::recording::Transcript;
use crate::ports::vendor::{Body, LONGEST_SMS};
use crate::settings::{MOST_DETAILS, Piece, Settings, TemplateFailed, Templates};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Serialize;

/// How many dots stand for what is cut.
const DOTS: usize = 3;

/// How long a mail's subject is at most, in characters.
const LONGEST_SUBJECT: usize = 250;

/// What a message offers to those who want to answer it.
#[derive(Clone, Default)]
pub struct Offer {
    /// The short number that they write back; `None`: they can't.
    pub reply_code: Option<u32>,
    /// The link to the page where they can; `None`: there is none for them.
    pub answer_link: Option<String>,
}

/// What messages are made of besides the alert.
#[derive(Debug, Clone, Copy)]
pub struct Materials<'a> {
    /// Their texts.
    pub templates: &'a Templates,
    /// Who is who.
    pub directory: &'a Directory,
    /// Where conferences meet, if that is elsewhere.
    pub bridge: Option<&'a ExternalBridge>,
    /// The language of those who have none of their own.
    pub language: &'a str,
}

impl<'a> Materials<'a> {
    /// Those of the settings.
    pub fn of(settings: &'a Settings) -> Self {
        Self {
            templates: &settings.templates,
            directory: &settings.directory,
            bridge: settings.menu.bridge.as_ref(),
            language: &settings.menu.language,
        }
    }

    /// The languages of a person, the one that they want first.
    fn languages(&self, person: &PersonId) -> Vec<&'a str> {
        let own = self.directory.person(person).and_then(|person| person.language.as_deref());
        own.into_iter().chain([self.language]).collect()
    }

    /// What a template says. Where one of the operator's fails after all, the program's own speaks in its place: whoever is
    /// to be told is told.
    fn said(
        &self,
        person: &PersonId,
        piece: Piece,
        values: &impl Serialize,
    ) -> Result<String, TemplateFailed> {
        let languages = self.languages(person);
        self.templates.render(&languages, piece, values).or_else(|error| {
            tracing::error!(cause = %error, "a template failed; the program's own is used");
            self.templates.render_shipped(&languages, piece, values)
        })
    }
}

/// Why there are no words for a message.
#[derive(Debug, thiserror::Error)]
pub enum NotWritten {
    /// A device that takes no words was to be sent some.
    #[error("a device of this kind takes no written message")]
    Wordless,
    /// Not even the program's own template works.
    #[error(transparent)]
    Template(#[from] TemplateFailed),
}

/// What a notification says, in the form that its device takes and in the language of its person. `link_url` is where the
/// recording is heard, if there is one; `offer` is how it can be answered.
pub fn body(
    story: &AlertStory,
    notification: &Notification,
    link_url: Option<&str>,
    materials: Materials<'_>,
    offer: &Offer,
) -> Result<Body, NotWritten> {
    let values = &wording(story, notification, link_url, materials, offer);
    let said = |piece| materials.said(&notification.person, piece, values);
    if notification.purpose.news().is_some() {
        return news(&notification.device, said);
    }
    match &notification.device {
        Device::Sms(to) => {
            Ok(Body::Sms { to: to.clone(), text: cut(&one_line(&said(Piece::Sms)?), LONGEST_SMS - DOTS) })
        }
        Device::Email(to) => Ok(Body::Mail {
            to: to.clone(),
            subject: cut(&one_line(&said(Piece::MailSubject)?), LONGEST_SUBJECT),
            text: said(Piece::MailText)?,
            html: said(Piece::MailHtml)?,
        }),
        Device::Voice(_) | Device::Webhook(_) => Err(NotWritten::Wordless),
    }
}

/// What subscribers are told of how an alert stands.
fn news(device: &Device, said: impl Fn(Piece) -> Result<String, TemplateFailed>) -> Result<Body, NotWritten> {
    match device {
        Device::Sms(to) => {
            Ok(Body::Sms { to: to.clone(), text: cut(&one_line(&said(Piece::News)?), LONGEST_SMS) })
        }
        Device::Email(to) => Ok(Body::Mail {
            to: to.clone(),
            subject: cut(&one_line(&said(Piece::NewsSubject)?), LONGEST_SUBJECT),
            text: said(Piece::News)?,
            html: said(Piece::NewsHtml)?,
        }),
        Device::Voice(_) | Device::Webhook(_) => Err(NotWritten::Wordless),
    }
}

/// How many alerts a message about several names, at most.
pub const BUNDLE_SHOWS: usize = 4;

/// What a message to a person says that stands for several: how many alerts there are, and the first of them.
/// `is_answered`: what its reader writes back is read.
pub fn bundle(
    shown: &[AlertStory],
    count: usize,
    notification: &Notification,
    materials: Materials<'_>,
    is_answered: bool,
) -> Result<Body, NotWritten> {
    const LONGEST: usize = 60;
    let Device::Sms(to) = &notification.device else { return Err(NotWritten::Wordless) };
    let line = |story: &AlertStory| {
        let content = &story.alert.content;
        let said = content.title.as_deref().or(content.text.as_deref()).or_else(|| story.text());
        BundleLine {
            number: story.number,
            severity: story.alert.severity,
            what: said.map(|said| one_line(said).chars().take(LONGEST).collect()),
            caller: from(&story.alert.origin),
        }
    };
    let lines = shown.iter().map(line).collect();
    let values = BundleWording { count, more: count.saturating_sub(shown.len()), lines, is_answered };
    let text = materials.said(&notification.person, Piece::Bundle, &values)?;
    Ok(Body::Sms { to: to.clone(), text: cut(&one_line(&text), LONGEST_SMS - DOTS) })
}

/// An alert as the templates speak of it to that person.
fn wording(
    story: &AlertStory,
    notification: &Notification,
    link: Option<&str>,
    materials: Materials<'_>,
    offer: &Offer,
) -> Wording {
    let (alert, directory) = (&story.alert, materials.directory);
    let person = directory.person(&notification.person);
    let zone = person.and_then(|person| person.zone.as_ref());
    let caller_number = alert.origin.call().and_then(|call| call.caller.number.as_ref());
    let group: Vec<&str> = alert.recipients.iter().map(|one| name(one, directory)).collect();
    let action = alert.origin.call().map(|call| call.action);
    let message = story.recording.as_ref().zip(alert.message.as_ref());
    let link = link.filter(|_| message.is_some());
    let bridge = materials.bridge.filter(|_| action == Some(Action::Conference));
    let one = |text: &str| Some(one_line(text)).filter(|text| !text.is_empty());
    Wording {
        person: person.map_or_else(|| notification.person.0.clone(), |person| one_line(&person.name)),
        severity: alert.severity,
        kind: match action {
            Some(Action::Alert) | None => Kind::Alert,
            Some(Action::Conference) => Kind::Conference,
            Some(Action::Live) => Kind::MissedCall,
        },
        is_event: alert.origin.event().is_some(),
        is_update: notification.purpose.is_text(),
        state: alert.state(),
        by: subscribers::status(alert, story.log.iter())
            .and_then(|status| one(&called(status.by?, directory))),
        number: story.number,
        id: alert.id.to_string(),
        group: one(&group.join(", ")),
        team: alert.team.as_ref().and_then(|team| one(&team.0)),
        category: alert.content.category.as_ref().and_then(|category| one(&category.0)),
        caller: from(&alert.origin),
        caller_number: caller_number.map(|number| number.as_str().to_owned()),
        title: alert.content.title.as_deref().and_then(one),
        text: alert.content.text.as_deref().map(lines).filter(|text| !text.is_empty()),
        details: alert
            .content
            .details
            .iter()
            .take(MOST_DETAILS)
            .map(|detail| Named { name: one_line(&detail.name), value: one_line(&detail.value) })
            .collect(),
        has_message: message.is_some(),
        transcript: story.text().and_then(one),
        is_transcript_pending: message
            .is_some_and(|(recording, _)| recording.transcript == Transcript::Pending),
        seconds: message.map_or(0, |(recording, _)| recording.seconds),
        recording_link: link.map(str::to_owned),
        recording_ends_at: message.map(|(_, message)| in_words(message.link.expires_at, zone)),
        bridge_number: bridge.map(|bridge| bridge.number.as_str().to_owned()),
        bridge_code: bridge.map(dialled).filter(|code| !code.is_empty()),
        map_link: alert.content.location.map(Location::map_link),
        opened_at: in_words(alert.opened_at, zone),
        answer_link: offer.answer_link.clone(),
        reply_code: offer.reply_code,
    }
}

fn name<'a>(recipient: &'a Recipient, directory: &'a Directory) -> &'a str {
    match recipient {
        Recipient::Group(name) => &name.0,
        Recipient::Schedule(name) => &name.0,
        Recipient::Person(id) => directory.person(id).map_or(&id.0, |person| &person.name),
    }
}

/// How somebody is called of whom a log knows the id of a person, or the name of a program.
fn called(by: String, directory: &Directory) -> String {
    let id = PersonId(by);
    directory.person(&id).map_or_else(|| id.0.clone(), |person| person.name.clone())
}

/// Whom an alert is from; `None`: nobody knows.
fn from(origin: &Origin) -> Option<String> {
    match origin {
        Origin::Call(call) => call.caller.name.as_deref().map(one_line),
        Origin::Event(event) => Some(one_line(event.source.as_deref().unwrap_or(&event.integration.0))),
    }
}

/// The code of a bridge as people dial it: its pauses are the carrier's.
fn dialled(bridge: &ExternalBridge) -> String {
    bridge.code.chars().filter(|key| !matches!(key, 'w' | 'W')).collect()
}

/// What an alert is about, in one line: its title, or the beginning of what it says, or who called. One with more than
/// `longest` and one characters is cut.
pub(super) fn short(story: &AlertStory, longest: usize) -> String {
    let content = &story.alert.content;
    let said = content.title.as_deref().or(content.text.as_deref()).or_else(|| story.text());
    let line = said.map(one_line).filter(|line| !line.is_empty());
    let line = line.unwrap_or_else(|| {
        let name = from(&story.alert.origin).unwrap_or_else(|| "an unknown caller".to_owned());
        let what = match (story.alert.origin.call(), &story.alert.message) {
            (Some(_), Some(_)) => "voice message",
            (Some(_), None) => "call",
            (None, _) => "event",
        };
        format!("{what} from {name}")
    });
    cut(&line, longest)
}

/// A text with more than `longest` and one characters is cut to its first `longest` and three dots.
fn cut(text: &str, longest: usize) -> String {
    if text.chars().count() <= longest.saturating_add(1) {
        text.to_owned()
    } else {
        text.chars().take(longest).chain("...".chars()).collect()
    }
}

/// The text with each run of blanks, line breaks and control characters as one blank.
fn one_line(text: &str) -> String {
    let words = text.split(|c: char| c.is_whitespace() || c.is_control());
    words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// The text with each of its lines as one, and no more than one empty line between them.
fn lines(text: &str) -> String {
    let mut kept = String::new();
    let mut was_empty = true;
    for line in text.lines().map(one_line) {
        if line.is_empty() && was_empty {
            continue;
        }
        was_empty = line.is_empty();
        kept.push_str(&line);
        kept.push('\n');
    }
    kept.truncate(kept.trim_end().len());
    kept
}

/// A moment by the clock of those who read of it, with its zone; without one, in UTC.
fn in_words(at: Timestamp, zone: Option<&TimeZone>) -> String {
    let zone = zone.cloned().unwrap_or(TimeZone::UTC);
    at.to_zoned(zone).strftime("%Y-%m-%d %H:%M %Z").to_string()
}
