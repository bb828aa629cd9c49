//! The keys of text messages and mail: who transmits them, and how much.

use crate::settings::schema::{Key, Kind};
use Kind::{Count, Flag, Secret, Tables, Text, Word};

/// `[mail]`.
pub(super) const MAIL: &[Key] = &[
    Key::required("host", Text, "Name or address of the server."),
    Key::optional(
        "port",
        Count(1, 65_535),
        "465 with `tls`, 587 with `starttls`, 25 with `none`",
        "Its port.",
    ),
    Key::default(
        "tls",
        Word(&["none", "starttls", "tls"]),
        "\"starttls\"",
        "How the connection is kept secret.",
    ),
    Key::optional("user", Secret, "no login", "The user to log in as."),
    Key::optional("password", Secret, "`password_file` is read", "The user's password."),
    Key::optional("password_file", Text, "`password` is used", "A file that holds the password."),
    Key::required("from", Text, "The sender of our mails."),
    Key::default(
        "on_unknown",
        Word(&["resend", "hold"]),
        "\"resend\"",
        "What becomes of a mail of which nobody knows whether the server has taken it, since the program ended meanwhile: \
         it is sent again, under the same Message-ID, or held for an operator.",
    ),
    Key::default(
        "next",
        Tables(MAIL_NEXT),
        "[]",
        "Servers that are given a mail when those before them do not take it, in order.",
    ),
];

const MAIL_NEXT: &[Key] = &[
    Key::required("host", Text, "Name or address of the server."),
    Key::optional(
        "port",
        Count(1, 65_535),
        "465 with `tls`, 587 with `starttls`, 25 with `none`",
        "Its port.",
    ),
    Key::default(
        "tls",
        Word(&["none", "starttls", "tls"]),
        "\"starttls\"",
        "How the connection is kept secret.",
    ),
    Key::optional("user", Secret, "no login", "The user to log in as."),
    Key::optional("password", Secret, "`password_file` is read", "The user's password."),
    Key::optional("password_file", Text, "`password` is used", "A file that holds the password."),
];

/// `[sms]`.
pub(super) const SMS: &[Key] = &[
    Key::default("enabled", Flag, "true", "Whether text messages are sent."),
    Key::optional("from", Text, "`carrier.number`", "The number that they come from."),
    Key::default(
        "replies",
        Flag,
        "true",
        "Whether people may answer an alert by writing back. The carrier must bring the number's messages to `/sms` then.",
    ),
    Key::default(
        "vendor",
        Tables(SMS_VENDOR),
        "[]",
        "Who transmits them: the first that takes one, in order. Left out: the carrier.",
    ),
    Key::default(
        "per_number",
        Count(1, 10_000),
        "10",
        "How many one number gets within 15 minutes, at most; further ones wait. A fifth of them is kept for critical \
         alerts, and for the first of each team; what subscribers are told is sent below a half of them, and takes no \
         place from alerts.",
    ),
    Key::default(
        "bundle_above",
        Count(1, 10_000),
        "3",
        "Where more than so many wait when a number may be sent the next message, they become that one.",
    ),
    Key::default(
        "on_unknown",
        Word(&["resend", "hold"]),
        "\"hold\"",
        "What becomes of a message of which nobody knows whether a vendor has taken it, since the program ended meanwhile, \
         where the vendor can't be asked: it is sent again, or held for an operator.",
    ),
];

const SMS_VENDOR: &[Key] = &[
    Key::required("kind", Word(&["carrier", "messagebird"]), "Whose protocol it speaks."),
    Key::optional(
        "access_key",
        Secret,
        "`access_key_file` is read",
        "With `messagebird`: the live access key.",
    ),
    Key::optional("access_key_file", Text, "`access_key` is used", "A file that holds the access key."),
    Key::optional(
        "from",
        Text,
        "`sms.from`",
        "With `messagebird`: the number, or the name of up to 11 letters and digits, that messages come from. What people \
         write back to another than `sms.from` does not come in here, so that those texts carry no reply codes.",
    ),
    Key::default("api_url", Text, "\"https://rest.messagebird.com\"", "With `messagebird`: its API."),
];
