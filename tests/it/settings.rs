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

#[test]
fn no_problem_repeats_a_secret() {
    for name in files("toml") {
        let report = report(&name);
        for secret in ["hunter2", "the-token-itself", "20261122", "3c469e9d"] {
            assert!(!report.contains(secret), "{name}.toml: {report}");
        }
    }
}
