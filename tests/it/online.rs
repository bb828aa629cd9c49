//! `check --online`: a line each thing, and what to do about it. The built-in exchange is the carrier.

mod senders;

use crate::world::{PeopleServer, TestIds, World, load, voice};
use arc_swap::ArcSwap;
use dutyline::adapters::http_client;
use dutyline::adapters::twilio::{Twilio, TwilioAccount, TwilioLogin};
use dutyline::adapters::visitor::HttpVisitor;
use dutyline::app::{App, Live};
use dutyline::domain::contact::PhoneNumber;
use dutyline::domain::directory::group::{Group, GroupName};
use dutyline::ports::telephony::Telephony;
use dutyline::ports::visitor::Visitor;
use dutyline::service::online::{self, Finding, PATIENCE, Probe, Verdict};
use dutyline::settings::{self, CarrierKey, Loaded, Problem, Secret, Settings, SharedKey};
use dutyline::start::{self, Source};
use futures_util::StreamExt;
use insta::assert_snapshot;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, ResponseTemplate};

fn secret(text: &str) -> Secret {
    Secret::new(text.to_owned())
}

fn client() -> reqwest::Client {
    http_client::build(Duration::from_secs(5)).unwrap()
}

/// What is said of a program that is put together, a line each.
async fn said(app: &App, warnings: &[Problem]) -> Vec<String> {
    let visitor: Arc<dyn Visitor> = Arc::new(HttpVisitor::new(client(), "server.public_url"));
    let probes = online::probes(app, &visitor, warnings);
    let findings: Vec<Finding> = online::run(probes, PATIENCE).collect().await;
    findings.iter().map(ToString::to_string).collect()
}

/// What is not in the settings of every test.
const NOT_SET_UP: [&str; 4] =
    ["skipped  forward targets: ", "skipped  transcriber: ", "skipped  short links: ", "skipped  directory "];

/// What is said, without the addresses of this run, and without those lines that begin with `ok` or tell of what is
/// not set up.
async fn wrong(app: &App) -> String {
    let lines = said(app, &[]).await;
    let is_wrong =
        |line: &&str| !line.starts_with("ok ") && !NOT_SET_UP.iter().any(|begins| line.starts_with(begins));
    let wrong: Vec<_> = lines.iter().map(String::as_str).filter(is_wrong).collect();
    wrong.join("\n").replace(app.public_url.as_str(), "PUBLIC/")
}

/// The line about that.
fn line<'a>(lines: &'a [String], what: &str) -> &'a str {
    let found = lines.iter().find(|line| line.contains(&format!(" {what}: ")));
    found.unwrap_or_else(|| panic!("nothing of {what} in {lines:#?}"))
}

/// The program with other settings than those that it answers by.
fn changed(app: &App, change: impl FnOnce(&mut Settings)) -> App {
    let live = app.live();
    let (mut settings, phrases) = (live.settings.clone(), live.phrases.clone());
    change(&mut settings);
    let mut app = app.clone();
    app.live = Arc::new(ArcSwap::from_pointee(Live { settings, phrases }));
    app
}

/// A port that nobody listens on.
async fn nobody() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    format!("http://{}/", listener.local_addr().unwrap())
}

/// A program whose carrier, or whose public address, answers that to whatever it is asked.
async fn answering(answer: ResponseTemplate) -> MockServer {
    let server = MockServer::start().await;
    Mock::given(any()).respond_with(answer).mount(&server).await;
    server
}

fn carrier(api_url: &str, login: TwilioLogin) -> Arc<dyn Telephony> {
    let account = TwilioAccount {
        api_url: api_url.parse().unwrap(),
        account_sid: "ACtest00000000000000000000000000ab".to_owned(),
        login,
        number: PhoneNumber::parse("+15550100").unwrap(),
        texts_from: PhoneNumber::parse("+15550100").unwrap(),
        conferences: true,
    };
    Arc::new(Twilio::new(client(), account))
}

