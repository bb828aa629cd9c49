//! The house keeps its order: who may import whom, what the code map says, and what must stand nowhere.

mod checker;
mod files;
mod house;
mod place;

use files::{Files, SourceFile};
use house::House;
use std::collections::BTreeSet;
use std::path::Path;

/// The longest file, in lines.
const LONGEST: usize = 600;

#[track_caller]
fn none(problems: &[String]) {
    assert!(problems.is_empty(), "{} problems\n{}", problems.len(), problems.join("\n"));
}

#[test]
fn every_file_keeps_to_its_floor() {
    let files = Files::below("src");
    let house = House::of(&files.read("src/lib.rs"));
    let tests = files.test_modules();
    let problems: Vec<_> = files
        .all
        .iter()
        .filter(|file| !tests.iter().any(|test| file.place().is_below(test)))
        .flat_map(|file| checker::check(&house, &file.path, &file.text))
        .collect();
    none(&problems);
}

#[test]
fn no_file_is_too_long() {
    let too_long = |file: &SourceFile| {
        let lines = file.text.lines().count();
        (lines > LONGEST).then(|| format!("{}: {lines} lines, more than {LONGEST}", file.path))
    };
    let problems: Vec<_> = ["src", "tests"]
        .iter()
        .flat_map(|root| Files::below(root).all)
        .filter_map(|f| too_long(&f))
        .collect();
    none(&problems);
}

/// A file is on the map by its own name, or by that of the folder that it stands in.
#[test]
fn the_code_map_shows_every_file_and_nothing_else() {
    let files = Files::below("src");
    let tests = files.test_modules();
    let lib = files.read("src/lib.rs");
    let named: BTreeSet<_> = house::on_the_map(&lib).into_iter().collect();
    let mut problems = vec![];
    for file in &files.all {
        let path = file.path.trim_start_matches("src/");
        let folder = path.rfind('/').and_then(|slash| path.get(..=slash)).unwrap_or_default();
        let test = tests.iter().any(|test| file.place().is_below(test));
        if !test && path != "lib.rs" && !named.contains(path) && !named.contains(folder) {
            problems.push(format!("{}: is not on the map in src/lib.rs", file.path));
        }
    }
    for name in house::named(&lib) {
        if !files::exists(&format!("src/{name}")) && !files::exists(&name) {
            problems.push(format!("src/lib.rs: names {name}, which is not there"));
        }
    }
    none(&problems);
}

#[test]
fn every_floor_has_its_line_in_the_table() {
    let files = Files::below("src");
    let text = files.read("src/lib.rs");
    let house = House::of(&text);
    let problems: Vec<_> = house::modules(&text)
        .into_iter()
        .filter(|floor| !house.has(floor))
        .map(|floor| format!("src/lib.rs: {floor} has no line among the imports"))
        .collect();
    none(&problems);
}

/// The names of the figures in a text, each once.
fn figures(text: &str) -> BTreeSet<String> {
    let is_name = |c: char| c.is_ascii_lowercase() || c == '_';
    let names = text.match_indices("dutyline_").map(|(at, _)| text[at..].chars().take_while(|c| is_name(*c)));
    names.map(String::from_iter).collect()
}

#[test]
fn every_figure_that_is_collected_is_in_the_readme_and_no_other() {
    let readme = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).unwrap();
    let collected = Files::below("src").all.into_iter().flat_map(|file| {
        let calls = file.text.split("metrics::").skip(1).map(|call| figures(call.split(';').next().unwrap()));
        calls.flatten().collect::<Vec<_>>()
    });
    assert_eq!(collected.collect::<BTreeSet<_>>(), figures(&readme));
}
