//! Questions of the difference of two locks and their answers.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyTuple;
use specplan_catalog::{Catalog, Column, EdgeColumn, EdgeTypes, IdSet};
use specplan_planner::{ChangeOrigin, Comparison, Difference, Graph, SpecId, SpecSet};

use crate::graph::{GraphOrFault, external, spec_set};
use crate::plan::{NamedAnswer, known, named};
use crate::records::records;
use crate::state::{State, snapshots};

/// The columns that are a node's own, in the order in which differences are reported.
const OWN: [Column; 13] = [
    Column::Version,
    Column::Variants,
    Column::Flags,
    Column::Patches,
    Column::Recipe,
    Column::Namespace,
    Column::External,
    Column::Platform,
    Column::OperatingSystem,
    Column::Target,
    Column::Compiler,
    Column::Annotations,
    Column::Provided,
];

/// The positions of those columns of [`OWN`] that newer formats write in another way.
const FORMAT: usize = 11;
const PROVIDED: usize = 12;

/// The keys of the dictionary that asks.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub(crate) struct LockDiffQuestion {
    old: State,
    new: State,
}

/// A field in which a new spec and an old one differ.
#[pyclass(frozen, get_all, module = "specplan._core")]
#[derive(Clone)]
pub(crate) struct KeyDifferenceAnswer {
    key: &'static str,
    old: String,
    new: String,
}

/// A spec that only the new state has.
#[pyclass(frozen, get_all, module = "specplan._core")]
pub(crate) struct NewSpecAnswer {
    spec: NamedAnswer,
    is_external: bool,
    origin: &'static str,
    /// The old spec that it is compared with.
    against: Option<NamedAnswer>,
    /// Whether it replaces the old spec.
    replaces: bool,
    differences: Vec<KeyDifferenceAnswer>,
}

/// A spec that only the old state has.
#[pyclass(frozen, get_all, module = "specplan._core")]
pub(crate) struct GoneSpecAnswer {
    spec: NamedAnswer,
    is_external: bool,
}

/// A new spec that changed itself.
#[pyclass(frozen, get_all, module = "specplan._core")]
pub(crate) struct CauseAnswer {
    /// Its position among the new specs.
    new: usize,
    reaches: usize,
    explains_alone: usize,
    reaches_by_link_run: usize,
}

/// A change to hold back.
#[pyclass(frozen, get_all, module = "specplan._core")]
pub(crate) struct HoldAnswer {
    /// The position of the spec among the new ones.
    new: usize,
    builds_left: usize,
    /// The minimum number of builds that remain with this number of changes held back.
    fewest_left: Option<usize>,
}

/// A new spec that is an old one in another format.
#[pyclass(frozen, get_all, module = "specplan._core")]
pub(crate) struct MigratedAnswer {
    spec: NamedAnswer,
    /// The old hash.
    was: String,
}

/// The new specs between two states, and their causes.
#[pyclass(frozen, get_all, module = "specplan._core")]
pub(crate) struct LockDiffAnswer {
    kept: usize,
    new: Py<PyTuple>,
    gone: Py<PyTuple>,
    causes: Py<PyTuple>,
    builds: usize,
    hold: Py<PyTuple>,
    migrated: Py<PyTuple>,
}

/// The same before it is Python's.
pub(crate) struct LockDiffRecords {
    kept: usize,
    new: Vec<NewSpecAnswer>,
    gone: Vec<GoneSpecAnswer>,
    causes: Vec<CauseAnswer>,
    builds: usize,
    hold: Vec<HoldAnswer>,
    migrated: Vec<MigratedAnswer>,
}

impl LockDiffRecords {
    pub(crate) fn answer(self, py: Python<'_>) -> PyResult<LockDiffAnswer> {
        Ok(LockDiffAnswer {
            kept: self.kept,
            new: records(py, self.new)?,
            gone: records(py, self.gone)?,
            causes: records(py, self.causes)?,
            builds: self.builds,
            hold: records(py, self.hold)?,
            migrated: records(py, self.migrated)?,
        })
    }
}

/// The content of a node without the hashes of its children: its texts, and the names, types and
/// virtual packages of its edges.
#[derive(PartialEq, Eq, PartialOrd, Ord, Clone)]
struct OwnContent {
    package: u32,
    texts: [u32; OWN.len()],
    edges: Vec<(u32, EdgeTypes, u32)>,
}

