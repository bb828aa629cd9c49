//! How long it takes to say who is on call: now, by a large nested group, and over twelve weeks, by many rotations.

use super::{Failed, median, say};
use clap::Args;
use dutyline::domain::directory::absence::Absence;
use dutyline::domain::directory::group::{Group, GroupName, Member};
use dutyline::domain::directory::overrides::{Override, OverrideChange};
use dutyline::domain::directory::person::{Person, PersonId};
use dutyline::domain::directory::resolve::on_call;
use dutyline::domain::directory::schedule::shifts::shifts;
use dutyline::domain::directory::schedule::{
    Every, LocalWindow, Rotation, Schedule, ScheduleName, Unit, Weekdays,
};
use dutyline::domain::directory::{Directory, Recipient};
use jiff::civil::{date, time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use std::hint::black_box;
use std::time::Instant;

/// Looks it up many times over; the middle one counts.
#[derive(Debug, Args)]
pub(super) struct OnCall {
    /// Print nothing but the figures: microseconds of the group, milliseconds of the shifts, and of those of rotations
    /// that are all handed over every hour.
    #[arg(long)]
    figures: bool,
    /// How often each is looked up.
    #[arg(long, default_value_t = 101)]
    rounds: usize,
}

const WEEKS: i64 = 12;
const MEMBERS: usize = 1_000;
const DEPTH: usize = 5;
const ABSENCES: usize = 200;
const ROTATIONS: usize = 200;

impl OnCall {
    pub(super) fn run(self) -> Result<(), Failed> {
        let from: Timestamp = "2026-03-01T00:00:00Z".parse()?;
        let (directory, asked) = nested()?;
        let group = self.middle(|| on_call(&directory, &asked, from).responders.len());
        let mixed = rotations(&[Unit::Hourly, Unit::Daily, Unit::Weekly, Unit::Monthly], 12)?;
        let hourly = rotations(&[Unit::Hourly], 1)?;
        let until = from + SignedDuration::from_hours(WEEKS * 7 * 24);
        let all = |directory: &Directory| -> usize {
            directory.schedules.iter().map(|one| shifts(directory, one, from, until).len()).sum()
        };
        let (shifts, of_hours) = (self.middle(|| all(&mixed)) * 1e3, self.middle(|| all(&hourly)) * 1e3);
        let micros = group * 1e6;
        if self.figures {
            say(&format!("{micros:.0} {shifts:.1} {of_hours:.0}"));
        } else {
            say(&format!("{MEMBERS} members, {DEPTH} deep, {ABSENCES} absences: {micros:.0} µs"));
            say(&format!("{ROTATIONS} rotations, {WEEKS} weeks, {} shifts: {shifts:.1} ms", all(&mixed)));
            say(&format!("handed over every hour, {} shifts: {of_hours:.0} ms", all(&hourly)));
        }
        Ok(())
    }

    /// Seconds that it takes.
    fn middle(&self, what: impl Fn() -> usize) -> f64 {
        let round = |_| {
            let started = Instant::now();
            black_box(what());
            started.elapsed().as_secs_f64()
        };
        median((0..self.rounds).map(round).collect())
    }
}

fn id(n: usize) -> PersonId {
    PersonId(format!("person-{n}"))
}

fn people(count: usize) -> Vec<Person> {
    let person = |n| Person {
        id: id(n),
        name: format!("Person {n}"),
        language: None,
        zone: None,
        may_call: true,
        devices: vec![],
        rules: vec![],
        quiet: None,
    };
    (0..count).map(person).collect()
}

/// Who is away in the whole of the time; every other one has somebody who stands in.
fn absences(everyone: usize, stand_in: impl Fn(usize) -> usize) -> Result<Vec<Absence>, Failed> {
    let from: Timestamp = "2026-01-01T00:00:00Z".parse()?;
    let absence = |n: usize| Absence {
        id: None,
        person: id(n * everyone / ABSENCES),
        from,
        until: None,
        replacement: n.is_multiple_of(2).then(|| id(stand_in(n))),
    };
    Ok((0..ABSENCES).map(absence).collect())
}

/// Each group has its own members and the next group.
fn nested() -> Result<(Directory, Recipient), Failed> {
    let name = |depth: usize| GroupName(format!("Group {depth}"));
    let each = MEMBERS / DEPTH;
    let group = |depth: usize| {
        let own = (depth * each..(depth + 1) * each).map(|n| Member::Person(id(n)));
        let next = (depth + 1 < DEPTH).then(|| Member::Group(name(depth + 1)));
        Group { name: name(depth), members: own.chain(next).collect(), is_elsewhere: false }
    };
    let directory = Directory {
        people: people(MEMBERS + ABSENCES),
        groups: (0..DEPTH).map(group).collect(),
        absences: absences(MEMBERS, |n| MEMBERS + n)?,
        ..Directory::default()
    };
    Ok((directory, Recipient::Group(name(0))))
}

/// Ten rotations a schedule, in several zones, a third of them on at night only, with overrides and absences.
fn rotations(units: &[Unit], hours: u32) -> Result<Directory, Failed> {
    const EACH: usize = 10;
    let names = ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata"];
    let zones = names.iter().map(|name| TimeZone::get(name)).collect::<Result<Vec<_>, _>>()?;
    let zone = |n: usize| zones.get(n % zones.len()).cloned().unwrap_or(TimeZone::UTC);
    let unit = |n: usize| units.get(n % units.len()).copied().unwrap_or(Unit::Daily);
    let nights = LocalWindow { days: Weekdays::ALL, from: time(18, 0, 0, 0), until: time(8, 0, 0, 0) };
    let rotation = |n: usize| Rotation {
        members: (0..6).map(|turn| id((n * 7 + turn * 31) % MEMBERS)).collect(),
        every: Every { unit: unit(n), length: if unit(n) == Unit::Hourly { hours } else { 1 } },
        starts_at: date(2025, 1, 6).at(9, 0, 0, 0),
        zone: zone(n),
        restriction: if n.is_multiple_of(3) { vec![nights] } else { vec![] },
    };
    let name = |n: usize| ScheduleName(format!("Schedule {n}"));
    let schedule = |n: usize| Schedule {
        name: name(n),
        zone: zone(n),
        rotations: (n * EACH..(n + 1) * EACH).map(rotation).collect(),
    };
    let from: Timestamp = "2026-03-01T00:00:00Z".parse()?;
    let change = |n: usize| {
        let from = from + SignedDuration::from_hours(i64::try_from(n).unwrap_or_default() * 20);
        Override {
            id: None,
            schedule: name(n % (ROTATIONS / EACH)),
            change: OverrideChange::Replace { out: id(n * 7), by: id(n * 7 + 1) },
            from,
            until: from + SignedDuration::from_hours(24),
        }
    };
    Ok(Directory {
        people: people(MEMBERS),
        schedules: (0..ROTATIONS / EACH).map(schedule).collect(),
        absences: absences(MEMBERS, |n| (n * 5 + 1) % MEMBERS)?,
        overrides: (0..100).map(change).collect(),
        ..Directory::default()
    })
}
