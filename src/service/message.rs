//! What people are written about an alert. The words are in `templates/sms` and `templates/mail`.

#[cfg(test)]
mod tests;

use crate::domain::alerting::alert::AlertStory;
use crate::domain::delivery::Notification;
use crate::domain::directory::device::Device;
use crate::domain::directory::{Directory, Recipient};
use crate::domain::voice::action::Action;
use crate::domain::voice::menu::ExternalBridge;
use crate::domain::voice::recording::Transcript;
use crate::ports::vendor::Body;
use askama::Template;
use jiff::Timestamp;

/// What a notification says, in the form that its device takes. `link_url` is where the recording is heard, if there is one;
/// `directory` knows the names of the people whom the alert is for; `bridge` is where conferences meet, if that is elsewhere.
///
/// Fails when a template does, and for a device that takes no written message.
pub fn body(
    story: &AlertStory,
    notification: &Notification,
    link_url: Option<&str>,
    directory: &Directory,
    bridge: Option<&ExternalBridge>,
) -> Result<Body, askama::Error> {
    let alert = &View::of(story, notification.is_update, link_url, directory, bridge);
    match &notification.device {
        Device::Sms(to) => Ok(Body::Sms { to: to.clone(), text: one_line(&Sms { alert }.render()?) }),
        Device::Email(to) => Ok(Body::Mail {
            to: to.clone(),
            subject: one_line(&Subject { alert }.render()?),
            text: Plain { alert }.render()?,
            html: Html { alert }.render()?,
        }),
        Device::Voice(_) | Device::Webhook(_) => Err(askama::Error::custom(NotWritten)),
    }
}

/// A device that takes no words was to be sent some.
#[derive(Debug, thiserror::Error)]
#[error("a device of this kind takes no written message")]
struct NotWritten;

/// An alert as the templates speak of it. Every text is one line.
struct View<'a> {
    severity: String,
    /// What it is about: `alert`, `conference` or `missed call`.
    kind: &'static str,
    is_update: bool,
    /// Empty when nobody was chosen and nobody is set.
    for_whom: String,
    /// With the number to call back.
    caller: String,
    /// Without it: subjects are shown in more places than bodies.
    caller_name: String,
    /// `None`: there is no message, because the caller wanted to talk, and nobody took the call.
    message: Option<Said<'a>>,
    /// Where the conference meets; `None`: it is none, or people are only called into it.
    bridge: Option<String>,
    opened_at: String,
    id: String,
}

/// A message as the templates speak of it.
struct Said<'a> {
    text: Option<String>,
    is_text_pending: bool,
    seconds: u32,
    link: &'a str,
    link_ends_at: String,
}

/// A short message; its line breaks count as blanks.
#[derive(Template)]
#[template(path = "sms/alert.txt")]
struct Sms<'a> {
    alert: &'a View<'a>,
}

/// A mail's subject; its line breaks count as blanks.
#[derive(Template)]
#[template(path = "mail/alert/subject.txt")]
struct Subject<'a> {
    alert: &'a View<'a>,
}

#[derive(Template)]
#[template(path = "mail/alert/body.txt")]
struct Plain<'a> {
    alert: &'a View<'a>,
}

#[derive(Template)]
#[template(path = "mail/alert/body.html")]
struct Html<'a> {
    alert: &'a View<'a>,
}

impl<'a> View<'a> {
    fn of(
        story: &AlertStory,
        is_update: bool,
        link: Option<&'a str>,
        directory: &Directory,
        bridge: Option<&ExternalBridge>,
    ) -> Self {
        let alert = &story.alert;
        let caller_name = one_line(alert.caller.name.as_deref().unwrap_or("an unknown caller"));
        let caller = match &alert.caller.number {
            Some(number) => format!("{caller_name} ({})", number.as_str()),
            None => caller_name.clone(),
        };
        let for_whom: Vec<&str> = alert.recipients.iter().map(|one| name(one, directory)).collect();
        Self {
            severity: alert.severity.word().to_uppercase(),
            kind: match alert.action {
                Action::Alert => "alert",
                Action::Conference => "conference",
                Action::Live => "missed call",
            },
            is_update,
            for_whom: one_line(&for_whom.join(", ")),
            caller,
            caller_name,
            message: story.recording.as_ref().zip(alert.message.as_ref()).zip(link).map(
                |((recording, message), link)| Said {
                    text: story.text().map(one_line),
                    is_text_pending: recording.transcript == Transcript::Pending,
                    seconds: recording.seconds,
                    link,
                    link_ends_at: in_words(message.link.expires_at),
                },
            ),
            bridge: bridge.filter(|_| alert.action == Action::Conference).map(spelled),
            opened_at: in_words(alert.opened_at),
            id: alert.id.to_string(),
        }
    }
}

impl Said<'_> {
    /// The text; one with more than `longest` and one characters is cut to its first `longest` and three
    /// dots.
    fn excerpt(&self, longest: usize) -> Option<String> {
        self.text.as_deref().map(|text| {
            if text.chars().count() <= longest.saturating_add(1) {
                text.to_owned()
            } else {
                text.chars().take(longest).chain("...".chars()).collect()
            }
        })
    }
}

fn name<'a>(recipient: &'a Recipient, directory: &'a Directory) -> &'a str {
    match recipient {
        Recipient::Group(name) => &name.0,
        Recipient::Schedule(name) => &name.0,
        Recipient::Person(id) => directory.person(id).map_or(&id.0, |person| &person.name),
    }
}

/// A bridge as people dial it: the pauses of its code are the carrier's.
fn spelled(bridge: &ExternalBridge) -> String {
    let keys: String = bridge.code.chars().filter(|key| !matches!(key, 'w' | 'W')).collect();
    match keys.as_str() {
        "" => bridge.number.as_str().to_owned(),
        keys => format!("{}, code {keys}", bridge.number.as_str()),
    }
}

/// The text with each run of blanks, line breaks and control characters as one blank.
fn one_line(text: &str) -> String {
    let words = text.split(|c: char| c.is_whitespace() || c.is_control());
    words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

fn in_words(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M UTC").to_string()
}
