//! When nobody is on call.

use super::ScheduleName;
use super::rotation::joined;
use super::shifts::places;
use crate::domain::directory::Directory;
use crate::domain::directory::index::Index;
use jiff::Timestamp;

/// A schedule has nobody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gap {
    /// Which.
    pub schedule: ScheduleName,
    /// The first moment without anybody.
    pub from: Timestamp,
    /// First moment after it; where it goes on beyond the time that was asked for, the end of that.
    pub until: Timestamp,
}

/// When schedules have nobody from `from` until `until`, overrides and absences considered: a schedule after the
/// other, each in the order of time.
pub fn gaps(directory: &Directory, from: Timestamp, until: Timestamp) -> Vec<Gap> {
    let index = Index::of(directory);
    let mut gaps = Vec::new();
    for schedule in &directory.schedules {
        let taken = places(&index, schedule, from, until).iter().map(|place| place.stretch).collect();
        let mut free_from = from;
        for (begins, ends) in joined(taken).into_iter().chain([(until, until)]) {
            if free_from < begins {
                gaps.push(Gap { schedule: schedule.name.clone(), from: free_from, until: begins });
            }
            free_from = ends;
        }
    }
    gaps
}
