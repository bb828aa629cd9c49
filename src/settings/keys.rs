//! Every key of the settings file. This one table drives the check for unknown keys and wrong types, fills
//! in the defaults, and is printed as the reference.

mod hooks;
mod messages;
mod people;
mod teams;
mod voice;

use super::schema::{Key, Kind};
use Kind::{Count, Flag, Moment, Number, Secret, Table, Tables, Text, Texts, Word, Words};
use hooks::{ALERTING, WEBHOOK};
use messages::{MAIL, SMS};
pub(super) use people::DAYS;
use people::{ABSENCE, GROUP, OVERRIDE, PERSON, SCHEDULE};
use teams::{POLICY, TEAM};
use voice::VOICE;

const DAY_SECONDS: u32 = 86_400;
/// A hundred years.
const YEARS_DAYS: u32 = 36_500;
/// From worst to mildest.
const SEVERITIES: [&str; 5] = ["critical", "high", "medium", "low", "info"];

/// The file as a whole.
pub(super) const ROOT: &[Key] = &[
    Key::default("server", Table(SERVER), "{}", "Where Dutyline listens."),
    Key::default("store", Table(STORE), "{}", "Where it keeps its data."),
    Key::default("log", Table(LOG), "{}", "How it logs."),
    Key::default("carrier", Table(CARRIER), "{}", "The telephony carrier."),
    Key::default("voice", Table(VOICE), "{}", "What callers hear and may do."),
    Key::optional(
        "xmatters",
        Table(XMATTERS),
        "xMatters is not asked",
        "A system at xMatters: its people may call with `voice.access = \"xmatters\"`, and who is on call in a `group` with \
         `on_call = \"xmatters\"` is asked there.",
    ),
    Key::default("transcriber", Table(TRANSCRIBER), "{}", "Who makes the texts of messages."),
    Key::default("links", Table(LINKS), "{}", "The links to recordings."),
    Key::optional("mail", Table(MAIL), "no mail is sent", "The mail server."),
    Key::default(
        "forward",
        Tables(FORWARD),
        "[]",
        "Other systems that every alert of a call is passed on to as well.",
    ),
    Key::default("alerting", Table(ALERTING), "{}", "How people are told of alerts."),
    Key::default("webhook", Tables(WEBHOOK), "[]", "Other programs that are told what happens to alerts."),
    Key::default("sms", Table(SMS), "{}", "Text messages."),
    Key::default("limits", Table(LIMITS), "{}", "What is refused because it comes too fast."),
    Key::default(
        "retention",
        Table(RETENTION),
        "{}",
        "What is deleted, and when. Nothing of an open alert is.",
    ),
    Key::default("auditor", Table(AUDITOR), "{}", "Who hears that every open alert is where it should be."),
    Key::default("api", Table(API), "{}", "Who may use the API."),
    Key::optional(
        "exchange",
        Table(EXCHANGE),
        "there is none",
        "The built-in carrier, for trying things out.",
    ),
    Key::default("person", Tables(PERSON), "[]", "People."),
    Key::default("group", Tables(GROUP), "[]", "Groups."),
    Key::default(
        "schedule",
        Tables(SCHEDULE),
        "[]",
        "Who is on call when. People, groups and schedules are the file's alone; what changes at run time comes besides.",
    ),
    Key::default(
        "override",
        Tables(OVERRIDE),
        "[]",
        "Who is on call otherwise than a schedule says, for a time.",
    ),
    Key::default("absence", Tables(ABSENCE), "[]", "Who is away, and who stands in."),
    Key::default(
        "policy",
        Tables(POLICY),
        "[]",
        "Who is told of an alert when, until somebody answers. An edited policy counts from the next step on.",
    ),
    Key::default(
        "team",
        Tables(TEAM),
        "[]",
        "People who take alerts together, and the programs whose events raise them.",
    ),
];

