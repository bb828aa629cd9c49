//! That the checker can fail, and what it lets pass.

use super::super::house::House;
use super::check;

const LIB: &str = "\
//! domain   -> nothing
//! ports    -> domain
//! http     -> domain
//! exchange -> ports::clock  # and no other
//! start    -> everything
";

#[track_caller]
fn finds(path: &str, text: &str, expected: &[&str]) {
    let found = check(&House::of(LIB), path, text);
    let expected: Vec<_> = expected.iter().map(|problem| format!("{path}:{problem}")).collect();
    assert_eq!(found, expected);
}

#[test]
fn use_items() {
    finds(
        "src/domain/a.rs",
        "use crate::ports::clock::Clock;",
        &["1: domain may not import ports::clock::Clock"],
    );
    finds(
        "src/domain/a.rs",
        "\nuse {crate::{domain::b, http::{self, c as d}}, std::fmt};",
        &["2: domain may not import http", "2: domain may not import http::c"],
    );
    finds("src/domain/a.rs", "pub use crate::http::*;", &["1: domain may not import http"]);
    finds("src/domain/a.rs", "use crate::*;", &["1: domain may not import "]);
    finds("src/http/a.rs", "use crate::domain::b; use crate::http::c; use super::d;", &[]);
    finds("src/start/assemble.rs", "use crate::{http, ports};", &[]);
    finds("src/elsewhere.rs", "use crate::domain::a;", &["1: elsewhere may not import domain::a"]);
}

#[test]
fn a_part_of_a_floor() {
    finds("src/exchange/a.rs", "use crate::ports::clock::Clock;", &[]);
    finds(
        "src/exchange/a.rs",
        "use crate::ports::store::Store;",
        &["1: exchange may not import ports::store::Store"],
    );
}

#[test]
fn paths_that_climb() {
    finds("src/domain/a/b.rs", "use super::super::c;", &[]);
    finds("src/domain/a/mod.rs", "use super::super::http;", &["1: domain may not import http"]);
    finds("src/domain/a.rs", "mod b { use super::super::super::http; }", &["1: domain may not import http"]);
}

#[test]
fn paths_in_expressions_types_and_macros() {
    let problem = |line| format!("{line}: domain may not import ports::A");
    finds("src/domain/a.rs", "fn f() {\n crate::ports::A::g()\n}", &["2: domain may not import ports::A::g"]);
    finds("src/domain/a.rs", "struct B {\n a: Option<crate::ports::A>,\n}", &[&problem(2)]);
    finds("src/domain/a.rs", "impl crate::ports::A for B {}", &[&problem(1)]);
    finds("src/domain/a.rs", "fn f() { g!(\n[super::super::ports::A]) }", &[&problem(2)]);
}

#[test]
fn what_is_for_tests_only_is_free() {
    finds("src/domain/a.rs", "#[cfg(test)]\nmod tests { use crate::http::a; async fn f() {} }", &[]);
    finds("src/domain/a.rs", "#[cfg(test)] use crate::http::a;", &[]);
    finds("src/domain/a.rs", "#[cfg(not(test))] use crate::http::a;", &["1: domain may not import http::a"]);
}

#[test]
fn outside_crates() {
    finds("src/domain/a.rs", "use jiff::Timestamp; use std::fmt; use sha2::Digest;", &[]);
    finds("src/domain/a.rs", "use axum::Router;", &["1: domain may not use the crate axum"]);
    finds("src/domain/a.rs", "fn f() { tokio::spawn(g()) }", &["1: domain may not use the crate tokio"]);
    finds(
        "src/domain/a.rs",
        "fn f() { tracing::info!(\"a\") }",
        &["1: domain may not use the crate tracing"],
    );
    finds("src/http/a.rs", "use axum::Router;", &[]);
}

#[test]
fn async_in_domain() {
    let problem = "1: domain is not async";
    for text in
        ["async fn f() {}", "trait A { async fn f(); }", "fn f() { g(async {}) }", "fn f() { g!(async {}) }"]
    {
        finds("src/domain/a.rs", text, &[problem]);
        finds("src/http/a.rs", text, &[]);
    }
}

#[test]
fn statements_outside_the_store() {
    let text = "const A: &str = \"select id from call\";\nfn f() { g!(\"\n  DELETE from call\") }";
    finds("src/http/a.rs", text, &["1: a text looks like SQL", "2: a text looks like SQL"]);
    finds("src/storage/a.rs", text, &[]);
    finds("src/http/a.rs", "const A: &str = \"selected\"; const B: &str = \"DELETE\";", &[]);
}

#[test]
fn vendors_outside_their_files() {
    let text = "/// As Twilio has it.\nstruct TwilioCall;\nconst A: &str = \"api.twilio.com\";";
    finds("src/http/a.rs", text, &["2: TwilioCall names twilio", "3: a text names twilio"]);
    finds("src/twiml/signature.rs", text, &["2: TwilioCall names twilio"]);
    finds("src/adapters/a.rs", text, &[]);
}

#[test]
fn the_binary_may_import_all_but_says_no_vendor() {
    finds("src/cli/a.rs", "use super::b; use dutyline::http;", &[]);
    finds("src/main.rs", "const A: &str = \"Twilio\";", &["1: a text names twilio"]);
}
