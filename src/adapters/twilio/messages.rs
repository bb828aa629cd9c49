//! Short messages by Twilio.

use super::Twilio;
use super::wire::Taken;
use crate::domain::contact::PhoneNumber;
use crate::ports::error::VendorError;

/// A longer body is refused (Twilio: error 21617).
const LONGEST: usize = 1_600;

pub(super) async fn send(twilio: &Twilio, to: &PhoneNumber, text: &str) -> Result<String, VendorError> {
    let body = cut(text);
    let form = [("To", to.as_str()), ("From", twilio.account.texts_from.as_str()), ("Body", &body)];
    let url = twilio.url(&["Messages.json"])?;
    let answer = twilio.accepted(twilio.ask(twilio.client.post(url).form(&form)).await?).await?;
    let Taken { sid } = twilio.vendor().json(answer).await?;
    Ok(sid)
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
