//! Twilio's public description of its API (OpenAPI 3.0), as far as requests go: what a request may look like.
//!
//! What the description asks for and this does not know how to check is a problem as well, so that nothing passes
//! unseen.

use serde_json::Value;
use url::form_urlencoded::parse;
use wiremock::Request;

const FORM: &str = "application/x-www-form-urlencoded";

/// The description.
pub(super) struct Description(pub(super) Value);

/// A request to an operation of it.
struct Operation<'d> {
    template: &'d str,
    /// What stands in the place of the template's names.
    named: Vec<(&'d str, String)>,
    value: &'d Value,
}

impl Description {
    /// All that a request has wrong.
    pub(super) fn problems(&self, request: &Request) -> Vec<String> {
        let operation = match self.operation(request.method.as_str(), request.url.path()) {
            Ok(operation) => operation,
            Err(problem) => return vec![problem],
        };
        let mut problems = vec![];
        self.parameters(&operation, request, &mut problems);
        self.body(&operation, request, &mut problems);
        if !header(request, "authorization").starts_with("Basic ") {
            problems.push("is not authorised by HTTP Basic".to_owned());
        }
        problems
            .into_iter()
            .map(|problem| format!("{} {}: {problem}", request.method, operation.template))
            .collect()
    }

    /// An answer that the description shows for a request.
    pub(super) fn example(&self, request: &Request) -> Option<(u16, Value)> {
        let operation = self.operation(request.method.as_str(), request.url.path()).ok()?;
        let (status, answer) = operation.value["responses"].as_object()?.iter().next()?;
        let examples = answer["content"]["application/json"]["examples"].as_object();
        let example = examples.and_then(|all| Some(all.values().next()?["value"].clone()));
        Some((status.parse().ok()?, example.unwrap_or(Value::Null)))
    }

    /// The operation at a path; where two templates fit, the one with fewer gaps.
    fn operation(&self, method: &str, path: &str) -> Result<Operation<'_>, String> {
        let all = self.0["paths"].as_object().unwrap();
        let fitting = all.iter().filter_map(|(template, item)| Some((fit(template, path)?, template, item)));
        let Some((named, template, item)) = fitting.min_by_key(|(named, ..)| named.len()) else {
            return Err(format!("{method} {path}: there is no such path"));
        };
        match item.get(method.to_lowercase()) {
            Some(value) => Ok(Operation { template, named, value }),
            None => Err(format!("{method} {template}: the path does not take that method")),
        }
    }

    fn parameters(&self, operation: &Operation<'_>, request: &Request, problems: &mut Vec<String>) {
        let query: Vec<_> = request.url.query_pairs().into_owned().collect();
        let described = operation.value["parameters"].as_array().map_or(&[][..], Vec::as_slice);
        for parameter in described {
            let name = parameter["name"].as_str().unwrap();
            let values: Vec<_> = match parameter["in"].as_str().unwrap() {
                "path" => {
                    operation.named.iter().filter(|(own, _)| *own == name).map(|(_, value)| value).collect()
                }
                "query" => query.iter().filter(|(own, _)| own == name).map(|(_, value)| value).collect(),
                other => {
                    problems.push(format!("{name}: a parameter in {other} is not checked"));
                    continue;
                }
            };
            if values.is_empty() && parameter["required"] == true {
                problems.push(format!("{name}: is missing"));
            }
            self.values(name, &values, &parameter["schema"], problems);
        }
        for (name, _) in &query {
            if !described.iter().any(|one| one["in"] == "query" && one["name"] == name.as_str()) {
                problems.push(format!("{name}: there is no such parameter"));
            }
        }
    }

    fn body(&self, operation: &Operation<'_>, request: &Request, problems: &mut Vec<String>) {
        let Some(content) = operation.value.pointer("/requestBody/content") else {
            if !request.body.is_empty() {
                problems.push("has a body".to_owned());
            }
            return;
        };
        let media_type = header(request, "content-type");
        let Some(schema) = content.get(media_type).map(|media| &media["schema"]) else {
            problems.push(format!("is of the type \"{media_type}\""));
            return;
        };
        assert_eq!(media_type, FORM, "no other bodies can be read here");
        let fields: Vec<_> = parse(&request.body).into_owned().collect();
        let of = |name: &str| {
            fields.iter().filter(|(own, _)| own == name).map(|(_, value)| value).collect::<Vec<_>>()
        };
        for (name, schema) in schema["properties"].as_object().unwrap() {
            self.values(name, &of(name), schema, problems);
        }
        for (name, _) in &fields {
            if schema["properties"].get(name).is_none() {
                problems.push(format!("{name}: there is no such field"));
            }
        }
        for name in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            if of(name).is_empty() {
                problems.push(format!("{name}: is missing"));
            }
        }
        let groups = operation.value.pointer("/x-twilio/conditional").and_then(Value::as_array);
        for group in groups.into_iter().flatten() {
            let names: Vec<_> =
                group.as_array().unwrap().iter().map(|name| camel(name.as_str().unwrap())).collect();
            if names.iter().all(|name| of(name).is_empty()) {
                problems.push(format!("has none of {}", names.join(", ")));
            }
        }
    }

    fn values(&self, name: &str, values: &[&String], schema: &Value, problems: &mut Vec<String>) {
        let schema = self.resolved(schema);
        let is_list = schema["type"] == "array";
        if values.len() > 1 && !is_list {
            problems.push(format!("{name}: is given {} times", values.len()));
        }
        let schema = if is_list { self.resolved(&schema["items"]) } else { schema };
        problems.extend(values.iter().filter_map(|value| Some(format!("{name}: {}", wrong(value, schema)?))));
    }

    /// What a schema stands for.
    fn resolved<'d>(&'d self, schema: &'d Value) -> &'d Value {
        match schema.get("$ref").and_then(Value::as_str) {
            Some(place) => self.0.pointer(place.trim_start_matches('#')).unwrap(),
            None => schema,
        }
    }
}

