//! `dutyline import`: from a script to a settings file.

use std::path::Path;
use std::process::{Command, Output};

fn import(words: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_dutyline")).args(["import", "by-phone"]).args(words).output().unwrap()
}

fn script(name: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/import").join(name).display().to_string()
}

fn text(bytes: &[u8]) -> &str {
    str::from_utf8(bytes).unwrap()
}

#[test]
fn a_script_becomes_a_file_for_its_owner_and_notes_with_lines() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("dutyline.toml");
    let script = script("first.js");
    let printed = import(&[&script]);
    assert!(printed.status.success());
    let notes = text(&printed.stderr).to_owned();
    assert!(notes.contains(&format!("{script}:24: NumberofGroups: is 2")), "{notes}");
    assert!(notes.contains(&format!("{script}: carrier.number: is needed")), "{notes}");
    let written = import(&[&script, "--out", out.to_str().unwrap()]);
    assert!(written.status.success(), "{}", text(&written.stderr));
    assert_eq!(text(&written.stderr), notes);
    let settings = std::fs::read_to_string(&out).unwrap();
    assert_eq!(settings, text(&printed.stdout));
    assert!(settings.contains("alert-key"), "the secrets are there");
    for secret in ["alert-key", "an api secret", "a bitly token", "it's a"] {
        assert!(!notes.contains(secret) && !text(&written.stdout).contains(secret), "{secret}");
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(std::fs::metadata(&out).unwrap().permissions().mode() & 0o777, 0o600);
    }
    let again = import(&[&script, "--out", out.to_str().unwrap()]);
    assert!(
        !again.status.success() && text(&again.stderr).contains("can't be written"),
        "a file stays as it is"
    );
    assert_eq!(std::fs::read_to_string(&out).unwrap(), settings);
}

#[test]
fn what_is_no_script_makes_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let (other, out) = (folder.path().join("other.js"), folder.path().join("dutyline.toml"));
    std::fs::write(&other, [0xff, 0xfe, b'=', b'\'', 0]).unwrap();
    for file in [other.to_str().unwrap(), folder.path().join("none.js").to_str().unwrap()] {
        let output = import(&[file, "--out", out.to_str().unwrap()]);
        assert_eq!(output.status.code(), Some(1));
        assert!(text(&output.stderr).contains(file));
        assert!(!out.exists());
    }
}
