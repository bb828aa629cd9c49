//! The keys of people, groups, schedules, and of what changes them for a time.

use super::SEVERITIES;
use crate::settings::schema::{Key, Kind};
use Kind::{
    Count, Counts, Flag, LocalTime, Moment, Secret, Table, Tables, Text, Texts, TimeOfDay, Word, Words,
};

pub(super) const PERSON: &[Key] = &[
    Key::required("id", Text, "Short and unique: what other keys refer to."),
    Key::required("name", Text, "As it is spoken and shown."),
    Key::optional(
        "language",
        Text,
        "`voice.language`",
        "What the person hears on the phone and is written in.",
    ),
    Key::optional("zone", Text, "it is not known", "Where they live by the clock, as `Europe/Berlin`."),
    Key::default("device", Tables(DEVICE), "[]", "How the person is reached, in the order to try."),
    Key::default(
        "rule",
        Tables(RULE),
        "[]",
        "How the person wants to be told of alerts. Every rule that is for an alert counts; with none, all that can be \
         written to at once, and a phone after two minutes.",
    ),
    Key::optional(
        "quiet",
        Table(QUIET),
        "they are told at any time",
        "When the person wants to be left alone; `zone` is needed with it. What is due then is due at the end.",
    ),
];

const RULE: &[Key] = &[
    Key::default("severities", Words(&SEVERITIES), "[]", "For which alerts; with none, for all."),
    Key::required("devices", Counts(1, 100), "By which of the person's devices, counted from 1."),
    Key::default("after_minutes", Count(0, 1_440), "0", "How long after their turn they are told that way."),
];

const QUIET: &[Key] = &[
    Key::required("from", TimeOfDay, "Its first moment on the clock of `zone`, as `22:00`."),
    Key::required(
        "until",
        TimeOfDay,
        "First moment after it; when it is not later than `from`, of the next day.",
    ),
    Key::default(
        "unless",
        Words(&SEVERITIES),
        "[\"critical\"]",
        "Alerts that they are told of all the same.",
    ),
];

const DEVICE: &[Key] = &[
    Key::required(
        "kind",
        Word(&["voice", "sms", "email", "webhook"]),
        "A phone that rings, a phone that takes texts, a mailbox, another program.",
    ),
    Key::optional("number", Text, "needed for `voice` and `sms`", "The phone number, as `+15550100`."),
    Key::optional("address", Text, "needed for `email`", "The mail address."),
    Key::optional("url", Secret, "needed for `webhook`, or `url_file`", "The address of the program."),
    Key::optional("url_file", Text, "`url` is used", "A file that holds that URL."),
];

pub(super) const GROUP: &[Key] = &[
    Key::required("name", Text, "Unique: what other keys refer to."),
    Key::optional(
        "members",
        Tables(MEMBER),
        "needed, but for `elsewhere` and `on_call`",
        "People, other groups and schedules, in the order to try.",
    ),
    Key::default(
        "elsewhere",
        Flag,
        "false",
        "Whether its members are known only to those of `[[forward]]`: they are told of it by its name.",
    ),
    Key::optional(
        "on_call",
        Word(&["xmatters"]),
        "`members` says who",
        "Who knows its members and who of them is on call: the system of `[xmatters]`, by the group's name.",
    ),
];

const MEMBER: &[Key] = &[
    Key::optional("person", Text, "another key says who", "A person's id."),
    Key::optional(
        "device",
        Count(1, 100),
        "by all of them",
        "By which of the person's devices alone they are reached, counted from 1.",
    ),
    Key::optional("group", Text, "another key says who", "A group's name."),
    Key::optional("schedule", Text, "another key says who", "A schedule's name."),
];

pub(super) const SCHEDULE: &[Key] = &[
    Key::required("name", Text, "Unique: what other keys refer to."),
    Key::required("zone", Text, "Whose clock its rotations go by, as `Europe/Berlin`."),
    Key::default(
        "rotation",
        Tables(ROTATION),
        "[]",
        "People who take turns. Of several rotations, those whose turn it is are on call side by side, in this order.",
    ),
];

const ROTATION: &[Key] = &[
    Key::required("members", Texts, "Ids of people, in the order of their turns."),
    Key::required(
        "every",
        Word(&["hourly", "daily", "weekly", "monthly"]),
        "In what a turn is counted. A monthly hand-off on a day that a month does not have is on its last day.",
    ),
    Key::default("length", Count(1, 10_000), "1", "How many of these a turn is long."),
    Key::required(
        "starts_at",
        LocalTime,
        "The first hand-off on the local clock, as `2026-01-05T09:00`; later ones stay at its time of the day.",
    ),
    Key::optional("zone", Text, "the schedule's", "Whose clock it goes by."),
    Key::default(
        "hours",
        Tables(HOURS),
        "[]",
        "When somebody is on call at all; with none, always. The turns go on in between.",
    ),
];

const HOURS: &[Key] = &[
    Key::default(
        "days",
        Words(&DAYS),
        "[\"mon\", \"tue\", \"wed\", \"thu\", \"fri\", \"sat\", \"sun\"]",
        "The days on which they begin.",
    ),
    Key::required("from", TimeOfDay, "Their first moment on the local clock, as `18:00`."),
    Key::required(
        "until",
        TimeOfDay,
        "First moment after them; when it is not later than `from`, of the next day.",
    ),
];

/// The days of the week, Monday first.
pub(in crate::settings) const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

pub(super) const OVERRIDE: &[Key] = &[
    Key::required("schedule", Text, "Which schedule is changed: its name."),
    Key::optional("add", Text, "nobody", "Who is on call besides: a person's id."),
    Key::optional("remove", Text, "nobody", "Who is not on call: a person's id."),
    Key::optional("replace", Text, "nobody", "In whose place another one is on call: a person's id."),
    Key::optional("by", Text, "needed for `replace`", "Who is that other one: a person's id."),
    Key::required("from", Moment, "First moment of it."),
    Key::required("until", Moment, "First moment after it."),
];

pub(super) const ABSENCE: &[Key] = &[
    Key::required("person", Text, "Who is away: a person's id."),
    Key::required("from", Moment, "First moment of it."),
    Key::optional("until", Moment, "until further notice", "First moment after it."),
    Key::optional("replacement", Text, "nobody", "Who stands in: a person's id."),
];
