//! Names with all the characters that links, forms and markup treat in a special way.

use crate::world::World;
use dutyline::exchange::script;

const SCRIPT: &str = r#"
    settings names
    caller ada
    dial
    hears "Hello Ada 'Ace' O'Admin & Co."
    press 1
    hears "Press 1 for R&D #1 50%."
    hears "Press 2 for Über <Nacht>."
    hears "Press 3 for C D, e is f."
    press 1
    hears "Record your message for R&D #1 50%"
    records "Line one < line two & so on" for 4 seconds
    press 1
    hears "Your alert for R&D #1 50% is open"
    call ends
    alert for "R&D #1 50%" from "Ada 'Ace' O'Admin & Co" saying "< line two &"
    alerts 1
"#;

#[tokio::test]
async fn p44_a_name_with_special_characters_arrives_unchanged() {
    let world = World::start("names").await;
    let script = script::parse("p44", SCRIPT).unwrap();
    world.play(&script).await.unwrap_or_else(|failure| panic!("{failure}"));
    let arrived = world.exchange.arrived(0);
    let texts: Vec<_> = arrived.iter().filter(|message| message.subject.is_empty()).collect();
    assert!(!texts.is_empty());
    for text in texts {
        let wanted = "alert for R&D #1 50% by Ada 'Ace' O'Admin & Co (+15550101), 2026-01-05 ";
        assert!(text.text.contains(wanted), "{}", text.text);
    }
    for mail in arrived.iter().filter(|message| !message.subject.is_empty()) {
        assert!(mail.subject.contains("for R&D #1 50% by Ada 'Ace' O'Admin & Co:"), "{}", mail.subject);
    }
    let alert = &world.api("/api/alerts").await["alerts"][0];
    assert_eq!(alert["recipients"][0]["group"], "R&D #1 50%");
}