impl OwnContent {
    fn of(catalog: &Catalog, spec: u32) -> Self {
        let edges = catalog.dependencies(spec).unwrap_or_default().iter();
        let mut edges: Vec<_> = edges
            .map(|edge| (edge.name, edge.types, edge.virtuals))
            .collect();
        edges.sort_unstable();
        edges.dedup();
        Self {
            package: catalog.id(spec, Column::Package),
            texts: OWN.map(|column| catalog.id(spec, column)),
            edges,
        }
    }

    /// The same without the additions of a newer format.
    fn without_format(&self) -> Self {
        let mut content = self.clone();
        content.texts[FORMAT] = 0;
        content.texts[PROVIDED] = 0;
        content
    }

    /// The number of fields in which two nodes differ.
    fn distance(&self, other: &Self) -> usize {
        let texts = self.texts.iter().zip(&other.texts);
        texts.filter(|(a, b)| a != b).count() + usize::from(self.edges != other.edges)
    }
}

impl LockDiffQuestion {
    pub(crate) fn solve(
        self,
        catalog: &Catalog,
        graph: &GraphOrFault,
    ) -> PyResult<LockDiffRecords> {
        let graph = graph
            .as_ref()
            .map_err(|fault| PyValueError::new_err(fault.to_string()))?;
        let old = known(catalog, graph, &snapshots(catalog, &self.old)?);
        let new = known(catalog, graph, &snapshots(catalog, &self.new)?);
        // Specs that differ only by format are one spec, and not new.
        let ids = |specs: &SpecSet| specs.iter().map(SpecId::get).collect::<Vec<u32>>();
        let migrated =
            catalog.same_but_for_format(&ids(&old.difference(&new)), &ids(&new.difference(&old)));
        let of = |specs: Vec<u32>| IdSet::from_iter(specs);
        let before = spec_set(graph, &of(migrated.iter().map(|&(old, _)| old).collect()));
        let after = spec_set(graph, &of(migrated.iter().map(|&(_, new)| new).collect()));
        let contents: Vec<OwnContent> = (0..)
            .take(catalog.len())
            .map(|spec| OwnContent::of(catalog, spec))
            .collect();
        let own_content = numbers(&contents, graph, &old);
        let comparison = Comparison {
            graph: Arc::clone(graph),
            external: external(catalog, graph),
            own_content,
            old: old.difference(&before).union(&after),
            new,
        };
        match Difference::new(&comparison) {
            Ok(difference) => Ok(answer(
                catalog,
                &comparison,
                &contents,
                &difference,
                &migrated,
            )),
            Err(error) => Err(PyValueError::new_err(error.to_string())),
        }
    }
}

/// Equal numbers for equal contents; undescribed hashes are in neither state. A new spec that
/// differs from an old one only in its format gets the number of that one.
fn numbers(contents: &[OwnContent], graph: &Graph, old: &SpecSet) -> Vec<u32> {
    let mut numbers: BTreeMap<&OwnContent, u32> = BTreeMap::new();
    // By the common content of formats, the format of the first such old spec, and its content.
    let mut in_formats: BTreeMap<OwnContent, (u32, u32)> = BTreeMap::new();
    let mut next = 0;
    for spec in old.iter() {
        let content = &contents[spec.index()];
        let number = *numbers.entry(content).or_insert_with(|| {
            next += 1;
            next
        });
        let format = content.texts[FORMAT];
        in_formats
            .entry(content.without_format())
            .or_insert((format, number));
    }
    let known = contents.iter().map(|content| {
        if let Some(number) = numbers.get(content) {
            return *number;
        }
        let migrated = in_formats.get(&content.without_format());
        if let Some((format, number)) = migrated
            && *format != content.texts[FORMAT]
        {
            return *number;
        }
        next += 1;
        numbers.insert(content, next);
        next
    });
    let mut numbered: Vec<u32> = known.collect();
    numbered.resize(graph.spec_count(), 0);
    numbered
}

