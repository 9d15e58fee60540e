//! Operating systems, and which of them run binaries built on which.
//!
//! On Linux the C library decides: a binary runs where the same library is at least as new as the
//! one it was linked to. On macOS the release decides. A name that is in no table is an operating
//! system of its own, related to nothing.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use crate::version::{Version, VersionError};

mod distributions;

use distributions::{LINUX, MACOS};

/// A kind of C library. Binaries for one never run on the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CLibraryKind {
    /// The GNU C library.
    Glibc,
    /// musl, as Alpine ships it.
    Musl,
}

impl CLibraryKind {
    /// The name of the library's Spack package.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Glibc => "glibc",
            Self::Musl => "musl",
        }
    }
}

impl fmt::Display for CLibraryKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.name())
    }
}

/// A text that names no C library.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{}` is not a C library, expected `glibc` or `musl`", .name.escape_debug())]
pub struct UnknownCLibrary {
    /// The text at fault.
    pub name: String,
}

impl FromStr for CLibraryKind {
    type Err = UnknownCLibrary;

    fn from_str(name: &str) -> Result<Self, UnknownCLibrary> {
        match name {
            "glibc" => Ok(Self::Glibc),
            "musl" => Ok(Self::Musl),
            _ => Err(UnknownCLibrary {
                name: name.to_owned(),
            }),
        }
    }
}

/// The C library of an operating system.
///
/// A name such as `sles15` covers several service packs that ship different versions. Then both
/// ends are kept and the cautious one counts: a binary built there may need the newest version, a
/// host may have only the oldest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CLibrary {
    /// The library.
    pub kind: CLibraryKind,
    /// The oldest version that the operating system ships.
    pub oldest: Version,
    /// The newest version that the operating system ships; mostly equal to the oldest.
    pub newest: Version,
}

impl CLibrary {
    /// A library of one specific version.
    pub fn new(kind: CLibraryKind, version: Version) -> Self {
        Self {
            kind,
            oldest: version.clone(),
            newest: version,
        }
    }

    /// Returns whether what was linked to this library runs with the one of `host`.
    pub fn serves(&self, host: &Self) -> bool {
        self.kind == host.kind && self.newest <= host.oldest
    }
}

/// The known facts about one operating system.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Entry {
    Linux(CLibrary),
    /// Position in the order of releases.
    Macos(usize),
}

/// The operating systems that are known by their Spack names.
///
/// ```
/// use specplan_spack::OperatingSystemTable;
///
/// let table = OperatingSystemTable::built_in();
/// assert!(table.serves("rhel8", "ubuntu22.04"));
/// assert!(!table.serves("ubuntu22.04", "rhel8"));
/// assert!(!table.serves("alpine3", "ubuntu22.04"));
/// ```
#[derive(Clone, Debug)]
pub struct OperatingSystemTable {
    entries: BTreeMap<Cow<'static, str>, Entry>,
}

impl OperatingSystemTable {
    /// The common Linux distributions with the C library that each ships, and macOS releases.
    ///
    /// # Panics
    ///
    /// Never: a test reads every version of the table.
    pub fn built_in() -> Self {
        let library = |&(name, kind, oldest, newest): &distributions::Row| {
            let version = |text| Version::parse(text).expect("the table holds versions");
            let library = CLibrary {
                kind,
                oldest: version(oldest),
                newest: version(newest),
            };
            (Cow::Borrowed(name), Entry::Linux(library))
        };
        let release = |(position, &name)| (Cow::Borrowed(name), Entry::Macos(position));
        Self {
            entries: LINUX
                .iter()
                .map(library)
                .chain(MACOS.iter().enumerate().map(release))
                .collect(),
        }
    }

    /// The built-in table with more operating systems; an extra one replaces a built-in one of
    /// the same name.
    pub fn with(extra: impl IntoIterator<Item = (String, CLibrary)>) -> Self {
        let mut table = Self::built_in();
        for (name, library) in extra {
            table
                .entries
                .insert(Cow::Owned(name), Entry::Linux(library));
        }
        table
    }

    /// The built-in table with operating systems given as text: name, library, version.
    ///
    /// # Errors
    ///
    /// Fails on a library that is neither `glibc` nor `musl`, and on an invalid version.
    pub fn with_text<'a>(
        extra: impl IntoIterator<Item = (&'a str, &'a str, &'a str)>,
    ) -> Result<Self, OperatingSystemError> {
        let extra: Result<Vec<_>, OperatingSystemError> = extra
            .into_iter()
            .map(|(name, kind, version)| {
                let library = CLibrary::new(kind.parse()?, version.parse()?);
                Ok((name.to_owned(), library))
            })
            .collect();
        Ok(Self::with(extra?))
    }

