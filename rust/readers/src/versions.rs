//! The versions of Spack's formats: one table that the readers, their messages, the check of
//! hashes and the documentation share.

use crate::fault::{Fault, FaultKind, shortened};

/// The formats that a release of Spack writes, until the next one in the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Release {
    /// The release, as `1.2`.
    pub spack: &'static str,
    /// The version of `spack.lock`.
    pub lock: u64,
    /// The version of spec files, and so of the nodes that all files hold.
    pub spec_file: u64,
    /// The version of databases: of installations and of the indexes of build caches.
    pub database: u64,
    /// The layout of build caches.
    pub layout: u64,
}

/// The releases that changed a format, oldest first.
pub const RELEASES: [Release; 9] = [
    release("0.12", [1, 1, 5, 0]),
    release("0.15", [2, 1, 5, 0]),
    release("0.17", [3, 2, 6, 0]),
    release("0.18", [4, 3, 6, 1]),
    release("0.21", [5, 4, 7, 1]),
    release("0.23", [5, 4, 7, 2]),
    release("1.0", [6, 5, 8, 3]),
    release("1.2", [7, 5, 8, 3]),
    release("1.3", [8, 6, 9, 3]),
];

const fn release(spack: &'static str, [lock, spec_file, database, layout]: [u64; 4]) -> Release {
    Release {
        spack,
        lock,
        spec_file,
        database,
        layout,
    }
}

/// A format that has versions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Versioned {
    /// `spack.lock`.
    Lock,
    /// Spec files.
    SpecFile,
    /// The index of a build cache, or the database of an installation.
    Database,
}

impl Versioned {
    /// All formats.
    pub const ALL: [Self; 3] = [Self::Lock, Self::SpecFile, Self::Database];

    /// The name of this format in messages.
    pub fn name(self) -> &'static str {
        match self {
            Self::Lock => "a lock",
            Self::SpecFile => "a spec file",
            Self::Database => "a database",
        }
    }

    /// The version that a release writes.
    pub fn of(self, release: &Release) -> u64 {
        match self {
            Self::Lock => release.lock,
            Self::SpecFile => release.spec_file,
            Self::Database => release.database,
        }
    }

    /// The oldest version that is read.
    pub fn oldest(self) -> u64 {
        self.of(&RELEASES[0])
    }

    /// The newest version that is read.
    pub fn newest(self) -> u64 {
        self.of(&RELEASES[RELEASES.len() - 1])
    }

    /// The release that was the first to write the newest version that is read.
    pub fn writer_of_newest(self) -> &'static str {
        let newest = self.newest();
        let first = RELEASES.iter().find(|each| self.of(each) == newest);
        first.map_or("", |release| release.spack)
    }

    /// The version of the nodes in a file of some version: that of the last release with this
    /// version; `None` for unsupported versions.
    pub(crate) fn nodes(self, version: u64) -> Option<u64> {
        let mut writers = RELEASES.iter().rev();
        let last = writers.find(|release| self.of(release) == version)?;
        Some(last.spec_file)
    }

    /// Takes the version of a file, which stands at `place`.
    ///
    /// # Errors
    ///
    /// A [`Fault`] if the version is not supported.
    pub(crate) fn take(
        self,
        place: &str,
        found: &str,
        newer: Newer,
    ) -> Result<FormatVersion, Fault> {
        self.known(found, newer)
            .map_err(|kind| Fault::at(place, kind))
    }

    /// The same, without a place.
    pub(crate) fn known(self, found: &str, newer: Newer) -> Result<FormatVersion, FaultKind> {
        let (oldest, newest) = (self.oldest(), self.newest());
        let number: Option<u64> = found.parse().ok();
        match number {
            Some(number) if (oldest..=newest).contains(&number) => Ok(FormatVersion {
                number,
                is_guess: false,
            }),
            Some(number) if number > newest && newer == Newer::Try => Ok(FormatVersion {
                number,
                is_guess: true,
            }),
            Some(number) if number > newest => Err(FaultKind::NewerVersion {
                format: self.name(),
                found: shortened(found),
                newest,
                writer: self.writer_of_newest(),
            }),
            _ => Err(FaultKind::UnsupportedVersion {
                format: self.name(),
                found: shortened(found),
                oldest,
                newest,
            }),
        }
    }
}

/// The treatment of a file of a version that is newer than the known ones.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Newer {
    /// It is a fault: a newer version may give the same keys another meaning.
    #[default]
    Refuse,
    /// It is read as the newest version that is known.
    Try,
}

/// The version of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FormatVersion {
    /// The version that the file names.
    pub number: u64,
    /// Whether it is newer than the known ones, so that the result is a guess.
    pub is_guess: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_only_grow_from_release_to_release() {
        for pair in RELEASES.windows(2) {
            for format in Versioned::ALL {
                assert!(format.of(&pair[0]) <= format.of(&pair[1]), "{pair:?}");
            }
            assert!(pair[0].layout <= pair[1].layout, "{pair:?}");
        }
    }

    #[test]
    fn the_nodes_of_a_file_are_those_of_the_last_release_that_wrote_its_version() {
        let nodes = |format: Versioned| {
            let versions = format.oldest()..=format.newest() + 1;
            versions
                .map(|version| format.nodes(version))
                .collect::<Vec<_>>()
        };
        let some = |nodes: &[u64]| {
            let nodes = nodes.iter().copied().map(Some);
            nodes.chain([None]).collect::<Vec<_>>()
        };
        assert_eq!(nodes(Versioned::Lock), some(&[1, 1, 2, 3, 4, 5, 5, 6]));
        assert_eq!(nodes(Versioned::Database), some(&[1, 3, 4, 5, 6]));
        assert_eq!(nodes(Versioned::SpecFile), some(&[1, 2, 3, 4, 5, 6]));
    }

    #[test]
    fn a_version_that_is_too_new_is_refused_with_the_newest_and_its_writer_or_is_a_guess() {
        for format in Versioned::ALL {
            let newer = (format.newest() + 1).to_string();
            let refused = format.known(&newer, Newer::Refuse).unwrap_err().to_string();
            let newest = format!("the newest supported version is {}", format.newest());
            assert!(refused.contains(&newest), "{refused}");
            assert!(refused.contains("Spack 1.3"), "{refused}");
            assert!(format.known(&newer, Newer::Try).unwrap().is_guess);
        }
    }

    #[test]
    fn what_is_too_old_or_no_number_is_refused_whatever_is_tried() {
        for found in [
            "0",
            "0.9.3",
            "4",
            "-8",
            "",
            "eight",
            "8.0",
            "99999999999999999999",
        ] {
            assert!(
                Versioned::Database.known(found, Newer::Try).is_err(),
                "{found}"
            );
        }
    }
}
