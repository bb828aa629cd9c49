//! The settings of the original, xMatters by Phone, as settings of ours: read from its script, which is never run.

mod draft;
mod names;
mod script;
#[cfg(test)]
mod tests;

pub(super) use names::table;

use draft::Draft;
use names::{Original, Place, original};
use script::{Value, assignments};
use std::collections::BTreeMap;
use std::fmt;
use url::Url;

/// What was made of a script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Import {
    /// A settings file. It holds the secrets of the script.
    pub settings: String,
    /// What an operator has to look at, in the order of the script; what has no line comes last.
    pub notes: Vec<Note>,
}

/// Something that an operator has to look at. Never holds a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// The script's line; `None`: it stands nowhere.
    pub line: Option<usize>,
    /// What it is about: a name of the script, or a key of ours.
    pub name: String,
    /// What is to be said.
    pub message: String,
}

/// `12: callerID: …`
impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(line) = self.line {
            write!(f, "{line}: ")?;
        }
        write!(f, "{}: {}", self.name, self.message)
    }
}

/// Names that the original sets without `setting.` in front.
const BARE: [&str; 4] = ["xmatters", "xm_user", "xm_pass", "Authorized_Users"];

/// The most groups that the original can offer.
const MOST_GROUPS: usize = 9;

/// Makes settings of a script; `name` is what they call it. `None`: there is no setting of the original in it.
pub fn by_phone(name: &str, script: &str) -> Option<Import> {
    let found = Found::read(script);
    if found.values.is_empty() {
        return None;
    }
    let mut work = Work { draft: Draft::of(name), found };
    work.program();
    work.carrier();
    let groups = work.groups();
    work.voice(&groups);
    work.hunt();
    work.directory();
    work.forward();
    work.links();
    work.draft.groups(&groups.offered);
    let Work { draft, found: Found { mut notes, .. } } = work;
    notes.extend(draft.notes);
    notes.sort_by_key(|note| (note.line.is_none(), note.line));
    Some(Import { settings: draft.text, notes })
}

/// What stands in a script.
struct Found {
    /// Each setting's line and value.
    values: BTreeMap<&'static str, (usize, Value)>,
    notes: Vec<Note>,
}

impl Found {
    fn read(script: &str) -> Self {
        let mut found = Self { values: BTreeMap::new(), notes: vec![] };
        let mut needless: BTreeMap<&str, usize> = BTreeMap::new();
        for one in assignments(script) {
            let is_setting = match one.of.as_slice() {
                [] => BARE.contains(&one.name.as_str()),
                [of] => matches!(of.as_str(), "setting" | "settings"),
                _ => false,
            };
            if !is_setting {
                continue;
            }
            match original(&one.name) {
                Some(Original { name, place: Place::Needless, .. }) => {
                    needless.entry(name).or_insert(one.line);
                }
                Some(known) => found.take(known, one.line, one.value),
                None => {
                    found.note(Some(one.line), &one.name, "no such setting is known; nothing was made of it");
                }
            }
        }
        if let Some(first) = needless.values().min() {
            let names = needless.keys().copied().collect::<Vec<_>>().join(", ");
            found.note(Some(*first), &names, "the script needed this for itself; there is nothing to do");
        }
        found
    }

    fn note(&mut self, line: Option<usize>, name: &str, message: impl Into<String>) {
        self.notes.push(Note { line, name: name.to_owned(), message: message.into() });
    }

    fn take(&mut self, known: &Original, line: usize, value: Value) {
        let before = self.values.get(known.name).map(|(line, _)| *line);
        if let Value::Computed(expression) = &value {
            if known.name != "NumberofGroups" || !expression.ends_with("xMatters_Groups.length") {
                let instead = match (before, known.place) {
                    (Some(before), _) => format!("the value of line {before} was taken"),
                    (None, Place::Instead(advice)) => advice.to_owned(),
                    (None, Place::Keys(_) | Place::Needless) => "give it by hand".to_owned(),
                };
                self.note(Some(line), known.name, format!("is computed here; {instead}"));
            }
            return;
        }
        if let Some(before) = before {
            self.note(Some(line), known.name, format!("stands at line {before} as well; this one counts"));
        } else if let Place::Instead(advice) = known.place
            && known.name != "NumberofGroups"
        {
            self.note(Some(line), known.name, format!("has no key here; {advice}"));
        }
        self.values.insert(known.name, (line, value));
    }

    fn line(&self, name: &str) -> Option<usize> {
        self.values.get(name).map(|(line, _)| *line)
    }

    /// A text that stands there and is not empty.
    fn text(&mut self, name: &str) -> Option<String> {
        let (line, value) = self.values.get(name)?.clone();
        match value {
            Value::Text(text) if text.trim().is_empty() => None,
            Value::Text(text) | Value::Word(text) => {
                if text.ends_with("-HERE") {
                    self.note(Some(line), name, "is still the example's text");
                }
                Some(text)
            }
            Value::List(_) | Value::Computed(_) => {
                self.note(Some(line), name, "is no text; nothing was made of it");
                None
            }
        }
    }

