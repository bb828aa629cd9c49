//! The keys of teams, their categories and ways in, and of escalation policies.

use super::voice::RECIPIENT;
use super::{DAY_SECONDS, SEVERITIES};
use crate::settings::schema::{Key, Kind};
use Kind::{Count, Flag, Moment, Secret, Tables, Text, Texts, Word};

pub(super) const POLICY: &[Key] = &[
    Key::required("name", Text, "Unique: what other keys refer to."),
    Key::default(
        "step",
        Tables(STEP),
        "[]",
        "Who is told one after another until somebody answers. With none, the last resort is told at once.",
    ),
    Key::default(
        "repeats",
        Count(0, 1_000),
        "2",
        "How often all steps are made again where nobody has answered.",
    ),
    Key::default(
        "forever",
        Flag,
        "false",
        "Whether the steps are made again until somebody answers, and `repeats` does not count.",
    ),
    Key::required(
        "last_resort",
        Tables(POLICY_TARGET),
        "Who is told when nobody has answered, or not one step reaches anybody.",
    ),
    Key::default(
        "last_resort_every_minutes",
        Count(0, 10_080),
        "15",
        "After how long the last resort is told again while nobody answers; 0: it is told once.",
    ),
];

const STEP: &[Key] = &[
    Key::required("to", Tables(POLICY_TARGET), "Who is told."),
    Key::default(
        "wait_seconds",
        Count(10, 7 * DAY_SECONDS),
        "300",
        "How long they have to answer before the next step. A step that reaches nobody waits for nobody.",
    ),
];

const POLICY_TARGET: &[Key] = &[
    Key::optional(
        "on_duty",
        Flag,
        "another key says who",
        "`true`: whom the alert is for, i.e. who is on duty in its team, or whom the caller has chosen.",
    ),
    Key::optional(
        "everyone",
        Flag,
        "another key says who",
        "`true`: every member of its team, on duty or not.",
    ),
    Key::optional("person", Text, "another key says who", "A person's id."),
    Key::optional("group", Text, "another key says who", "A group's name: who is on call there."),
    Key::optional("schedule", Text, "another key says who", "A schedule's name: who is on call by it."),
    Key::optional("webhook", Text, "another key says who", "The name of a `[[webhook]]`: another program."),
];

pub(super) const TEAM: &[Key] = &[
    Key::required("name", Text, "Unique: what other keys refer to."),
    Key::required(
        "on_call",
        Tables(RECIPIENT),
        "Who is on duty: found out at each step; who must all acknowledge (`multi_ack`) is whoever that is when the alert \
         is made. An open alert keeps the list that it was opened with.",
    ),
    Key::optional(
        "members",
        Tables(RECIPIENT),
        "those of `on_call`",
        "Everyone, on duty or not: whom an emergency reaches.",
    ),
    Key::required("policy", Text, "Who is told when: the name of a `[[policy]]`."),
    Key::default(
        "subscribers",
        Tables(RECIPIENT),
        "[]",
        "Who is told, by text and mail, that an alert was acknowledged or resolved, or that this was taken back.",
    ),
    Key::default(
        "subscribe_told",
        Flag,
        "false",
        "Whether whoever was told of an alert is told that as well.",
    ),
    Key::optional(
        "acknowledge_minutes",
        Count(1, 10_080),
        "an acknowledgement stays",
        "After how long an alert that was acknowledged, and not resolved, counts as not answered.",
    ),
    Key::optional(
        "close_hours",
        Count(1, 87_600),
        "it stays open",
        "After how long an alert that nobody has acknowledged is closed by itself.",
    ),
    Key::optional(
        "close_acknowledged_hours",
        Count(1, 87_600),
        "it stays open",
        "The same for one that somebody has acknowledged, from then on.",
    ),
    Key::default(
        "category",
        Tables(CATEGORY),
        "[]",
        "What its events are about: the first category that fits an event is its own.",
    ),
    Key::default("integration", Tables(INTEGRATION), "[]", "The ways in for events of other programs."),
];

