//! What another program posts, whatever its shape: a tree of named values in their order, and files.

use super::content::Detail;
use super::file::File;
use std::collections::VecDeque;

/// The longest name of a detail, in characters.
const LONGEST_NAME: usize = 256;

/// What was posted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Payload {
    /// What it says.
    pub root: Node,
    /// What was sent along.
    pub files: Vec<File>,
}

/// A value of a payload.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Node {
    /// A text.
    Text(String),
    /// A number, as it was written where the format lets us know.
    Number(String),
    /// Yes or no.
    Flag(bool),
    /// A name without a value.
    #[default]
    Null,
    /// Named values. The name `""` is that of the value of the whole: the text of an XML element with attributes.
    Map(Vec<(String, Node)>),
    /// Values without names.
    List(Vec<Node>),
}

impl Node {
    /// A value as text; `None`: it is none, or there are several.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) | Self::Number(text) => Some(text),
            Self::Flag(true) => Some("true"),
            Self::Flag(false) => Some("false"),
            Self::Map(fields) => {
                fields.iter().find(|(name, _)| name.is_empty()).and_then(|(_, value)| value.text())
            }
            Self::Null | Self::List(_) => None,
        }
    }

    /// The parameter of that name in any case of letters, wherever it is: the outermost one, and the first of these.
    pub fn find(&self, name: &str) -> Option<&Self> {
        let mut next = VecDeque::from([self]);
        while let Some(node) = next.pop_front() {
            match node {
                Self::Map(fields) => {
                    if let Some((_, found)) = fields.iter().find(|(one, _)| is_same(one, name)) {
                        return Some(found);
                    }
                    next.extend(fields.iter().map(|(_, value)| value));
                }
                Self::List(items) => next.extend(items),
                Self::Text(_) | Self::Number(_) | Self::Flag(_) | Self::Null => {}
            }
        }
        None
    }

    /// The value at the end of a path of names with dots between them, in any case of letters; an item of a list has
    /// its number, from 1.
    pub fn at(&self, path: &str) -> Option<&Self> {
        match self {
            Self::Map(fields) => fields.iter().find_map(|(name, value)| {
                if is_same(name, path) {
                    return Some(value);
                }
                // A name may have dots itself.
                let mut dots = path.match_indices('.');
                let (dot, _) =
                    dots.find(|(dot, _)| path.get(..*dot).is_some_and(|head| is_same(head, name)))?;
                value.at(path.get(dot + 1..)?)
            }),
            Self::List(items) => {
                let (number, rest) =
                    path.split_once('.').map_or((path, None), |(one, rest)| (one, Some(rest)));
                let item = items.get(number.parse::<usize>().ok()?.checked_sub(1)?)?;
                rest.map_or(Some(item), |rest| item.at(rest))
            }
            Self::Text(_) | Self::Number(_) | Self::Flag(_) | Self::Null => None,
        }
    }

    /// The parameter that somebody means who writes a name or a path.
    pub fn named(&self, name: &str) -> Option<&Self> {
        self.find(name).or_else(|| self.at(name))
    }

    /// Takes every parameter out whose name is wanted, wherever it is; the outermost ones come first.
    pub fn take(&mut self, is_wanted: impl Fn(&str) -> bool) -> Vec<(String, Self)> {
        let mut taken = vec![];
        let mut next = VecDeque::from([self]);
        while let Some(node) = next.pop_front() {
            match node {
                Self::Map(fields) => {
                    taken.extend(fields.extract_if(.., |(name, _)| is_wanted(name)));
                    next.extend(fields.iter_mut().map(|(_, value)| value));
                }
                Self::List(items) => next.extend(items),
                Self::Text(_) | Self::Number(_) | Self::Flag(_) | Self::Null => {}
            }
        }
        taken
    }

    /// Takes every zero out of names and texts: some databases have no such character.
    pub fn without_zeros(&mut self) {
        let clean = |text: &mut String| text.retain(|c| c != '\0');
        let mut next = vec![self];
        while let Some(node) = next.pop() {
            match node {
                Self::Text(text) | Self::Number(text) => clean(text),
                Self::Map(fields) => next.extend(fields.iter_mut().map(|(name, value)| {
                    clean(name);
                    value
                })),
                Self::List(items) => next.extend(items),
                Self::Flag(_) | Self::Null => {}
            }
        }
    }

    /// Every single value in it, as text, in no order that means anything.
    pub fn texts(&self) -> Vec<&str> {
        let mut texts = vec![];
        let mut next = vec![self];
        while let Some(node) = next.pop() {
            match node {
                Self::Map(fields) => next.extend(fields.iter().map(|(_, value)| value)),
                Self::List(items) => next.extend(items),
                Self::Text(_) | Self::Number(_) | Self::Flag(_) | Self::Null => texts.extend(node.text()),
            }
        }
        texts
    }

    /// Every single value in it that is not empty, with the path to it as its name: the first `most`, and how many more
    /// there are. What has no name at all is called `unnamed`.
    pub fn details(&self, unnamed: &str, most: usize) -> (Vec<Detail>, usize) {
        let mut found = Found { details: vec![], most, more: 0 };
        found.add(self, String::new(), unnamed);
        (found.details, found.more)
    }
}

/// Details, as they are found.
struct Found {
    details: Vec<Detail>,
    most: usize,
    more: usize,
}

impl Found {
    fn add(&mut self, node: &Node, path: String, unnamed: &str) {
        match node {
            Node::Map(fields) => {
                for (name, value) in fields {
                    self.add(value, below(&path, name), unnamed);
                }
            }
            Node::List(items) => {
                for (index, item) in items.iter().enumerate() {
                    self.add(item, below(&path, &(index + 1).to_string()), unnamed);
                }
            }
            Node::Text(_) | Node::Number(_) | Node::Flag(_) | Node::Null => {
                let Some(value) = node.text().filter(|text| !text.trim().is_empty()) else { return };
                if self.details.len() < self.most {
                    let name = if path.is_empty() { unnamed.to_owned() } else { path };
                    self.details.push(Detail { name, value: value.to_owned() });
                } else {
                    self.more += 1;
                }
            }
        }
    }
}

/// The path to what is in something. It is never long, so that many values below a long name take no memory.
fn below(path: &str, name: &str) -> String {
    let dot = if path.is_empty() || name.is_empty() { "" } else { "." };
    if path.len() + name.len() < LONGEST_NAME {
        return [path, dot, name].concat();
    }
    path.chars().chain(dot.chars()).chain(name.chars()).take(LONGEST_NAME).collect()
}

/// Whether two names are the same in any case of letters.
pub fn is_same(one: &str, other: &str) -> bool {
    let [one, other] = [one, other].map(str::trim);
    // An event has many names, and each is compared with many.
    if one.is_ascii() && other.is_ascii() {
        return one.eq_ignore_ascii_case(other);
    }
    let [one, other] = [one, other].map(|name| name.chars().flat_map(char::to_lowercase));
    one.eq(other)
}