    fn list(&mut self, name: &str) -> Option<Vec<String>> {
        let (line, value) = self.values.get(name)?.clone();
        match value {
            Value::List(items) => Some(items),
            Value::Text(_) | Value::Word(_) | Value::Computed(_) => {
                self.note(Some(line), name, "is no list; nothing was made of it");
                None
            }
        }
    }

    /// Whether the script is the successor's.
    fn is_successor(&self) -> bool {
        ["alertTypes", "xmattersHTTP"].iter().any(|name| self.values.contains_key(name))
    }
}

/// A group as callers may choose it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Group {
    name: String,
    spoken: Option<String>,
}

/// The groups of a script.
#[derive(Debug, Default)]
struct Groups {
    /// Those that callers were offered.
    offered: Vec<Group>,
    /// Those that the script names beyond its own count of them.
    beyond: Vec<Group>,
}

struct Work {
    draft: Draft,
    found: Found,
}

impl Work {
    /// A text as it stands there; where it is missing, that is noted.
    fn needed(&mut self, name: &str) -> Option<String> {
        let text = self.found.text(name);
        let is_told = self.found.notes.iter().any(|note| note.name == name);
        if text.is_none() && !is_told {
            let line = self.found.line(name);
            self.found.note(line, name, "is missing in the script; fill it in by hand");
        }
        text
    }

    /// Writes a text of the script under a key of ours.
    fn carry(&mut self, name: &str, key: &str) {
        if let Some(text) = self.needed(name) {
            self.draft.text(self.found.line(name), key, &text);
        }
    }

    fn program(&mut self) {
        self.draft.section("server", "");
        self.draft.blank(
            "server.public_url",
            "https://dutyline.example.com",
            "how the carrier reaches this machine",
        );
    }

    fn carrier(&mut self) {
        self.draft.section("carrier", "");
        let (account, token) = ("AC00000000000000000000000000000000", "the account's token");
        self.draft.blank(
            "carrier.account_sid",
            account,
            "the account at the carrier; the script got it with each call",
        );
        self.draft.blank(
            "carrier.auth_token",
            token,
            "signs the carrier's requests; the script did not check them",
        );
        self.draft.blank("carrier.number", "+15550100", "the number that people call");
        self.carry("twilio_sid", "carrier.api_key");
        self.carry("twilio_sec", "carrier.api_secret");
        if let Some(number) = self.found.text("callerID") {
            let number = if number.starts_with('+') { number } else { format!("+{number}") };
            self.draft.text(self.found.line("callerID"), "carrier.caller_id", &number);
        }
    }

    /// The groups that are offered, and what doesn't fit together about them.
    fn groups(&mut self) -> Groups {
        let names = self.found.list("xMatters_Groups").unwrap_or_default();
        let spoken = self.found.list("Speak_Groups").unwrap_or_default();
        let (line, spoken_line) = (self.found.line("xMatters_Groups"), self.found.line("Speak_Groups"));
        if names.len() != spoken.len() {
            let message = format!(
                "names {}, and xMatters_Groups {}; a group without one is spoken by its name",
                count(spoken.len(), "group"),
                count(names.len(), "group")
            );
            self.found.note(spoken_line.or(line), "Speak_Groups", message);
        }
        let offered = match self.found.text("NumberofGroups").map(|number| number.parse::<usize>()) {
            None => names.len(),
            Some(Ok(number)) => {
                if number != names.len() {
                    let message = format!(
                        "is {number}, and xMatters_Groups names {}; {}",
                        count(names.len(), "group"),
                        if number < names.len() {
                            "those beyond it were never offered, and are a comment"
                        } else {
                            "those that there are, are offered"
                        }
                    );
                    self.found.note(self.found.line("NumberofGroups"), "NumberofGroups", message);
                }
                number
            }
            Some(Err(_)) => {
                self.found.note(
                    self.found.line("NumberofGroups"),
                    "NumberofGroups",
                    "is no number of groups",
                );
                names.len()
            }
        };
        if offered.min(names.len()) > MOST_GROUPS {
            self.found.note(
                line,
                "xMatters_Groups",
                "are more than nine: the script could not offer all of them",
            );
        }
        let mut groups = Groups::default();
        for (index, name) in names.into_iter().enumerate() {
            let spoken =
                spoken.get(index).filter(|spoken| !spoken.trim().is_empty() && **spoken != name).cloned();
            let known = groups.offered.iter().chain(&groups.beyond).any(|group: &Group| group.name == name);
            if name.trim().is_empty() || known {
                let what = if known { "appears twice" } else { "is empty" };
                self.found.note(
                    line,
                    "xMatters_Groups",
                    format!("number {} {what}, and is left out", index + 1),
                );
                continue;
            }
            let list = if index < offered { &mut groups.offered } else { &mut groups.beyond };
            list.push(Group { name, spoken });
        }
        groups
    }

