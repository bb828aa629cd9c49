//! Dutyline: one number to call, and one place for events: people on call are told until somebody answers.
//!
//! # The picture
//!
//! ```text
//!                settings file, prompts/, templates/
//!                             │ read once, checked, then plain values
//!                             ▼
//! carrier ─┐  ┌──────┐   ┌─────────┐   ┌────────┐
//! program ─┼─▶│ http │──▶│ service │──▶│ domain │   values in, a decision out
//!  person ─┘  └──────┘   └────┬────┘   └────────┘
//!             ┌────────┐  ▲   │ reads facts, writes one decision
//!    time ───▶│ worker │──┘   ▼
//!             └────────┘ ┌─────────┐
//!                        │  ports  │   traits, and the values that they speak
//!                        └────┬────┘
//!                      ┌──────┴──────┐
//!                   storage       adapters
//! ```
//!
//! - A use case in `service` loads the facts, calls one function of `domain`, and hands the decision to one
//!   method of the store, which writes it all or not at all.
//! - What we do to the outside is a row before it is an action: an effect is written with the decision that
//!   asked for it, and `worker` carries it out.
//! - The state of a call is in the store, not in a URL and not in memory.
//!
//! # The map
//!
//! In reading order. A folder stands for the files in it; the most important ones have a line of their own.
//!
//! - `main.rs`, `cli/`: the program around this library: commands, exit codes, the terminal.
//! - `start/`: puts the program together, runs it, stops it. The only folder that knows everything.
//!   - `start/assemble.rs`: settings become adapters, and adapters what every use case gets.
//!   - `start/store.rs`: settings become a database and a store of recordings.
//!   - `start/reload.rs`: which settings a running program takes up, and which need a restart.
//! - `logging.rs`, `logging/`: where the log goes, line by line.
//! - `app.rs`: what every use case gets: the settings of the moment, and the ports.
//! - `app/`: what this process has under way in another system's directory, and what it has warned of.
//! - `domain/`: the decisions; here ids, contacts, severity, effects, retries, API keys.
//!   - `domain/voice/`: a phone call: its states, inputs, menu, phrases and plans.
//!   - `domain/voice/step/`: the state machine of a call.
//!   - `domain/voice/ring/`: a call of ours to somebody about an alert, and its state machine.
//!   - `domain/voice/story.rs`: what happened in a call, in order.
//!   - `domain/voice/step/mod.rs`: **the** function: state and input in, turn out.
//!   - `domain/directory/`: people, groups, devices, absences, overrides.
//!   - `domain/directory/schedule.rs`, `domain/directory/schedule/`: who is on call when: hand-offs, shifts, gaps.
//!   - `domain/directory/resolve.rs`: who is reached when a recipient is addressed at a moment.
//!   - `domain/directory/change.rs`: what of it may be changed while the program runs.
//!   - `domain/directory/calendar.rs`: shifts and absences as events.
//!   - `domain/directory/elsewhere.rs`: what another system's directory says of people, and how long that counts.
//!   - `domain/directory/elsewhere/`: what it says of who is on call, and how that is put into ours.
//!   - `domain/alerting/`: alerts, and what each of their people is sent.
//!   - `domain/alerting/ingest.rs`: what an event does.
//!   - `domain/alerting/life.rs`: what people do to an alert.
//!   - `domain/alerting/escalation.rs`: **the** function of alerts: who is told next, until somebody answers.
//!   - `domain/delivery/`: a message to a person, what becomes of it, and whose turn it is.
//!   - `domain/links/`: short links to recordings.
//!   - `domain/audit.rs`: who did what.
//!   - `domain/retention.rs`: what is forgotten, and when.
//! - `ports/`: what we ask of the world: store, carrier, vendors, recordings, limits, time.
//!   - `ports/store.rs`: what is remembered, an area a trait.
//! - `service/`: the use cases.
//!   - `service/voice/`: a call, turn by turn, and what happens to it beside the line.
//!   - `service/ringing/`: people rung about alerts.
//!   - `service/answering.rs`, `service/answering/`: alerts answered by text, and on the page behind a link.
//!   - `service/alerting.rs`: alerts read, and what people and programs do to them.
//!   - `service/sparing.rs`: whoever needs not be told any more, since an alert has changed.
//!   - `service/escalating.rs`: alerts whose time has come; `service/auditing.rs`: none is forgotten.
//!   - `service/sending.rs`: a message handed to a vendor; `service/ledger.rs`: what becomes of it; `service/throttling.rs`: what
//!     of it has to wait.
//!   - `service/hooks.rs`: other programs told what happens to alerts; `service/feed.rs`: those who follow it live.
//!   - `service/message.rs`, `service/message/`: what people are written of an alert.
//!   - `service/on_call.rs`: who is on call: the one answer that everybody is given; `service/current.rs`: with
//!     which directory.
//!   - `service/intake.rs`, `service/intake/`: events taken in: who may send them, what comes twice, what is sent along.
//!   - `service/changes.rs`: absences and overrides, entered while the program runs.
//!   - `service/directory.rs`: callers looked up in another system's directory.
//!   - `service/directory/`: who is on call, asked there.
//!   - `service/directory/on_call/`: the search for it, from group to group.
//!   - `service/effects.rs`, `service/effects/`: every effect carried out: one `match`.
//!   - `service/online.rs`, `service/online/`: whether the world outside is as the settings say: a line a probe.
//! - `http/`: the edge: handlers, errors, what surrounds every route.
//!   - `http/router.rs`: every route of the program, one list.
//!   - `http/voice.rs`: the carrier's webhooks.
//!   - `http/extract/`: what handlers take from a request: signature, key, item.
//!   - `http/on_call/`, `http/changes/`: who is on call, and what changes it, as JSON.
//!   - `http/calendar/`: the same for programs that show calendars.
//!   - `http/alerting/`: an alert as JSON, a page of a list.
//!   - `http/notifications/`: a message as JSON, a page of a list.
//!   - `http/calls/`: a call as JSON, a page of a list.
//!   - `http/webhook/`: events of other programs: read, answered, one or many at a time.
//!   - `http/webhook/read/`: their bodies, a format a file: bytes become a tree of values.
//! - `worker/`: the loops that carry out what is due.
//! - `settings/`: the settings file: from text to checked values.
//!   - `settings/keys.rs`, `settings/keys/`: every key, its kind, its default and its meaning, one table.
//!   - `settings/file.rs`, `settings/file/`: the file as written, before any rule.
//!   - `settings/check/`: the rules between keys.
//!   - `settings/import/`: the settings of the original, made ours.
//!   - `settings/import/names.rs`: every setting of the original and where it is here, one table.
//!   - `settings/prompts.rs`, `settings/prompts/`: what is said on the phone, one file a language.
//!   - `settings/templates.rs`, `settings/templates/`: what people are written, some files a language.
//! - `storage/`: every store trait, in portable SQL.
//!   - `storage/migrations/`: the schema and its history.
//!   - `storage/alerting/`: alerts as rows, and the numbers that people call them by; `storage/log.rs`: their logs.
//!   - `storage/outbox.rs`: what is to be done outside, taken and done; `storage/queue.rs`: put there.
//!   - `storage/driver.rs`: what a database must be able to do.
//!   - `storage/snapshot.rs`: a database as it was at one moment, and its copy in another one.
//!   - `storage/backup/`: a backup, taken and put back.
//!   - `storage/sqlite/`: the embedded database: one writer with group commit, some readers.
//!   - `storage/postgres/`: PostgreSQL: a few writers that send whole groups, pools for what returns rows.
//! - `adapters/`: vendors, and what else of the world is no store: mail, folders, the clock, randomness.
//!   - `adapters/recordings/`: sound in a folder, or in a bucket.
//!   - `adapters/twilio/`: the carrier's API.
//!   - `adapters/webhook/`: other programs that are told of alerts: shapes, signatures, where they may be.
//!   - `adapters/xmatters/`: a directory of people, and a target of alerts.
//!   - `adapters/xmatters/trigger/`: what it is told of an alert.
//! - `twiml/`: the telephony protocol as data: documents, webhooks.
//!   - `twiml/render.rs`: from a plan of `domain` to a document.
//!   - `twiml/read/`: XML as a document.
//!   - `twiml/signature/`: the signature on a webhook.
//! - `exchange/`: a carrier of our own, for the demo and for every test of a call.
//!   - `exchange/carrier/`: calls, recordings, webhooks with retries.
//!   - `exchange/carrier/switchboard/`: phones that ring, are put through to one another, and meet.
//!   - `exchange/leg/`: one phone performing a document.
//!   - `exchange/rest/`: the carrier's API, as far as it is used.
//!   - `exchange/script/`: calls written down.
//!   - `exchange/script/parse/`: how they are read, line by line.
//!   - `exchange/script/run/`: how they are played, by as many people as there are in them.
//!
//! # Who may import whom
//!
//! A test holds the code to these lines, to the map, and to what is never there.
//!
//! ```text
//! domain   -> nothing
//! twiml    -> domain
//! ports    -> domain twiml
//! settings -> domain
//! app      -> domain ports settings
//! service  -> domain ports twiml app settings
//! storage  -> domain ports
//! adapters -> domain ports twiml settings
//! http     -> domain service twiml app settings
//! worker   -> service app
//! logging  -> settings
//! exchange -> twiml ports::clock
//! start    -> everything
//! ```
//!
//! # What is never there
//!
//! - `domain` does no IO, reads no clock, draws no lot, and has no `async`.
//! - `http` holds no rule.
//! - No SQL outside `storage/`.
//! - No vendor's name outside `adapters/`, `settings/` and `exchange/`, but for the sources in comments and the
//!   carrier's headers in `twiml/signature.rs`.
//! - No phone number, mail address or secret in any log or span: their types don't print them.
//! - Nothing but `start/` constructs an adapter.
//!
//! # Where do I …
//!
//! - … find what a caller hears after a key: `domain/voice/step/mod.rs`; its words: `prompts/en.toml`.
//! - … find whom a hunt calls next: `domain/voice/hunt.rs`; what makes it go on: `domain/voice/step/hunting.rs`; who
//!   can be called at all: `service/voice/callable.rs`.
//! - … find what somebody hears who is called, and what their key does: `domain/voice/step/legs.rs`.
//! - … find what the carrier is asked for a phone: `service/calling.rs`; how its document looks: `twiml/render.rs`.
//! - … find who is on call at a moment, and why somebody is not: `domain/directory/resolve.rs`, by way of
//!   `service/on_call.rs`.
//! - … find who is told of an alert next, and why somebody is not: `domain/alerting/escalation.rs`; by which device,
//!   and when: `domain/alerting/rules.rs`; what is wrong with the settings of it: `settings/check/policies.rs`,
//!   `settings/check/teams.rs`.
//! - … find why a message was not sent, or was sent again: `service/ledger.rs`, and `domain/delivery/ledger.rs` for the
//!   states that it can be in.
//! - … find what a reload of the settings means at once: `service/reloading.rs`.
//! - … find what is told of a call afterwards: `domain/voice/story.rs`.
//! - … find a route: `http/router.rs`.
//! - … add a carrier: a file or folder in `adapters/` that implements [`ports::telephony::Telephony`] with the
//!   carrier's [`twiml::render::Capabilities`], a word in [`settings::CarrierKind`], a line in
//!   `start/assemble.rs`.
//! - … add a source of who is on call: `on_call` and `has_group` of [`ports::people::People`], a word in
//!   [`settings::OnCallSource`], its rule in `settings/check/xmatters.rs`, a line in `start/assemble.rs`; how
//!   its answers become ours is in `domain/directory/elsewhere/merge.rs`.
//! - … add an end of a phone that was called: a variant of [`domain::voice::leg::LegEnd`]; the compiler shows the rest.
//! - … add another system's directory: a file or folder in `adapters/` that implements [`ports::people::People`], a
//!   word in [`settings::Access`], a line in `start/assemble.rs`.
//! - … change what people are written: `templates/message/en/`; what a template can use: `domain/alerting/wording.rs`.
//! - … add a language: what is spoken, a file beside `prompts/en.toml` with the same keys and a line in
//!   `settings/prompts.rs`; what is written, a folder beside `templates/message/en/` and its name in
//!   `settings/templates.rs`. An operator does it without a build: folders named by `voice.prompts` and
//!   `alerting.templates`.
//! - … add a system that alerts are passed on to: a file or folder in `adapters/` that implements
//!   [`ports::alert_target::AlertTarget`], a word in [`settings::ForwardKind`], a line in `start/assemble.rs`.
//! - … add a vendor of messages: a file or folder in `adapters/` that implements [`ports::vendor::SingleSender`], a word in
//!   [`settings::SmsVendor`], a line in `start/assemble.rs`.
//! - … add a shape in which other programs are told of alerts: a file in `adapters/webhook/`, a word in
//!   [`settings::WebhookKind`], a line in `start/assemble.rs`.
//! - … add a menu action: a variant of [`domain::voice::action::Action`]; the compiler shows the rest.
//! - … add a setting: a line in `settings/keys.rs` or below it, a field in `settings/file.rs`, one in [`settings::Settings`],
//!   its rule in `settings/check/`; the tests ask for its place in `settings/default.toml` and
//!   `settings/reference.md`.
//! - … add an effect: a variant of [`domain::effect::Effect`] with its lane, and its arm in `service/effects.rs`.
//! - … add somebody whom effects ask: a [`domain::effect::Lane`], so that it holds up nobody else when it hangs.
//! - … add a transcriber: a file in `adapters/` that implements [`ports::transcriber::Transcriber`], a variant of
//!   [`settings::TranscriberBy`], a line in `start/assemble.rs`.
//! - … add a probe to `dutyline check --online`: a line in `service/online.rs`, or in `start/probes.rs` where
//!   only a start knows what to look at.
//! - … find why an event has its category, its severity, or does nothing: `domain/alerting/understand.rs` and what it
//!   calls; the same in words is what a simulated event is answered.
//! - … add a word for how bad something is: a line in `domain/alerting/grade.rs`.
//! - … add a kind of file that events may bring: a line in `domain/alerting/file.rs`.
//! - … add a format of events: a file in `http/webhook/read/`, and how it is known in `http/webhook/read/kind.rs`.
//! - … add a migration: a new file in `storage/migrations/` and its line in `storage/migrate.rs`; a released
//!   file is never edited.

pub mod start;

pub mod logging;

pub mod app;

pub mod domain;

pub mod ports;

pub mod service;

pub mod http;

pub mod worker;

pub mod settings;

pub mod storage;

pub mod adapters;

pub mod twiml;

pub mod exchange;
