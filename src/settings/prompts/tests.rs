use super::{SHIPPED, files, load, parse};
use crate::domain::severity::Severity;
use crate::domain::voice::action::Action;
use crate::domain::voice::menu::Offer;
use crate::domain::voice::phrases::{KEYS, Language, Phrase};
use std::collections::BTreeSet;
use std::fs;

/// The English file with one piece of it replaced, and what is wrong with the result.
fn problems(piece: &str, instead: &str) -> String {
    let english = SHIPPED.iter().find(|(name, ..)| *name == "en").unwrap().2;
    assert!(english.contains(piece), "the English file has no {piece}");
    told(&english.replacen(piece, instead, 1))
}

fn told(text: &str) -> String {
    let problems = parse("en.toml", text).unwrap_err();
    problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

/// Checks all but line and column, which move with the shipped wording; [`places`] checks those.
#[track_caller]
fn check(piece: &str, instead: &str, expected: &[&str]) {
    let told = problems(piece, instead);
    let without_place: Vec<&str> = told
        .lines()
        .map(|line| {
            if line.starts_with("en.toml:") { line.splitn(4, ':').last().unwrap().trim_start() } else { line }
        })
        .collect();
    assert_eq!(without_place, expected);
}

fn language(name: &str) -> Language {
    load(&[]).unwrap().language(name).unwrap().clone()
}

#[test]
fn shipped_files_are_complete() {
    let book = load(&[]).unwrap();
    assert_eq!(book.languages.keys().collect::<Vec<_>>(), ["de", "en"]);
    for language in book.languages.values() {
        assert_eq!(language.texts.len(), KEYS.len());
        assert!(language.wait.len() >= 5);
        assert_eq!(language.wait.iter().collect::<BTreeSet<_>>().len(), language.wait.len());
    }
    assert_eq!(language("en").tag, "en-US");
    assert_eq!(language("de").tag, "de-DE");
}

#[test]
fn p08_menus_name_the_key_and_the_group() {
    let (english, german) = (language("en"), language("de"));
    let choice = Phrase::Choice(1, "Cloud DevOps".to_owned());
    assert_eq!(english.words(&choice), "Press 1 for Cloud DevOps.");
    assert_eq!(german.words(&choice), "Für Cloud DevOps drücken Sie die 1.");
    assert_eq!(english.words(&Phrase::Offer(Offer::Start(Action::Alert), 1)), "Press 1 to alert a group.");
    let severity = Phrase::SeverityChoice(5, Severity::Info);
    assert_eq!(english.words(&severity), "Press 5 for information only.");
    assert_eq!(german.words(&severity), "Für reine Information drücken Sie die 5.");
}

#[test]
fn p12_without_a_choice_the_default_recipients_are_named() {
    let words = language("en").words(&Phrase::AlertOpen(None));
    assert_eq!(words, "Your alert for the on-call team is open.");
    let words = language("de").words(&Phrase::AlertOpen(None));
    assert_eq!(words, "Ihr Alarm für das Bereitschaftsteam ist offen.");
}

#[test]
fn p15_p18_a_caller_hears_what_ends_and_sends_a_recording() {
    let book = load(&[]).unwrap();
    for (name, said) in [
        (
            "en",
            [
                "Any key ends",
                "Press 1 to send it",
                "star to drop it",
                "other key to start over",
                "Hanging up sends",
            ],
        ),
        (
            "de",
            [
                "Jede Taste beendet",
                "Mit der 1 senden",
                "Sterntaste verwerfen",
                "anderen Taste beginnen",
                "auflegen, wird sie gesendet",
            ],
        ),
    ] {
        let words = book.language(name).unwrap().words(&Phrase::Record(Some("CAB".to_owned())));
        for said in said {
            assert!(words.contains(said), "{words}");
        }
        assert!(words.contains("CAB"), "{words}");
    }
}

#[test]
fn p44_a_name_with_braces_stays_a_name() {
    for name in ["{key}", "R&D {1} 50%", "}{"] {
        let words = language("en").words(&Phrase::Choice(2, name.to_owned()));
        assert_eq!(words, format!("Press 2 for {name}."));
    }
}

#[test]
fn no_gap_stays_unfilled_in_any_phrase() {
    let name = || Some("Database".to_owned());
    let contact = || Some("the control room".to_owned());
    let phrases = [
        Phrase::Greeting("Ada".to_owned()),
        Phrase::Offer(Offer::Start(Action::Conference), 2),
        Phrase::More(9),
        Phrase::Record(name()),
        Phrase::Transcribing(name()),
        Phrase::ClosingWithText(name()),
        Phrase::ClosingTextLater(name()),
        Phrase::Forwarding,
        Phrase::ClosingForwarded(name()),
        Phrase::ClosingWithoutText(name()),
        Phrase::Unchecked(contact()),
        Phrase::NotStored(contact()),
        Phrase::Apology(contact()),
    ];
    for language in load(&[]).unwrap().languages.values() {
        for phrase in &phrases {
            let words = language.words(phrase);
            assert!(!words.contains(['{', '}']) && !words.contains("  "), "{words}");
        }
    }
}

#[test]
fn places() {
    let text = "voice = \"\"\nlanguage = 7\nwait = [\"ä\", \"ä\"]\n\n[say]\nchoise = \"x\"\n";
    let told = told(text);
    let found: Vec<&str> =
        told.lines().filter(|line| !line.ends_with("is missing") && !line.contains("hint")).collect();
    assert_eq!(
        found,
        [
            "en.toml:1:9: voice: is empty",
            "en.toml:2:12: language: must be text, not a whole number",
            "en.toml:3:14: wait[2]: is the same as wait[1]",
            "en.toml:6:1: say: unknown key \"choise\"; did you mean \"choice\"?",
        ]
    );
    assert_eq!(
        told.lines()
            .filter(|line| line.starts_with("en.toml:5:1: say.") && line.ends_with(": is missing"))
            .count(),
        KEYS.len()
    );
}

#[test]
fn missing_keys() {
    let missing =
        |key: &str| [format!("{key}: is missing"), "   hint: prompts/en.toml has every key".to_owned()];
    let [message, hint] = missing("say.more");
    check("more = \"Press {key} for other choices.\"\n", "", &[&message, &hint]);
    let [message, hint] = missing("voice");
    check("voice = \"Polly.Joanna-Neural\"\n", "", &[&message, &hint]);
    assert_eq!(
        told("").lines().collect::<Vec<_>>(),
        ["voice", "language", "wait", "say"]
            .map(missing)
            .into_iter()
            .flat_map(|[message, hint]| [format!("en.toml:1:1: {message}"), hint])
            .collect::<Vec<_>>()
    );
}

#[test]
fn unknown_keys() {
    check("[say]\n", "[say]\nchoises = \"x\"\n", &["say: unknown key \"choises\"; did you mean \"choice\"?"]);
    check("voice =", "voices = \"x\"\nvoice =", &["unknown key \"voices\"; did you mean \"voice\"?"]);
    check(
        "[say]\n",
        "[say]\nfanfare = \"x\"\n",
        &["say: unknown key \"fanfare\"", "   hint: nothing says it; take it out"],
    );
}

#[test]
fn gaps() {
    let choice = "\"Press {key} for {name}.\"";
    check(
        choice,
        "\"Press {key}.\"",
        &["say.choice: the gap {name} is missing", "   hint: write {name} where it is to be said"],
    );
    check(
        choice,
        "\"Press { key } for {nmae}.\"",
        &[
            "say.choice: unknown gap { key }; did you mean {key}?",
            "say.choice: unknown gap {nmae}; did you mean {name}?",
        ],
    );
    check(
        choice,
        "\"Press {key} for {name}, {severity}.\"",
        &["say.choice: unknown gap {severity}", "   hint: the gaps here are {key}, {name}"],
    );
    check(
        "\"Press {key} for other",
        "\"{} Press {key} for other",
        &["say.more: unknown gap {}", "   hint: the gap here is {key}"],
    );
    check(
        "\"How severe is it?\"",
        "\"How severe is it, {name}?\"",
        &["say.ask_severity: unknown gap {name}", "   hint: this text has no gaps"],
    );
    check(
        "\"Good words take a moment.\"",
        "\"A moment, {name}.\"",
        &["wait[2]: unknown gap {name}", "   hint: this text has no gaps"],
    );
}

#[test]
fn unbalanced_braces() {
    let pairs = "   hint: braces go in pairs around the name of a gap";
    let (closed, opened) = ("a brace is opened and not closed", "a brace is closed and was not opened");
    check(
        "\"How severe is it?\"",
        "\"How severe is it? {\"",
        &[&format!("say.ask_severity: {closed}"), pairs],
    );
    check(
        "\"How severe is it?\"",
        "\"How} severe is it?\"",
        &[&format!("say.ask_severity: {opened}"), pairs],
    );
    check(
        "\"Press {key} for other",
        "\"Press {{key}} for other",
        &[&format!("say.more: {closed}"), pairs, &format!("say.more: {opened}"), pairs],
    );
}

#[test]
fn wait_lines() {
    let whole = |wait: &str| {
        let english = SHIPPED[1].2;
        let (before, rest) = english.split_once("wait = [").unwrap();
        let (_, after) = rest.split_once("\n]\n").unwrap();
        let text = format!("{before}wait = {wait}\n{after}");
        parse("en.toml", &text).map_or_else(
            |problems| {
                problems.iter().map(|problem| format!("{}: {}", problem.key, problem.message)).collect()
            },
            |_| vec![],
        )
    };
    assert_eq!(whole(r#"["a", "b"]"#), [""; 0]);
    assert_eq!(whole(r#"["a"]"#), ["wait: needs at least 2 lines, has 1"]);
    assert_eq!(whole("[]"), ["wait: needs at least 2 lines, has 0"]);
    assert_eq!(whole(r#"["a", "a"]"#), ["wait[2]: is the same as wait[1]"]);
    assert_eq!(whole(r#"["a", "b", " b", "c"]"#), ["wait[3]: is the same as wait[2]"]);
    assert_eq!(whole(r#"["a", "b", "a"]"#), ["wait[3]: is the same as wait[1]"]);
    assert_eq!(whole(r#"["a", "", "a", "b"]"#), ["wait[2]: is empty"]);
    assert_eq!(whole(r#"["a", 7]"#), ["wait[2]: must be text, not a whole number"]);
    assert_eq!(whole(r#""a""#), ["wait: must be a list of texts, not text"]);
}

#[test]
fn empty_text() {
    check(
        "\"How severe is it?\"",
        "\"  \"",
        &["say.ask_severity: is empty", "   hint: callers would hear nothing"],
    );
}

#[test]
fn bad_grammar_is_told_once_and_hides_nothing_else() {
    let text =
        "voice = \"a\"\nlanguage = b\nwait = [\"a\", \"b\"]\n[say]\nmore = \"{key\"\nmore = \"{key}\"\n";
    let told = told(text);
    let lines: Vec<&str> = told.lines().filter(|line| !line.starts_with("   hint")).collect();
    assert_eq!(
        lines,
        [
            "en.toml:2:12: string values must be quoted, expected literal string",
            "en.toml:5:8: say.more: a brace is opened and not closed",
            "en.toml:5:8: say.more: the gap {key} is missing",
            "en.toml:6:1: duplicate key",
        ]
    );
}

#[test]
fn a_folder_adds_and_replaces_languages() {
    let folder = tempfile::tempdir().unwrap();
    let english = SHIPPED[1].2;
    let own = english.replacen("This is the alert line", "This is the night desk", 1);
    fs::write(folder.path().join("en.toml"), own).unwrap();
    fs::write(folder.path().join("fr.toml"), english).unwrap();
    fs::write(folder.path().join("notes.txt"), "not prompts").unwrap();
    fs::write(folder.path().join(".en.toml"), "an editor's").unwrap();
    let book = load(&files(folder.path()).unwrap()).unwrap();
    assert_eq!(book.languages.keys().collect::<Vec<_>>(), ["de", "en", "fr"]);
    let greeting = book.language("en").unwrap().words(&Phrase::Greeting("Ada".to_owned()));
    assert_eq!(greeting, "Hello Ada. This is the night desk.");
}

#[test]
fn problems_of_all_files_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let one = SHIPPED[1].2.replacen("{key}", "", 1);
    fs::write(folder.path().join("en.toml"), &one).unwrap();
    fs::write(folder.path().join("fr.toml"), &one).unwrap();
    fs::write(folder.path().join("nl.toml"), [0xff]).unwrap();
    let problems = load(&files(folder.path()).unwrap()).unwrap_err();
    let told: Vec<_> = problems
        .iter()
        .map(|problem| {
            (problem.path.rsplit('/').next().unwrap(), problem.key.as_str(), problem.message.as_str())
        })
        .collect();
    assert_eq!(
        told,
        [
            ("en.toml", "say.offer_alert", "the gap {key} is missing"),
            ("fr.toml", "say.offer_alert", "the gap {key} is missing"),
            ("nl.toml", "", "cannot be read: stream did not contain valid UTF-8"),
        ]
    );
}
