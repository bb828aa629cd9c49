//! What is written back to a text message: one sentence, in letters that every phone has.

use super::{Outcome, name};
use crate::domain::alerting::actor::Who;
use crate::domain::alerting::alert::AlertStory;
use crate::domain::alerting::life::Refused;
use crate::domain::alerting::reply::{Deed, Which};
use crate::domain::directory::Directory;
use crate::domain::directory::person::PersonId;
use crate::service::message;

/// What was written is nothing that is known here.
pub(super) const NOT_UNDERSTOOD: &str = "Sorry, that was not understood. Reply 1a to acknowledge alert 1, 1c to close \
                                         it, 1e to escalate it, aa to acknowledge all.";
/// What can be written.
pub(super) const HELP: &str = "Reply a to acknowledge the latest alert, c to close it, e to escalate it; 1a, 1c, 1e for \
                               alert 1; aa or cc for all. STOP ends these texts, START brings them back.";
/// Replies are switched off.
pub(super) const ONE_WAY: &str =
    "Replies to this number are not read, and nothing was done. Use the link in the message, or call.";
/// They get texts again.
pub(super) const STARTED: &str = "You get texts about alerts again. Reply STOP to end them.";
/// It could not be done now.
pub const TROUBLE: &str =
    "Sorry, that could not be done just now, and nothing may have changed. Please try again, or call.";

/// Alerts that an answer names at most, where something was done to many.
const MOST_NAMED: usize = 20;

/// Characters that are told of what an alert says.
const LONGEST: usize = 60;

/// There is no alert that was meant.
pub(super) fn no_such(which: Which) -> String {
    match which {
        Which::Latest | Which::All => "There is no open alert that you were told of here.".to_owned(),
        Which::Short(number) => format!("There is no alert {number} that you were told of."),
        Which::Number(number) => format!("There is no alert #{number} that you were told of."),
    }
}

/// What became of something that somebody wanted to do to an alert; the error says why nothing was done that was not
/// done before.
pub(super) fn outcome(
    outcome: &Outcome,
    deed: Deed,
    by: Option<&PersonId>,
    directory: &Directory,
) -> Result<String, String> {
    match outcome {
        Outcome::Done(story) => Ok(done(story, deed)),
        Outcome::Refused(story, why) => Ok(refused(story, why, by, directory)),
        Outcome::EscalatedSince(story) => Ok(format!(
            "#{} has been escalated since you were told of it. Nothing more was done.",
            story.number
        )),
        Outcome::Gone => Err("That alert is not there any more.".to_owned()),
    }
}

/// Which one they mean is anybody's guess: the last text was about several alerts.
pub(super) fn which(deed: Deed) -> String {
    let how = match deed {
        Deed::Acknowledge => "aa to acknowledge all of them, or ack #NUMBER for one",
        Deed::Resolve => "cc to close all of them, or close #NUMBER for one",
        Deed::Escalate => "escalate #NUMBER",
    };
    format!("Which one? Your last text was about several alerts, and nothing was done. Reply {how}.")
}

/// What was done to several. `is_more`: there are others to which it was not done yet.
pub(super) fn all(deed: Deed, numbers: &[u32], is_more: bool) -> Result<String, String> {
    let named = numbers.iter().take(MOST_NAMED).map(|number| format!("#{number}"));
    let mut list = named.collect::<Vec<_>>().join(", ");
    let unnamed = numbers.len().saturating_sub(MOST_NAMED);
    if unnamed > 0 {
        list = format!("{list} and {unnamed} more");
    }
    let again = match deed {
        Deed::Acknowledge if is_more => " There are more: reply aa again.",
        Deed::Resolve if is_more => " There are more: reply cc again.",
        Deed::Acknowledge | Deed::Resolve | Deed::Escalate => "",
    };
    match numbers {
        [] => Err("There is no open alert left for that.".to_owned()),
        [_] => Ok(format!("{} {list}.{again}", past(deed))),
        [..] => Ok(format!("{} {} alerts: {list}.{again}", past(deed), numbers.len())),
    }
}

fn done(story: &AlertStory, deed: Deed) -> String {
    let is_partial = deed == Deed::Acknowledge && story.alert.acknowledged.is_none();
    let others = if is_partial { ", others must too" } else { "" };
    let what = message::short(story, LONGEST);
    format!("{} #{}{others}: {what}", past(deed), story.number)
}

fn refused(story: &AlertStory, why: &Refused, by: Option<&PersonId>, directory: &Directory) -> String {
    let number = story.number;
    let who = |who| if is_same(who, by) { "you" } else { name(who, directory) };
    match why {
        Refused::AlreadyAcknowledged(ack) => {
            format!("#{number} was already acknowledged by {}.", who(&ack.by))
        }
        Refused::AlreadyResolved(closed) => format!("#{number} was already closed by {}.", who(&closed.by)),
        Refused::NotAcknowledged
        | Refused::NotResolved
        | Refused::Followed
        | Refused::Past
        | Refused::TooLong => {
            format!("#{number}: {why}.")
        }
    }
}

fn is_same(who: &Who, by: Option<&PersonId>) -> bool {
    who.person().is_some_and(|person| Some(person) == by)
}

const fn past(deed: Deed) -> &'static str {
    match deed {
        Deed::Acknowledge => "Acknowledged",
        Deed::Resolve => "Closed",
        Deed::Escalate => "Escalated",
    }
}

#[cfg(test)]
mod tests {
    use super::{Deed, all};

    #[test]
    fn what_was_done_to_many_fits_into_a_text_and_says_whether_there_are_more() {
        let few: Vec<u32> = (1..=20).collect();
        let said = all(Deed::Acknowledge, &few, false).unwrap();
        assert!(said.starts_with("Acknowledged 20 alerts: #1, #2,") && said.ends_with(", #20."), "{said}");
        let many: Vec<u32> = (100_001..=100_500).collect();
        let said = all(Deed::Resolve, &many, true).unwrap();
        assert!(said.starts_with("Closed 500 alerts: #100001, "), "{said}");
        assert!(said.ends_with(", #100020 and 480 more. There are more: reply cc again."), "{said}");
        assert!(said.len() < 300, "{}", said.len());
        assert_eq!(all(Deed::Acknowledge, &[7], false).unwrap(), "Acknowledged #7.");
    }
}