const CATEGORY: &[Key] = &[
    Key::required("name", Text, "Unique within the team; an event may ask for it by name."),
    Key::default(
        "include",
        Texts,
        "[]",
        "Words that an event must have; with none, it fits whatever has none of `exclude`, and without those too it is \
         chosen by name or as the default.",
    ),
    Key::default(
        "exclude",
        Texts,
        "[]",
        "Words that an event must not have; they count more than `include`.",
    ),
    Key::default(
        "match",
        Word(&["any", "all"]),
        "\"any\"",
        "Whether one of the words of `include` is enough.",
    ),
    Key::optional(
        "parameter",
        Text,
        "title, text and all parameters",
        "The one parameter of an event that words are looked for in, in any case of letters.",
    ),
    Key::default(
        "default",
        Flag,
        "false",
        "Whether events that fit no category get this one; one of a team can.",
    ),
    Key::default("emergency", Flag, "false", "Whether emergencies get this one; one of a team can."),
    Key::optional("colour", Text, "none of its own", "How it is shown, as `#c0392b`."),
    Key::optional("icon", Text, "none", "A short text or symbol that stands for it."),
    Key::optional(
        "severity",
        Word(&SEVERITIES),
        "`high`",
        "How bad its alerts are where the event does not say it.",
    ),
    Key::optional(
        "severity_parameter",
        Text,
        "no parameter says it",
        "The parameter of an event that says how bad it is, in any case of letters.",
    ),
    Key::default(
        "severities",
        Tables(SEVERITY_WORD),
        "[]",
        "What the words of that parameter mean, besides the names of severities.",
    ),
    Key::optional(
        "scenario",
        Word(&["single_ack", "multi_ack", "emergency"]),
        "one acknowledgement settles it",
        "How many must acknowledge where the event does not say it: one, everybody on duty, or one of everyone.",
    ),
    Key::optional("policy", Text, "the team's", "Who is told when: the name of a `[[policy]]`."),
    Key::default(
        "augment",
        Tables(AUGMENT),
        "[]",
        "What is added to the details of its alerts where the event does not say it itself.",
    ),
    Key::default(
        "maintenance",
        Tables(MAINTENANCE),
        "[]",
        "When nobody is told of new alerts of it, for work that is known of. Afterwards they are told.",
    ),
];

const SEVERITY_WORD: &[Key] = &[
    Key::required("word", Text, "As the sender has it, in any case of letters."),
    Key::required("severity", Word(&SEVERITIES), "What it means."),
];

const AUGMENT: &[Key] =
    &[Key::required("name", Text, "Its name."), Key::required("value", Text, "Its value.")];

const MAINTENANCE: &[Key] = &[
    Key::required("from", Moment, "First moment of it."),
    Key::required("until", Moment, "First moment after it."),
];

const INTEGRATION: &[Key] = &[
    Key::required("name", Text, "Unique within the team: what logs and alerts call it."),
    Key::optional(
        "secret_hash",
        Secret,
        "`secret` or `secret_file` is read",
        "What lets a sender in, as `sha256:` and the 64 hexadecimal digits of the secret's SHA-256.",
    ),
    Key::optional("secret", Secret, "`secret_hash` or `secret_file` is read", "The secret itself."),
    Key::optional("secret_file", Text, "`secret_hash` or `secret` is used", "A file that holds the secret."),
    Key::optional(
        "next_secret_hash",
        Secret,
        "there is one secret only",
        "A second secret that lets senders in too, while they are moved from one to the other.",
    ),
    Key::optional("next_secret", Secret, "there is one secret only", "That one itself."),
    Key::optional("next_secret_file", Text, "there is one secret only", "A file that holds it."),
    Key::optional(
        "hmac_secret",
        Secret,
        "requests need no signature",
        "The key by which every request must be signed besides: `sha256=` and the HMAC-SHA256 of the body in hexadecimal, in \
         `X-Dutyline-Signature` or `X-Hub-Signature-256`.",
    ),
    Key::optional("hmac_secret_file", Text, "`hmac_secret` is used", "A file that holds it."),
    Key::default(
        "filtering",
        Flag,
        "false",
        "Whether an event that fits no category is dropped where it does not say itself what is to be done.",
    ),
];
