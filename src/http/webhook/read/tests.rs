use super::*;
use crate::domain::alerting::category::{Category, Matching};
use crate::domain::alerting::content::CategoryName;
use crate::domain::alerting::event::{Event, Transition};
use crate::domain::alerting::policy::PolicyName;
use crate::domain::alerting::status_map::StatusMap;
use crate::domain::alerting::team::{Integration, IntegrationName, Team, TeamName};
use crate::domain::alerting::understand::understand;
use crate::domain::ids::Ids;
use axum::http::StatusCode;
use futures_util::FutureExt;
use proptest::prelude::*;
use uuid::Uuid;

const FORM: &str = "application/x-www-form-urlencoded";
const MULTIPART: &str = "multipart/form-data; boundary=cut";

/// A body that is there is read without waiting.
fn read_now(content_type: Option<&str>, body: impl Into<Bytes>) -> Result<Payload, BadBody> {
    read(content_type, body.into()).now_or_never().unwrap()
}

fn root(content_type: &str, body: impl Into<Bytes>) -> Node {
    let content_type = Some(content_type).filter(|kind| !kind.is_empty());
    read_now(content_type, body).unwrap().root
}

#[track_caller]
fn wrong(content_type: &str, body: impl Into<Bytes>) -> BadBody {
    let error = read_now(Some(content_type), body).unwrap_err();
    assert_eq!(error.status, StatusCode::BAD_REQUEST);
    error
}

fn text(text: &str) -> Node {
    Node::Text(text.to_owned())
}

