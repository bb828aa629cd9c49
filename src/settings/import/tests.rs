use super::names::{ORIGINALS, Place};
use super::*;
use crate::settings::{Level, parse};
use std::collections::BTreeSet;
use std::path::Path;

const FIRST: &str = include_str!("../../../tests/import/first.js");
const SUCCESSOR: &str = include_str!("../../../tests/import/successor.js");

fn notes(import: &Import) -> Vec<String> {
    import.notes.iter().map(ToString::to_string).collect()
}

fn has_note(import: &Import, note: &str) -> bool {
    notes(import).iter().any(|one| one == note)
}

/// The settings with every comment that is an example or a key to come put into use.
fn in_use(settings: &str) -> toml::Table {
    let line = |line: &str| match line.trim_start().strip_prefix('#') {
        Some(key) if !key.starts_with([' ', '#', '{']) => format!("{key}\n"),
        _ => format!("{line}\n"),
    };
    toml::from_str(&settings.lines().map(line).collect::<String>()).unwrap()
}

fn text<'t>(table: &'t toml::Table, path: &str) -> &'t str {
    let mut parts = path.split('.');
    let mut value = &table[parts.next().unwrap()];
    for part in parts {
        value = match part.parse::<usize>() {
            Ok(index) => &value[index],
            Err(_) => &value[part],
        };
    }
    value.as_str().unwrap()
}

#[test]
fn every_key_of_the_table_is_one_of_ours() {
    for original in ORIGINALS {
        let Place::Keys(keys) = original.place else { continue };
        for key in keys {
            assert!(draft::key(key).is_some(), "{}: there is no {key}", original.name);
        }
    }
    let names: BTreeSet<_> = ORIGINALS.iter().map(|original| original.name).collect();
    assert_eq!(names.len(), ORIGINALS.len(), "each once");
}

#[test]
fn what_stands_in_the_script_stands_in_the_settings() {
    let import = by_phone("xm_settings.js", FIRST).unwrap();
    let table = in_use(&import.settings);
    for (path, value) in [
        ("xmatters.url", "https://acme.xmatters.example"),
        ("xmatters.user", "REST"),
        ("xmatters.password", "it's a \"pass\\word\" ü"),
        ("carrier.api_key", "SK00000000000000000000000000000001"),
        ("carrier.api_secret", "an api secret"),
        ("carrier.caller_id", "+15550100"),
        ("voice.access", "xmatters"),
        ("forward.0.name", "xmatters"),
        ("forward.0.kind", "xmatters"),
        (
            "forward.0.alert_url",
            "https://acme.xmatters.example/api/integration/1/functions/1-2/triggers?apiKey=alert-key",
        ),
        (
            "forward.0.conference_url",
            "https://acme.xmatters.example/api/integration/1/functions/3-4/triggers?apiKey=conference-key",
        ),
        ("links.kind", "bitly"),
        ("links.token", "a bitly token"),
        ("group.0.name", "CAB Approval"),
        ("group.1.name", "Cloud DevOps"),
        ("voice.group.0.name", "CAB Approval"),
        ("voice.group.0.spoken", "C.A.B. Approval"),
        ("voice.group.1.name", "Cloud DevOps"),
    ] {
        assert_eq!(text(&table, path), value, "{path}");
    }
    assert_eq!(
        table["xmatters"]["authorised"],
        toml::from_str::<toml::Table>("a = ['userid1', 'user id2', 'userid3']").unwrap()["a"]
    );
    assert_eq!(table["voice"]["group"].as_array().unwrap().len(), 2);
    assert_eq!(table["voice"]["group"][1].get("spoken"), None, "as it is written");
    assert!(import.settings.contains("    #{ name = \"Database Infrastructure\" },"), "{}", import.settings);
}

