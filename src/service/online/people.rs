//! Those who may call and those who are told: nobody outside is asked.

use super::Verdict;
use crate::app::App;
use crate::domain::directory::Recipient;
use crate::settings::{Access, Problem};

/// Whether all who are authorised can be known by a number. The checker has warned of those who can't.
pub(super) fn callers(app: &App, warnings: &[Problem]) -> Verdict {
    let live = app.live();
    if live.settings.voice.access == Access::Open {
        return Verdict::skipped("voice.access is \"open\": anybody may call");
    }
    let told: Vec<_> =
        warnings.iter().filter(|warning| warning.key.starts_with("voice.authorised")).collect();
    let count = live.settings.directory.people.iter().filter(|person| person.may_call).count();
    match told.first() {
        None => Verdict::ok(format!("{} may call, each with a voice device", people(count))),
        Some(first) => {
            let more = match told.len() {
                1 => String::new(),
                all => format!(" (and {} more)", all - 1),
            };
            let remedy =
                "give them a [[person.device]] of kind \"voice\", or leave them out of voice.authorised";
            Verdict::failed(format!("{}: {}{more}", first.key, first.message), remedy)
        }
    }
}

/// Whether everybody who can be chosen, or is told without being chosen, exists.
pub(super) fn groups(app: &App) -> Verdict {
    let live = app.live();
    let (menu, directory) = (&live.settings.menu, &live.settings.directory);
    let chosen = menu.targets.iter().map(|target| &target.recipient);
    let all: Vec<_> = chosen.chain(&menu.default_recipients).collect();
    let is_missing = |recipient: &&&Recipient| match recipient {
        Recipient::Group(name) => directory.group(name).is_none(),
        Recipient::Person(id) => directory.person(id).is_none(),
        Recipient::Schedule(name) => directory.schedule(name).is_none(),
    };
    match all.iter().find(is_missing) {
        None => Verdict::ok(format!("whoever can be alerted is in the settings: {}", all.len())),
        Some(Recipient::Group(name)) => {
            Verdict::failed(format!("there is no group \"{name}\""), "add a [[group]] of that name")
        }
        Some(Recipient::Person(id)) => {
            Verdict::failed(format!("there is no person \"{id}\""), "add a [[person]] of that id")
        }
        Some(Recipient::Schedule(name)) => {
            Verdict::failed(format!("there is no schedule \"{name}\""), "add a [[schedule]] of that name")
        }
    }
}

fn people(count: usize) -> String {
    if count == 1 { "1 person".to_owned() } else { format!("{count} people") }
}
