//! Reads one file and says what in it breaks the order of the house.

#[cfg(test)]
mod tests;

use super::house::{House, is_statement, may_name_vendors, vendor};
use super::place::Place;
use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use syn::visit::{self, Visit};
use syn::{Attribute, UseTree};

/// The problems of a file, in the order of its lines. What is compiled for tests only is not looked at.
pub(super) fn check(house: &House, path: &str, text: &str) -> Vec<String> {
    let file = syn::parse_file(text).unwrap_or_else(|error| panic!("{path}: {error}"));
    let mut checker = Checker { house, place: Place::of_file(path), binary: is_binary(path), found: vec![] };
    checker.visit_file(&file);
    checker.found.sort();
    checker.found.dedup();
    checker.found.into_iter().map(|(line, problem)| format!("{path}:{line}: {problem}")).collect()
}

/// The program around the library: it may use all of it.
fn is_binary(path: &str) -> bool {
    path == "src/main.rs" || path.starts_with("src/cli/")
}

/// Whether something is compiled for tests only.
pub(super) fn is_test(attributes: &[Attribute]) -> bool {
    attributes.iter().filter(|attribute| attribute.path().is_ident("cfg")).any(|attribute| {
        attribute.meta.require_list().is_ok_and(|list| {
            let condition = list.tokens.to_string();
            condition == "test" || condition.starts_with("all (test")
        })
    })
}

struct Checker<'a> {
    house: &'a House,
    place: Place,
    binary: bool,
    found: Vec<(usize, String)>,
}

impl Checker<'_> {
    fn find(&mut self, at: Span, problem: String) {
        self.found.push((at.start().line, problem));
    }

    /// A path as it is written. The first part decides: one of ours, an outside crate, or something local.
    fn path(&mut self, parts: &[String], at: Span) {
        if self.binary {
            return;
        }
        if let Some(target) = self.place.resolve(parts) {
            if !self.house.lets(&self.place, &target) {
                let from = self.place.floor().unwrap_or("the root").to_owned();
                self.find(at, format!("{from} may not import {}", target.0.join("::")));
            }
        } else if let Some(first) = parts.first()
            && self.house.is_crate(first)
            && !House::lets_crate(&self.place, first)
        {
            self.find(at, format!("domain may not use the crate {first}"));
        }
    }

    fn tree(&mut self, before: &[String], tree: &UseTree) {
        let with = |name: &Ident| [before, &[name.to_string()]].concat();
        match tree {
            UseTree::Path(path) => self.tree(&with(&path.ident), &path.tree),
            UseTree::Name(name) if name.ident == "self" => self.path(before, name.ident.span()),
            UseTree::Name(name) => self.path(&with(&name.ident), name.ident.span()),
            UseTree::Rename(rename) => self.path(&with(&rename.ident), rename.ident.span()),
            UseTree::Glob(glob) => self.path(before, glob.star_token.spans[0]),
            UseTree::Group(group) => group.items.iter().for_each(|item| self.tree(before, item)),
        }
    }

    fn name(&mut self, ident: &Ident) {
        if let Some(vendor) = vendor(&ident.to_string())
            && !may_name_vendors(&self.place, false)
        {
            self.find(ident.span(), format!("{ident} names {vendor}"));
        }
    }

    fn text(&mut self, text: &str, at: Span) {
        if let Some(vendor) = vendor(text)
            && !may_name_vendors(&self.place, true)
        {
            self.find(at, format!("a text names {vendor}"));
        }
        if is_statement(text) && self.place.floor() != Some("storage") {
            self.find(at, "a text looks like SQL".to_owned());
        }
    }

    fn asynchronous(&mut self, at: Span) {
        if self.place.floor() == Some("domain") {
            self.find(at, "domain is not async".to_owned());
        }
    }

    /// What is inside a macro's call is no syntax yet: paths, names and texts are looked for in its tokens.
    fn tokens(&mut self, tokens: TokenStream) {
        let mut tokens = tokens.into_iter().peekable();
        while let Some(token) = tokens.next() {
            match token {
                TokenTree::Group(group) => self.tokens(group.stream()),
                TokenTree::Literal(literal) => {
                    if let Ok(text) = syn::parse_str::<syn::LitStr>(&literal.to_string()) {
                        self.text(&text.value(), literal.span());
                    }
                }
                TokenTree::Ident(first) => {
                    let at = first.span();
                    let mut parts = vec![];
                    let mut next = Some(first);
                    while let Some(ident) = next.take() {
                        if ident == "async" {
                            self.asynchronous(ident.span());
                        }
                        self.name(&ident);
                        parts.push(ident.to_string());
                        let mut colons = 0;
                        while tokens.next_if(is_colon).is_some() {
                            colons += 1;
                        }
                        if colons == 2
                            && let Some(TokenTree::Ident(ident)) =
                                tokens.next_if(|token| matches!(token, TokenTree::Ident(_)))
                        {
                            next = Some(ident);
                        }
                    }
                    if parts.len() > 1 {
                        self.path(&parts, at);
                    }
                }
                TokenTree::Punct(_) => {}
            }
        }
    }
}

fn is_colon(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == ':')
}

impl<'ast> Visit<'ast> for Checker<'_> {
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the enum stays open; these are what is for tests only"
    )]
    fn visit_item(&mut self, item: &'ast syn::Item) {
        let attributes = match item {
            syn::Item::Mod(item) => &item.attrs,
            syn::Item::Use(item) => &item.attrs,
            syn::Item::Fn(item) => &item.attrs,
            syn::Item::Impl(item) => &item.attrs,
            syn::Item::Const(item) => &item.attrs,
            syn::Item::Struct(item) => &item.attrs,
            _ => return visit::visit_item(self, item),
        };
        if !is_test(attributes) {
            visit::visit_item(self, item);
        }
    }

    fn visit_item_mod(&mut self, module: &'ast syn::ItemMod) {
        let outside = self.place.clone();
        self.place = outside.child(&module.ident.to_string());
        visit::visit_item_mod(self, module);
        self.place = outside;
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        self.tree(&[], &item.tree);
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        if path.segments.len() > 1 {
            let parts: Vec<_> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
            self.path(&parts, path.segments[0].ident.span());
        }
        visit::visit_path(self, path);
    }

    /// Documentation may say what it likes, and name its sources.
    fn visit_attribute(&mut self, attribute: &'ast Attribute) {
        if !attribute.path().is_ident("doc") {
            visit::visit_attribute(self, attribute);
        }
    }

    fn visit_ident(&mut self, ident: &'ast Ident) {
        self.name(ident);
    }

    fn visit_lit_str(&mut self, text: &'ast syn::LitStr) {
        self.text(&text.value(), text.span());
    }

    fn visit_signature(&mut self, signature: &'ast syn::Signature) {
        if let Some(keyword) = &signature.asyncness {
            self.asynchronous(keyword.span);
        }
        visit::visit_signature(self, signature);
    }

    fn visit_expr_async(&mut self, block: &'ast syn::ExprAsync) {
        self.asynchronous(block.async_token.span);
        visit::visit_expr_async(self, block);
    }

    fn visit_expr_closure(&mut self, closure: &'ast syn::ExprClosure) {
        if let Some(keyword) = &closure.asyncness {
            self.asynchronous(keyword.span);
        }
        visit::visit_expr_closure(self, closure);
    }

    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        visit::visit_macro(self, call);
        self.tokens(call.tokens.clone());
    }
}
