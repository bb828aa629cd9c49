//! Every bad settings file prints exactly what is beside it, and every world can be used.

use dutyline::settings::{self, Loaded, Problems};
use std::path::{Path, PathBuf};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/settings")
}

fn load(name: &str) -> Result<Loaded, Problems> {
    let text = std::fs::read_to_string(folder().join(name)).unwrap();
    settings::parse(name, &text, &folder())
}

fn files(extension: &str) -> Vec<String> {
    let mut names: Vec<_> = std::fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|own| own == extension))
        .map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned())
        .collect();
    names.sort();
    names
}

/// What `dutyline check` has to say about that file, in lines.
fn report(name: &str) -> String {
    let lines = match load(&format!("{name}.toml")) {
        Ok(loaded) => loaded.warnings.iter().map(ToString::to_string).collect(),
        Err(problems) => vec![problems.to_string()],
    };
    lines.into_iter().flat_map(|line| [line, "\n".to_owned()]).collect()
}

/// A file with a `.txt` beside it prints that text; one without prints nothing. To see what a new file
/// prints, put an empty `.txt` beside it.
#[test]
fn every_file_prints_what_is_beside_it() {
    let expected =
        |name: &str| std::fs::read_to_string(folder().join(format!("{name}.txt"))).unwrap_or_default();
    let different: Vec<_> = files("toml")
        .into_iter()
        .filter(|name| report(name) != expected(name))
        .map(|name| format!("{name}.toml prints\n{}", report(&name)))
        .collect();
    assert!(different.is_empty(), "{}", different.join("\n"));
}

/// The file as such is in order: a gap depends on when one looks.
#[test]
fn a_schedule_that_leaves_a_gap_is_named_with_its_line() {
    let now = "2026-03-20T12:00:00Z".parse().unwrap();
    let loaded = settings::load_at(Path::new("tests/settings/gaps.toml"), now).unwrap();
    let told: Vec<_> = loaded.warnings.iter().map(ToString::to_string).collect();
    insta::assert_snapshot!(told.join("\n"), @r#"
    tests/settings/gaps.toml:28:8: warning: schedule[1]: nobody is on call from Sat 2026-04-11 09:00 until Sun 2026-04-12 09:00 (Europe/Berlin)
       hint: add a rotation or hours; overrides that were made at run time are not known here
    tests/settings/gaps.toml:28:8: warning: schedule[1]: nobody is on call from Mon 2026-04-13 09:00 until Tue 2026-04-14 09:00 (Europe/Berlin)
    tests/settings/gaps.toml:28:8: warning: schedule[1]: nobody is on call from Wed 2026-04-15 09:00 until Thu 2026-04-16 09:00 (Europe/Berlin)
    tests/settings/gaps.toml:28:8: warning: schedule[1]: nobody is on call 2 more times in the 30 days from now
    tests/settings/gaps.toml:36:8: warning: schedule[2]: nobody is on call from now until Fri 2026-03-20 18:00 (Europe/Berlin)
       hint: add a rotation or hours; overrides that were made at run time are not known here
    tests/settings/gaps.toml:36:8: warning: schedule[2]: nobody is on call from Sun 2026-03-22 08:00 until Sun 2026-03-22 18:00 (Europe/Berlin)
    tests/settings/gaps.toml:36:8: warning: schedule[2]: nobody is on call from Mon 2026-03-23 08:00 until Mon 2026-03-23 18:00 (Europe/Berlin)
    tests/settings/gaps.toml:36:8: warning: schedule[2]: nobody is on call 27 more times in the 30 days from now
    tests/settings/gaps.toml:45:8: warning: schedule[3]: nobody is on call from Fri 2026-04-10 08:00 (America/New_York) on
       hint: add a rotation or hours; overrides that were made at run time are not known here
    tests/settings/gaps.toml:53:8: warning: schedule[4]: nobody is on call from now until Wed 2026-04-01 18:00 (UTC)
       hint: add a rotation or hours; overrides that were made at run time are not known here
    tests/settings/gaps.toml:61:8: warning: schedule[5]: nobody is on call in the 30 days from now
       hint: add a rotation or hours; overrides that were made at run time are not known here
    "#);
}

#[test]
fn no_problem_repeats_a_secret() {
    for name in files("toml") {
        let report = report(&name);
        for secret in ["hunter2", "the-token-itself", "20261122", "3c469e9d"] {
            assert!(!report.contains(secret), "{name}.toml: {report}");
        }
    }
}