const SERVER: &[Key] = &[
    Key::default("listen", Text, "\"127.0.0.1:8080\"", "Address and port of the one HTTP port."),
    Key::optional(
        "public_url",
        Text,
        "with `[exchange]`: the listen address; else it is needed",
        "How the carrier reaches that port. Signatures are checked against it.",
    ),
    Key::optional(
        "source_header",
        Text,
        "the address of the connection counts",
        "The header in which the proxy in front gives a sender's address, e.g. `X-Forwarded-For`; its last address \
         counts for `requests_per_source_per_minute`.",
    ),
    Key::default(
        "shutdown_grace_seconds",
        Count(0, 600),
        "20",
        "How long a stop waits for requests under way.",
    ),
    Key::default(
        "data_dir",
        Text,
        "\"dutyline-data\"",
        "The folder for database and recordings. A relative path starts at the settings file.",
    ),
];

const STORE: &[Key] = &[
    Key::default(
        "database",
        Text,
        "\"dutyline.db\"",
        "The database file; a relative path starts at `data_dir`.",
    ),
    Key::default("recordings", Text, "\"recordings\"", "The folder of the recordings; likewise."),
    Key::optional(
        "max_megabytes",
        Count(1, u32::MAX),
        "no limit but the disk's",
        "How large the database may grow; recordings are not counted.",
    ),
    Key::optional(
        "postgres_url",
        Secret,
        "the file `database`",
        "A PostgreSQL database in place of the file, as \
         `postgresql://user:password@host:5432/database?sslmode=require`. Several gateways can share it.",
    ),
    Key::optional("postgres_url_file", Text, "`postgres_url` is used", "A file that holds that URL."),
    Key::optional(
        "postgres_ca_file",
        Text,
        "those of this machine",
        "Certificates (PEM) that its server is known by besides, with `sslmode=require`.",
    ),
    Key::optional(
        "s3",
        Table(S3),
        "the folder `recordings` is used",
        "A bucket for the recordings, at S3 or what speaks its protocol, in place of the folder.",
    ),
];

const S3: &[Key] = &[
    Key::required("bucket", Text, "Its name."),
    Key::optional("prefix", Text, "nothing", "What the keys of all objects begin with."),
    Key::default("region", Text, "\"us-east-1\"", "Where it is."),
    Key::optional(
        "endpoint",
        Text,
        "Amazon's of the region",
        "The address of another service, as `https://minio.example.com`.",
    ),
    Key::default(
        "path_style",
        Flag,
        "true",
        "Whether the bucket's name stands in the path of a URL; else it is a part of the host's name.",
    ),
    Key::required("access_key_id", Text, "The id of the access key."),
    Key::optional(
        "secret_access_key",
        Secret,
        "`secret_access_key_file` is read",
        "The access key's secret.",
    ),
    Key::optional("secret_access_key_file", Text, "`secret_access_key` is used", "A file that holds it."),
];

const LOG: &[Key] = &[
    Key::default("format", Word(&["text", "json"]), "\"text\"", "Log lines for people or for machines."),
    Key::default(
        "level",
        Word(&["error", "warn", "info", "debug", "trace"]),
        "\"info\"",
        "The least severe level that is written.",
    ),
];

const CARRIER: &[Key] = &[
    Key::default("kind", Word(&["twilio"]), "\"twilio\"", "Whose protocol it speaks."),
    Key::required("account_sid", Text, "The account there."),
    Key::optional(
        "auth_token",
        Secret,
        "`auth_token_file` is read",
        "The account's token: signs webhooks, and opens the API where there is no `api_key`. Needed, unless \
         `shared_keys` do the one and `api_key` the other.",
    ),
    Key::optional("auth_token_file", Text, "`auth_token` is used", "A file that holds the token."),
    Key::optional(
        "api_key",
        Text,
        "the token opens the API",
        "The SID of an API key (`SK…`), which opens the API in the token's place.",
    ),
    Key::optional("api_secret", Secret, "`api_secret_file` is read", "The secret of that key."),
    Key::optional("api_secret_file", Text, "`api_secret` is used", "A file that holds it."),
    Key::optional(
        "previous_auth_token",
        Secret,
        "none",
        "The token before the last rotation; still signs webhooks.",
    ),
    Key::optional("previous_auth_token_file", Text, "none", "A file that holds it."),
    Key::default(
        "shared_keys",
        Tables(SHARED_KEY),
        "[]",
        "Keys that sign webhooks (HMAC-SHA256) besides the token.",
    ),
    Key::default("api_url", Text, "\"https://api.twilio.com\"", "The carrier's API."),
    Key::required("number", Text, "Our phone number there, as `+15550100`."),
    Key::default(
        "conferences",
        Flag,
        "true",
        "Whether it has conferences and places calls by its API; else people are called one after another, and no phone \
         is rung about an alert.",
    ),
    Key::optional(
        "caller_id",
        Text,
        "`number`",
        "The number that people see whom Dutyline calls: ours, or one that the carrier has verified as ours.",
    ),
    Key::default(
        "calls_per_number",
        Count(1, 10_000),
        "3",
        "How often one number is rung about alerts within 15 minutes, at most; further calls wait. A fifth of them, and at \
         least one of several, is kept for critical alerts, and for the first of each team. A caller who waits for somebody \
         is not counted.",
    ),
];

