//! JSON as a tree of values in their order. Of names that are there twice the last value counts, as with most readers.

use super::error::BadBody;
use crate::domain::alerting::payload::Node;
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::error::Category;
use std::collections::HashMap;
use std::fmt;

/// Reads a document. Nothing may be nested deeper than 127 times: the reader sees to it before it goes there.
pub(super) fn read(text: &str) -> Result<Node, BadBody> {
    serde_json::from_str(text).map(|Json(node)| node).map_err(|error| {
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

struct Json(Node);

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Values).map(Self)
    }
}

struct Values;

impl<'de> Visitor<'de> for Values {
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
        Ok(Node::Number(number.to_string()))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Node, E> {
        Ok(Node::Number(number.to_string()))
    }

    /// The shortest number that means the same: `0.10` is `0.1` from here on.
    fn visit_f64<E>(self, number: f64) -> Result<Node, E> {
        Ok(Node::Number(serde_json::Value::from(number).to_string()))
    }

    fn visit_str<E>(self, text: &str) -> Result<Node, E> {
        Ok(Node::Text(text.to_owned()))
    }

    fn visit_string<E>(self, text: String) -> Result<Node, E> {
        Ok(Node::Text(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Node, A::Error> {
        let mut list = vec![];
        while let Some(Json(item)) = items.next_element()? {
            list.push(item);
        }
        Ok(Node::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Node, A::Error> {
        let mut fields: Vec<(String, Node)> = vec![];
        let mut places = HashMap::new();
        while let Some((name, Json(value))) = entries.next_entry::<String, Json>()? {
            let place = *places.entry(name.clone()).or_insert(fields.len());
            match fields.get_mut(place) {
                Some(before) => before.1 = value,
                None => fields.push((name, value)),
            }
        }
        Ok(Node::Map(fields))
    }
}
