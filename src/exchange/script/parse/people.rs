//! What other people do: those whose phones the gateway rings.

use super::{
    Token::{self, Text, Word},
    Wrong, these_keys, usual_length, whole,
};
use crate::exchange::{
    handsets::{Handset, USUAL_GREETING, USUAL_RINGING},
    script::{Deed, Phone, Step},
};

/// Seconds that a phone rings before its mailbox picks it up.
const MAILBOX_AFTER: u32 = 4;

/// How many phones a person can be spoken of as having.
const ORDINALS: [&str; 4] = ["first", "second", "third", "fourth"];

/// A line about other people.
pub(super) fn step(tokens: &[Token<&str>]) -> Result<Step, Wrong> {
    if let [Word("nobody's" | "nobody’s"), Word("phone"), Word("rings")] = tokens {
        return Ok(Step::NobodyRings);
    }
    let (phones, rest) = subject(tokens)?;
    if let Some(handset) = handset(rest)? {
        return Ok(Step::Handset { phones, handset });
    }
    Ok(Step::Others { phones, deed: deed(rest)? })
}

/// Who does something: `ben`, `ben and cleo`, `ben's second phone`, `+15550101`.
fn subject<'t, 'a>(tokens: &'t [Token<&'a str>]) -> Result<(Vec<Phone>, &'t [Token<&'a str>]), Wrong> {
    let (first, mut rest) = phone(tokens)?;
    let mut phones = vec![first];
    while let [Word("and"), more @ ..] = rest {
        let (next, after) = phone(more)?;
        phones.push(next);
        rest = after;
    }
    Ok((phones, rest))
}

fn phone<'t, 'a>(tokens: &'t [Token<&'a str>]) -> Result<(Phone, &'t [Token<&'a str>]), Wrong> {
    let [Word(word), rest @ ..] = tokens else { return Err(Wrong::Form) };
    let Some(owner) = word.strip_suffix("'s").or_else(|| word.strip_suffix("’s")) else {
        return Ok((Phone { of: (*word).to_owned(), place: 1 }, rest));
    };
    let (place, rest) = match rest {
        [Word("phone" | "number"), rest @ ..] => (1, rest),
        [Word(ordinal), Word("phone" | "number"), rest @ ..] => {
            let place = ORDINALS.iter().position(|word| word == ordinal).ok_or_else(|| {
                Wrong::Detail(format!(
                    "`{ordinal}` is no place; a person has a {} phone",
                    ORDINALS.join(", ")
                ))
            })?;
            (place.saturating_add(1), rest)
        }
        _ => return Err(Wrong::Form),
    };
    Ok((Phone { of: owner.to_owned(), place }, rest))
}

/// What happens when their phones are rung.
fn handset(tokens: &[Token<&str>]) -> Result<Option<Handset>, Wrong> {
    let (words, after) = match tokens {
        [words @ .., Word("after"), Word(number), Word("second" | "seconds")] => {
            (words, Some(whole(number)?))
        }
        words => (words, None),
    };
    Ok(Some(match words {
        [Word("answers" | "answer")] => Handset::Answers { after: after.unwrap_or(USUAL_RINGING) },
        [Word("declines" | "decline")] if after.is_some() => {
            Handset::Declines { after: after.unwrap_or(USUAL_RINGING) }
        }
        [Word("has" | "have"), Word("voicemail")] => {
            Handset::Voicemail { after: after.unwrap_or(MAILBOX_AFTER), greeting: USUAL_GREETING.to_owned() }
        }
        [Word("has" | "have"), Word("voicemail"), Word("saying"), Text(greeting)] => {
            Handset::Voicemail { after: after.unwrap_or(MAILBOX_AFTER), greeting: (*greeting).to_owned() }
        }
        _ if after.is_some() => return Err(Wrong::Form),
        [Word("does" | "do"), Word("not"), Word("answer")] => Handset::Rings,
        [Word("is" | "are"), Word("busy")] => Handset::Busy,
        [Word("is" | "are"), Word("dead")] => Handset::Dead,
        [Word("is" | "are"), Word("out"), Word("of"), Word("reach")] => Handset::Fails,
        _ => return Ok(None),
    }))
}

/// What they do now.
fn deed(tokens: &[Token<&str>]) -> Result<Deed, Wrong> {
    Ok(match tokens {
        [Word("picks" | "pick"), Word("up")] => Deed::PicksUp,
        [Word("declines" | "decline")] => Deed::Declines,
        [Word("hears" | "hear"), Text(text)] => Deed::Hears((*text).to_owned()),
        [Word("does" | "do"), Word("not"), Word("hear"), Text(text)] => Deed::DoesNotHear((*text).to_owned()),
        [Word("presses" | "press"), Word(keys)] => Deed::Presses(these_keys(keys)?),
        [Word("says" | "say"), Text(text)] => {
            Deed::Says { text: (*text).to_owned(), seconds: usual_length(text) }
        }
        [Word("texts" | "text"), Text(text)] => Deed::Texts((*text).to_owned()),
        [Word("hangs" | "hang"), Word("up")] => Deed::HangsUp,
        [Word("rings" | "ring")] => Deed::Rings,
        [Word("does" | "do"), Word("not"), Word("ring")] => Deed::DoesNotRing,
        [Word("stops" | "stop"), Word("ringing")] => Deed::StopsRinging,
        [Word("is" | "are"), Word("connected")] => Deed::IsConnected,
        [Word("is" | "are"), Word("cut"), Word("off")] => Deed::IsCutOff,
        _ => return Err(Wrong::Form),
    })
}
