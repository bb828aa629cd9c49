//! `[[webhook]]`, and what the messages to people are like.

use super::super::schema::Key;
use super::{Flag, Secret, Text, Texts, Word, Words};

pub(super) const ALERTING: &[Key] = &[
    Key::optional(
        "templates",
        Text,
        "the program's own are used",
        "The folder of the texts of messages: in a folder a language, as `de`, any of `sms.txt`, `bundle.txt`, \
         `mail_subject.txt`, `mail_body.txt`, `mail_body.html`, `news.txt`, `news_subject.txt` and `news.html`. A relative path starts at the settings file.",
    ),
    Key::default(
        "private_devices",
        Flag,
        "false",
        "Whether the webhooks of people may be at addresses of this machine or of a private network.",
    ),
];

/// What a program can be told.
const TOPICS: &[&str] = &["opened", "status", "escalated", "annotated"];

pub(super) const WEBHOOK: &[Key] = &[
    Key::required("name", Text, "Unique: what logs and policies call it."),
    Key::default(
        "kind",
        Word(&["standard", "signl4"]),
        "\"standard\"",
        "The shape of what it is told: our own by the Standard Webhooks, or that of SIGNL4's outbound webhooks.",
    ),
    Key::optional("url", Secret, "`url_file` is read", "Where it is; https, unless it is on this machine."),
    Key::optional("url_file", Text, "`url` is used", "A file that holds that URL."),
    Key::optional(
        "secret",
        Secret,
        "`secret_file` is read, or nothing is signed",
        "What messages are signed with: `whsec_` and the base64 of 24 to 64 bytes.",
    ),
    Key::optional("secret_file", Text, "`secret` is used", "A file that holds it."),
    Key::optional(
        "next_secret",
        Secret,
        "there is one signature",
        "A second secret, while the first is being replaced: messages carry a signature of each.",
    ),
    Key::optional("next_secret_file", Text, "`next_secret` is used", "A file that holds it."),
    Key::optional(
        "teams",
        Texts,
        "all alerts, those of no team too",
        "The teams whose alerts it is told of.",
    ),
    Key::default(
        "on",
        Words(TOPICS),
        "[\"opened\", \"status\", \"escalated\", \"annotated\"]",
        "What it is told.",
    ),
    Key::default(
        "allow_private",
        Flag,
        "false",
        "Whether it may be at an address of this machine or of a private network.",
    ),
];