const SHARED_KEY: &[Key] = &[
    Key::required("id", Text, "The key's name at the carrier."),
    Key::optional("secret", Secret, "`secret_file` is read", "The key."),
    Key::optional("secret_file", Text, "`secret` is used", "A file that holds the key."),
];

const XMATTERS: &[Key] = &[
    Key::required("url", Text, "Its address, as `https://acme.xmatters.com`."),
    Key::required("user", Secret, "The user that we ask as; it needs the role REST Web Service User."),
    Key::optional("password", Secret, "`password_file` is read", "The user's password."),
    Key::optional("password_file", Text, "`password` is used", "A file that holds the password."),
    Key::default(
        "authorised",
        Texts,
        "[]",
        "Ids of the people there who may call, each from the numbers of their active voice devices there.",
    ),
    Key::default(
        "fresh_minutes",
        Count(1, 1_440),
        "10",
        "For how long an answer is used without asking anew; it is asked for anew after half of it.",
    ),
    Key::default(
        "stale_hours",
        Count(1, 8_760),
        "72",
        "For how long an answer is used when xMatters does not answer.",
    ),
    Key::default(
        "patience_milliseconds",
        Count(100, 3_000),
        "2500",
        "How long a caller waits in silence for an answer; then they are asked to hold, some times. As long for who is \
         on call; then what was said before counts.",
    ),
];

const TRANSCRIBER: &[Key] = &[
    Key::default(
        "kind",
        Word(&["carrier", "http", "command"]),
        "\"carrier\"",
        "The carrier (US English only), a service with OpenAI's interface, or a program of this machine.",
    ),
    Key::optional(
        "url",
        Text,
        "needed for `http`",
        "The service's address, as `http://127.0.0.1:9000`; `/v1/audio/transcriptions` follows.",
    ),
    Key::optional("api_key", Secret, "`api_key_file` is read, or there is none", "The key to the service."),
    Key::optional("api_key_file", Text, "`api_key` is used", "A file that holds the key."),
    Key::default("model", Text, "\"whisper-1\"", "The name of the service's model."),
    Key::default("send_language", Flag, "true", "Whether the service is told the caller's language."),
    Key::optional(
        "command",
        Texts,
        "needed for `command`",
        "The program and its arguments; `{wav}` stands for the path of the sound's file. It prints the text.",
    ),
    Key::default("timeout_seconds", Count(1, 3_600), "60", "How long it may take over one message."),
    Key::default("at_once", Count(1, 64), "1", "How many messages it is given at the same time."),
    Key::default(
        "queue",
        Count(0, 100_000),
        "100",
        "How many more may wait; further ones stay without text.",
    ),
];

const LINKS: &[Key] = &[
    Key::default(
        "kind",
        Word(&["own", "bitly"]),
        "\"own\"",
        "Our own links as they are, or made short by Bitly.",
    ),
    Key::optional("token", Secret, "`token_file` is read", "The access token at Bitly."),
    Key::optional("token_file", Text, "`token` is used", "A file that holds the token."),
    Key::default("api_url", Text, "\"https://api-ssl.bitly.com\"", "Bitly's API."),
];

