//! The operator's own texts of messages.

use dutyline::domain::contact::PhoneNumber;
use dutyline::domain::delivery::{Notification, Purpose};
use dutyline::domain::directory::device::Device;
use dutyline::domain::directory::person::PersonId;
use dutyline::domain::ids::NotificationId;
use dutyline::ports::vendor::Body;
use dutyline::service::message::{Materials, Offer, body, sample};
use dutyline::settings::{self, Loaded, Problems};
use std::path::Path;
use tempfile::TempDir;
use uuid::Uuid;

const SETTINGS: &str = include_str!("../settings/one-group.toml");

/// Settings with those templates; a path is `en/sms.txt`.
fn load(files: &[(&str, &str)]) -> Result<Loaded, Problems> {
    let folder = TempDir::new().unwrap();
    for (path, text) in files {
        let path = folder.path().join("templates").join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    let text = format!("{SETTINGS}\n[alerting]\ntemplates = \"templates\"\n");
    settings::parse("own.toml", &text, folder.path())
}

/// What is wrong with them, without the place of the folder.
fn report(files: &[(&str, &str)]) -> String {
    let problems = load(files).unwrap_err().to_string();
    let lines = problems.lines().map(|line| line.split_once("/templates/").map_or(line, |(_, rest)| rest));
    lines.collect::<Vec<_>>().join("\n")
}

fn sms(loaded: &Loaded, person: &str) -> String {
    let story = sample::event("2026-01-05T09:00:00Z".parse().unwrap());
    let notification = Notification {
        id: NotificationId(Uuid::nil()),
        alert: story.alert.id,
        person: PersonId(person.to_owned()),
        device: Device::Sms(PhoneNumber::parse("+15550100").unwrap()),
        purpose: Purpose::Alert,
        due: story.alert.opened_at,
    };
    match body(&story, &notification, None, Materials::of(&loaded.settings), &Offer::default()) {
        Ok(Body::Sms { text, .. }) => text,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_file_of_the_operators_own_replaces_one_of_the_programs() {
    let loaded = load(&[
        ("en/sms.txt", "{{ severity }}! {{ title or \"a call\" }}\n\n#{{ number }}"),
        (".hidden/x", ""),
    ]);
    assert_eq!(sms(&loaded.unwrap(), "ada"), "high! Pump 3 stands still #8");
    let loaded = load(&[("de/sms.txt", "{{ number }}")]).unwrap();
    assert!(sms(&loaded, "ada").starts_with("HIGH alert"), "the others stay as they were");
}

#[test]
fn a_language_that_the_program_does_not_know_speaks_for_whom_wants_it() {
    let mut loaded = load(&[("fr/sms.txt", "Alerte {{ number }}")]).unwrap();
    loaded.settings.directory.people[0].language = Some("fr".to_owned());
    assert_eq!(sms(&loaded, "ada"), "Alerte 8");
    assert!(sms(&loaded, "ben").starts_with("HIGH alert"));
}

#[test]
fn what_is_wrong_with_a_template_is_said_with_its_place_before_anything_starts() {
    let said = report(&[
        ("de/bundle.txt", "{{ count }} {% for line in lines %}{{ line.numbr }}{% endfor %}"),
        ("de/smss.txt", "x"),
        (
            "en/mail_body.html",
            "{% for a in range(1000) %}{% for b in range(1000) %}.{% endfor %}{% endfor %}",
        ),
        ("en/mail_body.txt", "fine {{ number }}\n{{ title|shout }}"),
        ("en/mail_subject.txt", "{% if title %}{{ title }}{% endif %}"),
        ("en/sms.txt", "{{ severity }}\n  for {{ gruop }} of {{ somebody_else }}"),
        ("fr/sms.txt", "\n{% if title %}"),
    ]);
    insta::assert_snapshot!(said, @r#"
    de/bundle.txt:1:1:       undefined value
    de/smss.txt:1:1:         there is no template "smss.txt"
       hint: did you mean "sms.txt"?
    en/mail_body.html:1:1:   engine ran out of fuel
    en/mail_body.txt:2:1:    unknown filter: filter shout is unknown
    en/mail_subject.txt:1:1: says nothing about some alerts
       hint: whoever is told must learn that there is one
    en/sms.txt:2:10:         there is no "gruop"
       hint: did you mean "group"?
    en/sms.txt:2:25:         there is no "somebody_else"
       hint: README.md has every name
    fr/sms.txt:2:1:          syntax error: unexpected end of input, expected end of block
    8 problems; nothing was started
    "#);
}

#[test]
fn where_a_template_fails_after_all_the_programs_own_words_go_out() {
    // It knows what to say of the alerts that templates are tried with, and of no other.
    let loaded = load(&[("en/sms.txt", "{{ {7: \"seven\"}[number] }}")]).unwrap();
    assert!(sms(&loaded, "ada").starts_with("HIGH alert for Operations from Monitoring"));
}

#[test]
fn a_folder_that_is_not_there_is_a_problem() {
    let text = format!("{SETTINGS}\n[alerting]\ntemplates = \"nowhere\"\n");
    let problems = settings::parse("own.toml", &text, Path::new("")).unwrap_err().to_string();
    assert!(problems.contains("alerting.templates: the folder \"nowhere\" cannot be read"), "{problems}");
}
