use super::file::File;
use super::findings::Findings;
use super::keys::ROOT;
use super::schema::{Key, Kind, Presence};
use super::walk::Walk;
use super::*;
use crate::domain::directory::Recipient;
use crate::domain::directory::device::DeviceKind;
use crate::domain::directory::group::Member;
use crate::domain::directory::resolve::on_call;
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;
use serde::Deserialize;
use std::collections::BTreeSet;
use std::path::Path;
use syn::ext::IdentExt;
use toml::de::{DeTable, Deserializer};
use toml::{Table, Value};

const MINIMAL: &str = r#"
[server]
public_url = "https://dutyline.example.com"
[carrier]
account_sid = "AC0"
auth_token = "t"
number = "+15550100"
[voice]
default_recipients = [{ person = "ada" }]
[[person]]
id = "ada"
name = "Ada"
[[person.device]]
kind = "voice"
number = "+15550101"
"#;

fn loaded(text: &str) -> Loaded {
    parse("settings.toml", text, Path::new("/etc/dutyline")).unwrap()
}

/// The default file with its examples put into use: `#key` becomes `key`.
fn with_examples() -> String {
    let line = |line: &str| match line.strip_prefix('#') {
        Some(example) if !example.starts_with([' ', '#']) => format!("{example}\n"),
        _ => format!("{line}\n"),
    };
    DEFAULT.lines().map(line).collect()
}

#[test]
fn the_default_file_holds_the_defaults() {
    fn check(keys: &[Key], table: &Table) {
        for key in keys {
            match (&key.presence, table.get(key.name)) {
                (Presence::Default(text), Some(value)) => {
                    if let (Kind::Table(keys), Value::Table(table)) = (&key.kind, value) {
                        check(keys, table);
                    } else {
                        let default: Table = toml::from_str(&format!("{} = {text}", key.name)).unwrap();
                        assert_eq!(default.get(key.name), Some(value), "{}", key.name);
                    }
                }
                (Presence::Default("[]" | "{}") | Presence::Required | Presence::Optional(_), None) => {}
                (presence, value) => panic!("{}: {presence:?}, but in the file {value:?}", key.name),
            }
        }
    }
    check(ROOT, &toml::from_str(DEFAULT).unwrap());
}

#[test]
fn the_default_file_shows_every_key() {
    fn check(keys: &[Key], path: &str, table: &Table) {
        for key in keys {
            let path = format!("{path}.{}", key.name);
            let Some(value) = table.get(key.name) else {
                // Of the ways to name somebody, each is shown once.
                assert!(
                    DEFAULT.contains(&format!("{{ {} = ", key.name)),
                    "{path} is not in the default file"
                );
                continue;
            };
            match (key.kind.keys(), value) {
                (None, _) => {}
                (Some(keys), Value::Table(table)) => check(keys, &path, table),
                (Some(keys), Value::Array(list)) => match list.as_slice() {
                    [] => {
                        for key in keys {
                            assert!(DEFAULT.contains(&format!("{} =", key.name)), "{path}.{}", key.name);
                        }
                    }
                    tables => {
                        let mut all = Table::new();
                        for table in tables {
                            all.extend(table.as_table().unwrap().clone());
                        }
                        check(keys, &path, &all);
                    }
                },
                (Some(_), other) => panic!("{path} is {other:?}"),
            }
        }
    }
    check(ROOT, "", &toml::from_str(&with_examples()).unwrap());
}

#[test]
fn the_examples_of_the_default_file_can_be_used() {
    let text = with_examples();
    let mut findings = Findings::new("default.toml", &text);
    let mut table = DeTable::parse(&text).unwrap();
    Walk(&mut findings).table(ROOT, "", &(0..0), table.get_mut());
    assert_eq!(Problems(findings.into_sorted()).to_string(), "0 problems; nothing was started");
    assert!(File::deserialize(Deserializer::from(table)).is_ok());
}