const FORWARD: &[Key] = &[
    Key::required("name", Text, "Unique: what logs and the API call it."),
    Key::default("kind", Word(&["xmatters"]), "\"xmatters\"", "Whose protocol it speaks."),
    Key::optional(
        "alert_url",
        Secret,
        "`alert_url_file` is read, or it gets no alerts",
        "The inbound integration for alerts, with its `apiKey` where that lets us in.",
    ),
    Key::optional("alert_url_file", Text, "`alert_url` is used", "A file that holds that URL."),
    Key::optional(
        "conference_url",
        Secret,
        "`conference_url_file` is read, or it gets no conferences",
        "The inbound integration for calls into a conference.",
    ),
    Key::optional("conference_url_file", Text, "`conference_url` is used", "A file that holds that URL."),
    Key::optional("user", Text, "the URLs let us in", "The user to log in as (HTTP Basic)."),
    Key::optional("password", Secret, "`password_file` is read", "The user's password."),
    Key::optional("password_file", Text, "`password` is used", "A file that holds the password."),
    Key::default(
        "text_wait_seconds",
        Count(0, 3_600),
        "60",
        "How long an alert waits for its text, at most, before it is passed on without one.",
    ),
];

const LIMITS: &[Key] = &[
    Key::default("calls_per_number_per_minute", Count(1, 10_000), "6", "Calls from one number."),
    Key::default(
        "requests_per_source_per_minute",
        Count(1, 1_000_000),
        "600",
        "Requests to the API and to the pages behind links: of each key, else of each address. Operators' routes, and wrong \
         secrets, are counted apart, as many of each.",
    ),
    Key::default(
        "events_per_integration_per_minute",
        Count(1, 1_000_000),
        "6000",
        "Events from one integration of a team; each of a batch counts.",
    ),
];

const AUDITOR: &[Key] = &[
    Key::optional(
        "ping_url",
        Secret,
        "nobody is told",
        "The address of a service that raises the alarm when it hears nothing: it is asked for once a minute, after a check \
         that has found every open alert where it should be, or put it there.",
    ),
    Key::optional("ping_url_file", Text, "`ping_url` is used", "A file that holds that URL."),
];

const RETENTION: &[Key] = &[
    Key::optional(
        "calls_days",
        Count(1, YEARS_DAYS),
        "kept for ever",
        "Calls that are over, refused ones too, with their documents and discarded messages.",
    ),
    Key::optional(
        "recordings_days",
        Count(1, YEARS_DAYS),
        "kept for ever",
        "The sound of messages; their text stays with the alert.",
    ),
    Key::optional(
        "recordings_at_carrier_hours",
        Count(1, 8_760),
        "never deleted there",
        "The carrier's copy of a recording, from its arrival here.",
    ),
    Key::optional(
        "closed_alerts_days",
        Count(1, YEARS_DAYS),
        "kept for ever",
        "Resolved alerts, from their end, with log, notifications and link.",
    ),
    Key::optional(
        "log_days",
        Count(1, YEARS_DAYS),
        "kept for ever",
        "The logs of resolved alerts, effects that were given up, and which events were taken in.",
    ),
    Key::optional(
        "absences_days",
        Count(1, YEARS_DAYS),
        "kept for ever",
        "Absences and overrides that were entered at run time, from their end.",
    ),
    Key::default("audit_days", Count(1, YEARS_DAYS), "365", "Who did what, e.g. who entered an absence."),
];

const API: &[Key] = &[Key::default("key", Tables(API_KEY), "[]", "Keys; more can be made at run time.")];

const API_KEY: &[Key] = &[
    Key::required("name", Text, "Whose it is, as logs show it."),
    Key::required("hash", Secret, "`sha256:` and the 64 hexadecimal digits of the token's SHA-256."),
    Key::required(
        "scopes",
        Words(&["read", "respond", "schedule", "dispatch", "reports", "admin"]),
        "What it opens; none includes another. `dispatch` and `reports` open nothing yet.",
    ),
    Key::optional("expires", Moment, "never", "When it ends."),
];

const EXCHANGE: &[Key] = &[
    Key::default("listen", Text, "\"127.0.0.1:8090\"", "Where its API and phones are; loopback only."),
    Key::default("smtp_listen", Text, "\"127.0.0.1:8025\"", "Where it takes mail; loopback only."),
    Key::default("speed", Number(0.1, 1_000.0), "4.0", "How many times faster than in real life is spoken."),
    Key::default("transcription_seconds", Count(0, 600), "4", "How long it takes to make a text."),
    Key::default(
        "voice",
        Word(&["espeak", "tone"]),
        "\"espeak\"",
        "What its recordings sound like; without espeak-ng always a tone.",
    ),
];