fn map<const N: usize>(fields: [(&str, Node); N]) -> Node {
    Node::Map(fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}

struct OneId;

impl Ids for OneId {
    fn next(&self) -> Uuid {
        Uuid::from_u128(7)
    }

    fn secret(&self) -> [u8; 32] {
        [7; 32]
    }
}

fn understood(payload: Payload) -> Event {
    let category = |name: &str, word: &str| Category {
        name: CategoryName(name.to_owned()),
        include: vec![word.to_owned()],
        exclude: vec!["x".to_owned()],
        matching: Matching::All,
        parameter: None,
        is_default: false,
        is_emergency: false,
        colour: None,
        icon: None,
        augment: vec![],
        severity: None,
        severity_parameter: Some("a".to_owned()),
        severities: vec![],
        scenario: None,
        policy: None,
        maintenance: vec![],
    };
    let team = Team {
        name: TeamName("Plant".to_owned()),
        on_call: vec![],
        members: vec![],
        policy: PolicyName("Standard".to_owned()),
        subscribers: vec![],
        tells_the_told: false,
        acknowledge_timeout: None,
        close_after: None,
        close_acknowledged_after: None,
        categories: vec![category("Lines", "machine"), category("Letters", "a")],
        integrations: vec![],
    };
    let integration = Integration { name: IntegrationName("prtg".to_owned()), is_strict: false };
    let map = StatusMap::of_query([("ExtIdParam", "a.a"), ("ExtStatusParam", "b"), ("ResolvedStatus", "c")]);
    understand(&team, &integration, payload, &map, &OneId).event
}

#[test]
fn s23_the_same_alert_in_every_format() {
    let part = |name: &str, value: &str| {
        format!("--cut\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    };
    let multipart = part("Title", "Störung")
        + &part("Message", "Check machine & line")
        + &part("Severity", "High")
        + &part("X-S4-ExternalID", "e3b0c44")
        + "--cut--\r\n";
    let bodies = [
        (
            "application/json; charset=utf-8",
            r#"{"Title": "St\u00f6rung", "Message": "Check machine & line", "Severity": "High",
                "X-S4-ExternalID": "e3b0c44"}"#,
        ),
        (
            "text/xml",
            "<?xml version=\"1.0\"?>\n<!-- one -->\n<alert Severity='High' xmlns='urn:x'><Title>Störung</Title>
             <Message>Check machine &amp; line</Message><X-S4-ExternalID>e3b0c44</X-S4-ExternalID></alert>",
        ),
        (FORM, "Title=St%C3%B6rung&Message=Check+machine+%26+line&Severity=High&X-S4-ExternalID=e3b0c44"),
        (MULTIPART, &multipart),
    ];
    for (kind, body) in bodies {
        let event = understood(read_now(Some(kind), body.to_owned()).unwrap());
        assert_eq!(event.content.title.as_deref(), Some("Störung"), "{kind}");
        assert_eq!(event.content.text.as_deref(), Some("Check machine & line"), "{kind}");
        assert_eq!(event.external_id.as_deref(), Some("e3b0c44"), "{kind}");
        assert_eq!(event.content.category.as_ref().map(|name| name.0.as_str()), Some("Lines"), "{kind}");
        let details: Vec<_> = event.content.details.iter().map(|one| (&*one.name, &*one.value)).collect();
        assert_eq!(details, [("Severity", "High")], "{kind}");
    }
}

#[test]
fn s23_a_plain_text_is_the_message_as_a_whole() {
    let body = "{\"title\": \"this is no JSON here\"}\nX-S4-Status: resolved";
    let event = understood(read_now(Some("text/plain"), body).unwrap());
    assert_eq!((event.content.title.as_deref(), event.content.text.as_deref()), (None, Some(body)));
    assert_eq!(event.transition, Transition::Open);
}

#[test]
fn s28_letters_beyond_ascii_are_intact_however_they_are_written() {
    let wanted = map([("title", text("Störung – Öl"))]);
    for (kind, body) in [
        ("application/json", b"\xef\xbb\xbf{\"title\": \"St\xc3\xb6rung \xe2\x80\x93 \xc3\x96l\"}".to_vec()),
        ("application/json; charset=windows-1252", b"{\"title\": \"St\xf6rung \x96 \xd6l\"}".to_vec()),
        ("application/json; charset=utf-8", b"{\"title\": \"St\xf6rung \x96 \xd6l\"}".to_vec()),
        (FORM, b"title=St%F6rung+%96+%D6l".to_vec()),
        (FORM, b"\xef\xbb\xbftitle=St%C3%B6rung+%E2%80%93+%C3%96l".to_vec()),
        ("application/x-www-form-urlencoded; Charset=\"ISO-8859-1\"", b"title=St%f6rung+%96+\xd6l".to_vec()),
        ("application/xml", b"<?xml version='1.0' encoding='latin1'?><title>St\xf6rung \x96 \xd6l</title>".to_vec()),
        ("application/xml", "<?xml version='1.0' encoding=\"utf-16\"?><title>Störung – Öl</title>".into()),
        ("application/xml", b"\xef\xbb\xbf<title>St&#246;rung &#x2013; \xc3\x96l</title>".to_vec()),
        (
            MULTIPART,
            b"--cut\r\nContent-Disposition: form-data; name=\"title\"\r\nContent-Type: text/plain; charset=latin1\r\n\r\n\
              St\xf6rung \x96 \xd6l\r\n--cut--\r\n"
                .to_vec(),
        ),
    ] {
        assert_eq!(root(kind, body.clone()), wanted, "{kind} {}", String::from_utf8_lossy(&body));
    }
    let wide: Vec<u8> =
        "\u{feff}<title>Störung – Öl</title>".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(root("", wide), wanted);
}

#[test]
fn json_keeps_order_and_numbers_and_of_two_names_the_last_value() {
    let body = r#"{"z": 1, "a": [9007199254740993, -5, 0.5, 1.0, true, null], "z": "2"}"#;
    let numbers = ["9007199254740993", "-5", "0.5", "1.0"].map(|one| Node::Number(one.to_owned()));
    let list = numbers.into_iter().chain([Node::Flag(true), Node::Null]).collect();
    assert_eq!(root("application/problem+json", body), map([("z", text("2")), ("a", Node::List(list))]));
}

#[test]
fn json_keeps_every_digit_of_a_whole_number() {
    let sent = r#"{"\\\"1": "2 \\", "a": [18446744073709551616, 18446744073709551617, -0, 1e3, 0.10], "3": 4,
        "b": {"c": -99999999999999999999}, "d": 5}"#;
    let number = |digits: &str| Node::Number(digits.to_owned());
    let list = ["18446744073709551616", "18446744073709551617", "-0", "1000.0", "0.1"].map(number);
    let wanted = map([
        ("\\\"1", text("2 \\")),
        ("a", Node::List(list.into())),
        ("3", number("4")),
        ("b", map([("c", number("-99999999999999999999"))])),
        ("d", number("5")),
    ]);
    assert_eq!(root("application/json", sent), wanted);
}

#[test]
fn s25_malformed_json_is_refused_with_its_place() {
    for (body, line, column) in [
        ("{\"title\": \"x\",\n  \"message\" \"y\"}", 2, 13),
        ("{\"title\": \"x\"", 1, 13),
        ("\u{feff}{]", 1, 2),
        ("", 1, 0),
        ("{} {}", 1, 4),
        ("[1e999]", 1, 6),
        ("{'title': 1}", 1, 2),
    ] {
        let error = wrong("application/json", body);
        assert_eq!(
            (error.code, error.line, error.column),
            ("malformed_json", Some(line), Some(column)),
            "{body}"
        );
        assert!(error.message.ends_with(&format!("at line {line} column {column}")), "{}", error.message);
    }
}

#[test]
fn what_is_nested_too_deep_is_refused() {
    let deep = "[".repeat(10_000);
    let error = wrong("application/json", deep.clone() + &"]".repeat(10_000));
    assert!(error.message.contains("nested too deep"), "{}", error.message);
    assert!(wrong("application/json", "{\"a\":".repeat(500_000)).message.contains("nested too deep"));
    let error = wrong("text/xml", "<a>".repeat(10_000) + &"</a>".repeat(10_000));
    assert_eq!((error.line, error.column), (Some(1), Some(3 * 128 + 1)), "{}", error.message);
    let fits = 100;
    assert!(read_now(None, "[".repeat(fits) + &"]".repeat(fits)).is_ok());
    assert!(read_now(None, "<a>".repeat(fits) + &"</a>".repeat(fits)).is_ok());
}

#[test]
fn a_bomb_of_entities_is_refused_before_it_unfolds() {
    let bomb = "<?xml version=\"1.0\"?>\n<!DOCTYPE a [<!ENTITY b \"x\"><!ENTITY c \"&b;&b;\">]>\n<a>&c;</a>";
    let error = wrong("application/xml", bomb);
    assert_eq!((error.code, error.line, error.column), ("malformed_xml", Some(2), Some(1)));
    for body in ["<a>&c;</a>", "<a b='&c;'/>", "<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>"] {
        assert_eq!(wrong("application/xml", body).code, "malformed_xml", "{body}");
    }
}

#[test]
fn malformed_xml_is_refused_with_its_place() {
    for (body, line, column) in [
        ("<a>\n  <b>1</c>\n</a>", 2, 7),
        ("<a>\n<b>1</b>", 2, 9),
        ("", 1, 1),
        ("<a/><b/>", 1, 5),
        ("<a/>\nmore", 1, 5),
        ("<a>1 & 2</a>", 1, 6),
        ("<a b=1/>", 1, 1),
        ("<a", 1, 1),
    ] {
        let error = wrong("application/xml", body);
        assert_eq!(
            (error.code, error.line, error.column),
            ("malformed_xml", Some(line), Some(column)),
            "{body}"
        );
    }
}

#[test]
fn elements_of_one_name_are_a_list_and_texts_beside_attributes_have_no_name() {
    let body = "<n:alert xmlns:n='urn:x' id='7'>
        <tag>a</tag><other/><tag>b</tag><tag>c</tag>
        <value unit='C'> 90 </value><![CDATA[<raw>]]>
      </n:alert>";
    let wanted = map([
        ("id", text("7")),
        ("tag", Node::List(vec![text("a"), text("b"), text("c")])),
        ("other", text("")),
        ("value", map([("unit", text("C")), ("", text("90"))])),
        ("", text("<raw>")),
    ]);
    assert_eq!(root("application/soap+xml", body), wanted);
    assert_eq!(wanted.find("value").and_then(Node::text), Some("90"));
    let details = understood(Payload { root: wanted, files: vec![] }).content.details;
    let shown: Vec<_> = details.iter().map(|one| format!("{}={}", one.name, one.value)).collect();
    let tags = ["tag.1=a", "tag.2=b", "tag.3=c"];
    assert_eq!(shown, ["id=7", tags[0], tags[1], tags[2], "value.unit=C", "value=90", "value=<raw>"]);
}

#[test]
fn a_body_without_a_type_is_known_by_its_first_character() {
    let json = map([("a", text("b"))]);
    assert_eq!(root("", "\u{feff} {\"a\": \"b\"}"), json);
    assert_eq!(root("application/octet-stream", "\n{\"a\": \"b\"}"), json);
    assert_eq!(root("", " <a>b</a>"), json);
    assert_eq!(root("", "a=b"), text("a=b"));
    assert_eq!(root("", ""), text(""));
    // So says curl of whatever it is given.
    assert_eq!(root(FORM, "{\"a\": \"b\"}"), json);
    assert_eq!(read_now(Some(FORM), "{\"a\":").unwrap_err().code, "malformed_json");
}

#[test]
fn a_form_is_read_as_it_comes() {
    let wanted = map([
        ("sensorid", text("2001")),
        ("tag", Node::List(vec![text("a"), text("b"), text("")])),
        ("rate", text("100% =ok")),
        ("flag", text("")),
    ]);
    assert_eq!(root(FORM, "sensorid=2001&tag=a&tag=b&&tag=&rate=100%+=ok&flag"), wanted);
}

fn file(name: &str, bytes: &[u8]) -> Vec<u8> {
    let head = format!(
        "--cut\r\nContent-Disposition: form-data; name=\"f\"; filename=\"{name}\"\r\nContent-Type: text/html\r\n\r\n"
    );
    [head.as_bytes(), bytes, b"\r\n"].concat()
}

#[test]
fn s24_files_come_in_parts() {
    let png = b"\x89PNG\r\n\x1a\n";
    let title = b"--cut\r\nContent-Disposition: form-data; name=\"title\"\r\n\r\nx\r\n".to_vec();
    let body =
        [title, file("a.png", png), file("", b""), file("b.txt", b"hello"), b"--cut--".to_vec()].concat();
    let payload = read_now(Some(MULTIPART), body).unwrap();
    assert_eq!(payload.root, map([("title", text("x"))]));
    let files: Vec<_> =
        payload.files.iter().map(|file| (file.name(), file.media_type(), file.bytes())).collect();
    assert_eq!(files, [("a.png", "image/png", &png[..]), ("b.txt", "text/plain", b"hello")]);
}

#[test]
fn s24_other_files_are_refused() {
    let of = |parts: Vec<Vec<u8>>| read_now(Some(MULTIPART), [parts.concat(), b"--cut--".to_vec()].concat());
    assert_eq!(of(vec![file("a.exe", b"MZ")]).unwrap_err().code, "file_type");
    assert_eq!(of(vec![file("a.png", b"MZ")]).unwrap_err().code, "file_content");
    let mut long = vec![b'x'; 4 * 1024 * 1024];
    assert!(of(vec![file("a.txt", &long)]).is_ok());
    long.push(b'x');
    let error = of(vec![file("a.txt", &long)]).unwrap_err();
    assert_eq!((error.status, error.code), (StatusCode::PAYLOAD_TOO_LARGE, "file_too_large"));
    assert!(error.message.contains("4194304"), "{}", error.message);
    assert!(of(vec![file("a.txt", b"x"); 10]).is_ok());
    assert_eq!(of(vec![file("a.txt", b"x"); 11]).unwrap_err().code, "too_many_files");
}

#[test]
fn a_multipart_form_that_is_none_is_refused() {
    for (kind, body) in [
        ("multipart/form-data", "--cut--"),
        (MULTIPART, ""),
        (MULTIPART, "{}"),
        (MULTIPART, "--cut\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nb"),
    ] {
        assert_eq!(wrong(kind, body).code, "malformed_multipart", "{kind} {body}");
    }
}

#[test]
fn a_multipart_form_has_no_more_besides_its_files_than_another_body() {
    let field = |value: &str| {
        format!("--cut\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n{value}\r\n").into_bytes()
    };
    let of = |parts: Vec<Vec<u8>>| read_now(Some(MULTIPART), [parts.concat(), b"--cut--".to_vec()].concat());
    assert!(of(vec![field(""); 1000]).is_ok());
    assert_eq!(of(vec![field(""); 1001]).unwrap_err().code, "too_many_parts");
    let half = "x".repeat(512 * 1024 - 1);
    assert!(of(vec![field(&half), field(&half)]).is_ok());
    let error = of(vec![field(&half), field(&half), field("x")]).unwrap_err();
    assert_eq!((error.status, error.code), (StatusCode::PAYLOAD_TOO_LARGE, "too_large"));
}

/// Any JSON that a program may think of.
fn any_json() -> impl Strategy<Value = serde_json::Value> {
    let name = prop_oneof![
        "[ab.]{0,3}",
        ".{0,5}",
        "(?i)(x-s4-(externalid|status|service|location|filtering|alertingscenario)|title|message|severity)",
    ];
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        any::<f64>().prop_map(Into::into),
        ".{0,20}".prop_map(Into::into),
        "(?i)(new|resolved|true|emergency|machine|a|b|c|[0-9.,-]{0,9})".prop_map(Into::into),
    ];
    leaf.prop_recursive(6, 64, 8, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Into::into),
            prop::collection::vec((name.clone(), inner), 0..8)
                .prop_map(|fields| serde_json::Value::Object(fields.into_iter().collect())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn any_json_is_understood(value in any_json()) {
        let event = understood(read_now(Some("application/json"), value.to_string()).unwrap());
        prop_assert!(event.content.details.len() <= 200);
        let is_said = event.content.title.is_some() || event.content.text.is_some();
        prop_assert!(is_said || event.transition != Transition::Open);
    }

    #[test]
    fn whatever_is_posted_is_read_or_refused(
        kind in prop::option::of(prop_oneof![
            Just("application/json"), Just("text/xml"), Just(FORM), Just(MULTIPART), Just("text/plain"),
            Just("; charset=utf-16"), Just("x"),
        ]),
        start in prop_oneof![Just(""), Just("{\"a\":"), Just("<a b='"), Just("<?xml encoding="), Just("--cut\r\n"), Just("%")],
        rest in prop_oneof![prop::collection::vec(any::<u8>(), 0..60), "[<>&;=\"'a\\[\\]{}:,%1\r\n-]{0,60}".prop_map(String::into_bytes)],
    ) {
        let body = [start.as_bytes(), &rest].concat();
        match read_now(kind, body) {
            Ok(payload) => { understood(payload); }
            Err(error) => {
                prop_assert!(error.line.is_none_or(|line| line >= 1));
                prop_assert!(!error.message.is_empty());
            }
        }
    }
}