#[test]
fn file_and_table_of_keys_hold_the_same() {
    let sources = [include_str!("file.rs"), include_str!("file/teams.rs")];
    let items = sources.into_iter().flat_map(|source| syn::parse_file(source).unwrap().items);
    let structs = [
        ("File", ""),
        ("Server", "server"),
        ("Store", "store"),
        ("S3", "store.s3"),
        ("Log", "log"),
        ("Carrier", "carrier"),
        ("SharedKey", "carrier.shared_keys"),
        ("Voice", "voice"),
        ("Hunt", "voice.hunt"),
        ("Conference", "voice.conference"),
        ("ActionEntry", "voice.action"),
        ("Target", "voice.group"),
        ("Recipient", "voice.authorised"),
        ("Recipient", "voice.default_recipients"),
        ("Member", "group.members"),
        ("Xmatters", "xmatters"),
        ("Transcriber", "transcriber"),
        ("Links", "links"),
        ("Mail", "mail"),
        ("MailServer", "mail.next"),
        ("Sms", "sms"),
        ("SmsVendor", "sms.vendor"),
        ("Forward", "forward"),
        ("Alerting", "alerting"),
        ("Webhook", "webhook"),
        ("Limits", "limits"),
        ("Retention", "retention"),
        ("Auditor", "auditor"),
        ("Api", "api"),
        ("ApiKey", "api.key"),
        ("Exchange", "exchange"),
        ("Person", "person"),
        ("Device", "person.device"),
        ("Group", "group"),
        ("Schedule", "schedule"),
        ("Rotation", "schedule.rotation"),
        ("Hours", "schedule.rotation.hours"),
        ("Override", "override"),
        ("Absence", "absence"),
        ("Rule", "person.rule"),
        ("Quiet", "person.quiet"),
        ("Policy", "policy"),
        ("Step", "policy.step"),
        ("PolicyTarget", "policy.step.to"),
        ("PolicyTarget", "policy.last_resort"),
        ("Team", "team"),
        ("Recipient", "team.on_call"),
        ("Recipient", "team.members"),
        ("Category", "team.category"),
        ("SeverityWord", "team.category.severities"),
        ("Augment", "team.category.augment"),
        ("Maintenance", "team.category.maintenance"),
        ("Integration", "team.integration"),
    ];
    let mut seen = 0;
    for item in items {
        let syn::Item::Struct(item) = item else { continue };
        let fields: BTreeSet<_> =
            item.fields.iter().map(|field| field.ident.as_ref().unwrap().unraw().to_string()).collect();
        for (_, path) in structs.iter().filter(|(name, _)| item.ident == name) {
            let mut keys = ROOT;
            for name in path.split('.').filter(|name| !name.is_empty()) {
                keys = keys.iter().find(|key| key.name == name).unwrap().kind.keys().unwrap();
            }
            assert_eq!(fields, keys.iter().map(|key| key.name.to_owned()).collect(), "[{path}]");
            seen += 1;
        }
        assert!(structs.iter().any(|(name, _)| item.ident == name), "{}", item.ident);
    }
    assert_eq!(seen, structs.len());
}

/// To accept a change, put what `dutyline check --reference` prints into the file.
#[test]
fn the_reference_beside_the_code_is_the_one_it_prints() {
    let (printed, kept) = (reference(), include_str!("reference.md"));
    for (line, (printed, kept)) in printed.lines().zip(kept.lines()).enumerate() {
        assert_eq!(printed, kept, "line {} of reference.md", line + 1);
    }
    assert_eq!(printed.len(), kept.len(), "one of the two goes on");
}

#[test]
fn the_demo_team_is_complete() {
    let Loaded { settings, warnings, phrases: _ } = loaded(DEMO);
    assert_eq!(warnings, []);
    let directory = &settings.directory;
    assert!(directory.people.len() >= 6);
    assert_eq!(directory.groups.len(), 4);
    let nested = |group: &&crate::domain::directory::group::Group| {
        group.members.iter().any(|member| matches!(member, Member::Group(_)))
    };
    assert_eq!(directory.groups.iter().filter(nested).count(), 1);
    let phoneless = directory.people.iter().filter(|person| {
        person.devices.iter().all(|device| device.kind() == DeviceKind::Email) && !person.devices.is_empty()
    });
    assert_eq!(phoneless.count(), 1);
    let [absence] = directory.absences.as_slice() else { panic!("one person is away") };
    assert!(absence.replacement.is_some());
    let languages: BTreeSet<_> = directory.people.iter().map(|person| person.language.as_deref()).collect();
    assert_eq!(languages, [None, Some("de")].into());
    assert_eq!(
        settings.menu.targets.iter().find(|target| target.spoken == "C.A.B. Approval").map(|_| ()),
        Some(())
    );
}

#[test]
fn nobody_absent_is_on_call_in_the_demo() {
    let directory = loaded(DEMO).settings.directory;
    let everyone = directory.groups.iter().find(|group| group.name.0 == "Major Incident").unwrap();
    let at = "2026-11-22T09:00:00Z".parse().unwrap();
    let found = on_call(&directory, &Recipient::Group(everyone.name.clone()), at);
    let people: Vec<_> = found.responders.iter().map(|responder| responder.person.0.as_str()).collect();
    assert_eq!(people, ["ada", "ben", "dmitri", "eva", "felix", "grace"]);
}

