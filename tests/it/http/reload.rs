//! New settings for a running program: all of them, or none.

use super::*;
use dutyline::domain::access::TokenHash;
use std::path::PathBuf;

/// A program on a settings file of its own.
pub(super) struct Own {
    pub(super) world: World,
    file: PathBuf,
    _folder: tempfile::TempDir,
}

impl Own {
    pub(super) async fn start() -> Self {
        let folder = tempfile::TempDir::new().unwrap();
        let place = folder.path().join("live");
        let file = place.with_extension("toml");
        std::fs::copy(crate::world::tests_folder().join("settings/one-group.toml"), &file).unwrap();
        let world = World::start(place.to_str().unwrap()).await;
        let own = Self { world, file, _folder: folder };
        own.write("");
        own
    }

    /// The file that says what the world really has, and more.
    pub(super) fn write(&self, more: &str) {
        let text = std::fs::read_to_string(crate::world::tests_folder().join("settings/one-group.toml"));
        let live = self.world.app.live();
        let mail = live.settings.mail.as_ref().unwrap();
        let text = text
            .unwrap()
            .replace(
                "api_url = \"http://127.0.0.1:8090\"",
                &format!("api_url = \"{}\"", live.settings.carrier.api_url),
            )
            .replace("port = 8025", &format!("port = {}", mail.port));
        let server = format!(
            "[server]\npublic_url = \"{}\"\ndata_dir = \"{}\"\n",
            self.world.app.public_url,
            self.world.folder().display()
        );
        std::fs::write(&self.file, format!("{server}\n{text}\n{more}\n")).unwrap();
    }

    pub(super) async fn reload(&self) -> Response {
        request(&self.world, Method::POST, "/api/reload").bearer_auth(&self.world.key).send().await.unwrap()
    }

    async fn opens(&self, token: &str) -> bool {
        get(&self.world, "/api/alerts").bearer_auth(token).send().await.unwrap().status() == StatusCode::OK
    }
}

fn key(token: &str) -> String {
    format!("[[api.key]]\nname = \"{token}\"\nhash = \"{}\"\nscopes = [\"read\"]\n", TokenHash::of(token))
}

#[tokio::test]
async fn new_settings_are_in_force_at_once_and_bad_ones_change_nothing() {
    let own = Own::start().await;
    let unchanged = own.reload().await;
    assert_eq!(unchanged.status(), StatusCode::OK);
    assert_eq!(unchanged.json::<Value>().await.unwrap(), serde_json::json!({ "needs_restart": [] }));

    assert!(!own.opens("first").await);
    own.write(&key("first"));
    assert_eq!(own.reload().await.status(), StatusCode::OK);
    assert!(own.opens("first").await);

    own.write(&format!("{}\n[voice]\ncolour = \"red\"\nask_times = 0\n", key("second")));
    let (code, message) = error(own.reload().await, StatusCode::UNPROCESSABLE_ENTITY).await;
    assert_eq!(code, "settings_invalid");
    assert!(message.contains("unknown key \"colour\"") && message.contains("voice.ask_times"), "{message}");
    assert!(message.ends_with("2 problems; nothing was changed"), "{message}");
    assert!(own.opens("first").await && !own.opens("second").await, "the old ones are still in force");

    own.write("");
    own.reload().await;
    assert!(!own.opens("first").await, "a key that is taken out opens nothing any more");
}

#[tokio::test]
async fn what_needs_a_restart_is_named() {
    let own = Own::start().await;
    own.write("[limits]\ncalls_per_number_per_minute = 3\n[log]\nlevel = \"debug\"\n");
    let answer: Value = own.reload().await.json().await.unwrap();
    assert_eq!(answer, serde_json::json!({ "needs_restart": ["log", "limits"] }));
    let again: Value = own.reload().await.json().await.unwrap();
    assert_eq!(again, answer, "it is still so, until there is a restart");
    own.write("");
    let back: Value = own.reload().await.json().await.unwrap();
    assert_eq!(back, serde_json::json!({ "needs_restart": [] }), "the program runs with these");
}

/// Calls go on asking for their texts whoever makes them, until a restart.
#[tokio::test]
async fn who_makes_the_texts_changes_with_a_restart_only() {
    let own = Own::start().await;
    own.write("[transcriber]\nkind = \"http\"\nurl = \"http://127.0.0.1:9\"\n[links]\nkind = \"bitly\"\ntoken = \"t\"");
    let answer: Value = own.reload().await.json().await.unwrap();
    assert_eq!(answer["needs_restart"], serde_json::json!(["transcriber", "links"]));
    assert!(own.world.app.live().settings.menu.carrier_transcribes);
}

#[tokio::test]
async fn how_people_are_called_changes_at_once_and_what_the_carrier_can_do_with_a_restart() {
    let own = Own::start().await;
    own.write("[voice.hunt]\nring = \"level\"\nrounds = 4\n");
    let answer: Value = own.reload().await.json().await.unwrap();
    assert_eq!(answer, serde_json::json!({ "needs_restart": [] }));
    let menu = own.world.app.live().settings.menu.clone();
    assert!(menu.hunt.rounds == 4 && menu.hunt.whole_levels);

    let number = "number = \"+15550100\"\n";
    let text = std::fs::read_to_string(&own.file).unwrap();
    let changed =
        text.replacen(number, &format!("{number}conferences = false\ncaller_id = \"+15550199\"\n"), 1);
    std::fs::write(&own.file, changed).unwrap();
    let answer: Value = own.reload().await.json().await.unwrap();
    assert_eq!(answer, serde_json::json!({ "needs_restart": ["carrier"] }));
    let menu = own.world.app.live().settings.menu.clone();
    assert!(menu.has_conferences, "the carrier is asked as it was at the start");
    assert_eq!(menu.caller_id.as_str(), "+15550199", "a number to show is no more than that");
}

#[tokio::test]
async fn a_directory_that_was_not_there_at_the_start_is_asked_from_the_next_one_on() {
    let own = Own::start().await;
    let xmatters =
        "[xmatters]\nurl = \"http://127.0.0.1:1\"\nuser = \"u\"\npassword = \"p\"\nauthorised = [\"u1\"]\n";
    own.write(&format!("[voice]\naccess = \"xmatters\"\n{xmatters}"));
    let answer: Value = own.reload().await.json().await.unwrap();
    assert_eq!(answer, serde_json::json!({ "needs_restart": ["xmatters"] }));
    let access = own.world.app.live().settings.voice.access;
    assert_eq!(
        access,
        dutyline::settings::Access::Directory,
        "nobody holds for a directory that is not asked"
    );
}

#[tokio::test]
async fn a_forward_target_is_new_after_a_restart_only_and_no_call_speaks_of_it_before() {
    let own = Own::start().await;
    own.write("[[forward]]\nname = \"West\"\nalert_url = \"https://xm.test.example/?apiKey=hunter2\"\n");
    let answer: Value = own.reload().await.json().await.unwrap();
    assert_eq!(answer, serde_json::json!({ "needs_restart": ["forward"] }));
    assert!(own.world.app.live().settings.menu.forwards.is_empty());
}
