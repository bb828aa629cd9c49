//! Other programs that are told what happens to alerts: of what, in which order, and what becomes of what they do not
//! take.

mod calls;
mod order;
mod people;
mod shapes;

use crate::world::World;
use dutyline::domain::alerting::actor::{Actor, Channel, Who};
use dutyline::domain::alerting::content::{Content, Detail};
use dutyline::domain::alerting::event::{Event, Transition};
use dutyline::domain::alerting::hook::Hook;
use dutyline::domain::alerting::news::Topic;
use dutyline::domain::alerting::policy::{Policy, PolicyName, Repeats, Step, Target, WebhookName};
use dutyline::domain::alerting::scenario::Scenario;
use dutyline::domain::alerting::team::{IntegrationName, Team, TeamName};
use dutyline::domain::directory::Recipient;
use dutyline::domain::directory::group::GroupName;
use dutyline::domain::directory::person::PersonId;
use dutyline::domain::effect::Lane;
use dutyline::domain::ids::{AlertId, EventId};
use dutyline::domain::severity::Severity;
use dutyline::ports::store::LaneCount;
use dutyline::service::intake::{self, Taken};
use dutyline::settings::{SecretUrl, Settings, SigningSecret, Webhook, WebhookKind};
use jiff::SignedDuration;
use serde_json::Value;
use wiremock::matchers::method;
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

/// The secret of the specification's example.
const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// A program that answers so.
async fn program(answer: ResponseTemplate) -> MockServer {
    let server = MockServer::start().await;
    answers(&server, answer).await;
    server
}

async fn answers(server: &MockServer, answer: ResponseTemplate) {
    Mock::given(method("POST")).respond_with(answer).mount(server).await;
}

fn ok() -> ResponseTemplate {
    ResponseTemplate::new(204)
}

/// A webhook of that name at that address, which is told everything.
fn webhook(name: &str, kind: WebhookKind, url: &str) -> Webhook {
    Webhook {
        rule: Hook { name: WebhookName(name.to_owned()), teams: None, topics: Topic::ALL.to_vec() },
        kind,
        url: SecretUrl::new(url.parse().unwrap()),
        keys: vec![SigningSecret::parse(SECRET).unwrap()],
        allow_private: true,
    }
}

fn team() -> Team {
    let database = vec![Recipient::Group(GroupName("Database".to_owned()))];
    Team {
        name: TeamName("Plant".to_owned()),
        on_call: database.clone(),
        members: database,
        policy: PolicyName("standard".to_owned()),
        subscribers: vec![],
        tells_the_told: false,
        acknowledge_timeout: None,
        close_after: None,
        close_acknowledged_after: None,
        categories: vec![],
        integrations: vec![],
    }
}

/// Its people, and after five minutes the program of that name.
fn policy() -> Policy {
    let step = |target| Step { targets: vec![target], wait: SignedDuration::from_mins(5) };
    Policy {
        name: PolicyName("standard".to_owned()),
        steps: vec![step(Target::OnDuty), step(Target::Webhook(WebhookName("tickets".to_owned())))],
        repeats: Repeats::Times(0),
        last_resort: vec![Target::OnDuty],
        last_resort_every: None,
    }
}

/// A world with a team, a policy and those webhooks.
async fn world(webhooks: Vec<Webhook>) -> World {
    world_with(webhooks, |_| {}).await
}

async fn world_with(webhooks: Vec<Webhook>, change: impl FnOnce(&mut Settings)) -> World {
    World::start_with("one-group", |settings| {
        settings.teams = vec![team()];
        settings.policies = vec![policy()];
        settings.webhooks = webhooks;
        change(settings);
    })
    .await
}

/// An event about a matter.
fn event(world: &World, transition: Transition, external_id: &str) -> Event {
    Event {
        id: EventId::next(&*world.app.ids),
        team: TeamName("Plant".to_owned()),
        integration: IntegrationName("prtg".to_owned()),
        source: Some("PRTG".to_owned()),
        external_id: Some(external_id.to_owned()),
        transition,
        content: Content {
            title: Some("Pump 3 stands still".to_owned()),
            text: Some("No pressure since 08:58".to_owned()),
            details: vec![Detail { name: "Sensor".to_owned(), value: "P3".to_owned() }],
            ..Content::default()
        },
        severity: Some(Severity::High),
        scenario: Scenario::SingleAck,
        notes: vec![],
        attachments: vec![],
    }
}

/// Takes an event in; answers the alert that it is about, and its own id.
async fn take_in(world: &World, transition: Transition, external_id: &str) -> (AlertId, String) {
    let event = event(world, transition, external_id);
    (taken_in(world, &event).await, event.id.to_string())
}

/// Takes that event in; answers the alert that it is about.
async fn taken_in(world: &World, event: &Event) -> AlertId {
    let taken = intake::take_in_once(&world.app, &team(), event, None, 201, |_| String::new()).await.unwrap();
    let Taken::Now(ingested) = taken else { panic!("it was never taken in before") };
    ingested.alert.unwrap()
}

fn ada() -> Actor {
    Actor { who: Who::Person(PersonId("ada".to_owned())), from: Channel::Api }
}

async fn requests(server: &MockServer) -> Vec<Request> {
    server.received_requests().await.unwrap()
}

fn json(request: &Request) -> Value {
    serde_json::from_slice(&request.body).unwrap()
}

/// What that program was sent.
async fn bodies(server: &MockServer) -> Vec<Value> {
    requests(server).await.iter().map(json).collect()
}

fn header(request: &Request, name: &str) -> String {
    request.headers.get(name).map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default()
}

/// How much there is still to tell that program.
async fn left(world: &World, name: &str) -> LaneCount {
    let lanes = world.app.outbox.count().await.unwrap().lanes;
    lanes.get(&Lane::Webhook(WebhookName(name.to_owned()))).copied().unwrap_or_default()
}
