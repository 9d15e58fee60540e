//! The systems that specs are built for.

use hashbrown::HashMap;
use rustc_hash::FxBuildHasher;

use crate::{Column, Row};

/// An operating system and a target; the platform is an attribute of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct System {
    /// Number of the operating system.
    pub os: u32,
    /// Number of the target.
    pub target: u32,
    /// Number of the platform that most specs of the system name.
    pub platform: u32,
}

/// The systems of all specs, ordered by os and target, and that of each spec.
pub(super) fn systems(rows: &[Row], starts: &[u32]) -> (Vec<System>, Vec<u32>) {
    let first_rows = || {
        starts[..starts.len() - 1]
            .iter()
            .map(|&at| &rows[at as usize])
    };
    let mut counts: HashMap<(u32, u32), HashMap<u32, u32, FxBuildHasher>, FxBuildHasher> =
        HashMap::default();
    let system = |row: &Row| (row.id(Column::OperatingSystem), row.id(Column::Target));
    for row in first_rows() {
        let platforms = counts.entry(system(row)).or_default();
        *platforms.entry(row.id(Column::Platform)).or_default() += 1;
    }
    let mut systems: Vec<System> = counts
        .into_iter()
        .map(|((os, target), platforms)| System {
            os,
            target,
            platform: platforms
                .into_iter()
                .max_by_key(|&(platform, count)| (count, std::cmp::Reverse(platform)))
                .map_or(0, |(platform, _)| platform),
        })
        .collect();
    systems.sort_unstable_by_key(|system| (system.os, system.target));
    let ids: HashMap<(u32, u32), u32, FxBuildHasher> = systems
        .iter()
        .zip(0..)
        .map(|(system, id)| ((system.os, system.target), id))
        .collect();
    let system_of = first_rows().map(|row| ids[&system(row)]).collect();
    (systems, system_of)
}