    fn voice(&mut self, groups: &Groups) {
        self.draft.section("voice", "");
        let line = self.found.line("Authorized_Users");
        let everybody = self.found.is_successor()
            && matches!(self.found.values.get("Authorized_Users"), Some((_, Value::List(users))) if users.is_empty());
        if everybody {
            self.draft.word(line, "voice.access", "open");
            self.found.note(line, "Authorized_Users", "is empty: anybody may call, as it was there");
        } else {
            self.draft.word(line, "voice.access", "xmatters");
        }
        self.actions();
        self.draft.menu(&groups.offered, &groups.beyond);
        match self.found.values.get("defaultSeverity").cloned() {
            Some((line, Value::Text(text) | Value::Word(text))) => {
                let words = ["critical", "high", "medium", "low", "info"];
                let index = text.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
                match index.and_then(|index| words.get(index)) {
                    Some(word) => self.draft.word(Some(line), "voice.default_severity", word),
                    None if text.is_empty() => self.draft.put(Some(line), "voice.severity_question", "true"),
                    None => self.found.note(Some(line), "defaultSeverity", "is neither empty nor 1 to 5"),
                }
            }
            Some((line, _)) => self.found.note(Some(line), "defaultSeverity", "is neither empty nor 1 to 5"),
            None => {}
        }
    }

    fn hunt(&mut self) {
        let Some(music) = self.found.text("holdMusic") else { return };
        let line = self.found.line("holdMusic");
        let Ok(url) = Url::parse(&music) else {
            self.found.note(line, "holdMusic", "is no address, and is left out: callers hear ringing");
            return;
        };
        self.draft.section("voice.hunt", "");
        self.draft.text(line, "voice.hunt.wait_sound", &music);
        let path = url.path().to_lowercase();
        if ![".mp3", ".wav"].iter().any(|kind| path.ends_with(kind)) {
            let message = "was a document of the carrier's or a sound; only the address of a sound does here";
            self.found.note(line, "holdMusic", message);
        }
    }

    fn actions(&mut self) {
        let Some(types) = self.found.list("alertTypes") else { return };
        let line = self.found.line("alertTypes");
        let mut actions = vec![];
        for one in types {
            let word = match one.as_str() {
                "Alert" => "alert",
                "Conference" => "conference",
                "Incident" => "incident",
                "Livecall" => "live",
                _ => "",
            };
            if Draft::allows("voice.action.kind", word) {
                actions.push(format!("{{ kind = \"{word}\" }}"));
            } else {
                self.found.note(
                    line,
                    "alertTypes",
                    format!("\"{one}\" can't be offered here, and is left out"),
                );
            }
        }
        if !actions.is_empty() {
            self.draft.put(line, "voice.action", &format!("[{}]", actions.join(", ")));
        }
    }

    fn directory(&mut self) {
        self.draft.section("xmatters", "Where callers are looked up.");
        self.carry("xmatters", "xmatters.url");
        self.carry("xm_user", "xmatters.user");
        self.carry("xm_pass", "xmatters.password");
        let line = self.found.line("Authorized_Users");
        match self.found.list("Authorized_Users") {
            Some(users) => {
                if users.is_empty() && !self.found.is_successor() {
                    self.found.note(line, "Authorized_Users", "is empty: nobody may call, as it was there");
                }
                self.draft.list(line, "xmatters.authorised", &users);
            }
            None => self.found.note(line, "Authorized_Users", "is missing in the script; fill it in by hand"),
        }
    }

    fn forward(&mut self) {
        self.draft.section("forward", "Where alerts are sent on to.");
        self.draft.text(None, "forward.name", "xmatters");
        self.draft.word(None, "forward.kind", "xmatters");
        if let Some(trigger) = self.found.text("xmattersHTTP") {
            let base = self.found.text("xmatters").unwrap_or_default();
            let url = if trigger.starts_with('/') {
                format!("{}{trigger}", base.trim_end_matches('/'))
            } else {
                trigger
            };
            let line = self.found.line("xmattersHTTP");
            self.draft.text(line, "forward.alert_url", &url);
            self.draft.text(line, "forward.conference_url", &url);
        } else {
            self.carry("url_alert", "forward.alert_url");
            self.carry("url_conf", "forward.conference_url");
        }
    }

    fn links(&mut self) {
        if let Some(token) = self.found.text("bitly_token") {
            let line = self.found.line("bitly_token");
            self.draft.section("links", "What shortens the links to recordings.");
            self.draft.word(line, "links.kind", "bitly");
            self.draft.text(line, "links.token", &token);
        }
    }
}

/// `1 group`, `2 groups`.
fn count(number: usize, unit: &str) -> String {
    format!("{number} {unit}{}", if number == 1 { "" } else { "s" })
}