#[test]
fn what_is_left_out_has_its_default() {
    let settings = loaded(MINIMAL).settings;
    assert_eq!(settings.server.listen.to_string(), "127.0.0.1:8080");
    assert_eq!(settings.server.shutdown_grace, Duration::from_secs(20));
    assert_eq!(settings.store.database, Path::new("/etc/dutyline/dutyline-data/dutyline.db"));
    assert_eq!(settings.store.recordings, Path::new("/etc/dutyline/dutyline-data/recordings"));
    assert_eq!(settings.carrier.api_url.as_str(), "https://api.twilio.com/");
    assert_eq!(settings.sms.unwrap().from.as_str(), "+15550100");
    assert_eq!(settings.mail, None);
    assert_eq!(settings.exchange, None);
    assert_eq!(settings.menu.longest_message, 120);
    assert_eq!(settings.menu.link_days, 30);
    assert!(settings.directory.people[0].may_call);
}

#[test]
fn a_public_url_ends_in_a_slash() {
    for written in ["https://dutyline.example.com/line", "https://dutyline.example.com/line/"] {
        let text = MINIMAL.replace("https://dutyline.example.com", written);
        let url = loaded(&text).settings.server.public_url.unwrap();
        assert_eq!(url.as_str(), "https://dutyline.example.com/line/");
    }
}

#[test]
fn a_secret_may_be_kept_in_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let read = |content: &str| {
        std::fs::write(folder.path().join("token"), content).unwrap();
        let text = MINIMAL.replace("auth_token = \"t\"", "auth_token_file = \"token\"");
        parse("settings.toml", &text, folder.path()).map(|loaded| loaded.settings.carrier.auth_token)
    };
    assert_eq!(read("s3cret"), Ok(Some(Secret::new("s3cret".to_owned()))));
    assert_eq!(read("s3cret\n"), Ok(Some(Secret::new("s3cret".to_owned()))));
    assert_eq!(read("s3cret\r\n"), Ok(Some(Secret::new("s3cret".to_owned()))));
    assert_eq!(read(" s3cret \n\n"), Ok(Some(Secret::new(" s3cret \n".to_owned()))));
    let problems = read("\n").unwrap_err().to_string();
    assert!(problems.contains("carrier.auth_token_file: the file \"token\" is empty"), "{problems}");
}

const BUCKET: &str = "
[store.s3]
bucket = \"recordings\"
access_key_id = \"AKIA\"
secret_access_key = \"hunter2\"
endpoint = \"http://minio.example.com\"
";

#[cfg(feature = "object-store-cloud")]
#[test]
fn recordings_may_be_in_a_bucket() {
    let Loaded { settings, warnings, phrases: _ } = loaded(&format!("{MINIMAL}{BUCKET}"));
    let s3 = settings.store.s3.unwrap();
    assert_eq!(s3.endpoint.unwrap().as_str(), "http://minio.example.com/");
    assert_eq!((s3.region.as_str(), s3.prefix, s3.path_style), ("us-east-1", None, true));
    let [warning] = warnings.try_into().unwrap();
    assert_eq!(warning.key, "store.s3.endpoint");
    let nameless =
        BUCKET.replace("http://minio.example.com\"", "http://127.0.0.1:9000\"\npath_style = false");
    let problems = parse_any(&format!("{MINIMAL}{nameless}")).unwrap_err().to_string();
    assert!(problems.contains("store.s3.endpoint: is no name"), "{problems}");
    let without = BUCKET.replace("secret_access_key = \"hunter2\"\n", "");
    let problems = parse_any(&format!("{MINIMAL}{without}")).unwrap_err().to_string();
    assert!(problems.contains("store.s3.secret_access_key: is missing"), "{problems}");
}

#[cfg(not(feature = "object-store-cloud"))]
#[test]
fn a_build_without_buckets_says_so() {
    let problems = parse_any(&format!("{MINIMAL}{BUCKET}")).unwrap_err().to_string();
    assert!(problems.contains("store.s3: this build has no S3"), "{problems}");
    assert!(!problems.contains("hunter2"), "{problems}");
}

#[test]
fn a_key_opens_the_api_and_shared_keys_sign_in_the_tokens_place() {
    let keys = "api_key = \"SK0\"\napi_secret = \"s\"\nshared_keys = [{ id = \"k\", secret = \"t\" }]";
    let carrier = loaded(&MINIMAL.replace("auth_token = \"t\"", keys)).settings.carrier;
    assert_eq!(carrier.auth_token, None);
    let key = CarrierKey { sid: "SK0".to_owned(), secret: Secret::new("s".to_owned()) };
    assert_eq!(carrier.api_key, Some(key));
    let both = loaded(&MINIMAL.replace("auth_token", "api_key = \"SK0\"\napi_secret = \"s\"\nauth_token"));
    assert!(both.settings.carrier.auth_token.is_some() && both.settings.carrier.api_key.is_some());
    assert_eq!(both.warnings, []);
}

