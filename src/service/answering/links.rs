//! The page behind a link in a message: one person, one alert, and what they may do to it, each thing once.

use super::{Outcome, act, name};
use crate::app::App;
use crate::domain::access::TokenHash;
use crate::domain::alerting::actor::{Actor, Channel, Who};
use crate::domain::alerting::alert::AlertStory;
use crate::domain::alerting::content::Location;
use crate::domain::alerting::life::Refused;
use crate::domain::alerting::reply::{self, Deed};
use crate::domain::alerting::state::AlertState;
use crate::domain::links::LinkCode;
use crate::ports::answers::AnswerLink;
use crate::ports::error::StoreError;
use crate::service::{alerting, links, message};
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// Why a link shows nothing.
#[derive(Debug, thiserror::Error)]
pub enum LinkError {
    /// There is none of that kind, its time is over, or whose it was is not known any more.
    #[error("no such link")]
    Unknown,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What somebody sees of an alert.
#[derive(Debug, Clone)]
pub struct Seen {
    /// What people call it by.
    pub number: u32,
    /// What it is about, in one line.
    pub title: String,
    /// What it says; `None`: no more than its title.
    pub text: Option<String>,
    /// How bad it is, in a word.
    pub severity: &'static str,
    /// Whether somebody still has to take it.
    pub state: AlertState,
    /// Who has taken care of it, or ended it, and when: the name, and the moment in the reader's zone.
    pub by: Option<(String, String)>,
    /// Its category, where it has one.
    pub category: Option<Shown>,
    /// Where it is; `None`: it is not known.
    pub map: Option<String>,
    /// Where its message is heard; `None`: it has none.
    pub recording: Option<String>,
    /// When it was opened, for programs.
    pub opened: Timestamp,
    /// The same in words, in the reader's zone.
    pub opened_in_words: String,
    /// What may be done to it.
    pub may: Vec<Deed>,
    /// The name of whoever the link is for.
    pub reader: String,
}

/// A category, as it is shown.
#[derive(Debug, Clone)]
pub struct Shown {
    /// Its name.
    pub name: String,
    /// Its colour, as `#c0392b`.
    pub colour: Option<String>,
    /// A short text or symbol that stands for it.
    pub icon: Option<String>,
}

/// What became of a press on a button.
#[derive(Debug, Clone)]
pub enum Pressed {
    /// It is done.
    Done,
    /// Somebody of that name has acknowledged it before.
    AcknowledgedBefore(String),
    /// Somebody of that name has ended it before.
    ResolvedBefore(String),
    /// It can't be done, for that reason.
    Impossible(String),
    /// The link has been used for it; it may stand otherwise by now.
    Used,
    /// The next step has been made since the message was sent.
    EscalatedSince,
}

/// What stands behind a link.
pub async fn follow(app: &App, token: &str) -> Result<Seen, LinkError> {
    let (link, story) = find(app, token).await?;
    Ok(seen(app, &link, &story))
}

/// Does something, as the person whose link it is; each thing once.
pub async fn press(app: &App, token: &str, deed: Deed) -> Result<(Seen, Pressed), LinkError> {
    let (mut link, story) = find(app, token).await?;
    if link.used.contains(&deed) {
        return Ok((seen(app, &link, &story), Pressed::Used));
    }
    let by = Actor { who: Who::Person(link.person.clone()), from: Channel::Link };
    let outcome = act(app, link.alert, deed, link.steps, &by).await?;
    let pressed = match &outcome {
        Outcome::Done(_) => Pressed::Done,
        Outcome::EscalatedSince(_) => Pressed::EscalatedSince,
        Outcome::Refused(_, why) => match why {
            Refused::AlreadyAcknowledged(ack) => Pressed::AcknowledgedBefore(name_of(app, &ack.by)),
            Refused::AlreadyResolved(closed) => Pressed::ResolvedBefore(name_of(app, &closed.by)),
            Refused::NotAcknowledged
            | Refused::NotResolved
            | Refused::Followed
            | Refused::Past
            | Refused::TooLong => Pressed::Impossible(why.to_string()),
        },
        Outcome::Gone => return Err(LinkError::Unknown),
    };
    if matches!(pressed, Pressed::Done) {
        // Written after it was done: a link is never used up by something that was lost.
        app.answers.use_answer_link(&link.hash, deed, app.clock.now()).await?;
        link.used.push(deed);
    }
    let story = alerting::find(app, link.alert).await?.ok_or(LinkError::Unknown)?;
    Ok((seen(app, &link, &story), pressed))
}

async fn find(app: &App, token: &str) -> Result<(AnswerLink, AlertStory), LinkError> {
    let token = LinkCode::parse(token).ok_or(LinkError::Unknown)?;
    let link = app.answers.answer_link(&TokenHash::of(token.as_str())).await?.ok_or(LinkError::Unknown)?;
    let live = app.live();
    // Whom another directory knows may be none of ours.
    let is_known = live.settings.directory.person(&link.person).is_some() || app.elsewhere.is_some();
    if app.clock.now() >= link.expires_at || !is_known {
        return Err(LinkError::Unknown);
    }
    let story = alerting::find(app, link.alert).await?.ok_or(LinkError::Unknown)?;
    Ok((link, story))
}

fn name_of(app: &App, who: &Who) -> String {
    name(who, &app.live().settings.directory).to_owned()
}

/// Characters of a title.
const LONGEST_TITLE: usize = 120;

fn seen(app: &App, link: &AnswerLink, story: &AlertStory) -> Seen {
    let live = app.live();
    let directory = &live.settings.directory;
    let alert = &story.alert;
    let reader = directory.person(&link.person);
    let zone = reader.and_then(|person| person.zone.clone()).unwrap_or(TimeZone::UTC);
    let in_words = |at: Timestamp| at.to_zoned(zone.clone()).strftime("%-d %B %Y, %H:%M %Z").to_string();
    let by = match (&alert.closed, &alert.acknowledged) {
        (Some(closed), _) => Some((name(&closed.by, directory).to_owned(), in_words(closed.at))),
        (None, Some(ack)) => Some((name(&ack.by, directory).to_owned(), in_words(ack.at))),
        (None, None) => None,
    };
    let title = message::short(story, LONGEST_TITLE);
    let text = alert.content.text.as_deref().or_else(|| story.text()).map(str::trim);
    Seen {
        number: story.number,
        text: text.filter(|text| !text.is_empty() && *text != title).map(str::to_owned),
        title,
        severity: alert.severity.word(),
        state: alert.state(),
        by,
        category: alert.content.category.as_ref().map(|name| {
            let team = alert.team.as_ref().and_then(|team| live.settings.team(team));
            let category = team.and_then(|team| team.category(&name.0));
            Shown {
                name: name.0.clone(),
                colour: category.and_then(|category| category.colour.clone()),
                icon: category.and_then(|category| category.icon.clone()),
            }
        }),
        map: alert.content.location.map(Location::map_link),
        recording: alert.message.as_ref().map(|message| links::link_url(app, &message.link)),
        opened: alert.opened_at,
        opened_in_words: in_words(alert.opened_at),
        may: Deed::ALL.into_iter().filter(|deed| may(link, story, *deed)).collect(),
        reader: reader.map_or_else(|| link.person.0.clone(), |person| person.name.clone()),
    }
}

/// Whether it is offered: whatever has been done, or can't be, is not.
fn may(link: &AnswerLink, story: &AlertStory, deed: Deed) -> bool {
    let alert = &story.alert;
    if alert.closed.is_some() || link.used.contains(&deed) {
        return false;
    }
    match deed {
        Deed::Acknowledge => {
            let has_done = alert.progress.acks.iter().any(|ack| ack.by.person() == Some(&link.person));
            alert.acknowledged.is_none() && !has_done
        }
        Deed::Resolve => true,
        Deed::Escalate => !reply::has_escalated(story, link.steps),
    }
}
