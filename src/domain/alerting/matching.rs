//! What an event is about: the category that it names, or whose words are in it.
//!
//! A word is found anywhere in a value, in any case of letters, inside of longer words too: `disk` is in `Diskspace`, as
//! users of keyword filters expect. Only values are searched, not the names of parameters.

use super::category::{Category, Matching};
use super::control::ControlParameters;
use super::payload::Node;
use super::reasons::{Reasons, quoted};
use super::scenario::Scenario;
use super::team::Team;

/// Why an event has its category, or none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CategoryReason {
    /// It names it (`X-S4-Service`).
    Named,
    /// It is an emergency.
    Emergency,
    /// It has these words: one, or all that the category asks for.
    Words(Vec<String>),
    /// It has none of the words that the category must not have, and the category asks for no others.
    NotExcluded,
    /// It fits no other.
    Default,
    /// It fits none, and there is no default.
    None,
    /// It fits none, and is dropped for that.
    Filtered,
}

impl CategoryReason {
    /// The word for programs.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Named => "named",
            Self::Emergency => "emergency",
            Self::Words(_) => "words",
            Self::NotExcluded => "not_excluded",
            Self::Default => "default",
            Self::None => "none",
            Self::Filtered => "filtered",
        }
    }

    /// The words that decided, where words did.
    pub fn decided_by(&self) -> Option<String> {
        match self {
            Self::Words(words) => Some(words.join(", ")),
            Self::Named
            | Self::Emergency
            | Self::NotExcluded
            | Self::Default
            | Self::None
            | Self::Filtered => None,
        }
    }
}

/// The category of an event, and why it has that one. `is_strict`: whether it is dropped where it fits none; what names
/// its category or is an emergency never is.
pub fn choose<'a>(
    team: &'a Team,
    control: &ControlParameters,
    root: &Node,
    is_strict: bool,
    reasons: &mut Reasons,
) -> (Option<&'a Category>, CategoryReason) {
    if let Some(service) = &control.service {
        if let Some(category) = team.category(service) {
            let name = quoted(&category.name.0);
            reasons.step(format!("X-S4-Service names its category: {name}"));
            return (Some(category), CategoryReason::Named);
        }
        reasons.note(format!("X-S4-Service is {}, and no category is called that", quoted(service)));
    }
    let is_emergency = control.scenario == Some(Scenario::Emergency);
    if is_emergency && let Some(category) = team.categories.iter().find(|one| one.is_emergency) {
        reasons.step(format!("it is an emergency: its category is {}", quoted(&category.name.0)));
        return (Some(category), CategoryReason::Emergency);
    }
    // Who names a category wants none that is guessed.
    if control.service.is_none()
        && let Some((category, reason)) = by_words(team, root, reasons)
    {
        return (Some(category), reason);
    }
    if is_strict && control.service.is_none() && !is_emergency {
        reasons.note("it does nothing: it fits no category, and such events are not wanted");
        return (None, CategoryReason::Filtered);
    }
    let Some(category) = team.default_category() else {
        reasons.step("it has no category: none fits, and none is the default");
        return (None, CategoryReason::None);
    };
    reasons.step(format!("its category is the default: {}", quoted(&category.name.0)));
    (Some(category), CategoryReason::Default)
}

/// The first category that fits, in the team's order; the default comes last, since one without words fits nearly all.
fn by_words<'a>(
    team: &'a Team,
    root: &Node,
    reasons: &mut Reasons,
) -> Option<(&'a Category, CategoryReason)> {
    let everything = small(root);
    let (defaults, others): (Vec<_>, Vec<_>) = team.categories.iter().partition(|one| one.is_default);
    for category in others.into_iter().chain(defaults) {
        let own = category.parameter.as_deref().map(|name| root.named(name).map(small).unwrap_or_default());
        let values = own.as_ref().unwrap_or(&everything);
        let name = quoted(&category.name.0);
        match fit(category, values) {
            Fit::Words(words) => {
                let all = words.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(", ");
                reasons.step(format!("its category is {name}: it has {all}"));
                return Some((category, CategoryReason::Words(words)));
            }
            Fit::NotExcluded => {
                reasons.step(format!("its category is {name}: it has no word that excludes it"));
                return Some((category, CategoryReason::NotExcluded));
            }
            Fit::Excluded(word) => reasons.step(format!("it is not {name}: it has {}", quoted(word))),
            Fit::No => {}
        }
    }
    None
}

/// Whether a category fits.
enum Fit<'a> {
    /// By these words.
    Words(Vec<String>),
    /// Since it has nothing but words that must not be there, and none of them is.
    NotExcluded,
    /// It does not, for that word.
    Excluded(&'a str),
    /// It does not: words are missing, or it has none.
    No,
}

fn fit<'a>(category: &'a Category, values: &[String]) -> Fit<'a> {
    let is_there = |word: &&String| {
        let word = word.trim().to_lowercase();
        !word.is_empty() && values.iter().any(|value| value.contains(&word))
    };
    if let Some(word) = category.exclude.iter().find(is_there) {
        return Fit::Excluded(word);
    }
    if category.include.is_empty() {
        return if category.exclude.is_empty() { Fit::No } else { Fit::NotExcluded };
    }
    let mut found = category.include.iter().filter(is_there).cloned();
    match category.matching {
        Matching::Any => found.next().map_or(Fit::No, |word| Fit::Words(vec![word])),
        Matching::All => {
            let found: Vec<_> = found.collect();
            if found.len() == category.include.len() { Fit::Words(found) } else { Fit::No }
        }
    }
}

/// Every value, in small letters.
fn small(node: &Node) -> Vec<String> {
    node.texts().into_iter().map(str::to_lowercase).collect()
}
