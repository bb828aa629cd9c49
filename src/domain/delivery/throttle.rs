//! Whose turn it is where a device is sent no more than so many messages in a while.

use super::latest;
use super::ledger::Limit;
use crate::domain::ids::NotificationId;
use jiff::{SignedDuration, Timestamp};

/// How much one device is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rules {
    /// Messages within [`WINDOW`], at most.
    pub most: u32,
    /// As soon as more than so many are kept waiting, they become one.
    pub bundle_above: u32,
}

/// The while in which messages to a device are counted.
pub const WINDOW: SignedDuration = SignedDuration::from_mins(15);

/// The window that ends now: what was begun after the first moment counts, up to the second. What was begun later than that
/// was begun before the clock was put back, and keeps nobody waiting.
pub fn window(now: Timestamp) -> (Timestamp, Timestamp) {
    (now.checked_sub(WINDOW).unwrap_or(Timestamp::MIN), latest(now))
}

/// What share of the messages is kept for what is urgent, and for the first of each topic: one in five. So a flood of one
/// topic does not use up what the first message of another needs. Where that is no whole number, one more is kept; a device
/// that is sent a single message keeps none.
const KEPT_ONE_IN: u32 = 5;

/// What share of the messages there must not have been yet where news are sent: one in two. They take no place from
/// alerts, which don't count them.
const NEWS_ONE_IN: u32 = 2;

/// A message to a device that is not sent yet, and that is still needed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// Which.
    pub id: NotificationId,
    /// What it is about, as far as floods go: messages of one topic don't overtake those of another.
    pub topic: String,
    /// Before which others it goes, and after which.
    pub rank: Rank,
    /// Whether it was kept waiting before.
    pub is_throttled: bool,
    /// Whether it could be sent now.
    pub is_due: bool,
}

/// How much a message matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rank {
    /// It goes before all others.
    Urgent,
    /// It brings an alert.
    Common,
    /// It only tells how an alert stands, and goes after all that don't.
    News,
}

impl Waiting {
    fn is_news(&self) -> bool {
        self.rank == Rank::News
    }
}

/// A message to a device that was sent within the window.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Begun {
    /// When.
    pub at: Timestamp,
    /// What it was about.
    pub topic: String,
    /// Whether it only told how an alert stood.
    pub is_news: bool,
}

/// What is to be done about a message now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Turn {
    /// It is sent, and says those as well.
    Now {
        /// The others that become one with it.
        bundled: Vec<NotificationId>,
        /// What must still hold when it begins.
        limit: Limit,
    },
    /// It is kept waiting until then.
    Wait(Timestamp),
}

/// In which order messages go: what is urgent, then the first of each topic, then the others, then news; of equals the
/// oldest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Class {
    Urgent,
    FirstOfTopic,
    Other,
    News,
}

impl Rules {
    /// How many messages of that class are sent within the window, at most.
    fn most_of(self, class: Class) -> u32 {
        match class {
            Class::Urgent | Class::FirstOfTopic => self.most,
            Class::Other => self.most.saturating_sub(self.most.div_ceil(KEPT_ONE_IN)).max(1),
            Class::News => (self.most / NEWS_ONE_IN).max(1),
        }
    }
}

/// What a message is by itself. `is_known`: another of its topic went, or waits, before it.
const fn class(one: &Waiting, is_known: bool) -> Class {
    match (one.rank, is_known) {
        (Rank::Urgent, _) => Class::Urgent,
        (Rank::Common, false) => Class::FirstOfTopic,
        (Rank::Common, true) => Class::Other,
        (Rank::News, _) => Class::News,
    }
}

/// Those that count for a message: news don't, but for news.
fn counted<'a>(own: &Waiting, begun: &'a [Begun]) -> Vec<&'a Begun> {
    begun.iter().filter(|one| own.is_news() || !one.is_news).collect()
}

/// Whether there is no place for a message, whoever else waits.
pub fn is_full(own: &Waiting, begun: &[Begun], rules: Rules) -> bool {
    let begun = counted(own, begun);
    // The best that it can be: those that wait besides can only make it less.
    let best = class(own, begun.iter().any(|other| other.topic == own.topic));
    begun.len() >= usize::try_from(rules.most_of(best)).unwrap_or(usize::MAX)
}