/// What the names in a template stand for in a path, if it fits. A name fills a part of the path up to its ending.
fn fit<'d>(template: &'d str, path: &str) -> Option<Vec<(&'d str, String)>> {
    let (parts, given): (Vec<_>, Vec<_>) = (template.split('/').collect(), path.split('/').collect());
    if parts.len() != given.len() {
        return None;
    }
    let mut named = vec![];
    for (part, given) in parts.into_iter().zip(given) {
        match part.strip_prefix('{').and_then(|rest| rest.split_once('}')) {
            Some((name, ending)) => {
                let value = given.strip_suffix(ending).filter(|value| !value.is_empty())?;
                named.push((name, value.to_owned()));
            }
            None if part == given => {}
            None => return None,
        }
    }
    Some(named)
}

/// What is wrong with a value.
fn wrong(value: &str, schema: &Value) -> Option<String> {
    if let Some(words) = schema["enum"].as_array()
        && !words.iter().any(|word| word == value)
    {
        return Some(format!("\"{value}\" is none of the words that there are"));
    }
    let number = || value.parse::<i64>().ok();
    let is_good = match schema["type"].as_str().unwrap_or_default() {
        "string" => true,
        "boolean" => ["true", "false"].contains(&value),
        "integer" => number().is_some_and(|number| {
            schema["minimum"].as_i64().is_none_or(|least| number >= least)
                && schema["maximum"].as_i64().is_none_or(|most| number <= most)
        }),
        "number" => value.parse::<f64>().is_ok(),
        other => return Some(format!("a value of the type \"{other}\" is not checked")),
    };
    if !is_good {
        return Some(format!("\"{value}\" is not as it should be"));
    }
    let length = u64::try_from(value.chars().count()).unwrap();
    if schema["minLength"].as_u64().is_some_and(|least| length < least)
        || schema["maxLength"].as_u64().is_some_and(|most| length > most)
    {
        return Some(format!("\"{value}\" is too short or too long"));
    }
    match schema["format"].as_str() {
        // The words of a method are listed.
        None | Some("int64" | "http-method") => {}
        // Whom we call is a phone.
        Some("phone-number" | "endpoint") => {
            let digits =
                value.strip_prefix('+').filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()));
            if digits.is_none() {
                return Some(format!("\"{value}\" is no phone number"));
            }
        }
        Some("uri") if url::Url::parse(value).is_ok() => {}
        Some("uri") => return Some(format!("\"{value}\" is no address")),
        Some(other) => return Some(format!("the format \"{other}\" is not checked")),
    }
    // All patterns of the parameters that we send are those of ids: two letters and 32 hexadecimal digits.
    let pattern = schema["pattern"].as_str()?;
    let Some(letters) = pattern.strip_prefix('^').and_then(|rest| rest.strip_suffix("[0-9a-fA-F]{32}$"))
    else {
        return Some(format!("the pattern \"{pattern}\" is not checked"));
    };
    let digits = value.strip_prefix(letters).unwrap_or_default();
    let is_id = digits.len() == 32 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    (!is_id).then(|| format!("\"{value}\" does not fit {pattern}"))
}

fn header<'r>(request: &'r Request, name: &str) -> &'r str {
    request.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// `media_url` becomes `MediaUrl`.
fn camel(name: &str) -> String {
    let upper = |word: &str| {
        let mut letters = word.chars();
        letters
            .next()
            .map(|first| first.to_uppercase().chain(letters).collect::<String>())
            .unwrap_or_default()
    };
    name.split('_').map(upper).collect()
}
