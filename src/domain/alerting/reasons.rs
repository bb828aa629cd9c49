//! Why an event was understood as it was, in words: all of it for whoever tries it out, and what its sender should know.

/// How much of a value is repeated, in characters.
const REPEATED: usize = 64;

/// The reasons, in the order in which decisions were made.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reasons {
    /// All of them: one a decision.
    pub steps: Vec<String>,
    /// Those that tell of something wrong or lost; each once.
    pub notes: Vec<String>,
}

impl Reasons {
    /// A decision.
    pub fn step(&mut self, why: impl Into<String>) {
        self.steps.push(why.into());
    }

    /// A decision that the sender should know of. The same one again says nothing new.
    pub fn note(&mut self, why: impl Into<String>) {
        let why = why.into();
        if !self.notes.contains(&why) {
            self.steps.push(why.clone());
            self.notes.push(why);
        }
    }
}

/// A value of an event, as it is repeated: on one line, and not for long.
pub fn repeated(text: &str) -> String {
    let mut shown: String =
        text.chars().take(REPEATED).map(|c| if c.is_control() { ' ' } else { c }).collect();
    if text.chars().nth(REPEATED).is_some() {
        shown.push('…');
    }
    shown
}

/// The same between marks.
pub fn quoted(text: &str) -> String {
    format!("`{}`", repeated(text))
}