/// Whether it is the turn of the message of that id. `waiting`: those to its device, itself among them; `begun`: those of
/// the window that ends now.
pub fn turn(id: NotificationId, waiting: &[Waiting], begun: &[Begun], rules: Rules, now: Timestamp) -> Turn {
    let Some(own) = waiting.iter().find(|one| one.id == id) else {
        return again(&begun.iter().collect::<Vec<_>>(), 0, now);
    };
    let begun = &*counted(own, begun);
    let class = |one: &Waiting| {
        let is_before = |other: &Waiting| other.id < one.id && !other.is_news() && other.topic == one.topic;
        let is_begun = |other: &&Begun| !other.is_news && other.topic == one.topic;
        class(one, begun.iter().any(is_begun) || waiting.iter().any(is_before))
    };
    let place = (class(own), own.id);
    let most = rules.most_of(place.0);
    let free = usize::try_from(most).unwrap_or(usize::MAX).saturating_sub(begun.len());
    let ahead =
        waiting.iter().filter(|one| one.is_due && one.id != id && (class(one), one.id) < place).count();
    if ahead >= free {
        return again(begun, usize::try_from(most).unwrap_or(usize::MAX), now);
    }
    let kept = waiting.iter().filter(|one| one.is_throttled && !one.is_news());
    let kept: Vec<NotificationId> = kept.map(|one| one.id).collect();
    let is_flood = kept.len() > usize::try_from(rules.bundle_above).unwrap_or(usize::MAX);
    let bundled = if is_flood && own.is_throttled && !own.is_news() {
        kept.into_iter().filter(|one| *one != id).collect()
    } else {
        vec![]
    };
    let (since, until) = window(now);
    Turn::Now { bundled, limit: Limit { most, since, until } }
}