    /// Returns whether the table holds this operating system.
    pub fn is_known(&self, name: &str) -> bool {
        self.entries.contains_key(name)
    }

    /// The names in the table, sorted.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.entries.keys().map(|name| &**name)
    }

    /// The platform of a known operating system: `linux` or `darwin`.
    pub fn platform(&self, name: &str) -> Option<&'static str> {
        Some(match self.entries.get(name)? {
            Entry::Linux(_) => "linux",
            Entry::Macos(_) => "darwin",
        })
    }

    /// The C library of a known Linux distribution.
    pub fn c_library(&self, name: &str) -> Option<&CLibrary> {
        match self.entries.get(name)? {
            Entry::Linux(library) => Some(library),
            Entry::Macos(_) => None,
        }
    }

    /// Returns whether a binary built on `binary` runs on `host`: they are equal, or `host` has the
    /// same C library of an equal or newer version, or is the same or a newer release of macOS.
    pub fn serves(&self, binary: &str, host: &str) -> bool {
        if binary == host {
            return true;
        }
        match (self.entries.get(binary), self.entries.get(host)) {
            (Some(Entry::Linux(binary)), Some(Entry::Linux(host))) => binary.serves(host),
            (Some(Entry::Macos(binary)), Some(Entry::Macos(host))) => binary <= host,
            _ => false,
        }
    }

    /// Returns whether a binary that is known to be linked to `library` runs on `host`. The library
    /// of a binary is more precise than the system that it was built on.
    pub fn serves_library(&self, library: &CLibrary, host: &str) -> bool {
        self.c_library(host)
            .is_some_and(|host| library.serves(host))
    }
}

impl Default for OperatingSystemTable {
    fn default() -> Self {
        Self::built_in()
    }
}

/// The reason why an entry for the table is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OperatingSystemError {
    /// The C library is not known.
    #[error(transparent)]
    Library(#[from] UnknownCLibrary),
    /// The C library's version is not valid.
    #[error(transparent)]
    Version(#[from] VersionError),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn older_c_libraries_serve_newer_hosts() {
        let table = OperatingSystemTable::built_in();
        assert!(table.serves("centos7", "ubuntu24.04"));
        assert!(table.serves("rhel9", "almalinux9"));
        assert!(table.serves("almalinux9", "rhel9"));
        assert!(!table.serves("ubuntu24.04", "rhel9"));
        assert!(!table.serves("alpine3.18", "ubuntu24.04"));
    }

    #[test]
    fn names_that_cover_service_packs_count_as_their_cautious_end() {
        let table = OperatingSystemTable::built_in();
        assert!(table.serves("sles15", "sles15"));
        assert!(table.serves("ubuntu18.04", "debian11"));
        assert!(!table.serves("ubuntu18.04", "sles15"));
        assert!(!table.serves("sles15", "ubuntu22.04"));
        assert!(table.serves("sles15", "ubuntu24.04"));
    }

    #[test]
    fn macos_releases_serve_later_ones() {
        let table = OperatingSystemTable::built_in();
        assert!(table.serves("catalina", "tahoe"));
        assert!(table.serves("ventura", "sonoma"));
        assert!(!table.serves("sequoia", "sonoma"));
        assert!(!table.serves("catalina", "ubuntu22.04"));
        assert_eq!(Some("darwin"), table.platform("sequoia"));
        assert_eq!(Some("linux"), table.platform("rocky9"));
    }

    #[test]
    fn an_unknown_system_serves_only_itself() {
        let table = OperatingSystemTable::built_in();
        assert!(table.serves("plan9", "plan9"));
        assert!(!table.serves("plan9", "ubuntu22.04"));
        assert_eq!(None, table.platform("plan9"));
    }

    #[test]
    fn extra_systems_are_added_and_replace_built_in_ones() {
        let table = OperatingSystemTable::with_text([
            ("tos4", "glibc", "2.28"),
            ("sles15", "glibc", "2.31"),
        ])
        .expect("both are well formed");
        assert!(table.serves("tos4", "rhel8") && table.serves("rhel8", "tos4"));
        assert!(table.serves("sles15", "ubuntu22.04"));
        let refused = OperatingSystemTable::with_text([("x", "uclibc", "1")]);
        assert_eq!(
            "`uclibc` is not a C library, expected `glibc` or `musl`",
            refused.unwrap_err().to_string()
        );
    }

    #[test]
    fn the_oldest_library_is_never_above_the_newest() {
        let table = OperatingSystemTable::built_in();
        assert_eq!(LINUX.len() + MACOS.len(), table.names().count());
        for name in table.names() {
            if let Some(library) = table.c_library(name) {
                assert!(library.oldest <= library.newest, "{name}");
            }
        }
    }
}
