//! Named values as they come, where one name may come more than once.

use crate::domain::alerting::payload::Node;
use std::collections::HashMap;

/// Fields in the order in which their names were first met.
#[derive(Default)]
pub(super) struct Fields {
    fields: Vec<(String, Node)>,
    /// Where each name is, and whether it has been met before.
    places: HashMap<String, (usize, bool)>,
}

impl Fields {
    /// One more. Values of one name become a list.
    pub(super) fn add(&mut self, name: String, value: Node) {
        let Some((place, is_list)) = self.places.get_mut(&name) else {
            self.places.insert(name.clone(), (self.fields.len(), false));
            self.fields.push((name, value));
            return;
        };
        let Some((_, before)) = self.fields.get_mut(*place) else { return };
        if let (true, Node::List(items)) = (*is_list, &mut *before) {
            items.push(value);
        } else {
            *is_list = true;
            *before = Node::List(vec![std::mem::take(before), value]);
        }
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    /// All of them.
    pub(super) fn done(self) -> Node {
        Node::Map(self.fields)
    }
}
