//! The order of the house, read from the crate's own documentation: what stands there is what holds.

use super::place::Place;
use std::collections::BTreeMap;
use std::path::Path;
use syn::{Attribute, Expr, ExprLit, Item, Lit, Meta};

/// Outside crates that `domain` may use: values and their arithmetic.
const PURE: [&str; 11] = [
    "core",
    "email_address",
    "hex",
    "jiff",
    "phonenumber",
    "serde",
    "sha2",
    "std",
    "thiserror",
    "url",
    "uuid",
];
/// Names of those whose systems we speak to, in small letters.
const VENDORS: [&str; 8] =
    ["bitly", "plivo", "signalwire", "somleng", "telnyx", "twilio", "vonage", "xmatters"];
/// The words that a statement of a database begins with.
const STATEMENTS: [&str; 4] = ["delete ", "insert ", "select ", "update "];

/// Who may import whom.
#[derive(Debug)]
pub(super) struct House {
    allowed: BTreeMap<String, Vec<Place>>,
    /// The outside crates of the manifest, as they are written in code.
    crates: Vec<String>,
}

impl House {
    /// Reads the lines `floor -> floor floor` of the crate's documentation; `floor::part` is a part of a floor.
    pub(super) fn of(lib: &str) -> Self {
        let place = |name: &str| Place(name.split("::").map(str::to_owned).collect());
        let allowed = documentation(lib)
            .lines()
            .filter_map(|line| line.split('#').next().unwrap_or_default().split_once("->"))
            .map(|(floor, may)| {
                let may = may.split_whitespace().filter(|word| *word != "nothing").map(place).collect();
                (floor.trim().to_owned(), may)
            })
            .collect();
        let manifest: toml::Table = include_str!("../../../Cargo.toml").parse().unwrap();
        let crates = ["dependencies", "dev-dependencies"]
            .iter()
            .flat_map(|section| manifest[*section].as_table().unwrap().keys())
            .map(|name| name.replace('-', "_"))
            .collect();
        Self { allowed, crates }
    }

    pub(super) fn has(&self, floor: &str) -> bool {
        self.allowed.contains_key(floor)
    }

    /// Whether what stands at `from` may name what stands at `to`.
    pub(super) fn lets(&self, from: &Place, to: &Place) -> bool {
        let (Some(floor), Some(target)) = (from.floor(), to.floor()) else { return from.floor().is_none() };
        let Some(allowed) = self.allowed.get(floor) else { return false };
        floor == target || allowed.iter().any(|allowed| to.is_below(allowed) || allowed.0 == ["everything"])
    }

    /// Whether that is the name of an outside crate.
    pub(super) fn is_crate(&self, name: &str) -> bool {
        ["alloc", "core", "std"].contains(&name) || self.crates.iter().any(|own| own == name)
    }

    /// Whether what stands at `from` may use that outside crate.
    pub(super) fn lets_crate(from: &Place, name: &str) -> bool {
        from.floor() != Some("domain") || PURE.contains(&name)
    }
}

/// Whether a text begins like a statement of a database.
pub(super) fn is_statement(text: &str) -> bool {
    let text = text.trim_start().to_lowercase();
    STATEMENTS.iter().any(|word| text.starts_with(word))
}

/// The vendor that is named in a text.
pub(super) fn vendor(text: &str) -> Option<&'static str> {
    let text = text.to_lowercase();
    VENDORS.into_iter().find(|name| text.contains(name))
}

/// Whether vendors may be named there: the words of a protocol are a contract, and one file has its headers.
pub(super) fn may_name_vendors(at: &Place, in_text: bool) -> bool {
    let headers = Place(vec!["twiml".to_owned(), "signature".to_owned()]);
    matches!(at.floor(), Some("adapters" | "settings" | "exchange" | "start"))
        || (in_text && at.is_below(&headers))
}

/// The files (`….rs`) and folders (`…/`) of `src` that the code map names.
pub(super) fn on_the_map(lib: &str) -> Vec<String> {
    let text = documentation(lib);
    let map = text.split("\n # ").find(|section| section.starts_with("The map")).unwrap_or_default();
    let lines = map.lines().filter_map(|line| line.trim_start().strip_prefix("- "));
    lines.filter_map(|line| line.split(':').next()).flat_map(quoted).collect()
}

/// Every file and folder that the crate's documentation names.
pub(super) fn named(lib: &str) -> Vec<String> {
    let names = documentation(lib);
    let names = names.lines().flat_map(quoted);
    names
        .filter(|name| name.contains('/') || Path::new(name).extension().is_some_and(|own| own == "rs"))
        .collect()
}

/// What stands between backquotes on a line.
fn quoted(line: &str) -> impl Iterator<Item = String> {
    line.split('`').skip(1).step_by(2).map(str::to_owned)
}

/// The modules that the crate's root declares.
pub(super) fn modules(lib: &str) -> Vec<String> {
    let items = syn::parse_file(lib).unwrap().items;
    items
        .into_iter()
        .filter_map(|item| if let Item::Mod(module) = item { Some(module.ident.to_string()) } else { None })
        .collect()
}

fn documentation(lib: &str) -> String {
    let text = |attribute: &Attribute| {
        let Meta::NameValue(pair) = &attribute.meta else { return None };
        let Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) = &pair.value else { return None };
        pair.path.is_ident("doc").then(|| text.value())
    };
    let lines: Vec<_> = syn::parse_file(lib).unwrap().attrs.iter().filter_map(text).collect();
    lines.join("\n")
}
