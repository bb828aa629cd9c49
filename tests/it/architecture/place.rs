//! Where something stands among the modules.

/// A path of modules from the crate's root, e.g. `["domain", "voice"]`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place(pub(super) Vec<String>);

impl Place {
    /// The module of a file, e.g. of `src/domain/voice/mod.rs`.
    pub(super) fn of_file(path: &str) -> Self {
        let path = path.trim_start_matches("src/").trim_end_matches(".rs");
        let mut parts: Vec<_> = path.split('/').map(str::to_owned).collect();
        if parts.last().is_some_and(|last| last == "mod" || (parts.len() == 1 && last == "lib")) {
            parts.pop();
        }
        Self(parts)
    }

    /// The module `name` in this one.
    pub(super) fn child(&self, name: &str) -> Self {
        Self(self.0.iter().cloned().chain([name.to_owned()]).collect())
    }

    /// Whether it is that module, or in it.
    pub(super) fn is_below(&self, other: &Self) -> bool {
        self.0.starts_with(&other.0)
    }

    /// The top module that it belongs to; `None` for the root.
    pub(super) fn floor(&self) -> Option<&str> {
        self.0.first().map(String::as_str)
    }

    /// Where a path leads that is written here and begins with `crate`, `self` or `super`; `None` for others.
    pub(super) fn resolve(&self, path: &[String]) -> Option<Self> {
        let mut at = match path.first()?.as_str() {
            "crate" => vec![],
            "self" | "super" => self.0.clone(),
            _ => return None,
        };
        for part in path {
            match part.as_str() {
                "crate" | "self" => {}
                "super" => {
                    at.pop();
                }
                name => at.push(name.to_owned()),
            }
        }
        Some(Self(at))
    }
}
