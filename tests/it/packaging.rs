//! What is shipped beside the program fits the program.

use dutyline::settings;
use std::path::{Path, PathBuf};
use std::process::Command;

fn packaging(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(".packaging").join(file)
}

fn read(file: &str) -> String {
    std::fs::read_to_string(packaging(file)).unwrap()
}

/// What stands behind a key of the unit; a key may be there several times.
fn values<'u>(unit: &'u str, key: &str) -> Vec<&'u str> {
    unit.lines().filter_map(|line| line.strip_prefix(key)?.strip_prefix('=')).collect()
}

fn value<'u>(unit: &'u str, key: &str) -> &'u str {
    let [value] = values(unit, key).try_into().unwrap_or_else(|all| panic!("{key}: {all:?}"));
    value
}

/// The program understands these words: it gets as far as looking for the settings file.
fn is_understood(words: &[&str]) {
    let output = Command::new(env!("CARGO_BIN_EXE_dutyline")).args(words).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("/etc/dutyline/dutyline.toml: cannot be read"), "{words:?}: {said}");
    assert_eq!(output.status.code(), Some(2), "wrong settings");
}

#[test]
fn the_unit_starts_stops_and_keeps_what_the_program_has() {
    let unit = read("dutyline.service");
    let words: Vec<_> = value(&unit, "ExecStart").split(' ').collect();
    assert_eq!(words[0], "/usr/local/bin/dutyline");
    is_understood(&words[1..]);
    // As `is_understood` has seen: what no other start mends.
    assert_eq!(value(&unit, "RestartPreventExitStatus"), "2");
    let default: toml::Table = toml::from_str(settings::DEFAULT).unwrap();
    let grace = default["server"]["shutdown_grace_seconds"].as_integer().unwrap();
    let stop: i64 = value(&unit, "TimeoutStopSec").parse().unwrap();
    assert!(stop > 2 * grace, "requests and effects have their grace each");
    let state = format!("/var/lib/{}", value(&unit, "StateDirectory"));
    assert_eq!(value(&unit, "WorkingDirectory"), state);
    assert!(read("settings.sed").contains(&format!("data_dir = \"{state}\"")));
    let (credential, _) = value(&unit, "LoadCredential").split_once(':').unwrap();
    assert!(read("settings.sed").contains(&format!("/run/credentials/dutyline.service/{credential}\"")));
    assert!(
        read("dutyline.sysusers")
            .lines()
            .any(|line| line.starts_with(&format!("u {} ", value(&unit, "User"))))
    );
}

#[test]
fn systemd_finds_nothing_wrong_with_the_unit() {
    if Command::new("systemd-analyze").arg("--version").output().is_err() {
        println!("skipped: there is no systemd-analyze");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("dutyline.service");
    let unit = read("dutyline.service").replace("/usr/local/bin/dutyline", env!("CARGO_BIN_EXE_dutyline"));
    std::fs::write(&file, unit).unwrap();
    let output = Command::new("systemd-analyze").args(["verify", "--man=no"]).arg(&file).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && !said.contains("dutyline.service"), "{said}");
}

#[test]
fn the_image_starts_the_program_with_words_that_it_has() {
    let text = read("Dockerfile");
    let list = |key: &str| -> Vec<String> {
        let line = text.lines().find_map(|line| line.strip_prefix(key)).unwrap();
        serde_json::from_str(line).unwrap()
    };
    assert_eq!(list("ENTRYPOINT "), ["dutyline"]);
    is_understood(&list("CMD ").iter().map(String::as_str).collect::<Vec<_>>());
    let build = text.lines().find(|line| line.starts_with("RUN cargo build")).unwrap();
    let manifest: toml::Table = include_str!("../../Cargo.toml").parse().unwrap();
    let word_after = |option: &str| build.split(' ').skip_while(|word| *word != option).nth(1).unwrap();
    assert!(manifest["profile"].get(word_after("--profile")).is_some());
    assert!(manifest["features"].get(word_after("--features")).is_some());
    let user = text.lines().filter_map(|line| line.strip_prefix("USER ")).next_back().unwrap();
    assert_ne!(user.parse::<u32>().unwrap(), 0, "not as root");
    // What is copied into the build is all that it needs, and is there.
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let ignore = read("Dockerfile.dockerignore");
    for needed in ["Cargo.toml", "Cargo.lock", "src", "templates", "prompts"] {
        assert!(
            ignore.lines().any(|line| line == format!("!{needed}")) && root.join(needed).exists(),
            "{needed}"
        );
    }
}

#[test]
fn the_shipped_settings_are_the_default_ones_on_an_installed_machine() {
    let binary = Command::new(env!("CARGO_BIN_EXE_dutyline")).args(["check", "--default"]).output().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let default = folder.path().join("default.toml");
    std::fs::write(&default, binary.stdout).unwrap();
    let output = Command::new("sed").arg("-f").arg(packaging("settings.sed")).arg(&default).output().unwrap();
    let shipped = String::from_utf8(output.stdout).unwrap();
    let table: toml::Table = toml::from_str(&shipped).unwrap();
    assert_eq!(table["server"]["data_dir"].as_str(), Some("/var/lib/dutyline"));
    let token = table["carrier"]["auth_token_file"].as_str();
    assert_eq!(token, Some("/run/credentials/dutyline.service/carrier-token"));
    let mut others: toml::Table = toml::from_str(settings::DEFAULT).unwrap();
    others["server"]["data_dir"] = table["server"]["data_dir"].clone();
    let carrier = others["carrier"].as_table_mut().unwrap();
    carrier.insert("auth_token_file".to_owned(), table["carrier"]["auth_token_file"].clone());
    assert_eq!(table, others, "all else is as it was");
}

#[test]
fn the_script_that_builds_what_is_shipped_reads_well() {
    let checked = Command::new("bash").arg("-n").arg(packaging("dist")).output().unwrap();
    assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stderr));
    let script = read("dist");
    for file in [
        "README.md",
        ".packaging/INSTALL.md",
        ".packaging/dutyline.service",
        ".packaging/dutyline.sysusers",
        ".packaging/settings.sed",
        "templates/message",
    ] {
        assert!(script.contains(file) && Path::new(env!("CARGO_MANIFEST_DIR")).join(file).exists(), "{file}");
    }
}