#[test]
fn b1_19_everything_that_does_not_fit_or_has_no_place_is_named_with_its_line() {
    let import = by_phone("xm_settings.js", FIRST).unwrap();
    insta::assert_snapshot!(notes(&import).join("\n"), @r"
    8: twilio_path: has no key here; set `server.public_url` to this machine's own address, and the number's Voice URL to it
    24: NumberofGroups: is 2, and xMatters_Groups names 3 groups; those beyond it were never offered, and are a comment
    30: Speak_Groups: names 2 groups, and xMatters_Groups 3 groups; a group without one is spoken by its name
    32: colour: no such setting is known; nothing was made of it
    34: Group_Speak_Text, xm_action: the script needed this for itself; there is nothing to do
    36: Alert_Phrase: has no key here; write a prompts file, and name its folder in `voice.prompts`
    37: Wait_Phrase: has no key here; write a prompts file, and name its folder in `voice.prompts`
    43: Alert_Phrase: stands at line 36 as well; this one counts
    46: callerID: is computed here; the value of line 14 was taken
    server.public_url: is needed, and not in the script: how the carrier reaches this machine
    carrier.account_sid: is needed, and not in the script: the account at the carrier; the script got it with each call
    carrier.auth_token: is needed, and not in the script: signs the carrier's requests; the script did not check them
    carrier.number: is needed, and not in the script: the number that people call
    ");
    let import = by_phone("xm_settings.js", SUCCESSOR).unwrap();
    insta::assert_snapshot!(notes(&import).join("\n"), @r#"
    4: alertTypes: "Incident" can't be offered here, and is left out
    4: alertTypes: "Smoke" can't be offered here, and is left out
    5: voice: has no key here; callers hear the voice of their language
    8: escLevels: has no key here; everybody on call is tried
    10: xm_pass: is computed here; give it by hand
    12: noanswerHTTP: has no key here; add a `[[forward]]` for it
    13: transfer_to_bridge: has no key here; whoever starts a conference joins it
    15: Authorized_Users: is empty: anybody may call, as it was there
    16: xMatters_Groups: number 2 appears twice, and is left out
    19: bitly_token: is still the example's text
    20: xm_settings: the script needed this for itself; there is nothing to do
    23: waitPhrase: is computed here; write the `wait` lines of a prompts file, and name its folder in `voice.prompts`
    24: holdMusic: was a document of the carrier's or a sound; only the address of a sound does here
    twilio_sid: is missing in the script; fill it in by hand
    twilio_sec: is missing in the script; fill it in by hand
    server.public_url: is needed, and not in the script: how the carrier reaches this machine
    carrier.account_sid: is needed, and not in the script: the account at the carrier; the script got it with each call
    carrier.auth_token: is needed, and not in the script: signs the carrier's requests; the script did not check them
    carrier.number: is needed, and not in the script: the number that people call
    "#);
}

#[test]
fn the_successor_s_settings_have_their_places() {
    let import = by_phone("xm_settings.js", SUCCESSOR).unwrap();
    let table = in_use(&import.settings);
    for (path, value) in [
        ("voice.access", "open"),
        ("voice.default_severity", "high"),
        ("voice.hunt.wait_sound", "https://music.example/hold?Bucket=classical"),
        ("group.0.on_call", "xmatters"),
        (
            "forward.0.alert_url",
            "https://company.cs1.xmatters.example/api/integration/1/functions/5-6/triggers?apiKey=one-key",
        ),
        (
            "forward.0.conference_url",
            "https://company.cs1.xmatters.example/api/integration/1/functions/5-6/triggers?apiKey=one-key",
        ),
    ] {
        assert_eq!(text(&table, path), value, "{path}");
    }
    assert_eq!(table["voice"]["action"][0]["kind"].as_str(), Some("alert"));
    assert_eq!(table["voice"]["action"][1]["kind"].as_str(), Some("conference"));
    assert_eq!(table["voice"]["action"][2]["kind"].as_str(), Some("live"));
    assert_eq!(table["voice"]["group"].as_array().unwrap().len(), 2, "one of the two that are the same");
    let asked = SUCCESSOR.replace("defaultSeverity = '2'", "defaultSeverity = ''");
    let table = in_use(&by_phone("x", &asked).unwrap().settings);
    assert_eq!(table["voice"]["severity_question"].as_bool(), Some(true));
}

/// What is still missing is what no script of the original has.
#[test]
fn what_is_made_is_accepted_once_the_blanks_are_filled_in() {
    for script in [FIRST, SUCCESSOR] {
        let settings = by_phone("xm_settings.js", script).unwrap().settings;
        let missing = parse("settings.toml", &settings, Path::new("")).unwrap_err();
        let problems = missing.0.iter().filter(|one| one.level == Level::Problem);
        let keys: BTreeSet<_> = problems.map(|one| one.key.as_str()).collect();
        let mut expected: BTreeSet<_> =
            ["server.public_url", "carrier.account_sid", "carrier.auth_token", "carrier.number"].into();
        if script == SUCCESSOR {
            // It reads the password from its surroundings.
            expected.insert("xmatters.password");
        }
        assert_eq!(keys, expected, "{missing}");
        let filled = ["public_url", "account_sid", "auth_token", "number"]
            .iter()
            .fold(settings, |text, key| text.replace(&format!("#{key} ="), &format!("{key} =")))
            .replace("user = \"x-api-key-1\"", "user = \"x-api-key-1\"\npassword = \"by hand\"");
        let loaded =
            parse("settings.toml", &filled, Path::new("")).unwrap_or_else(|problems| panic!("{problems}"));
        assert_eq!(loaded.settings.menu.targets.len(), 2);
    }
}

#[test]
fn no_note_repeats_a_value() {
    for script in [FIRST, SUCCESSOR] {
        let import = by_phone("xm_settings.js", script).unwrap();
        let shown = format!("{:?}", notes(&import));
        for secret in [
            "acme",
            "REST",
            "pass\\",
            "SK000",
            "api secret",
            "alert-key",
            "one-key",
            "a bitly",
            "userid",
            "15550100",
            "blue",
        ] {
            assert!(!shown.contains(secret), "{secret} in {shown}");
        }
    }
}

#[test]
fn no_groups_and_nobody_are_said() {
    let import =
        by_phone("x", "setting.NumberofGroups = 0;\nsetting.xMatters_Groups = [];\nAuthorized_Users = [];")
            .unwrap();
    assert!(import.settings.contains("group = [\n]\n"), "{}", import.settings);
    assert!(
        has_note(&import, "3: Authorized_Users: is empty: nobody may call, as it was there"),
        "{:?}",
        import.notes
    );
    assert!(has_note(&import, "xm_pass: is missing in the script; fill it in by hand"), "{:?}", import.notes);
}

#[test]
fn what_is_no_such_script_is_refused() {
    for text in [
        "",
        "hello",
        "setting.colour = 'blue'",
        "exports.handler = function () {}",
        "x.setting.xm_user = 'a'",
    ] {
        assert_eq!(by_phone("x", text), None, "{text}");
    }
}

proptest::proptest! {
    /// Whatever a value holds, it comes back as it was, and the file stays one.
    #[test]
    fn any_value_survives(value in "\\PC{0,20}[\u{1}-\u{1f}\u{7f}]?\\PC{0,20}") {
        let escaped: String = value.chars().map(|letter| letter.escape_unicode().to_string()).collect();
        let script = format!("xm_user = 'x'; xm_pass = '{escaped}'; setting.bitly_token = '{escaped}';");
        let table = in_use(&by_phone("x", &script).unwrap().settings);
        if !value.trim().is_empty() {
            proptest::prop_assert_eq!(table["xmatters"]["password"].as_str(), Some(value.as_str()));
            proptest::prop_assert_eq!(table["links"]["token"].as_str(), Some(value.as_str()));
        }
    }
}
