//! What a message offers to those who want to answer it: a short number to write back, and a link.

use crate::app::App;
use crate::domain::access::TokenHash;
use crate::domain::alerting::alert::AlertStory;
use crate::domain::alerting::reply;
use crate::domain::contact::PhoneNumber;
use crate::domain::delivery::Notification;
use crate::domain::directory::device::Device;
use crate::domain::links::LinkCode;
use crate::ports::answers::{AnswerLink, ReplyCode};
use crate::ports::error::StoreError;
use crate::service::message::Offer;
use jiff::{SignedDuration, Timestamp};

/// How long a link works: whoever comes back from a long weekend finds it alive.
const LINK_LIVES: SignedDuration = SignedDuration::from_hours(7 * 24);

/// How often a short number is looked for anew when another message has taken it meanwhile.
const MOST_CONFLICTS: u32 = 20;

/// Whether what people write back to a text to that device is read.
pub(in crate::service) fn is_read(app: &App, device: &Device) -> bool {
    match device {
        Device::Sms(phone) => {
            let replies = app.live().settings.sms.as_ref().is_some_and(|sms| sms.replies);
            replies && reply::can_write_back(phone)
        }
        Device::Voice(_) | Device::Email(_) | Device::Webhook(_) => false,
    }
}

/// What a message offers; it is kept before the message is sent. Nothing, where the alert has ended. `is_read`: what is
/// written back to it is.
pub(in crate::service) async fn make(
    app: &App,
    story: &AlertStory,
    one: &Notification,
    is_read: bool,
) -> Result<Offer, StoreError> {
    if story.alert.closed.is_some() {
        return Ok(Offer::default());
    }
    let now = app.clock.now();
    Ok(match &one.device {
        Device::Sms(phone) => {
            let reply_code = if is_read { Some(code(app, phone, story, now).await?) } else { None };
            let answer_link =
                if reply::takes_links(phone) { Some(link(app, story, one, now).await?) } else { None };
            Offer { reply_code, answer_link }
        }
        Device::Email(_) => Offer { reply_code: None, answer_link: Some(link(app, story, one, now).await?) },
        Device::Voice(_) | Device::Webhook(_) => Offer::default(),
    })
}

/// Whether a message to that device may hold links.
pub(in crate::service) fn takes_links(device: &Device) -> bool {
    match device {
        Device::Sms(phone) => reply::takes_links(phone),
        Device::Voice(_) | Device::Email(_) | Device::Webhook(_) => true,
    }
}

/// Since when the holder of a phone wants no more texts; `None`: they take them, or it is no phone for texts.
pub(in crate::service) async fn stopped(app: &App, device: &Device) -> Result<Option<Timestamp>, StoreError> {
    match device {
        Device::Sms(phone) => Ok(app.answers.texter(phone).await?.stopped_at),
        Device::Voice(_) | Device::Email(_) | Device::Webhook(_) => Ok(None),
    }
}

/// The short number of an alert on a phone: the one that it has, or the smallest that no open alert has there.
async fn code(app: &App, phone: &PhoneNumber, story: &AlertStory, now: Timestamp) -> Result<u32, StoreError> {
    let alert = story.alert.id;
    let steps = reply::steps_made(story);
    let mut conflicts = 0;
    loop {
        let codes = app.answers.reply_codes(phone).await?;
        let own = codes.iter().find(|one| one.alert == alert).map(|one| one.code);
        let in_use = codes.iter().filter(|one| one.is_open).map(|one| one.code);
        let code = own.unwrap_or_else(|| reply::smallest_free(in_use));
        let before = codes.iter().find(|one| one.code == code && one.alert != alert).map(|one| one.alert);
        let given = ReplyCode { code, alert, told_at: now, steps, is_open: true };
        match app.answers.give_reply_code(phone, &given, before).await {
            Ok(()) => return Ok(code),
            Err(StoreError::Conflict) if conflicts < MOST_CONFLICTS => conflicts += 1,
            Err(error) => return Err(error),
        }
    }
}

/// A link of its own for every message, since only the message knows it.
async fn link(
    app: &App,
    story: &AlertStory,
    one: &Notification,
    now: Timestamp,
) -> Result<String, StoreError> {
    let token = LinkCode::of(app.ids.secret());
    let link = AnswerLink {
        hash: TokenHash::of(token.as_str()),
        alert: one.alert,
        person: one.person.clone(),
        steps: reply::steps_made(story),
        expires_at: now.checked_add(LINK_LIVES).unwrap_or(Timestamp::MAX),
        used: vec![],
    };
    app.answers.add_answer_link(&link).await?;
    Ok(format!("{}a/{}", app.public_url, token.as_str()))
}