#[test]
fn prompts_of_their_own_are_checked_with_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let text = MINIMAL.replace("[voice]", "[voice]\nlanguage = \"fr\"\nprompts = \"prompts\"");
    let answer = || parse("settings.toml", &text, folder.path());
    let problems = answer().unwrap_err();
    assert_eq!(problems.0.len(), 1, "{problems}");
    std::fs::create_dir(folder.path().join("prompts")).unwrap();
    let problems = answer().unwrap_err().to_string();
    assert!(problems.contains("voice.language: there are no prompts for the language \"fr\""), "{problems}");
    std::fs::write(folder.path().join("prompts/fr.toml"), "[say\n").unwrap();
    let problems = answer().unwrap_err().to_string();
    assert!(problems.contains("fr.toml:1:"), "{problems}");
    assert!(!problems.contains("voice.language"), "{problems}");
    let english = include_str!("../../prompts/en.toml");
    std::fs::write(folder.path().join("prompts/fr.toml"), english).unwrap();
    let loaded = answer().unwrap();
    assert_eq!(loaded.settings.menu.language, "fr");
    assert_eq!(loaded.phrases.languages.keys().collect::<Vec<_>>(), ["de", "en", "fr"]);
}

#[test]
fn those_authorised_and_nobody_else_may_call() {
    let callers = |authorised: &str| -> Vec<String> {
        let text = DEMO.replace("severity_question = false", &format!("authorised = {authorised}"));
        let directory = loaded(&text).settings.directory;
        directory.people.iter().filter(|person| person.may_call).map(|person| person.id.0.clone()).collect()
    };
    assert_eq!(callers(r#"[{ person = "felix" }]"#), ["felix"]);
    // Whoever is away may call all the same, and whoever has no voice device can't.
    let group = r#"[{ group = "Major Incident" }]"#;
    assert_eq!(callers(group), ["ada", "ben", "cleo", "eva", "felix"]);
    assert_eq!(callers("[]"), [""; 0]);
}

#[test]
fn nothing_secret_is_in_the_debug_form() {
    let text = format!(
        "{DEMO}\n[[api.key]]\nname = \"wallboard\"\nhash = \"sha256:{}\"\nscopes = []\n",
        "7".repeat(64)
    );
    let shown = format!("{:?}", loaded(&text).settings);
    for secret in ["demo only", "+1555", "+4930", "@demo.example", "7777"] {
        assert!(!shown.contains(secret), "{secret} in {shown}");
    }
}

#[test]
fn a_file_that_cannot_be_read_is_one_problem() {
    let folder = tempfile::tempdir().unwrap();
    let problems = load(&folder.path().join("none.toml")).unwrap_err();
    assert_eq!(problems.0.len(), 1);
    let text = problems.to_string();
    assert!(text.contains("none.toml: cannot be read: "), "{text}");
    assert!(text.ends_with("\n1 problem; nothing was started"), "{text}");
}

fn parse_any(text: &str) -> Result<Loaded, Problems> {
    parse("settings.toml", text, Path::new("/etc/dutyline"))
}

/// [`MINIMAL`] with that `[store]`.
fn with_store(lines: &str) -> Result<Loaded, Problems> {
    parse_any(&format!("[store]\n{lines}\n{MINIMAL}"))
}

#[cfg(feature = "postgres")]
#[test]
fn a_postgres_url_is_checked_and_never_shown() {
    for (url, problem) in [
        ("hunter2", "is not a postgresql:// URL"),
        ("mysql://u:hunter2@db/calls", "is not a postgresql:// URL"),
        ("postgresql://u:hunter2@db:port/calls", "is a URL that can't be understood"),
        ("postgresql://u:hunter2@db/calls?sslmode=maybe", "is a URL that can't be understood"),
        ("postgresql://u:hunter2@db/calls?hunter2=1", "is a URL that can't be understood"),
        ("postgresql://u:hunter2@db/calls?sslmode=verify-full", "has an sslmode that there isn't here"),
        ("postgresql://u:hun@ter2@db/calls", "has more than one @"),
        ("postgresql:///calls", "names no server"),
    ] {
        let problems = with_store(&format!("postgres_url = \"{url}\"")).unwrap_err();
        let [found] = problems.0.as_slice() else { panic!("{url}: {problems}") };
        assert_eq!((found.key.as_str(), found.message.as_str()), ("store.postgres_url", problem), "{url}");
        let position = found.position.unwrap();
        assert_eq!((position.line, position.column), (2, 16), "{url}");
        assert!(found.hint.is_some(), "{url}");
        assert!(!problems.to_string().contains("ter2"), "{problems}");
    }
}

#[cfg(feature = "postgres")]
#[test]
fn a_postgres_url_takes_the_place_of_the_file() {
    let url = "postgresql://u:hunter2@db.example.com/calls?sslmode=require";
    let store = |lines: &str| with_store(&format!("postgres_url = \"{url}\"\n{lines}"));
    let loaded = store("").unwrap();
    assert_eq!(loaded.warnings, []);
    assert!(!format!("{:?}", loaded.settings).contains("hunter2"));
    assert_eq!(loaded.settings.store.postgres.unwrap().url.expose(), url);
    let problems = store("database = \"dutyline.db\"").unwrap_err().to_string();
    assert!(problems.contains("store.database: is given besides postgres_url"), "{problems}");
    let problems = store("postgres_ca_file = \"none.pem\"").unwrap_err().to_string();
    assert!(problems.contains("store.postgres_ca_file: there is no file \"none.pem\""), "{problems}");
    let problems = with_store("postgres_ca_file = \"none.pem\"").unwrap_err().to_string();
    assert!(problems.contains("store.postgres_ca_file: is given without postgres_url"), "{problems}");
}

#[cfg(feature = "postgres")]
#[test]
fn what_is_risky_about_postgres_is_a_warning() {
    let warnings = |lines: &str| -> Vec<String> {
        let warnings = with_store(lines).unwrap().warnings;
        warnings.into_iter().map(|warning| format!("{}: {}", warning.key, warning.message)).collect()
    };
    for near in ["u@localhost/calls", "u@127.0.0.1/calls", "u@[::1]/calls", "u@%2Frun%2Fpostgresql/calls"] {
        assert_eq!(warnings(&format!("postgres_url = \"postgresql://{near}\"")), [""; 0], "{near}");
    }
    let plain = "store.postgres_url: does not say sslmode=require";
    assert_eq!(warnings("postgres_url = \"postgresql://u@db/calls\""), [plain]);
    let limited = "max_megabytes = 100\npostgres_url = \"postgresql://u@localhost/calls\"";
    assert_eq!(warnings(limited), ["store.max_megabytes: has no meaning with PostgreSQL"]);
}

#[cfg(not(feature = "postgres"))]
#[test]
fn a_build_without_postgres_says_so() {
    let problems = with_store("postgres_url = \"postgresql://u:hunter2@db/calls\"").unwrap_err().to_string();
    assert!(
        problems.contains(":2:16: store.postgres_url: can't be used: this build has no PostgreSQL"),
        "{problems}"
    );
    assert!(!problems.contains("hunter2"), "{problems}");
}

/// Whatever stands in a file, it is used or there is a reason, in our words and with a place.
fn check_answer(text: &str) -> Result<(), TestCaseError> {
    let Err(Problems(problems)) = parse_any(text) else { return Ok(()) };
    prop_assert!(problems.iter().any(|problem| problem.level == Level::Problem));
    for problem in problems {
        let position = problem.position.unwrap();
        prop_assert!(position.line <= text.lines().count() + 1 && position.line > 0 && position.column > 0);
        for word in ["missing field", "invalid type", "unknown field", "invalid value"] {
            prop_assert!(!problem.message.contains(word), "{}", problem);
        }
    }
    Ok(())
}

proptest! {
    #[test]
    fn a_file_with_a_line_gone_gets_an_answer(gone in prop::collection::vec(0..140_usize, 1..4)) {
        let kept = DEMO.lines().enumerate().filter(|(index, _)| !gone.contains(index));
        check_answer(&kept.map(|(_, line)| line).collect::<Vec<_>>().join("\n"))?;
    }

    #[test]
    fn a_file_with_something_else_in_it_gets_an_answer(
        line in 0..140_usize,
        column in 0..40_usize,
        other in "[\\[\\]{}=\"#,.\n a1é-]{1,4}",
    ) {
        let mut lines: Vec<_> = DEMO.lines().map(str::to_owned).collect();
        if let Some(line) = lines.get_mut(line) {
            let at = line.char_indices().nth(column).map_or(line.len(), |(at, _)| at);
            line.insert_str(at, &other);
        }
        check_answer(&lines.join("\n"))?;
    }

    #[test]
    fn any_text_gets_an_answer(text in any::<String>()) {
        check_answer(&text)?;
    }
}