#[tokio::test]
async fn where_all_is_as_it_should_be_every_line_says_so() {
    let world = World::start("one-group").await;
    let lines = said(&world.app, &[]).await.join("\n").replace(world.app.public_url.as_str(), "PUBLIC/");
    assert_snapshot!(lines, @r#"
    ok       carrier login: carrier.auth_token opens the API
    ok       carrier number: carrier.number belongs to the account and takes calls
    ok       Voice URL: it is PUBLIC/voice
    ok       status callback: it is PUBLIC/voice/status
    ok       text messages: carrier.number belongs to the account and sends texts
    ok       replies by text: it is PUBLIC/sms
    ok       text vendors: who transmits texts knows us
    ok       mail login: the mail server lets us in
    skipped  transcriber: transcriber.kind is "carrier"
    skipped  short links: links.kind is "own"
    ok       public URL: PUBLIC/ answers
    ok       signature: a signed request arrives as it was signed
    ok       callers: 3 people may call, each with a voice device
    ok       groups: whoever can be alerted is in the settings: 1
    skipped  forward targets: there is no [[forward]]
    skipped  directory login: there is no [xmatters]
    skipped  directory callers: voice.access is not "xmatters"
    skipped  directory groups: no [[group]] is elsewhere, and none has on_call
    "#);
}

#[tokio::test]
async fn a_key_and_a_shared_key_do_as_well_as_the_token() {
    let world = World::start_with("one-group", |settings| {
        settings.carrier.auth_token = None;
        settings.carrier.api_key = Some(CarrierKey { sid: "SK1".to_owned(), secret: secret("by key") });
        let key = SharedKey { id: "webhooks_sharedkey_1".to_owned(), secret: secret("shared") };
        settings.carrier.shared_keys = vec![key];
    })
    .await;
    let lines = said(&world.app, &[]).await;
    assert_eq!(line(&lines, "carrier login"), "ok       carrier login: carrier.api_key opens the API");
    assert!(line(&lines, "signature").starts_with("ok "), "{lines:#?}");
    assert!(lines.iter().all(|line| !line.starts_with("FAILED")), "{lines:#?}");
}

#[tokio::test]
async fn a_login_that_the_carrier_does_not_know_is_named_by_its_settings() {
    let world = World::start("one-group").await;
    let api = world.app.live().settings.carrier.api_url.to_string();
    let mut app = world.app.clone();
    app.telephony = carrier(&api, TwilioLogin::Token("hunter2".to_owned()));
    assert_snapshot!(wrong(&app).await, @r"
    FAILED   carrier login: the carrier does not know us (401, code 20003: Authenticate); check carrier.account_sid and carrier.auth_token -> compare carrier.account_sid, what proves it and carrier.api_url with the console
    skipped  carrier number: the carrier does not let us in
    skipped  Voice URL: how the number is set up is not known
    skipped  status callback: how the number is set up is not known
    skipped  text messages: how the number is set up is not known
    skipped  replies by text: how the number is set up is not known
    ");
    let key = TwilioLogin::Key { sid: "SK1".to_owned(), secret: "hunter2".to_owned() };
    app.telephony = carrier(&api, key);
    assert_snapshot!(wrong(&app).await.lines().next().unwrap(), @"FAILED   carrier login: the carrier does not know us (401, code 20003: Authenticate); check carrier.account_sid, carrier.api_key and carrier.api_secret -> compare carrier.account_sid, what proves it and carrier.api_url with the console");
}

#[tokio::test]
async fn a_carrier_that_is_not_there_is_one_trouble_and_not_four() {
    let world = World::start("one-group").await;
    let mut app = world.app.clone();
    app.telephony = carrier(&nobody().await, TwilioLogin::Token("t".to_owned()));
    let lines = said(&app, &[]).await;
    let begins = |what: &str, word: &str| assert!(line(&lines, what).starts_with(word), "{lines:#?}");
    begins("carrier login", "FAILED   carrier login: the carrier can't be reached: Connection refused");
    for what in ["carrier number", "Voice URL", "status callback", "text messages", "replies by text"] {
        begins(what, "skipped");
    }
    begins("public URL", "ok ");
}

#[tokio::test]
async fn an_account_that_is_suspended_or_closed_is_told() {
    let world = World::start("one-group").await;
    for (status, cause) in
        [("suspended", "the carrier has suspended the account"), ("closed", "the account is closed")]
    {
        let server = answering(ResponseTemplate::new(200).set_body_json(json!({ "status": status }))).await;
        let mut app = world.app.clone();
        app.telephony = carrier(&server.uri(), TwilioLogin::Token("t".to_owned()));
        let lines = said(&app, &[]).await;
        assert!(line(&lines, "carrier login").starts_with(&format!("FAILED   carrier login: {cause} -> ")));
    }
}

#[tokio::test]
async fn a_number_that_is_not_ours_is_told_without_being_shown() {
    let world = World::start_with("one-group", |settings| {
        settings.sms.as_mut().unwrap().from = PhoneNumber::parse("+15550188").unwrap();
    })
    .await;
    assert_snapshot!(wrong(&world.app).await, @r"
    FAILED   text messages: sms.from is no number of the account -> compare sms.from and carrier.account_sid with the carrier's console
    skipped  replies by text: how the number is set up is not known
    ");
    let world = World::start("one-group").await;
    // A part of the number that there is.
    let app = changed(&world.app, |settings| {
        settings.carrier.number = PhoneNumber::parse("+1555010").unwrap();
        settings.sms.as_mut().unwrap().from = settings.carrier.number.clone();
    });
    assert_snapshot!(wrong(&app).await, @r"
    FAILED   carrier number: carrier.number is no number of the account -> compare carrier.number and carrier.account_sid with the carrier's console
    skipped  Voice URL: how the number is set up is not known
    skipped  status callback: how the number is set up is not known
    skipped  text messages: how the number is set up is not known
    skipped  replies by text: how the number is set up is not known
    ");
}

/// What is said of a number that is set up in that way, apart from what is right.
async fn set_up(world: &World, changes: Value) -> String {
    let mut number = json!({
        "phone_number": "+15550100",
        "capabilities": { "voice": true, "sms": true },
        "voice_url": format!("{}voice#rc=3", world.app.public_url),
        "voice_method": "POST",
        "voice_application_sid": "",
        "trunk_sid": null,
        "voice_receive_mode": "voice",
        "status_callback": format!("{}voice/status", world.app.public_url),
        "status_callback_method": "POST",
        "sms_url": format!("{}sms", world.app.public_url),
        "sms_method": "POST",
        "sms_application_sid": "",
    });
    for (name, value) in changes.as_object().unwrap() {
        number[name] = value.clone();
    }
    let list = json!({ "status": "active", "incoming_phone_numbers": [
        { "phone_number": "+155501009", "capabilities": {} }, number,
    ] });
    let server = answering(ResponseTemplate::new(200).set_body_json(list)).await;
    let mut app = world.app.clone();
    app.telephony = carrier(&server.uri(), TwilioLogin::Token("t".to_owned()));
    wrong(&app).await
}

#[tokio::test]
async fn a_number_that_leads_elsewhere_is_told_with_where_it_should_lead() {
    let world = World::start("one-group").await;
    let ours = world.app.public_url.clone();
    assert_eq!(set_up(&world, json!({})).await, "");
    let mut told = vec![];
    for changes in [
        json!({ "voice_url": null }),
        json!({ "voice_url": "" , "status_callback": "" }),
        json!({ "voice_method": "GET", "status_callback_method": "GET" }),
        json!({ "voice_url": "https://other.example/hook/tok-secret?key=tok-secret" }),
        json!({ "voice_url": format!("{ours}voices/tok-secret"), "status_callback": format!("{ours}voice") }),
        json!({ "voice_url": "tok-secret" }),
        json!({ "sms_url": "" }),
        json!({ "sms_application_sid": "AP2" }),
        json!({ "voice_application_sid": "AP1" }),
        json!({ "trunk_sid": "TK1", "voice_application_sid": "AP1" }),
        json!({ "voice_receive_mode": "fax" }),
        json!({ "capabilities": { "voice": false, "sms": false } }),
    ] {
        let wrong = set_up(&world, changes.clone()).await;
        assert!(!wrong.contains("tok-secret") && !wrong.contains("1555"), "{wrong}");
        told.push(format!("{}\n{wrong}", changes.to_string().replace(ours.as_str(), "PUBLIC/")));
    }
    assert_snapshot!(told.join("\n"), @r#"
    {"voice_url":null}
    FAILED   Voice URL: the number has no Voice URL -> set the number's Voice URL to PUBLIC/voice, by POST, in the carrier's console
    {"status_callback":"","voice_url":""}
    FAILED   Voice URL: the number has no Voice URL -> set the number's Voice URL to PUBLIC/voice, by POST, in the carrier's console
    FAILED   status callback: the number has no status callback -> set the number's status callback to PUBLIC/voice/status, by POST, in the carrier's console
    {"status_callback_method":"GET","voice_method":"GET"}
    FAILED   Voice URL: the number's Voice URL is asked by GET -> set the number's Voice URL to PUBLIC/voice, by POST, in the carrier's console
    FAILED   status callback: the number's status callback is asked by GET -> set the number's status callback to PUBLIC/voice/status, by POST, in the carrier's console
    {"voice_url":"https://other.example/hook/tok-secret?key=tok-secret"}
    FAILED   Voice URL: the number's Voice URL is at https://other.example -> set the number's Voice URL to PUBLIC/voice, by POST, in the carrier's console
    {"status_callback":"PUBLIC/voice","voice_url":"PUBLIC/voices/tok-secret"}
    FAILED   Voice URL: the number's Voice URL is another path of our host -> set the number's Voice URL to PUBLIC/voice, by POST, in the carrier's console
    FAILED   status callback: the number's status callback is another path of our host -> set the number's status callback to PUBLIC/voice/status, by POST, in the carrier's console
    {"voice_url":"tok-secret"}
    FAILED   Voice URL: the number's Voice URL is no address -> set the number's Voice URL to PUBLIC/voice, by POST, in the carrier's console
    {"sms_url":""}
    FAILED   replies by text: the number has no messaging URL -> set the number's messaging URL to PUBLIC/sms, by POST, in the carrier's console
    {"sms_application_sid":"AP2"}
    FAILED   replies by text: the number's messages go to a TwiML app, and its messaging URL is not used -> set the number to webhooks in the carrier's console, in place of it, or sms.replies to false
    {"voice_application_sid":"AP1"}
    FAILED   Voice URL: the number's calls go to a TwiML app, and its Voice URL is not used -> set the number to webhooks in the carrier's console, in place of it
    {"trunk_sid":"TK1","voice_application_sid":"AP1"}
    FAILED   Voice URL: the number's calls go to a SIP trunk, and its Voice URL is not used -> set the number to webhooks in the carrier's console, in place of it
    {"voice_receive_mode":"fax"}
    FAILED   carrier number: carrier.number takes no calls -> set it up for voice in the carrier's console, or take a number that can
    {"capabilities":{"sms":false,"voice":false}}
    FAILED   carrier number: carrier.number takes no calls -> set it up for voice in the carrier's console, or take a number that can
    FAILED   text messages: carrier.number sends no texts -> give sms.from, a number of the account that can, or set sms.enabled to false
    "#);
}

#[tokio::test]
async fn a_public_address_where_nobody_answers_or_somebody_else_is_told() {
    let world = World::start("one-group").await;
    let mut app = world.app.clone();
    app.public_url = nobody().await.parse().unwrap();
    assert_snapshot!(wrong(&app).await.replace(world.app.public_url.as_str().trim_end_matches('/'), "GATEWAY"), @r"
    FAILED   Voice URL: the number's Voice URL is at GATEWAY -> set the number's Voice URL to PUBLIC/voice, by POST, in the carrier's console
    FAILED   status callback: the number's status callback is at GATEWAY -> set the number's status callback to PUBLIC/voice/status, by POST, in the carrier's console
    FAILED   replies by text: the number's messaging URL is at GATEWAY -> set the number's messaging URL to PUBLIC/sms, by POST, in the carrier's console
    FAILED   public URL: server.public_url can't be reached: Connection refused (os error 111) -> start `dutyline serve`, and see that server.public_url leads to server.listen: name server, proxy, certificate
    FAILED   signature: server.public_url can't be reached: Connection refused (os error 111) -> start `dutyline serve`, and see that server.public_url leads to server.listen: name server, proxy, certificate
    ");
    for (answer, cause) in [
        (
            ResponseTemplate::new(200).set_body_string("Welcome"),
            "another program answers at server.public_url",
        ),
        (ResponseTemplate::new(502), "GET PUBLIC/health is answered with 502"),
        (
            ResponseTemplate::new(301).insert_header("location", "/x"),
            "GET PUBLIC/health is answered with 301",
        ),
    ] {
        let server = answering(answer).await;
        app.public_url = format!("{}/", server.uri()).parse().unwrap();
        let wrong = wrong(&app).await;
        assert!(
            wrong.contains(&format!("FAILED   public URL: {cause} -> start `dutyline serve`")),
            "{wrong}"
        );
        assert!(wrong.contains("FAILED   signature: POST PUBLIC/voice/check is answered with "), "{wrong}");
    }
}

#[tokio::test]
async fn a_signature_that_does_not_survive_the_way_is_told() {
    let world = World::start("one-group").await;
    // The gateway that answers has other keys than these settings.
    let mut app = changed(&world.app, |settings| settings.carrier.auth_token = Some(secret("rotated")));
    let lines = said(&app, &[]).await;
    assert!(line(&lines, "public URL").starts_with("ok "), "{lines:#?}");
    let told =
        "FAILED   signature: a request that is signed as the carrier signs is refused -> the proxy must pass";
    assert!(line(&lines, "signature").starts_with(told), "{lines:#?}");
    // A proxy that answers for somebody else.
    let server = answering(ResponseTemplate::new(204)).await;
    app.public_url = format!("{}/", server.uri()).parse().unwrap();
    let lines = said(&app, &[]).await;
    let told = "FAILED   signature: a request with a wrong signature is let in -> ";
    assert!(line(&lines, "signature").starts_with(told), "{lines:#?}");
}

#[tokio::test]
async fn the_look_at_the_signature_leaves_no_trace() {
    let world = World::start("one-group").await;
    said(&world.app, &[]).await;
    assert_eq!(world.app.outbox.next_due(None).await.unwrap(), None);
    assert_eq!(world.exchange.arrived(0), []);
}

/// A program that is put together by a settings file with that in it.
async fn set_up_by(folder: &Path, addition: &str) -> Vec<String> {
    let path = file(folder).await;
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, format!("{text}\n{addition}")).unwrap();
    looked(&path).await
}

#[tokio::test]
async fn a_transcriber_is_asked_whether_it_is_there() {
    let folder = tempfile::tempdir().unwrap();
    let by_http = async |url: &str| {
        let table = format!("[transcriber]\nkind = \"http\"\nurl = {url:?}\napi_key = \"hunter2\"\n");
        line(&set_up_by(folder.path(), &table).await, "transcriber").to_owned()
    };
    let server = answering(ResponseTemplate::new(200)).await;
    assert_snapshot!(by_http(&server.uri()).await, @"ok       transcriber: the transcriber can be asked");
    let server = answering(ResponseTemplate::new(401)).await;
    assert_snapshot!(by_http(&server.uri()).await, @"FAILED   transcriber: the transcriber does not know us (401); check transcriber.api_key -> check transcriber.url and transcriber.api_key");
    let told = by_http(&nobody().await).await;
    assert!(told.starts_with("FAILED   transcriber: the transcriber can't be reached: "), "{told}");

    let by_command = async |program: &str| {
        let table = format!("[transcriber]\nkind = \"command\"\ncommand = [{program:?}, \"{{wav}}\"]\n");
        line(&set_up_by(folder.path(), &table).await, "transcriber").to_owned()
    };
    assert_snapshot!(by_command("/bin/sh").await, @"ok       transcriber: the transcriber can be asked");
    assert_snapshot!(by_command("/no/such/program").await, @"FAILED   transcriber: the transcriber's program is not there, or may not be run; check transcriber.command -> see that transcriber.command can be run by the user who runs this");
}

#[tokio::test]
async fn a_link_service_is_asked_whether_it_knows_us() {
    let folder = tempfile::tempdir().unwrap();
    let by_service = async |status: u16| {
        let server = answering(ResponseTemplate::new(status)).await;
        let table = format!("[links]\nkind = \"bitly\"\ntoken = \"hunter2\"\napi_url = {:?}\n", server.uri());
        let told = line(&set_up_by(folder.path(), &table).await, "short links").to_owned();
        let asked = server.received_requests().await.unwrap();
        assert!(asked.iter().all(|request| request.method.as_str() == "GET"), "nothing is shortened");
        told
    };
    assert_snapshot!(by_service(200).await, @"ok       short links: the link service knows us");
    assert_snapshot!(by_service(401).await, @"FAILED   short links: the link service does not know us (401); check links.token -> check links.token and links.api_url");
}

#[cfg(feature = "postgres")]
#[tokio::test]
async fn a_database_on_a_server_is_looked_at_and_never_changed() {
    use crate::database::TestDatabase;
    let folder = tempfile::tempdir().unwrap();
    let at = async |url: &str| {
        let lines = set_up_by(folder.path(), &format!("[store]\npostgres_url = {url:?}\n")).await;
        line(&lines, "database").to_owned()
    };
    let port = nobody().await.parse::<reqwest::Url>().unwrap().port().unwrap();
    let told = at(&format!("postgresql://duty:hunter2@127.0.0.1:{port}/duty?sslmode=disable")).await;
    assert!(told.starts_with("FAILED   database: no connection to PostgreSQL at 127.0.0.1:"), "{told}");
    assert!(told.contains("Connection refused") && told.contains("-> check host, port"), "{told}");
    assert!(!told.contains("hunter2"), "{told}");

    let Some(database) = TestDatabase::new().await else { return };
    let tables = "select count(*) from pg_tables where schemaname = current_schema()";
    let stranger = database.stranger().await;
    assert_snapshot!(at(&database.url()).await, @"ok       database: it is there; the next start makes its schema");
    let count: i64 = stranger.query_one(tables, &[]).await.unwrap().get(0);
    assert_eq!(count, 0, "nothing was made");

    let path = folder.path().join("dutyline.toml");
    let ids = Arc::new(TestIds::from(1));
    let store = start::open_store(&settings::load(&path).unwrap().settings, ids).await.unwrap();
    store.close().await;
    assert_snapshot!(at(&database.url()).await, @"ok       database: it can be written, with this program's schema");
    let read_only = database.url().replace("options=", "options=-c%20default_transaction_read_only%3Don%20");
    let told = at(&read_only).await;
    assert!(
        told.contains("lets us write nothing: ") && told.contains("-> store.postgres_url must lead"),
        "{told}"
    );
    stranger.batch_execute("alter table probe add constraint none check (id < 0)").await.unwrap();
    assert!(at(&database.url()).await.contains("lets us write nothing: "), "a write is tried");
    stranger.batch_execute("alter table probe drop constraint none").await.unwrap();
    stranger.batch_execute("delete from refinery_schema_history where version > 1").await.unwrap();
    assert_snapshot!(at(&database.url()).await, @"ok       database: it is there; the next start brings its schema up to date");
    assert!(at(&read_only).await.contains("lets us write nothing"), "which it could not");
    stranger.batch_execute("update refinery_schema_history set version = 1000").await.unwrap();
    let told = at(&database.url()).await;
    assert!(told.starts_with("FAILED   database: the database has schema version 1000, but"), "{told}");
}

#[tokio::test]
async fn callers_without_a_voice_device_are_told() {
    let world = World::start("callers").await;
    let lines = said(&world.app, &load("callers").warnings).await;
    assert_snapshot!(line(&lines, "callers"), @r#"FAILED   callers: voice.authorised[1]: "dora" has no voice device to be known by -> give them a [[person.device]] of kind "voice", or leave them out of voice.authorised"#);
    let open = World::start("open").await;
    assert_snapshot!(line(&said(&open.app, &[]).await, "callers"), @r#"skipped  callers: voice.access is "open": anybody may call"#);
}

#[tokio::test]
async fn a_folder_that_takes_nothing_is_told() {
    let world = World::start("one-group").await;
    let look = async || online::recordings(world.app.clone()).await;
    assert_eq!(look().await, Verdict::ok("recordings can be stored"));
    let folder = world.folder().join("recordings");
    std::fs::remove_dir_all(&folder).unwrap();
    std::fs::write(&folder, "in the way").unwrap();
    assert!(look().await.is_failed());
}

#[tokio::test]
async fn what_does_not_answer_is_given_up_and_holds_up_nobody() {
    let probes = [
        Probe::new("slow", std::future::pending()),
        Probe::new("quick", std::future::ready(Verdict::ok("here"))),
    ];
    let findings: Vec<_> = online::run(probes, Duration::from_millis(50)).collect().await;
    assert_eq!(findings[0].what, "slow", "in the order of the probes");
    assert!(findings[0].to_string().starts_with("FAILED   slow: no answer within "), "{}", findings[0]);
    assert_eq!(findings[1].to_string(), "ok       quick: here");
}

/// A settings file in a folder of its own; nothing that it names is there.
async fn file(folder: &Path) -> PathBuf {
    let text = std::fs::read_to_string("tests/settings/one-group.toml").unwrap();
    let text = text.replace("[exchange]\nvoice = \"tone\"\n", "[server]\npublic_url = \"PUBLIC\"\n");
    let text = text.replace("http://127.0.0.1:8090", &nobody().await).replace("PUBLIC", &nobody().await);
    let text = text.replace("port = 8025", "port = 1");
    let path = folder.join("dutyline.toml");
    std::fs::write(&path, text).unwrap();
    path
}

async fn looked(path: &Path) -> Vec<String> {
    let loaded: Loaded = settings::load(path).unwrap();
    let probes = start::probes(loaded, Source::File(path.to_owned())).unwrap();
    let findings: Vec<Finding> = online::run(probes, PATIENCE).collect().await;
    findings.iter().map(ToString::to_string).collect()
}

#[tokio::test]
async fn a_database_is_looked_at_and_never_made_or_changed() {
    let folder = tempfile::tempdir().unwrap();
    let path = file(folder.path()).await;
    let lines = looked(&path).await;
    assert_snapshot!(line(&lines, "database"), @"skipped  database: there is no store.database yet; `dutyline serve` makes it");
    assert_snapshot!(line(&lines, "recordings"), @"skipped  recordings: there is no folder store.recordings yet; `dutyline serve` makes it");
    assert!(!folder.path().join("dutyline-data").exists(), "nothing was made");

    let loaded = settings::load(&path).unwrap();
    let place = loaded.settings.store.database.clone();
    let ids = Arc::new(TestIds::from(1));
    let store = start::open_store(&loaded.settings, ids).await.unwrap();
    assert_snapshot!(line(&looked(&path).await, "database"), @"ok       database: it is there, with this program's schema");
    store.close().await;
    let forget = |sql: &str| rusqlite::Connection::open(&place).unwrap().execute_batch(sql).unwrap();
    forget("update refinery_schema_history set version = 1000 where version = 1");
    let told = looked(&path).await;
    let told = line(&told, "database");
    assert!(told.starts_with("FAILED   database: the database has schema version 1000, but"), "{told}");
    forget("delete from refinery_schema_history where version > 1");
    assert_snapshot!(line(&looked(&path).await, "database"), @"ok       database: it is there; the next start brings its schema up to date");
    std::fs::write(&place, "this is no database, however long it is looked at".repeat(100)).unwrap();
    let told = looked(&path).await;
    let told = line(&told, "database");
    assert!(told.starts_with("FAILED   database: cannot open the database "), "{told}");
    assert!(told.contains("file is not a database"), "{told}");
}

#[tokio::test]
async fn the_command_fails_when_one_thing_does_and_shows_no_secret() {
    let folder = tempfile::tempdir().unwrap();
    let path = file(folder.path()).await;
    let output = tokio::task::spawn_blocking(move || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_dutyline"));
        command.args(["check", "--online", "--settings"]).arg(&path).output().unwrap()
    });
    let output = output.await.unwrap();
    let shown =
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.code(), Some(1), "{shown}");
    assert!(shown.contains("FAILED   carrier login: "), "{shown}");
    assert!(shown.ends_with("things are not as they should be\n"), "{shown}");
    for never in ["tests only", "1555", "@test.example"] {
        assert!(!shown.contains(never), "{never} in {shown}");
    }
}

#[tokio::test]
async fn the_other_directory_is_asked_for_its_people_and_groups() {
    let server = PeopleServer::start().await;
    server.knows("u1", &[voice("+15550155")]).await;
    let elsewhere = |settings: &mut Settings| {
        server.set(settings);
        settings.directory.groups.push(Group {
            name: GroupName("Cloud DevOps".to_owned()),
            members: vec![],
            is_elsewhere: true,
        });
    };
    let world = World::start_with("xmatters", elsewhere).await;
    let lines = said(&world.app, &[]).await;
    let of = |what| line(&lines, what);
    assert_snapshot!(of("directory login"), @"FAILED   directory login: there is no directory (404); check xmatters.url -> check url, user and password of [xmatters]");
    assert_snapshot!(of("directory callers"), @"FAILED   directory callers: xmatters.authorised[2] is not there -> give them a voice device there, or leave them out of xmatters.authorised");
    assert_snapshot!(of("directory groups"), @r#"FAILED   directory groups: there is no group "Cloud DevOps" -> write each name as it is written there"#);
}

#[tokio::test]
async fn groups_whose_on_call_people_the_other_directory_knows_are_looked_for_there() {
    let server = PeopleServer::start().await;
    let world = World::start_with("on-call", |settings| server.set(settings)).await;
    let missing = said(&world.app, &[]).await;
    assert_snapshot!(line(&missing, "directory groups"), @r#"FAILED   directory groups: there is no group "R&D #1 50%" -> write each name as it is written there"#);
    assert_snapshot!(line(&missing, "directory callers"), @r#"skipped  directory callers: voice.access is not "xmatters""#);
    server.has_group("R&D%20%231%2050%25").await;
    let there = said(&world.app, &[]).await;
    assert_snapshot!(line(&there, "directory groups"), @"ok       directory groups: the directory has all groups of which only it knows the members: 1");
}