fn answer(
    catalog: &Catalog,
    comparison: &Comparison,
    contents: &[OwnContent],
    difference: &Difference,
    migrated: &[(u32, u32)],
) -> LockDiffRecords {
    let (old, new) = (&comparison.old, &comparison.new);
    let gone = old.difference(new);
    let fresh = difference.new_hashes();
    let migrated = migrated.iter();
    let migrated: Vec<MigratedAnswer> = migrated
        .map(|&(old, new)| MigratedAnswer {
            spec: named(catalog, SpecId::new(new)),
            was: catalog.hash(old).to_string(),
        })
        .collect();
    let pairs = Pairs::new(contents, &fresh, old, &gone);
    let mut position = BTreeMap::new();
    let mut answers = Vec::with_capacity(fresh.len());
    for (at, &(spec, origin)) in fresh.iter().enumerate() {
        position.insert(spec, at);
        let (against, is_pair) = pairs.of(spec);
        answers.push(NewSpecAnswer {
            spec: named(catalog, spec),
            is_external: comparison.external.contains(spec),
            origin: match origin {
                ChangeOrigin::Content => "content",
                ChangeOrigin::Rewired => "rewired",
                ChangeOrigin::Inherited => "inherited",
            },
            against: against.map(|against| named(catalog, against)),
            replaces: is_pair,
            differences: against.map_or_else(Vec::new, |against| {
                differing(catalog, contents, against, spec)
            }),
        });
    }
    let causes = difference.own_changes().into_iter();
    let causes = causes.map(|change| CauseAnswer {
        new: position[&change.spec],
        reaches: change.reaches,
        explains_alone: change.explains_alone,
        reaches_by_link_run: change.reaches_by_link_run,
    });
    let causes = causes.collect();
    let hold = difference.hold_list();
    let steps = hold.steps.into_iter();
    let gone = gone.iter().map(|spec| GoneSpecAnswer {
        spec: named(catalog, spec),
        is_external: comparison.external.contains(spec),
    });
    LockDiffRecords {
        kept: new.intersection(old).len() - migrated.len(),
        new: answers,
        gone: gone.collect(),
        causes,
        builds: hold.builds,
        hold: steps
            .map(|step| HoldAnswer {
                new: position[&step.spec],
                builds_left: step.builds_left,
                fewest_left: step.fewest_left,
            })
            .collect(),
        migrated,
    }
}

/// The number of pairs of one package that are compared: beyond, its specs are paired in the order
/// of their contents, so a package with many specs does not cost the square of their number.
const MOST_PAIRS: usize = 250_000;

/// The old spec that each new one is compared with.
///
/// In each package, the new and the removed spec that differ in the fewest fields form a pair, then
/// those of the rest; ties go to smaller hashes. A new spec without a partner is compared with the
/// nearest old one of its package, removed or not.
struct Pairs {
    partner: BTreeMap<SpecId, SpecId>,
    nearest: BTreeMap<SpecId, SpecId>,
}

impl Pairs {
    fn new(
        contents: &[OwnContent],
        fresh: &[(SpecId, ChangeOrigin)],
        old: &SpecSet,
        gone: &SpecSet,
    ) -> Self {
        let by_package = |specs: &mut dyn Iterator<Item = SpecId>| {
            let mut found: BTreeMap<u32, Vec<SpecId>> = BTreeMap::new();
            for spec in specs {
                let package = contents[spec.index()].package;
                found.entry(package).or_default().push(spec);
            }
            found
        };
        let fresh = by_package(&mut fresh.iter().map(|&(spec, _)| spec));
        let (old, gone) = (by_package(&mut old.iter()), by_package(&mut gone.iter()));
        let mut pairs = Self {
            partner: BTreeMap::new(),
            nearest: BTreeMap::new(),
        };
        for (package, fresh) in fresh {
            let of = |specs: &BTreeMap<u32, Vec<SpecId>>| {
                specs.get(&package).cloned().unwrap_or_default()
            };
            pairs.pair(contents, &fresh, of(&gone));
            let alone = |spec: &SpecId| !pairs.partner.contains_key(spec);
            let alone: Vec<SpecId> = fresh.iter().copied().filter(alone).collect();
            pairs.find_nearest(contents, &alone, of(&old));
        }
        pairs
    }

