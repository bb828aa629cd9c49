//! How bad an event is, as far as it says so.

use super::category::Category;
use super::payload::{Node, is_same};
use super::reasons::{Reasons, quoted};
use crate::domain::severity::Severity;

/// Parameters that say it where the category names none, the better one first.
const PARAMETERS: [&str; 2] = ["severity", "priority"];

/// What other programs call it, in small letters (sources: Nagios, Zabbix, Prometheus, PRTG, Azure Monitor, syslog, ITIL).
const WORDS: [(&str, Severity); 42] = [
    ("critical", Severity::Critical),
    ("crit", Severity::Critical),
    ("fatal", Severity::Critical),
    ("disaster", Severity::Critical),
    ("emergency", Severity::Critical),
    ("emerg", Severity::Critical),
    ("panic", Severity::Critical),
    ("urgent", Severity::Critical),
    ("p1", Severity::Critical),
    ("sev1", Severity::Critical),
    ("high", Severity::High),
    ("error", Severity::High),
    ("err", Severity::High),
    ("major", Severity::High),
    ("severe", Severity::High),
    ("alert", Severity::High),
    ("down", Severity::High),
    ("p2", Severity::High),
    ("sev2", Severity::High),
    ("medium", Severity::Medium),
    ("warning", Severity::Medium),
    ("warn", Severity::Medium),
    ("average", Severity::Medium),
    ("moderate", Severity::Medium),
    ("normal", Severity::Medium),
    ("p3", Severity::Medium),
    ("sev3", Severity::Medium),
    ("low", Severity::Low),
    ("minor", Severity::Low),
    ("notice", Severity::Low),
    ("p4", Severity::Low),
    ("sev4", Severity::Low),
    ("info", Severity::Info),
    ("information", Severity::Info),
    ("informational", Severity::Info),
    ("verbose", Severity::Info),
    ("debug", Severity::Info),
    ("ok", Severity::Info),
    ("none", Severity::Info),
    ("unclassified", Severity::Info),
    ("p5", Severity::Info),
    ("sev5", Severity::Info),
];

/// What a word means, in any case of letters; `None`: nothing that everybody agrees on. Numbers are such: with some
/// programs the worst is 1, with others 5.
pub fn of_word(word: &str) -> Option<Severity> {
    let word = word.trim().to_lowercase();
    WORDS.iter().find(|(one, _)| *one == word).map(|(_, severity)| *severity)
}

/// How bad an event is; `None`: neither it nor its category says so. The parameter that its category names counts most,
/// then one with a usual name, then the category's own severity.
pub fn of_event(root: &Node, category: Option<&Category>, reasons: &mut Reasons) -> Option<Severity> {
    let own = category.and_then(|one| Some((one.severity_parameter.as_deref()?, &*one.severities)));
    let others = PARAMETERS.map(|name| (name, &[][..]));
    for (name, words) in own.into_iter().chain(others) {
        let value = root.named(name).and_then(Node::text).map(str::trim);
        let Some(value) = value.filter(|value| !value.is_empty()) else { continue };
        let mapped = words.iter().find(|(word, _)| is_same(word, value)).map(|(_, severity)| *severity);
        match mapped.or_else(|| of_word(value)) {
            Some(severity) => {
                let (name, value) = (quoted(name), quoted(value));
                reasons.step(format!("its {name} is {value}: its severity is {}", severity.word()));
                return Some(severity);
            }
            None => reasons.note(format!("its {} is {}, which no severity is", quoted(name), quoted(value))),
        }
    }
    let severity = category?.severity?;
    reasons.step(format!("its category says that its severity is {}", severity.word()));
    Some(severity)
}