/// When the next message may be sent where `most` may be: as soon as enough of the others are out of the window.
fn again(begun: &[&Begun], most: usize, now: Timestamp) -> Turn {
    let mut times: Vec<Timestamp> = begun.iter().map(|one| one.at).collect();
    times.sort_unstable();
    let frees = times.get(times.len().saturating_sub(most)).copied();
    let at = frees.unwrap_or(now);
    Turn::Wait(at.checked_add(WINDOW).unwrap_or(Timestamp::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn g32_where_it_is_full_for_a_message_it_waits_whoever_else_does() {
        let known = |n: i64| Begun { at: at(n), topic: "Plant".to_owned(), is_news: false };
        for (topic, is_urgent, places) in [("Plant", false, 8), ("Plant", true, 10), ("Office", false, 10)] {
            let rank = if is_urgent { Rank::Urgent } else { Rank::Common };
            let own = Waiting { rank, ..waiting(99, topic) };
            for sent in 1..=12 {
                let begun: Vec<_> = (0..sent).map(known).collect();
                let full = is_full(&own, &begun, RULES);
                assert_eq!(full, sent >= places, "{topic} {is_urgent} {sent}");
                let others = [own.clone(), waiting(1, "Plant"), waiting(2, "Office")];
                let waits =
                    |all: &[Waiting]| matches!(turn(own.id, all, &begun, RULES, at(13)), Turn::Wait(_));
                assert!(!full || waits(&others) && waits(&others[..1]), "{topic} {is_urgent} {sent}");
            }
        }
    }

    const RULES: Rules = Rules { most: 10, bundle_above: 3 };

    fn at(minutes: i64) -> Timestamp {
        Timestamp::from_second(1_000_000 + 60 * minutes).unwrap()
    }

    fn id(n: u128) -> NotificationId {
        NotificationId(Uuid::from_u128(n))
    }

    fn waiting(n: u128, topic: &str) -> Waiting {
        Waiting { id: id(n), topic: topic.to_owned(), rank: Rank::Common, is_throttled: false, is_due: true }
    }

    fn kept(n: u128, topic: &str) -> Waiting {
        Waiting { is_throttled: true, ..waiting(n, topic) }
    }

    fn begun(count: i64, topic: &str) -> Vec<Begun> {
        (0..count).map(|n| Begun { at: at(n), topic: topic.to_owned(), is_news: false }).collect()
    }

    fn goes(n: u128, waiting: &[Waiting], begun: &[Begun], now: Timestamp) -> bool {
        matches!(turn(id(n), waiting, begun, RULES, now), Turn::Now { .. })
    }

    #[test]
    fn g32_the_first_of_a_topic_overtakes_a_flood_of_another() {
        let sent = begun(8, "pumps");
        let all = [waiting(1, "pumps"), waiting(2, "pumps"), waiting(3, "fans")];
        assert!(!goes(1, &all, &sent, at(9)), "the flood has had its share");
        assert!(goes(3, &all, &sent, at(9)));
    }

    #[test]
    fn g32_something_is_kept_of_little_too() {
        let most_of_a_flood = |most| {
            let rules = Rules { most, ..RULES };
            let all = [waiting(1, "pumps"), waiting(2, "pumps")];
            let goes = |sent: &i64| {
                let sent = begun(*sent, "pumps");
                matches!(turn(id(2), &all[1..], &sent, rules, at(9)), Turn::Now { .. })
            };
            (1..20).take_while(goes).count() + 1
        };
        assert_eq!([1, 2, 3, 4, 5, 6, 10].map(most_of_a_flood), [1, 1, 2, 3, 4, 4, 8]);
    }

    #[test]
    fn what_is_urgent_goes_first() {
        let sent = begun(9, "pumps");
        let urgent = Waiting { rank: Rank::Urgent, ..waiting(3, "pumps") };
        let all = [waiting(2, "fans"), urgent];
        assert!(goes(3, &all, &sent, at(9)));
        assert!(!goes(2, &all, &sent, at(9)), "the last place is taken");
    }

    #[test]
    fn g33_after_the_window_the_queue_goes_on_with_the_oldest() {
        let sent = begun(10, "pumps");
        let all = [kept(1, "pumps"), kept(2, "pumps")];
        // Two of five are kept for others: eight must be in the window at most, so three have to leave it.
        assert_eq!(turn(id(1), &all, &sent, RULES, at(10)), Turn::Wait(at(2) + WINDOW));
        let left: Vec<Begun> = sent.into_iter().filter(|one| one.at > at(2)).collect();
        assert!(goes(1, &all, &left, at(17)));
        assert!(!goes(2, &all, &left, at(17)));
    }

    #[test]
    fn g30_more_than_some_that_were_kept_waiting_become_one() {
        let all: Vec<Waiting> = (1..=4).map(|n| kept(n, "pumps")).collect();
        let Turn::Now { bundled, .. } = turn(id(1), &all, &begun(1, "pumps"), RULES, at(20)) else {
            panic!("it is its turn");
        };
        assert_eq!(bundled, [2, 3, 4].map(id));
        let few = &all[..3];
        let Turn::Now { bundled, .. } = turn(id(1), few, &begun(1, "pumps"), RULES, at(20)) else {
            panic!("it is its turn");
        };
        assert_eq!(bundled, []);
    }

    #[test]
    fn g34_news_go_last_and_take_no_place_from_alerts() {
        let news = |n| Waiting { rank: Rank::News, ..waiting(n, "pumps") };
        let all = [news(1), waiting(2, "pumps")];
        assert!(goes(2, &all, &begun(7, "pumps"), at(9)));
        assert!(!goes(1, &all, &begun(4, "pumps"), at(9)), "the alert takes the last place for news");
        assert!(goes(1, &all[..1], &begun(4, "pumps"), at(9)));
        assert!(is_full(&news(1), &begun(5, "fans"), RULES), "half of what there may be");
        let told: Vec<Begun> =
            begun(10, "pumps").into_iter().map(|one| Begun { is_news: true, ..one }).collect();
        let first = goes(2, &all, &told, at(9));
        assert!(first && !is_full(&all[1], &told, RULES), "news are not counted");
    }

    #[test]
    fn g34_news_become_no_part_of_a_bundle() {
        let mut all: Vec<Waiting> = (1..=5).map(|n| kept(n, "pumps")).collect();
        all[0].rank = Rank::News;
        let Turn::Now { bundled, .. } = turn(id(2), &all, &[], RULES, at(20)) else {
            panic!("it is its turn");
        };
        assert_eq!(bundled, [3, 4, 5].map(id));
        let alone = Waiting { is_due: true, ..all[0].clone() };
        let waits = all.iter().skip(1).map(|one| Waiting { is_due: false, ..one.clone() });
        let all: Vec<Waiting> = std::iter::once(alone).chain(waits).collect();
        assert!(
            matches!(turn(id(1), &all, &[], RULES, at(20)), Turn::Now { bundled, .. } if bundled.is_empty())
        );
    }

    #[test]
    fn who_is_not_due_is_not_waited_for() {
        let later = Waiting { is_due: false, ..waiting(1, "pumps") };
        assert!(goes(2, &[later, waiting(2, "pumps")], &begun(7, "pumps"), at(9)));
    }
}
