//! `preview`: what people are told of an alert, with the texts of the settings.

use super::serve::{load, warn};
use super::{Failed, SettingsFile, WrongSettings, say};
use clap::{Args, ValueEnum};
use dutyline::domain::alerting::alert::AlertStory;
use dutyline::domain::alerting::state::AlertState;
use dutyline::domain::contact::{EmailAddress, PhoneNumber};
use dutyline::domain::delivery::{Notification, Purpose};
use dutyline::domain::directory::device::Device;
use dutyline::domain::directory::person::PersonId;
use dutyline::domain::ids::NotificationId;
use dutyline::domain::voice::reading::Reading;
use dutyline::ports::vendor::Body;
use dutyline::service::message::{self, Materials, sample};
use dutyline::settings::Loaded;
use dutyline::start::{self, Source};
use url::Url;
use uuid::Uuid;

/// Options of `preview`.
#[derive(Debug, Args)]
pub(crate) struct Preview {
    /// How somebody is told; all of them, where it is left out.
    #[arg(long)]
    channel: Option<Channel>,
    /// In which language, by the name of its prompts file. Left out: the person's, or the line's.
    #[arg(long)]
    language: Option<String>,
    /// Who is told, by their id: their language and their clock count.
    #[arg(long)]
    person: Option<String>,
    #[command(flatten)]
    file: SettingsFile,
}

/// How somebody is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Channel {
    Sms,
    Mail,
    Speech,
}

impl Preview {
    pub(super) fn run(self) -> Result<(), Failed> {
        let mut loaded = load(&Source::File(self.file.settings.clone()))?;
        warn(&loaded);
        let person = PersonId(self.person.clone().unwrap_or_default());
        if self.person.is_some() && loaded.settings.directory.person(&person).is_none() {
            return Err(WrongSettings(format!("no [[person]] has the id \"{person}\"")).into());
        }
        if let Some(language) = &self.language {
            let known = &loaded.phrases.languages;
            if !known.contains_key(language) {
                let known = known.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
                return Err(WrongSettings(format!(
                    "there are no prompts for \"{language}\"; there are {known}"
                ))
                .into());
            }
            loaded.settings.menu.language.clone_from(language);
            for one in loaded.settings.directory.people.iter_mut().filter(|one| one.id == person) {
                one.language = Some(language.clone());
            }
        }
        let now = start::real_clock().now();
        let taken = Purpose::News(AlertState::Acknowledged);
        for (what, story, purpose) in [
            ("a call", sample::call(now), Purpose::Alert),
            ("an event", sample::event(now), Purpose::Alert),
            ("that it was acknowledged", sample::taken(now), taken),
        ] {
            for channel in [Channel::Sms, Channel::Mail, Channel::Speech] {
                // News are written only.
                let is_said = channel != Channel::Speech || purpose == Purpose::Alert;
                if is_said && self.channel.is_none_or(|wanted| wanted == channel) {
                    let name = match channel {
                        Channel::Sms => "as a short message",
                        Channel::Mail => "by mail",
                        Channel::Speech => "on the phone",
                    };
                    say(&format!("--- {what}, {name}"));
                    say(show(&loaded, &story, channel, &person, purpose)?.trim_end());
                    say("");
                }
            }
        }
        Ok(())
    }
}

fn show(
    loaded: &Loaded,
    story: &AlertStory,
    channel: Channel,
    person: &PersonId,
    purpose: Purpose,
) -> Result<String, Failed> {
    let settings = &loaded.settings;
    let device = match channel {
        Channel::Sms => Device::Sms(PhoneNumber::parse("+15550100")?),
        Channel::Mail => Device::Email(EmailAddress::parse("somebody@example.com")?),
        Channel::Speech => return read_out(loaded, story, person),
    };
    let public_url = match &settings.server.public_url {
        Some(url) => url.clone(),
        None => Url::parse(&format!("http://{}/", settings.server.listen))?,
    };
    let mut offer = sample::offer(&public_url);
    if channel == Channel::Mail {
        offer.reply_code = None;
    }
    let link = story.recording.is_some().then(|| sample::recording_link(&public_url));
    let notification = Notification {
        id: NotificationId(Uuid::nil()),
        alert: story.alert.id,
        person: person.clone(),
        device,
        purpose,
        due: story.alert.opened_at,
    };
    Ok(match message::body(story, &notification, link.as_deref(), Materials::of(settings), &offer)? {
        Body::Sms { text, .. } => format!("{text}\n({} characters)", text.chars().count()),
        Body::Mail { subject, text, html, .. } => format!("Subject: {subject}\n\n{text}\n{html}"),
    })
}

/// What is said on the phone: its words are the prompts'.
fn read_out(loaded: &Loaded, story: &AlertStory, person: &PersonId) -> Result<String, Failed> {
    let settings = &loaded.settings;
    let own = settings.directory.person(person).and_then(|person| person.language.as_deref());
    let name = own.unwrap_or(&settings.menu.language);
    let language = loaded
        .phrases
        .language(name)
        .ok_or_else(|| WrongSettings(format!("there are no prompts for the language \"{name}\"")))?;
    let reading = Reading::of(story.clone(), &settings.directory, Some(person), story.alert.opened_at);
    let words: Vec<_> = reading.words().iter().map(|phrase| language.words(phrase)).collect();
    Ok(words.join("\n"))
}
