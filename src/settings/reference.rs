//! The reference of the settings file, written from the table of keys.

use super::import;
use super::keys::ROOT;
use super::schema::{Key, Kind, Presence};
use std::fmt::Write as _;

/// Every key with its type, its default and its meaning, as Markdown.
pub fn reference() -> String {
    let mut text = String::from(
        "# Settings\n\n\
         One TOML file. Names in brackets are tables, names in double brackets are lists of tables: write \
         one for each entry.\nA key ending in `_file` takes the path of a file that holds the value; it \
         starts at the folder of the settings file.\n",
    );
    for key in ROOT {
        section(&mut text, key.name, key);
    }
    text.push_str(&import::table());
    text
}

fn section(text: &mut String, path: &str, key: &Key) {
    let Some(keys) = key.kind.keys() else { return };
    let heading =
        if matches!(key.kind, Kind::Tables(_)) { format!("[[{path}]]") } else { format!("[{path}]") };
    let without = match key.presence {
        Presence::Optional(without) => format!(" Left out: {without}."),
        Presence::Required | Presence::Default(_) => String::new(),
    };
    // Writing to a string cannot fail.
    let _ = write!(text, "\n## `{heading}`\n\n{}{without}\n\n", key.meaning);
    text.push_str("| Key | Type | Default | Meaning |\n|---|---|---|---|\n");
    for key in keys {
        let default = match key.presence {
            Presence::Required => "needed".to_owned(),
            Presence::Default(value) => format!("`{value}`"),
            Presence::Optional(without) => without.to_owned(),
        };
        let _ = writeln!(text, "| `{}` | {} | {default} | {} |", key.name, key.kind, key.meaning);
    }
    for key in keys {
        section(text, &format!("{path}.{}", key.name), key);
    }
}
