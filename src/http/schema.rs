//! Values of the domain as the API's description shows them. The domain itself knows nothing of descriptions.

use crate::domain::alerting::actor::Channel;
use crate::domain::alerting::life::LONGEST_SNOOZE;
use crate::domain::alerting::scenario::Scenario;
use crate::domain::alerting::state::AlertState;
use crate::domain::delivery::ledger::DeliveryState;
use crate::domain::severity::Severity;
use crate::domain::voice::action::Action;
use utoipa::openapi::schema::{
    AdditionalProperties, AnyOfBuilder, ArrayBuilder, KnownFormat, Schema, SchemaFormat, SchemaType, Type,
};
use utoipa::openapi::{ObjectBuilder, RefOr};
use utoipa::{PartialSchema, ToSchema};

/// A name that stands for one of our values in the description.
macro_rules! described {
    ($($(#[doc = $doc:literal])* $name:ident => $schema:expr;)*) => { $(
        $(#[doc = $doc])*
        pub(in crate::http) enum $name {}

        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                ObjectBuilder::description($schema, Some(concat!($($doc),*).trim())).into()
            }
        }

        impl ToSchema for $name {}
    )* };
}

described! {
    /// Whether somebody still has to take an alert.
    StateWord => words(AlertState::ALL.map(AlertState::word));
    /// How bad it is, from worst to mildest.
    SeverityWord => words(Severity::ALL.map(Severity::word));
    /// How many people must answer an alert, and who is told of it.
    ScenarioWord => words(Scenario::ALL.map(Scenario::word));
    /// What has become of a message.
    DeliveryWord => words(DeliveryState::ALL.map(DeliveryState::word));
    /// From where somebody did something.
    ChannelWord => words(Channel::ALL.map(Channel::word));
    /// What a caller has started.
    ActionWord => words(Action::ALL.map(Action::word));
    /// An addressee: one of `group`, `person` and `schedule`, with its name.
    RecipientForm => object([("group", text()), ("person", text()), ("schedule", text())], &[]);
    /// What an event says of the matter; nothing where somebody called.
    ContentForm => object(
        [("title", opt(Type::String)), ("text", opt(Type::String)), ("category", opt(Type::String))],
        &["title", "text", "category", "details", "location", "attachments"],
    )
    .property("details", list(object([("name", text()), ("value", text())], &["name", "value"])))
    .property("location", opt(Type::Object))
    .property("attachments", list(object(
        [("name", text()), ("media_type", text()), ("bytes", whole())],
        &["name", "media_type", "bytes"],
    )));
    /// The event that raised an alert.
    EventForm => object(
        [("integration", text()), ("source", opt(Type::String)), ("external_id", opt(Type::String))],
        &["integration"],
    );
    /// Something that happened: `what` says what, and has fields of its own.
    HappenedForm => object([("what", text())], &["what"])
        .additional_properties(Some(AdditionalProperties::FreeForm(true)));
    /// Anything.
    AnyForm => ObjectBuilder::new().schema_type(SchemaType::AnyValue);
    /// Fields of any names, and files where the form has parts.
    FieldsForm => object([], &[]).additional_properties(Some(AdditionalProperties::FreeForm(true)));
    /// Said with a deed: for whom it is done.
    DeedForm => closed([("as", person())], &[]);
    /// How long nobody is told of an alert: one of `minutes` and `until`.
    SnoozeForm => closed([("as", person()), ("until", moment())], &[])
        .property("minutes", or_null(whole().minimum(Some(1)).maximum(Some(LONGEST_SNOOZE.as_mins()))));
    /// A note.
    NoteForm => closed([("as", person())], &["text"])
        .property("text", text().min_length(Some(1)).max_length(Some(4_000)));
    /// Which alerts, of those that are all of it.
    FilterForm => closed(
        [
            ("team", name()), ("category", name()), ("source", name()), ("person", name()), ("q", name()),
            ("from", moment()), ("until", moment()),
        ],
        &[],
    )
    .property("state", or_null(list(words(AlertState::ALL.map(AlertState::word)))))
    .property("severity", or_null(words(Severity::ALL.map(Severity::word))));
    /// Which alerts: one of `ids`, 500 at most, and `filter`.
    ManyForm => closed([("as", person())], &[])
        .property("ids", or_null(list(id()).max_items(Some(500))))
        .property("filter", or_null(FilterForm::schema()));
    /// Somebody who is away.
    AbsenceForm => closed(
        [("person", name()), ("replacement", name()), ("from", moment()), ("until", moment())],
        &["person"],
    );
    /// Others on call than a schedule says: `add`, or `remove`, or `replace` and `by`.
    OverrideForm => closed(
        [
            ("schedule", name()), ("add", name()), ("remove", name()), ("replace", name()), ("by", name()),
            ("from", moment()), ("until", moment()),
        ],
        &["schedule", "until"],
    );
    /// What a button of a page stands for.
    ButtonForm => object([("do", text())], &["do"]);
    /// What an override changes.
    OverrideChangeForm => object([("add", text()), ("remove", text()), ("replace", text()), ("by", text())], &[]);
    /// Whatever another program says of a matter, most often an object, with control parameters anywhere in it; an array
    /// is a batch of them.
    PayloadForm => ObjectBuilder::new().schema_type(SchemaType::AnyValue);
}

fn text() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String)
}

/// A text that is not empty.
fn name() -> ObjectBuilder {
    text().pattern(Some("^[^\\u0000]*[^\\s\\u0000][^\\u0000]*$"))
}

fn person() -> ObjectBuilder {
    name()
        .description(Some("The id of the person for whom this is done; left out: for whoever holds the key."))
}

fn moment() -> ObjectBuilder {
    text().format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)))
}

fn id() -> ObjectBuilder {
    text().format(Some(SchemaFormat::KnownFormat(KnownFormat::Uuid)))
}

fn whole() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::Integer)
}

fn opt(kind: Type) -> ObjectBuilder {
    ObjectBuilder::new().schema_type(SchemaType::Array(vec![kind, Type::Null]))
}

fn words<const N: usize>(words: [&'static str; N]) -> ObjectBuilder {
    text().enum_values(Some(words))
}

fn list(of: ObjectBuilder) -> ArrayBuilder {
    ArrayBuilder::new().items(of)
}

fn object<const N: usize>(fields: [(&str, ObjectBuilder); N], required: &[&str]) -> ObjectBuilder {
    let mut object = ObjectBuilder::new();
    for (name, field) in fields {
        object = object.property(name, field);
    }
    required.iter().fold(object, |object, name| object.required(*name))
}

/// An object with no other fields.
fn closed<const N: usize>(fields: [(&str, ObjectBuilder); N], required: &[&str]) -> ObjectBuilder {
    let mut object = object([], required).additional_properties(Some(AdditionalProperties::FreeForm(false)));
    for (name, field) in fields {
        object = if required.contains(&name) {
            object.property(name, field)
        } else {
            object.property(name, or_null(field))
        };
    }
    object
}

/// What may be left out may be null.
fn or_null(field: impl Into<RefOr<Schema>>) -> AnyOfBuilder {
    AnyOfBuilder::new().item(field).item(ObjectBuilder::new().schema_type(Type::Null))
}
