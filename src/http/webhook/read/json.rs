//! JSON as a tree of values in their order. Of names that are there twice the last value counts, as with most readers.

use super::error::BadBody;
use crate::domain::alerting::payload::Node;
use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::error::Category;
use std::cell::Cell;
use std::collections::HashMap;
use std::fmt;

/// Reads a document. Nothing may be nested deeper than 127 times: the reader sees to it before it goes there.
pub(super) fn read(text: &str) -> Result<Node, BadBody> {
    let mut reader = serde_json::Deserializer::from_str(text);
    let node = Values(&Numbers::of(text)).deserialize(&mut reader);
    node.and_then(|node| reader.end().map(|()| node)).map_err(|error| {
        let what = match error.classify() {
            Category::Eof => "the body is JSON that ends too early",
            Category::Syntax if error.to_string().starts_with("recursion limit") => {
                "the body is JSON that is nested too deep"
            }
            Category::Syntax | Category::Data | Category::Io => "the body is no JSON: it goes wrong",
        };
        BadBody::at("malformed_json", what, error.line(), error.column())
    })
}

/// The numbers of a document as they were sent, from its first to its last. The reader makes the nearest that a machine
/// can reckon with of those with more than nineteen digits: two ids that differ would be one.
struct Numbers<'t>(Cell<&'t str>);

impl<'t> Numbers<'t> {
    const fn of(text: &'t str) -> Self {
        Self(Cell::new(text))
    }

    /// The next one. What stands between them is right as far as the reader has come.
    fn next(&self) -> &'t str {
        let mut rest = self.0.get();
        let begins = |c: char| c == '"' || c == '-' || c.is_ascii_digit();
        while let Some(from) = rest.find(begins) {
            let (_, found) = rest.split_at(from);
            if let Some(text) = found.strip_prefix('"') {
                rest = after_text(text);
                continue;
            }
            let is_of_it = |c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.' | 'e' | 'E');
            let (number, rest) = found.split_at(found.find(|c| !is_of_it(c)).unwrap_or(found.len()));
            self.0.set(rest);
            return number;
        }
        self.0.set("");
        ""
    }
}

/// What follows a text in quotes, of which the first is behind us.
fn after_text(mut rest: &str) -> &str {
    while let Some((before, after)) = rest.split_once('"') {
        let escapes = before.bytes().rev().take_while(|byte| *byte == b'\\').count();
        rest = after;
        if escapes % 2 == 0 {
            return rest;
        }
    }
    ""
}

/// Makes the tree; each number is asked for once, in the order in which they stand.
#[derive(Clone, Copy)]
struct Values<'t>(&'t Numbers<'t>);

impl<'de> DeserializeSeed<'de> for Values<'_> {
    type Value = Node;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Node, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Values<'_> {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Node, E> {
        Ok(Node::Null)
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Node, E> {
        Ok(Node::Flag(flag))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Node, E> {
        self.0.next();
        Ok(Node::Number(number.to_string()))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Node, E> {
        self.0.next();
        Ok(Node::Number(number.to_string()))
    }

    /// A whole number as it was sent, and else the shortest that means the same: `0.10` is `0.1` from here on.
    fn visit_f64<E>(self, number: f64) -> Result<Node, E> {
        let sent = self.0.next();
        let is_whole = sent.bytes().all(|byte| byte == b'-' || byte.is_ascii_digit());
        let shortest = || serde_json::Value::from(number).to_string();
        Ok(Node::Number(if is_whole { sent.to_owned() } else { shortest() }))
    }

    fn visit_str<E>(self, text: &str) -> Result<Node, E> {
        Ok(Node::Text(text.to_owned()))
    }

    fn visit_string<E>(self, text: String) -> Result<Node, E> {
        Ok(Node::Text(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Node, A::Error> {
        let mut list = vec![];
        while let Some(item) = items.next_element_seed(self)? {
            list.push(item);
        }
        Ok(Node::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Node, A::Error> {
        let mut fields: Vec<(String, Node)> = vec![];
        let mut places = HashMap::new();
        while let Some(name) = entries.next_key::<String>()? {
            let value = entries.next_value_seed(self)?;
            let place = *places.entry(name.clone()).or_insert(fields.len());
            match fields.get_mut(place) {
                Some(before) => before.1 = value,
                None => fields.push((name, value)),
            }
        }
        Ok(Node::Map(fields))
    }
}
