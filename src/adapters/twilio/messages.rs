//! Short messages by Twilio.

use super::Twilio;
use super::wire::{ListedMessage, Messages, Taken, date};
use crate::domain::contact::PhoneNumber;
use crate::domain::ids::NotificationId;
use crate::ports::error::{Undone, VendorError};
use crate::ports::vendor::Known;
use jiff::Timestamp;
use sha2::{Digest, Sha256};

/// A longer body is refused (Twilio: error 21617).
const LONGEST: usize = 1_600;

/// Messages of a page, and pages that are looked through: more than a number is sent in the time that is asked about.
const PAGE: usize = 200;
const PAGES: usize = 25;

/// By how many seconds the carrier's clock may be behind ours without a doubt whose message it was, and by how many at all.
const SLACK: i64 = 5;
const DOUBT: i64 = 60;

pub(super) async fn send(
    twilio: &Twilio,
    id: NotificationId,
    to: &PhoneNumber,
    text: &str,
) -> Result<String, Undone> {
    let body = cut(text);
    let mut form = vec![("To", to.as_str()), ("From", twilio.account.texts_from.as_str()), ("Body", &body)];
    let status = twilio.texts_status.clone().map(|mut url| {
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().push(&id.to_string());
        }
        url
    });
    if let Some(url) = &status {
        form.push(("StatusCallback", url.as_str()));
    }
    let vendor = twilio.vendor();
    let url = twilio.url(&["Messages.json"]).map_err(Undone::Certainly)?;
    let asked = twilio.authorised(twilio.client.post(url).form(&form)).send().await;
    let answer = vendor.done(asked).await?;
    let Taken { sid } = vendor.json(answer).await.map_err(Undone::Perhaps)?;
    Ok(sid)
}

/// What a message is found by: the hash of the words that Twilio is given.
pub(super) fn trace(text: &str) -> String {
    hash(&cut(text))
}

fn hash(body: &str) -> String {
    hex::encode(Sha256::digest(body.as_bytes()))
}

/// Looks for a message that may have been taken: Twilio keeps no id of ours, so that one to that number with words of that
/// hash is it. Whether one from shortly before is it, or the same words sent earlier, nobody can tell. The newest are listed
/// first; by when they were sent they can't be asked for, since those that are queued were
/// not yet.
pub(super) async fn find(
    twilio: &Twilio,
    to: &PhoneNumber,
    trace: &str,
    since: Timestamp,
) -> Result<Known, VendorError> {
    // Twilio dates to the second, by its own clock.
    let is_after = |one: &ListedMessage, slack: i64| {
        let at = date(one.date_created.as_deref());
        at.is_none_or(|at| at.as_second() >= since.as_second().saturating_sub(slack))
    };
    let is_like_it = |one: &&ListedMessage| {
        one.to.as_deref() == Some(to.as_str())
            && one.body.as_deref().is_some_and(|body| hash(body) == trace)
            && one.direction.as_deref().is_some_and(|way| way.starts_with("outbound"))
            && is_after(one, DOUBT)
    };
    let mut url = twilio.url(&["Messages.json"])?;
    url.query_pairs_mut().append_pair("To", to.as_str()).append_pair("PageSize", &PAGE.to_string());
    for _ in 0..PAGES {
        let answer = twilio.accepted(twilio.ask(twilio.client.get(url)).await?).await?;
        let Messages { messages, next_page_uri } = twilio.vendor().json(answer).await?;
        if let Some(found) = messages.iter().find(is_like_it) {
            let is_it = is_after(found, SLACK);
            return Ok(if is_it { Known::Taken(Some(found.sid.clone())) } else { Known::CannotTell });
        }
        match next_page_uri.filter(|_| messages.iter().all(|one| is_after(one, DOUBT))) {
            Some(next) => url = twilio.page(&next)?,
            None => return Ok(Known::Never),
        }
    }
    Ok(Known::CannotTell)
}

/// The text within the limit. It is counted in UTF-16 units, as messages outside of the GSM alphabet are.
/// Three dots and no ellipsis sign, which is not in that alphabet and would double the message's price.
fn cut(text: &str) -> String {
    const DOTS: &str = "...";
    if text.encode_utf16().count() <= LONGEST {
        return text.to_owned();
    }
    let mut room = LONGEST - DOTS.len();
    let fits = |c: &char| match room.checked_sub(c.len_utf16()) {
        Some(left) => {
            room = left;
            true
        }
        None => false,
    };
    let kept: String = text.chars().take_while(fits).collect();
    format!("{}{DOTS}", kept.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_within_the_limit_stays_as_it_is() {
        for text in ["", "Pumps are down", &"x".repeat(LONGEST), &"🔥".repeat(LONGEST / 2)] {
            assert_eq!(cut(text), text);
        }
    }

    #[test]
    fn a_longer_body_is_cut_and_ends_in_dots() {
        assert_eq!(cut(&"x".repeat(LONGEST + 1)), format!("{}...", "x".repeat(LONGEST - 3)));
        let fires = cut(&"🔥".repeat(LONGEST));
        assert_eq!(fires, format!("{}...", "🔥".repeat((LONGEST - 3) / 2)));
    }
}