    /// Pairs the new and the removed specs of one package.
    fn pair(&mut self, contents: &[OwnContent], fresh: &[SpecId], mut gone: Vec<SpecId>) {
        let by_content = |spec: &SpecId| (&contents[spec.index()], *spec);
        if fresh.len().saturating_mul(gone.len()) > MOST_PAIRS {
            let mut fresh = fresh.to_vec();
            fresh.sort_unstable_by(|a, b| by_content(a).cmp(&by_content(b)));
            gone.sort_unstable_by(|a, b| by_content(a).cmp(&by_content(b)));
            self.partner.extend(fresh.into_iter().zip(gone));
            return;
        }
        let mut offers: Vec<(usize, SpecId, SpecId)> = Vec::new();
        for &spec in fresh {
            let own = &contents[spec.index()];
            let others = gone.iter();
            offers
                .extend(others.map(|&other| (own.distance(&contents[other.index()]), spec, other)));
        }
        offers.sort_unstable();
        let mut taken = BTreeSet::new();
        for (_, spec, other) in offers {
            if !self.partner.contains_key(&spec) && taken.insert(other) {
                self.partner.insert(spec, other);
            }
        }
    }

    /// Finds the specs to compare with those of one package that have no partner.
    fn find_nearest(&mut self, contents: &[OwnContent], alone: &[SpecId], mut old: Vec<SpecId>) {
        let content = |spec: SpecId| &contents[spec.index()];
        if alone.len().saturating_mul(old.len()) > MOST_PAIRS {
            old.sort_unstable_by_key(|&spec| (content(spec), spec));
            for &spec in alone {
                let at = old.partition_point(|&other| content(other) < content(spec));
                self.nearest.insert(spec, old[at.min(old.len() - 1)]);
            }
            return;
        }
        for &spec in alone {
            let by_distance = |&other: &SpecId| (content(spec).distance(content(other)), other);
            let nearest = old.iter().copied().min_by_key(by_distance);
            self.nearest.extend(nearest.map(|nearest| (spec, nearest)));
        }
    }

    /// The old spec, and whether the new one replaces it.
    fn of(&self, spec: SpecId) -> (Option<SpecId>, bool) {
        match self.partner.get(&spec) {
            Some(&partner) => (Some(partner), true),
            None => (self.nearest.get(&spec).copied(), false),
        }
    }
}

/// The fields in which two nodes differ, with both texts.
fn differing(
    catalog: &Catalog,
    contents: &[OwnContent],
    old: SpecId,
    new: SpecId,
) -> Vec<KeyDifferenceAnswer> {
    let (before, after) = (&contents[old.index()], &contents[new.index()]);
    let mut keys: Vec<KeyDifferenceAnswer> = OWN
        .into_iter()
        .zip(before.texts.into_iter().zip(after.texts))
        .filter(|(_, (old, new))| old != new)
        .map(|(column, (old, new))| {
            let text = |id| catalog.names(column).get(id).to_owned();
            KeyDifferenceAnswer {
                key: column.name(),
                old: text(old),
                new: text(new),
            }
        })
        .collect();
    if before.texts[FORMAT] != after.texts[FORMAT] {
        // Additions of another format are not differences if there is a real one.
        let of_formats = [OWN[FORMAT].name(), OWN[PROVIDED].name()];
        let is_true = |each: &KeyDifferenceAnswer| !of_formats.contains(&each.key);
        if keys.iter().any(is_true) || before.edges != after.edges {
            keys.retain(is_true);
        }
    }
    if before.edges != after.edges {
        let described = |content: &OwnContent| {
            let lines = content.edges.iter().map(|edge| edge_line(catalog, *edge));
            lines.collect::<Vec<String>>().join("\n")
        };
        keys.push(KeyDifferenceAnswer {
            key: "dependencies",
            old: described(before),
            new: described(after),
        });
    }
    keys
}

/// An edge without its hash: `cmake build`, `gcc build c,cxx`.
fn edge_line(catalog: &Catalog, (name, types, virtuals): (u32, EdgeTypes, u32)) -> String {
    let mut line = catalog.edge_names(EdgeColumn::Name).get(name).to_owned();
    let names = [
        (EdgeTypes::BUILD, "build"),
        (EdgeTypes::LINK, "link"),
        (EdgeTypes::RUN, "run"),
        (EdgeTypes::TEST, "test"),
        (EdgeTypes::BUILD_SPEC, "build_spec"),
    ];
    let held = names
        .into_iter()
        .filter(|(each, _)| types.intersects(*each));
    let held: Vec<&str> = held.map(|(_, name)| name).collect();
    let virtuals = catalog.edge_names(EdgeColumn::Virtuals).get(virtuals);
    for part in [held.join(","), virtuals.to_owned()] {
        if !part.is_empty() {
            line.push(' ');
            line.push_str(&part);
        }
    }
    line
}
