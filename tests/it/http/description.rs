//! The description of the API.

use super::*;
use std::collections::BTreeSet;
use std::path::Path;
use syn::visit::{self, Visit};
use syn::{Expr, ExprLit, ExprMethodCall, Lit};

/// The routes of the router, as `get /api/alerts`.
#[derive(Default)]
struct Routes(BTreeSet<String>);

impl Visit<'_> for Routes {
    fn visit_expr_method_call(&mut self, call: &ExprMethodCall) {
        if call.method == "route"
            && let [Expr::Lit(ExprLit { lit: Lit::Str(path), .. }), methods] =
                &*call.args.iter().collect::<Vec<_>>()
        {
            let mut of = Methods::default();
            of.visit_expr(methods);
            self.0.extend(of.0.into_iter().map(|method| format!("{method} {}", path.value())));
        }
        visit::visit_expr_method_call(self, call);
    }
}

/// The methods of a route: `get(…).post(…)`.
#[derive(Default)]
struct Methods(Vec<String>);

const METHODS: [&str; 4] = ["any", "delete", "get", "post"];

impl Visit<'_> for Methods {
    fn visit_ident(&mut self, ident: &proc_macro2::Ident) {
        if METHODS.iter().any(|method| ident == method) {
            self.0.push(ident.to_string());
        }
    }

    /// What handles it may be called as it likes.
    fn visit_expr_path(&mut self, path: &syn::ExprPath) {
        if let Some(ident) = path.path.get_ident() {
            self.visit_ident(ident);
        }
    }
}

/// The routes that are described must be those that there are.
#[tokio::test]
async fn every_route_but_the_carriers_is_described() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/http/router.rs");
    let mut routes = Routes::default();
    routes.visit_file(&syn::parse_file(&std::fs::read_to_string(path).unwrap()).unwrap());
    routes.0.retain(|route| !route.contains(" /voice") && !route.contains(" /sms"));
    assert!(routes.0.len() > 40, "{:?}", routes.0);

    let world = World::start("one-group").await;
    let answer = get(&world, "/openapi.json").send().await.unwrap();
    assert_eq!(header(&answer, "content-type"), "application/json");
    let document: Value = answer.json().await.unwrap();
    assert_eq!(document["openapi"], "3.1.0");
    let mut described = BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            described.insert(format!("{method} {path}"));
            assert!(operation["summary"].is_string(), "{method} {path}");
            let is_open = !path.starts_with("/api/") || path.starts_with("/api/v2/");
            assert_eq!(operation["security"].is_array(), !is_open, "{method} {path}");
            let refused = &operation["responses"]["default"]["content"];
            if ["/l/{code}", "/a/{token}"].contains(&path.as_str()) {
                assert!(
                    refused["text/html; charset=utf-8"].is_object(),
                    "people get a page: {method} {path}"
                );
                continue;
            }
            let refused = &refused["application/json"]["schema"];
            assert_eq!(refused["$ref"], "#/components/schemas/Error", "{method} {path}");
        }
    }
    assert_eq!(described, routes.0);
    let bearer = &document["components"]["securitySchemes"]["bearer"];
    assert_eq!((&bearer["type"], &bearer["scheme"]), (&"http".into(), &"bearer".into()));
}

/// Whatever is pointed to is there.
#[tokio::test]
async fn the_description_is_whole() {
    fn pointers<'a>(value: &'a Value, into: &mut Vec<&'a str>) {
        match value {
            Value::Object(fields) => {
                into.extend(fields.get("$ref").and_then(Value::as_str));
                fields.values().for_each(|value| pointers(value, into));
            }
            Value::Array(values) => values.iter().for_each(|value| pointers(value, into)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
    let world = World::start("one-group").await;
    let document: Value = get(&world, "/openapi.json").send().await.unwrap().json().await.unwrap();
    assert_eq!(document["info"].get("license"), None, "the package names none");
    let mut all = vec![];
    pointers(&document, &mut all);
    assert!(all.len() > 40, "{all:?}");
    for pointer in all {
        assert!(document.pointer(pointer.trim_start_matches('#')).is_some(), "{pointer}");
    }
}

#[tokio::test]
async fn events_are_described_in_every_form_at_every_place() {
    let world = World::start("one-group").await;
    let document: Value = get(&world, "/openapi.json").send().await.unwrap().json().await.unwrap();
    let kinds = |path: &str| {
        let body = &document["paths"][path]["post"]["requestBody"]["content"];
        body.as_object().unwrap().keys().cloned().collect::<BTreeSet<_>>()
    };
    let all = [
        "application/json",
        "application/xml",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
        "text/plain",
    ];
    let all = BTreeSet::from(all.map(str::to_owned));
    assert_eq!(kinds("/webhook/{secret}"), all);
    assert_eq!(kinds("/api/v2/events/{secret}"), all);
    let batch = "/api/v2/events/{secret}/batch";
    assert_eq!(kinds(batch), BTreeSet::from(["application/json".to_owned()]));
    let post = &document["paths"][batch]["post"];
    assert_eq!(post["requestBody"]["content"]["application/json"]["schema"]["type"], "array");
    assert!(post["responses"]["201"].is_null() && post["responses"]["207"].is_object());
    let ids =
        document["paths"].as_object().unwrap().values().flat_map(|item| item.as_object().unwrap().values());
    let ids: Vec<_> = ids.map(|operation| operation["operationId"].as_str().unwrap()).collect();
    let same = ids.iter().filter(|id| ["event", "event_v2", "batch"].contains(id)).count();
    assert_eq!(same, 3, "each has a name of its own");
}
